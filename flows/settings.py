"""The settings file `cakupan.toml`: what each source is and how it writes, typed, with a cure for every mistake."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypedDict, TypeVar, get_args

from pydantic import (
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from flows.at_rest.settings import LandingSettings
from flows.ceiling import left_for_engine, of_machine
from flows.corrections import CorrectionsFile
from flows.explaining import SettingsWrong, problems_of
from flows.forms import AnyFile, DayForm, Encoding, FilePattern
from flows.layouts import LayoutSettings, Texts, complaint, constants_in_name, layouts_of
from flows.limits import ChecksSettings, LimitsSettings
from flows.publishing.threshold import DisclosureSettings
from flows.secret import Secret
from flows.servers import PostgresqlTarget
from flows.sources import AnyAddress, require_scheme
from flows.watching.settings import WatchSettings
from warehouse.corrections import Correction
from warehouse.dialect import Dialect
from warehouse.errors import Stop

SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST_NAME = 80
LEAST_MEMORY, ENGINE_THREADS = 512 << 20, 2
WORDS = (("yyyy", "%Y"), ("mm", "%m"), ("dd", "%d"))
Kind = Literal[
    "kepesertaan",
    "iuran",
    "badan_usaha",
    "klaim",
    "penduduk_bekerja",
    "target",
    "anggaran",
    "umk",
    "angka_publikasi",
    "tk_baru",
    "indikator",
]


class Strict(BaseModel):
    """A part of the settings that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class DialectSettings(Strict):
    """How files are written; see `warehouse.dialect.Dialect`. Dates may be declared as dd-mm-yyyy or %d-%m-%Y."""

    separator: Literal["", ",", ";", "\t", "|"] = ""
    encoding: Encoding = ""
    decimal: Literal["", ",", "."] = ""
    thousands: Literal["", ",", ".", " "] = ""
    date_formats: tuple[DayForm, ...] = ()
    code_system: Literal["kemendagri", "bps"] = "kemendagri"
    header_row: int = Field(default=1, ge=1)
    header_rows: int = Field(default=1, ge=0, le=20)
    footer_rows: int = Field(default=0, ge=0, le=1_000)
    footer: str = ""
    sheet: str = ""
    member: AnyFile = ""
    aliases: dict[str, str] = Field(default_factory=dict)
    layout: str = ""
    constants: Texts = Field(default_factory=dict)
    constants_from_name: str = ""
    missing: tuple[str, ...] = ()
    bare_names: Literal["", "kabupaten"] = ""

    @field_validator("sheet", mode="before")
    @classmethod
    def _numbered(cls, sheet: Any) -> Any:
        return str(sheet) if isinstance(sheet, int) and not isinstance(sheet, bool) else sheet

    @field_validator("constants_from_name", "footer")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as broken:
            raise ValueError(f"not a regular expression, at character {(broken.pos or 0) + 1}") from None
        return pattern

    @field_validator("date_formats", mode="before")
    @classmethod
    def _spell_out(cls, formats: Any) -> Any:
        given = [formats] if isinstance(formats, str) else formats
        return (
            [_strptime(one) if isinstance(one, str) else one for one in given]
            if isinstance(given, list | tuple)
            else given
        )

    @model_validator(mode="after")
    def _marks_differ(self) -> DialectSettings:
        if self.decimal and self.decimal == self.thousands:
            raise ValueError("decimal and thousands are the same mark")
        return self


class Source(Strict):
    """A source of extracts: where they lie, which files it means, their kind, and how they are written.

    Without a url (`remote`) the files are those of the folder that a run is given.
    """

    glob: FilePattern
    kind: Kind | None = None
    remote: AnyAddress | None = None
    dialect: DialectSettings = DialectSettings()

    @model_validator(mode="before")
    @classmethod
    def _gather_remote(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "url" not in data:
            return data
        require_scheme(data)
        own = {key: value for key, value in data.items() if key in {**cls.model_fields, **DialectSettings.model_fields}}
        return {"glob": "*", **own, "remote": {key: value for key, value in data.items() if key not in own}}

    @model_validator(mode="before")
    @classmethod
    def _gather_dialect(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        inline = {key: value for key, value in data.items() if key in DialectSettings.model_fields}
        rest = {key: value for key, value in data.items() if key not in inline}
        return {**rest, "dialect": {**inline, **rest.get("dialect", {})}} if inline else rest

    def covers(self, name: str) -> bool:
        """Return whether the file `name`, relative to the folder or the url, is one of this source's."""
        return PurePosixPath(name).match(self.glob)


class PublishSettings(Strict):
    """Where the published copy goes besides its folder."""

    postgresql: PostgresqlTarget | None = None


class EngineLimits(TypedDict):
    """What DuckDB may take."""

    memory_limit: str
    threads: int


class Settings(CorrectionsFile):
    """All settings. `dialect` holds for files that no source names; the first source that covers a file wins.

    `corrections` names a file beside this one that holds the entries of `correction`.
    """

    most_rejected: float = Field(default=0.05, ge=0, le=1)
    keep_versions: int = Field(default=5, ge=1)
    memory: ByteSize | None = Field(default=None, ge=LEAST_MEMORY)
    memory_limit: str = "2GB"
    threads: int = Field(default=0, ge=0, le=1_024)
    corrections: str = ""
    limits: LimitsSettings = LimitsSettings()
    checks: ChecksSettings = ChecksSettings()
    key: Secret | None = None
    landing: LandingSettings = LandingSettings()
    watch: WatchSettings | None = None
    dialect: DialectSettings = DialectSettings()
    sources: dict[str, Source] = Field(default_factory=dict)
    publish: PublishSettings = PublishSettings()
    disclosure: DisclosureSettings = Field(default_factory=DisclosureSettings)
    layouts: dict[str, LayoutSettings] = Field(default_factory=dict)
    _dialects: dict[tuple[object, ...], tuple[Dialect, object]] = PrivateAttr(default_factory=dict)
    """What files are read with, by what they are declared with, which is held: a copy of the settings may declare other things."""

    @model_validator(mode="after")
    def _layouts_exist(self) -> Settings:
        written = {"dialect": self.dialect} | {f"sources.{key}": one.dialect for key, one in self.sources.items()}
        wrong = {where: told for where, one in written.items() if (told := complaint(one.layout, self.layouts))}
        if wrong:
            raise ValueError("; ".join(f"{where}: {told}" for where, told in wrong.items()))
        return self

    @field_validator("memory_limit")
    @classmethod
    def _is_a_size(cls, size: str) -> str:
        TypeAdapter(ByteSize).validate_python(size)
        return size

    def most_memory(self) -> int:
        """Return the bytes that a load may hold with all that it starts."""
        return int(self.memory or of_machine())

    def of_engine(self) -> EngineLimits:
        """Return what DuckDB may take now: its own limits, and at most half of what the load may yet take."""
        own = int(TypeAdapter(ByteSize).validate_python(self.memory_limit))
        memory = min(own, left_for_engine(self.most_memory()))
        return {"memory_limit": f"{memory}B", "threads": min(self.threads or ENGINE_THREADS, ENGINE_THREADS)}

    def corrections_of(self, kind: str, name: str) -> tuple[Correction, ...]:
        """Return the corrections that a file of this kind and name goes through."""
        return tuple(one.correction() for one in self.correction if one.covers(kind, name))

    def source_of(self, name: str) -> Source | None:
        """Return the source that covers the file `name`, or None. What came from a url is called <source>/<name>."""
        named = self.sources.get(name.partition("/")[0])
        if named is not None and named.remote:
            return named
        folders = (source for source in self.sources.values() if not source.remote)
        return next((source for source in folders if source.covers(name)), None)

    @model_validator(mode="after")
    def _sources_can_name_files(self) -> Settings:
        wrong = [key for key, source in self.sources.items() if source.remote and not SOURCE_NAME.fullmatch(key)]
        if wrong:
            raise ValueError(f"sources.{wrong[0]}: the name of a source with a url is small letters, digits, - and _")
        return self

    def kind_of(self, name: str) -> str | None:
        """Return the kind of the file `name`: its source's, else the kind its name begins with, else None."""
        source = self.source_of(name)
        if source is not None and source.kind is not None:
            return source.kind
        stem = name.rpartition("/")[2].lower()
        found = [kind for kind in get_args(Kind) if stem.startswith(kind)]
        return max(found, key=len, default=None)

    def dialect_of(self, name: str) -> Dialect:
        """Return how the file `name` is written."""
        source, kind = self.source_of(name), self.kind_of(name)
        declared = source.dialect if source else self.dialect
        constants = constants_in_name(declared.constants_from_name, name)
        which = (id(declared), id(self.layouts), kind, *constants.items())
        if which not in self._dialects:
            written = declared.model_dump(exclude={"constants_from_name"})
            written["constants"] |= constants
            dialect = Dialect(**written, layouts=layouts_of(self.layouts, kind))
            self._dialects[which] = dialect, (declared, self.layouts)
        return self._dialects[which][0]


Model = TypeVar("Model", bound=BaseModel)


def load(path: Path | None) -> Settings:
    """Return the settings of the file at `path` with the corrections it names, or the defaults without one.

    Raises Stop that names every wrong key with the nearest known one.
    """
    if path is None:
        return Settings()
    found = _read(Settings, path)
    if not found.corrections:
        return found
    if found.correction:
        told = f"{path.name}: [[correction]] and corrections are both there"
        raise Stop("settings_wrong", told, told, "keep all corrections in one place, see docs/corrections.md")
    entries = _read(CorrectionsFile, path.parent / found.corrections).correction
    return found.model_copy(update={"correction": entries})


def _read(model: type[Model], path: Path) -> Model:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise Stop("settings_missing", f"{path} does not exist", f"{path} tidak ada", "check the path") from None
    except (OSError, ValueError) as closed:
        told = f"{path.name[:LONGEST_NAME]} cannot be opened ({type(closed).__name__})"
        raise Stop("settings_unreadable", told, told, "check the path and who may read it") from None
    try:
        read = tomllib.loads(text.decode("utf-8"))
        return model.model_validate(read, context={"folder": path.resolve().parent})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise Stop(
            "settings_unreadable", f"{path.name}: {broken}", f"{path.name}: {broken}", "correct the TOML"
        ) from None
    except ValidationError as wrong:
        raise SettingsWrong(path.name, problems_of(model, wrong)) from None


def _strptime(form: str) -> str:
    for word, code in WORDS:
        form = form.replace(word, code).replace(word.upper(), code)
    return form
