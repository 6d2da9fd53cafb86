"""What is kept in the lake and no load to come begins with: it goes, and is made again should an old month change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from flows import months, second_past
from flows.assembly import Assembly
from flows.context import Load, fingerprint
from flows.planning import Standing, month_parts
from warehouse import lake
from warehouse.calendar import shift

NEWEST = 3
DECEMBER = 12


def prune(load: Load, now: Standing) -> int:
    """Return how many files were removed of what was made of accepted rows: what was accepted itself is never touched.

    Of presence words and of the past stays what the newest months are made of, months that are not loaded and the one
    before each, and every December: an old month that changes finds a beginning a year before it at most. Of computed
    facts stay those of the standing files and those that are loaded.
    """
    standing = {month: fingerprint(*month_parts(month, now)) for month in now.months()}
    loaded = months.loaded_fingerprints(load)
    pending = {month for month, name in standing.items() if loaded.get(month) != name}
    begun = {one for month in pending for one in (month, shift(month, -1))}
    begun |= {month for month in standing if month.month == DECEMBER} | set(list(standing)[-NEWEST:])
    stays = set(second_past.kept_of_all(load, now)).union(*(_read_by(load, now, month) for month in begun))
    named = {(month, name) for known in (standing, loaded) for month, name in known.items()}
    gone = [path for path in lake.kept_files(load.home) if path not in stays]
    gone += [path for path in lake.fact_files(load.home) if _month_and_name(path) not in named]
    lake.remove(gone)
    return len(gone)


def _read_by(load: Load, now: Standing, month: date) -> Iterator[Path]:
    """Yield what the versions of a month are made of that is kept."""
    for version in now.of_month(month):
        yield from Assembly(load, now).kept_of_version(version)
        yield from second_past.kept_of_version(load, now, version)


def _month_and_name(path: Path) -> tuple[date, str]:
    """Return the month and the fingerprint that a computed fact, or a list of them, lies under."""
    return date.fromisoformat(f"{path.parent.name}-01"), path.stem.rpartition("_")[2]
