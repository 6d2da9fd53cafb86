"""What computing a month reads of the lake: known beforehand from verdicts and the sizes of files, so nothing is read to tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows import kept, second_past
from flows.assembly import EXTRACT_OF, Assembly
from flows.changes import OWN
from flows.context import Load
from flows.months import listing_of, loaded_fingerprints
from flows.planning import Standing, is_long_past
from flows.renewing import MOST_CHANGED
from flows.staging import stood
from warehouse import lake
from warehouse.calendar import Version
from warehouse.schema import Extract
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import Presence


@dataclass(frozen=True)
class Reads:
    """Files and rows of accepted extracts of the kinds with a date, and bytes of these and of what is kept of the past.

    `to_be_made` counts what would be kept and is not there: each is made first, of accepted rows of older months.

    `by_keys` where the month is loaded, and little of it changes: it is made of what it was then, and of the files that stay no more
    is read than keys, and the rows that a changed row concerns. Whether so few change shows when the files are read.
    """

    files: int
    rows: int
    bytes: int
    to_be_made: int
    by_keys: bool


def reads_of(load: Load, now: Standing, month: date, changing: Mapping[str, int], coming: int) -> Reads:
    """Return what a load reads to compute a month from the files that stand; with the second engine on, all of it twice.

    `changing` are the bytes that are to come or to be checked again, by the names of files, `coming` those of new files of the month.
    """
    assembly = Assembly(load, now)
    versions = now.of_month(month)
    rows = {(path, fed): count for one in versions for path, fed, count in _accepted(assembly, one)}
    past = {path for one in versions for path in _past(assembly, one)}
    own = {kept.presence_path(load, now, one) for one in now.versions("kepesertaan") if one.month == month}
    paths = {path for path, _ in rows} | {path for path in past - own if path.exists()}
    missing = sum(not path.exists() for path in past - own)
    sizes = sum(path.stat().st_size for path in paths if path.exists())
    by_keys = all(_stood(load, one) and _is_little(assembly, one, changing, coming) for one in versions)
    return Reads(len({path for path, _ in rows}), sum(rows.values()), sizes, missing, by_keys)


def _stood(load: Load, version: Version) -> bool:
    """Return whether a version is loaded, and what it was made of is known."""
    loaded = loaded_fingerprints(load) if load.home.warehouse.exists() else {}
    return version.as_of_date in stood(listing_of(load, version.month, loaded.get(version.month, "")))


def _is_little(assembly: Assembly, version: Version, changing: Mapping[str, int], coming: int) -> bool:
    """Return whether nothing changes of what a version is made of but files of persons and payers, and little of any kind and version."""
    by_rows = {table.kind for table in OWN}
    for table, several in assembly.sources(version).items():
        extract = EXTRACT_OF.get(table, table)
        assert issubclass(extract, Extract)
        for one in several:
            files = [file.delivery for file in assembly.now.of(extract.kind, one)]
            changed = sum(changing.get(file.name, 0) for file in files) + (coming if one == version else 0)
            if changed > (MOST_CHANGED * sum(file.bytes for file in files) if extract.kind in by_rows else 0):
                return False
    return True


def _accepted(assembly: Assembly, version: Version) -> Iterator[tuple[Path, Version, int]]:
    """Yield each file that is read row by row for a version, the version that its rows are of, and their number."""
    for table, several in assembly.sources(version).items():
        if issubclass(table, Presence):
            continue
        extract = EXTRACT_OF.get(table, table)
        assert issubclass(extract, Extract)
        kept_as_one = [one for one in several if table is ContributionHistory and is_long_past(one, version.month)]
        for one in [one for one in several if one not in kept_as_one]:
            for file in assembly.now.of(extract.kind, one):
                path = lake.accepted_path(assembly.load.home, extract.kind, file.verdict.gate_id)
                yield path, one, file.verdict.fed()[one]


def _past(assembly: Assembly, version: Version) -> Iterator[Path]:
    yield from assembly.kept_of_version(version)
    if assembly.load.settings.checks.second_engine:
        yield from second_past.kept_of_version(assembly.load, assembly.now, version)
