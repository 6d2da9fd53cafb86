"""What the second engine remembers of months long past, so that it reads two months of a version and not all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import chain
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
    begin = shift(version.month, -1)
    past: dict[str, Path] = {}
    for name, kind in (("places", "kepesertaan"), ("receipts", "iuran")):
        known = [one for one in _newest(now, kind, version.as_of_date) if one.month < begin]
        if known:
            past[name] = _remembered(load, now, kind, name, known)
    with opened(load, _since(now, begin), size_of(load, now, version), past) as bench:
        yield bench


@contextmanager
def bench_of_all(load: Load, now: Standing) -> Iterator[Workbench]:
    """Yield the bench that facts without versions are asked of: the newest month of contributions, and what is remembered of the rest."""
    *known, last = _newest(now, "iuran", date.max) or [Version(date.max, date.max)]
    past = {"spending": _remembered(load, now, "iuran", "spending", known)} if known else {}
    with opened(load, _since(now, last.month), 0, past) as bench:
        yield bench


def _remembered(load: Load, now: Standing, kind: str, name: str, versions: Sequence[Version]) -> Path:
    """Return where it lies what is remembered of several months, made of the last of them and of what was remembered of the others."""
    from expectations.opinion.past import SCHEMAS, until, written
    from warehouse.lot_file import lot_file

    made_of = chain.from_iterable([str(one), *(file.verdict.gate_id for file in now.of(kind, one))] for one in versions)
    path = lake.remembered_path(load.home, name, fingerprint(code_version(), *written(name), *made_of))
    if path.exists():
        return path
    *before, last = versions
    past = {name: _remembered(load, now, kind, name, before)} if before else {}
    only = Standing({kind: {last: now.of(kind, last)}})
    size = size_of(load, only, last) + sum(one.stat().st_size for one in past.values())
    with (
        opened(load, only, size, past) as bench,
        lot_file(path, SCHEMAS[name], load.pseudonyms.fingerprint()) as file,
    ):
        for rows in until(bench, name, last):
            file.write_table(rows.to_arrow())
    return path


def _newest(now: Standing, kind: str, known_on: date) -> list[Version]:
    """Return the newest version of each month that was known on a day, oldest month first."""
    known = [one for one in now.versions(kind) if one.as_of_date <= known_on]
    return list({one.month: one for one in known}.values())


def _since(now: Standing, month: date) -> Standing:
    """Return what stands without the memberships and contributions of older months."""
    feeds = dict(now.feeds)
    for kind in ("kepesertaan", "iuran"):
        feeds[kind] = {one: files for one, files in feeds.get(kind, {}).items() if one and one.month >= month}
    return Standing(feeds)
