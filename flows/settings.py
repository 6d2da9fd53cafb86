"""The settings file `cakupan.toml`: what each source is and how it writes, typed, with a cure for every mistake."""

from __future__ import annotations

import codecs
import tomllib
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from flows.corrections import ENTRY_KEYS, CorrectionsFile
from warehouse.corrections import Correction
from warehouse.dialect import Dialect
from warehouse.errors import Stop

WORDS = (("yyyy", "%Y"), ("mm", "%m"), ("dd", "%d"))
Kind = Literal[
    "kepesertaan", "iuran", "badan_usaha", "klaim", "penduduk_bekerja", "target", "anggaran", "umk", "angka_publikasi"
]


class Strict(BaseModel):
    """A part of the settings that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DialectSettings(Strict):
    """How files are written; see `warehouse.dialect.Dialect`. Dates may be declared as dd-mm-yyyy or %d-%m-%Y."""

    separator: Literal["", ",", ";", "\t", "|"] = ""
    encoding: str = ""
    decimal: Literal["", ",", "."] = ""
    thousands: Literal["", ",", ".", " "] = ""
    date_formats: tuple[str, ...] = ()
    code_system: Literal["kemendagri", "bps"] = "kemendagri"
    header_row: int = Field(default=1, ge=1)
    aliases: dict[str, str] = Field(default_factory=dict)

    @field_validator("date_formats", mode="before")
    @classmethod
    def _spell_out(cls, formats: Any) -> Any:
        given = [formats] if isinstance(formats, str) else formats
        return (
            [_strptime(one) if isinstance(one, str) else one for one in given]
            if isinstance(given, list | tuple)
            else given
        )

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        try:
            codecs.lookup(encoding or "utf-8")
        except LookupError:
            raise ValueError(f"no encoding is called {encoding}") from None
        return encoding

    @model_validator(mode="after")
    def _marks_differ(self) -> DialectSettings:
        if self.decimal and self.decimal == self.thousands:
            raise ValueError("decimal and thousands are the same mark")
        return self


class Source(Strict):
    """A source of extracts: which files of the folder it means, their kind, and how they are written."""

    glob: str
    kind: Kind | None = None
    dialect: DialectSettings = DialectSettings()

    @model_validator(mode="before")
    @classmethod
    def _gather_dialect(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        inline = {key: value for key, value in data.items() if key in DialectSettings.model_fields}
        rest = {key: value for key, value in data.items() if key not in inline}
        return {**rest, "dialect": {**inline, **rest.get("dialect", {})}} if inline else rest

    def covers(self, name: str) -> bool:
        """Return whether the file `name`, relative to the folder, is one of this source's."""
        return PurePosixPath(name).match(self.glob)


class Settings(CorrectionsFile):
    """All settings. `dialect` holds for files that no source names; the first source that covers a file wins.

    `corrections` names a file beside this one that holds the entries of `correction`.
    """

    most_rejected: float = Field(default=0.05, ge=0, le=1)
    keep_versions: int = Field(default=5, ge=1)
    memory_limit: str = "2GB"
    corrections: str = ""
    dialect: DialectSettings = DialectSettings()
    sources: dict[str, Source] = Field(default_factory=dict)

    def corrections_of(self, kind: str, name: str) -> tuple[Correction, ...]:
        """Return the corrections that a file of this kind and name goes through."""
        return tuple(one.correction() for one in self.correction if one.covers(kind, name))

    def source_of(self, name: str) -> Source | None:
        """Return the source that covers the file `name`, or None."""
        return next((source for source in self.sources.values() if source.covers(name)), None)

    def kind_of(self, name: str) -> str | None:
        """Return the kind of the file `name`: its source's, else the kind its name begins with, else None."""
        source = self.source_of(name)
        if source is not None and source.kind is not None:
            return source.kind
        stem = PurePosixPath(name).name.lower()
        found = [kind for kind in get_args(Kind) if stem.startswith(kind)]
        return max(found, key=len, default=None)

    def dialect_of(self, name: str) -> Dialect:
        """Return how the file `name` is written."""
        source = self.source_of(name)
        return Dialect(**(source.dialect if source else self.dialect).model_dump())


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
        told = f"{path.name}: [[correction]] and corrections = {found.corrections}"
        raise Stop("settings_wrong", told, told, "keep all corrections in one place, see docs/corrections.md")
    entries = _read(CorrectionsFile, path.parent / found.corrections).correction
    return found.model_copy(update={"correction": entries})


def _read(model: type[Model], path: Path) -> Model:
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise Stop("settings_missing", f"{path} does not exist", f"{path} tidak ada", "check the path") from None
    except tomllib.TOMLDecodeError as broken:
        raise Stop(
            "settings_unreadable", f"{path.name}: {broken}", f"{path.name}: {broken}", "correct the TOML"
        ) from None
    except ValidationError as wrong:
        listed = "; ".join(_explain(error) for error in wrong.errors(include_input=False))
        raise Stop(
            "settings_wrong",
            f"{path.name}: {listed}",
            f"{path.name}: {listed}",
            "see docs/settings.md and docs/corrections.md",
        ) from None


def _strptime(form: str) -> str:
    for word, code in WORDS:
        form = form.replace(word, code).replace(word.upper(), code)
    return form


def _explain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{where}: {error['msg']}"
    known = {*Settings.model_fields, *Source.model_fields, *DialectSettings.model_fields, *ENTRY_KEYS}
    near = get_close_matches(str(error["loc"][-1]), known, n=1)
    return f"{where} is not a setting" + (f" (did you mean {near[0]}?)" if near else "")
