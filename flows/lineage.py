"""What a fact is computed from: recorded beside the staged facts, then with their rows in the warehouse."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from flows.assembly import EXTRACT_OF, UNDATED, Assembly
from flows.context import Load, code_version, fingerprint
from flows.planning import Judged
from transforms.graph import inputs_of
from warehouse import seals
from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.schema import Extract, Fact, Table
from warehouse.store import Build
from warehouse.tables.dimensions import DimMonth, DimRegionCode
from warehouse.tables.lineage import Lineage, LineageFile

SEED = "seed"
SEED_BEHIND: dict[type[Table], str] = {DimMonth: "contribution_parameters.csv"}


@dataclass(frozen=True)
class Content:
    """One content of an input, with what the gate made of it."""

    name: str
    sha256: str
    gate_id: str | None = None
    rows_accepted: int | None = None
    rows_rejected: int | None = None
    rows_read: int | None = None
    corrections: str | None = None


@dataclass(frozen=True)
class Source:
    """One input of a fact, as a reference: its contents are recorded once under `input_id`."""

    kind: str
    input_month: str | None
    input_as_of_date: str | None
    input_id: str


def sources_of(assembly: Assembly, fact: type[Fact], version: Version | None) -> list[Source]:
    """Return the inputs that a fact is computed from in a version, their contents kept in the lake.

    A table that is made from rules by code, such as the calendar, brings their seed along; and region codes are among
    the seeds of every fact with extracts, because the gate reads regions by them.
    """
    needed = inputs_of([fact])
    dated = assembly.sources(version)
    found: set[tuple[type[Extract], Version | None]] = {
        (_extract(table), one) for table in needed & dated.keys() for one in dated[table]
    }
    found |= {(table, None) for table in UNDATED if table in needed and assembly.now.of(table.kind, None)}
    seeds = {seed for table in needed if (seed := table.seed or SEED_BEHIND.get(table))}
    seeds |= {DimRegionCode.seed} if found else set()
    home = assembly.load.home
    sources = [_keep(home, SEED, None, [Content(name, seed_sha256(name)) for name in sorted(seeds)])]
    sources += [
        _keep(home, table.kind, one, [_content(file, one) for file in assembly.now.of(table.kind, one)])
        for table, one in found
    ]
    return sorted(set(sources), key=lambda one: (one.kind, one.input_month or "", one.input_as_of_date or ""))


def record(load: Load, build_file: Build, fact: type[Fact], version: Version | None, sources: Sequence[Source]) -> None:
    """Write the lineage of the rows that a run has just written, and the contents that are not recorded yet."""
    month, day = (version.month, version.as_of_date) if version else (None, None)
    told = {
        "fact": fact.qualified(), "month": month, "as_of_date": day, "run_id": load.run_id, "code_version": code_version(),
    }  # fmt: skip
    rows = [
        told | asdict(one) | {"input_month": _day(one.input_month), "input_as_of_date": _day(one.input_as_of_date)}
        for one in sources
    ]
    build_file.append(Lineage, pl.DataFrame(rows, schema=Lineage.polars_schema()))
    known = set(build_file.frame("SELECT DISTINCT input_id FROM ops.lineage_file")["input_id"])
    fresh = {one.input_id for one in sources} - known
    files = [row for input_id in sorted(fresh) for row in _files(load.home, input_id)]
    build_file.append(LineageFile, pl.DataFrame(files, schema=LineageFile.polars_schema()))


def contents_of(home: Home, sources: Iterable[Source], month: date) -> set[str]:
    """Return the SHA-256 of every file that a month was computed from; files of earlier months are behind their input_id."""
    mine = {one.input_id for one in sources if one.kind != SEED and one.input_month in (None, month.isoformat())}
    return {str(content["sha256"]) for input_id in mine for content in _files(home, input_id)}


@cache
def seed_sha256(name: str) -> str:
    """Return the SHA-256 of a seed file."""
    return hashlib.sha256((resources.files("warehouse.seeds") / name).read_bytes()).hexdigest()


def _extract(table: type[Table]) -> type[Extract]:
    found = EXTRACT_OF.get(table, table)
    assert issubclass(found, Extract)
    return found


def _content(one: Judged, version: Version | None) -> Content:
    verdict = one.verdict
    read = verdict.fed().get(version) if version else verdict.accepted
    corrections = ", ".join(sorted(id for id, rows in verdict.corrected.items() if rows)) or None
    return Content(
        one.delivery.name, one.delivery.sha256, verdict.gate_id, verdict.accepted, verdict.rejected, read, corrections
    )


def _keep(home: Home, kind: str, version: Version | None, contents: Sequence[Content]) -> Source:
    marks = [f"{one.name}:{one.sha256}:{one.gate_id}" for one in contents]
    input_id = fingerprint(kind, str(version), *marks)
    path = _path(home, input_id)
    if not path.exists():
        seals.put_json(path, [asdict(one) for one in contents])
    month, day = (version.month.isoformat(), version.as_of_date.isoformat()) if version else (None, None)
    return Source(kind, month, day, input_id)


def _files(home: Home, input_id: str) -> Iterable[dict[str, object]]:
    contents = seals.get_json(_path(home, input_id))
    return ({"input_id": input_id, "position": place, **content} for place, content in enumerate(contents))


def _path(home: Home, input_id: str) -> Path:
    return home.lake / "inputs" / f"{input_id}.json"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
