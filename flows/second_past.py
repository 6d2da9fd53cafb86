"""What the second engine remembers of months long past, so that it reads two months of a version and not all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flows.context import Load, code_version, fingerprint
from flows.planning import Standing, is_long_past
from flows.second_bench import delivered, opened, size_of
from warehouse import lake
from warehouse.asking import Workbench
from warehouse.calendar import Version, shift

if TYPE_CHECKING:
    from expectations.opinion.rows import Kinds


@contextmanager
def bench_of_version(load: Load, now: Standing, version: Version) -> Iterator[Workbench]:
    """Yield the bench that a version is asked of: its month, the month before, later ones, and what is remembered of the rest."""
    with opened(
        load, delivered_of(load, now, version), size_of(load, now, version), past_of(load, now, version)
    ) as bench:
        yield bench


def delivered_of(load: Load, now: Standing, version: Version) -> Kinds:
    """Return the files that a version is asked of: memberships and contributions since the month before."""
    return delivered(load, _since(now, shift(version.month, -1)))


def past_of(load: Load, now: Standing, version: Version) -> dict[str, Path]:
    """Return the files of what is remembered of the months before these."""
    return {name: _remembered(load, now, name, before) for name, before in _long_past(now, version).items()}


@contextmanager
def bench_of_all(load: Load, now: Standing) -> Iterator[Workbench]:
    """Yield the bench that facts without versions are asked of: the newest month of contributions, and what is remembered of the rest."""
    *known, last = _months_of_spending(now)
    past = {"spending": _remembered(load, now, "spending", known)} if known else {}
    with opened(load, delivered(load, _since(now, last.month)), 0, past) as bench:
        yield bench


def kept_of_version(load: Load, now: Standing, version: Version) -> Iterator[Path]:
    """Yield where it lies what is remembered for a version, whether it is there or not."""
    return (_path(load, now, name, before) for name, before in _long_past(now, version).items())


def kept_of_all(load: Load, now: Standing) -> Iterator[Path]:
    """Yield where it lies what is remembered for facts without versions, up to each month: it is small."""
    known = _months_of_spending(now)
    return (_path(load, now, "spending", known[:months]) for months in range(1, len(known)))


def _long_past(now: Standing, version: Version) -> dict[str, list[Version]]:
    """Return, by what is remembered for a version, the versions of the months before the one before its own."""
    from expectations.opinion.past import KINDS

    known = {name: now.newest_of_months(KINDS[name], version.as_of_date) for name in ("places", "receipts")}
    found = {name: [one for one in several if is_long_past(one, version.month)] for name, several in known.items()}
    return {name: before for name, before in found.items() if before}


def _months_of_spending(now: Standing) -> list[Version]:
    return now.newest_of_months("iuran", date.max) or [Version(date.max, date.max)]


def _path(load: Load, now: Standing, name: str, versions: Sequence[Version]) -> Path:
    from expectations.opinion.past import KINDS, written

    made_of = now.made_of(KINDS[name], versions)
    return lake.remembered_path(load.home, name, fingerprint(code_version(), *written(name), *made_of))


def _remembered(load: Load, now: Standing, name: str, versions: Sequence[Version]) -> Path:
    """Return where it lies what is remembered of several months, made of the last of them and of what was remembered of the others."""
    from expectations.opinion.past import KINDS, SCHEMAS, until
    from warehouse.lot_file import lot_file

    kind, path = KINDS[name], _path(load, now, name, versions)
    if path.exists():
        return path
    *before, last = versions
    past = {name: _remembered(load, now, name, before)} if before else {}
    only = Standing({kind: {last: now.of(kind, last)}})
    size = size_of(load, only, last) + sum(one.stat().st_size for one in past.values())
    with (
        opened(load, delivered(load, only), size, past) as bench,
        lot_file(path, SCHEMAS[name], load.pseudonyms.fingerprint()) as file,
    ):
        for rows in until(bench, name, last):
            file.write_table(rows.to_arrow())
    return path


def _since(now: Standing, month: date) -> Standing:
    """Return what stands without the memberships and contributions of older months."""
    feeds = dict(now.feeds)
    for kind in ("kepesertaan", "iuran"):
        feeds[kind] = {one: files for one, files in feeds.get(kind, {}).items() if one and one.month >= month}
    return Standing(feeds)
