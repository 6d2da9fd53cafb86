"""What a file is, before anybody loads it: its kind and format, how it is written, and what a load would find in it.

The trial is the gate itself, in a folder of its own that is removed afterwards, under a key that is thrown away.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from flows.context import Load, silent, utc_now
from flows.gating import extract_of, gate, gazetteers
from flows.inspecting.advice import Advice, advice
from flows.inspecting.kind import Likeness, known_headers, likeness, likenesses
from flows.settings import DialectSettings, Settings, Source
from transforms.geography import Gazetteer
from transforms.identity import Pseudonyms
from transforms.sniffing import IN, evidence
from warehouse import lake, reading
from warehouse.dialect import CodeSystem, Dialect
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.ledger import Delivery, Verdict
from warehouse.reading import Opened
from warehouse.rules import LINE_NO, messages
from warehouse.schema import Extract, Parse, conform
from warehouse.tables.minimum_wage import MinimumWage

MOST_PROBLEMS = 10
UNKNOWN = "?"


@dataclass(frozen=True)
class Problem:
    """A rejected row: its line, the rules it breaks, and their messages in Indonesian and English."""

    line: int
    rules: tuple[str, ...]
    id: str
    en: str


@dataclass(frozen=True)
class Inspection:
    """What was found: the opened file, the kind it is like, the settings to declare, and the verdict of the trial."""

    name: str
    opened: Opened
    like: Likeness | None
    others: tuple[Likeness, ...]
    advised: tuple[Advice, ...]
    dialect: DialectSettings
    verdict: Verdict | None
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """Return 0 when a load would take the file whole, 3 with rejected rows, 4 when it would stop it."""
        if self.verdict is None or self.verdict.stopped:
            return 4
        return 3 if self.verdict.rejected else 0


def inspect(path: Path, settings: Settings, kind: str = "", say: Callable[[str], None] = silent) -> Inspection:
    """Return what the file at `path` is; `kind` says so where its headers do not. Raises Stop when it cannot be opened."""
    if not path.is_file():
        raise Stop("file_missing", f"{path} is not a file", f"{path} bukan berkas", "check the path")
    declared = settings.source_of(path.name)
    written = declared.dialect if declared else settings.dialect
    dialect = settings.dialect_of(path.name)
    with tempfile.TemporaryDirectory(prefix="cakupan-") as scratch:
        home = Home(Path(scratch) / "home")
        home.create()
        say(f"membuka / opening {path.name}")
        opened = reading.opened(
            path, dialect, Path(scratch), settings.limits.as_limits(), lambda headers: known_headers(headers, dialect)
        )
        given = kind or (settings.kind_of(path.name) or "")
        others = likenesses(opened.headers, dialect)
        like = likeness(opened.headers, given, dialect) if given else (others[0] if others else None)
        if like is None:
            like = _table_of_figures(path, dialect, Path(scratch), settings)
        if like is None:
            return Inspection(path.name, opened, None, tuple(others), (), written, None, ())
        advised = _advised(path, like, dialect, Path(scratch), settings)
        used = written.model_copy(update={one.key: _kept(one) for one in advised if one.sure})
        trial = settings.model_copy(
            update={"sources": {"inspected": Source(glob=path.name, kind=like.table.kind, dialect=used)}}  # type: ignore[arg-type]
        )
        verdict, problems = _tried(path, home, trial, like.table, say)
    return Inspection(path.name, opened, like, tuple(others), tuple(advised), used, verdict, problems)


def _kept(one: Advice) -> object:
    return tuple(one.value) if isinstance(one.value, list) else one.value


def _table_of_figures(path: Path, dialect: Dialect, scratch: Path, settings: Settings) -> Likeness | None:
    """Return that the file is a table of figures by region, when it can be understood as one."""
    table = extract_of("indikator")
    try:
        rows = reading.scan(path, table, dialect, scratch, settings.limits.as_limits()).frame
    except Stop:
        return None
    figures = lake.only_row(rows.select(figures=pl.len()))["figures"]
    return Likeness(table, "", figures, ()) if figures else None


def _advised(path: Path, like: Likeness, dialect: Dialect, scratch: Path, settings: Settings) -> list[Advice]:
    filled = replace(dialect, constants={**dialect.constants, **dict.fromkeys(like.missing, UNKNOWN)})
    try:
        texts = reading.scan(path, like.table, filled, scratch, settings.limits.as_limits()).frame
    except Stop:
        return []
    systems: dict[CodeSystem, dict[Parse, Gazetteer]] = {
        "kemendagri": gazetteers("kemendagri"),
        "bps": gazetteers("bps"),
    }
    counted = lake.only_row(evidence(texts, like.table, systems))
    found = {shape: 0 if shape.split(IN)[0] in like.missing else rows for shape, rows in counted.items()}
    return [one for one in advice(found, like.table) if not getattr(dialect, one.key) or one.key == "code_system"]


def _tried(
    path: Path, home: Home, settings: Settings, table: type[Extract], say: Callable[[str], None]
) -> tuple[Verdict, tuple[Problem, ...]]:
    load = Load(home, settings, Pseudonyms(secrets.token_bytes(32)), "inspect", say=say)
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    home.landed(sha256).parent.mkdir(parents=True)
    shutil.copyfile(path, home.landed(sha256))
    now = utc_now().isoformat()
    delivery = Delivery(path.name, table.kind, sha256, path.stat().st_size, path.resolve().as_uri(), now, "inspect", "")
    wages = conform(pl.LazyFrame(schema=MinimumWage.polars_schema()), MinimumWage)
    verdict = gate(load, delivery, wages)
    rejected = lake.rejected_rows(home, table.kind, verdict.gate_id).sort(LINE_NO).head(MOST_PROBLEMS)
    return verdict, tuple(
        _problem(line, rules.split(","), table) for line, rules in rejected.select(LINE_NO, "rules").rows()
    )


def _problem(line: int, rules: list[str], table: type[Extract]) -> Problem:
    known = messages(table)
    told = [known[rule] for rule in rules if rule in known]
    return Problem(line, tuple(rules), "; ".join(one.id for one in told), "; ".join(one.en for one in told))
