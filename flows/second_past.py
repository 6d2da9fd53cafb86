"""What the second engine remembers of months long past, so that it reads two months of a version and not all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flows.context import Load, code_version, fingerprint
from flows.planning import Standing
from flows.second_bench import opened, size_of
from warehouse import lake
from warehouse.asking import Workbench
from warehouse.calendar import Version, shift


@contextmanager
def bench_of_version(load: Load, now: Standing, version: Version) -> Iterator[Workbench]:
    """Yield the bench that a version is asked of: its month, the month before, later ones, and what is remembered of the rest."""
    from expectations.opinion.past import KINDS

    begin = shift(version.month, -1)
    past: dict[str, Path] = {}
    for name in ("places", "receipts"):
        known = now.newest_of_months(KINDS[name], version.as_of_date)
        if before := [one for one in known if one.month < begin]:
            past[name] = _remembered(load, now, name, before)
    with opened(load, _since(now, begin), size_of(load, now, version), past) as bench:
        yield bench


@contextmanager
def bench_of_all(load: Load, now: Standing) -> Iterator[Workbench]:
    """Yield the bench that facts without versions are asked of: the newest month of contributions, and what is remembered of the rest."""
    *known, last = now.newest_of_months("iuran", date.max) or [Version(date.max, date.max)]
    past = {"spending": _remembered(load, now, "spending", known)} if known else {}
    with opened(load, _since(now, last.month), 0, past) as bench:
        yield bench


def _remembered(load: Load, now: Standing, name: str, versions: Sequence[Version]) -> Path:
    """Return where it lies what is remembered of several months, made of the last of them and of what was remembered of the others."""
    from expectations.opinion.past import KINDS, SCHEMAS, until, written
    from warehouse.lot_file import lot_file

    kind = KINDS[name]
    made_of = now.made_of(kind, versions)
    path = lake.remembered_path(load.home, name, fingerprint(code_version(), *written(name), *made_of))
    if path.exists():
        return path
    *before, last = versions
    past = {name: _remembered(load, now, name, before)} if before else {}
    only = Standing({kind: {last: now.of(kind, last)}})
    size = size_of(load, only, last) + sum(one.stat().st_size for one in past.values())
    with (
        opened(load, only, size, past) as bench,
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
