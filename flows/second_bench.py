"""The bench of the second engine: the accepted rows that stand, within the memory that a load may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ceiling import wait_for_returns
from flows.context import Load
from flows.planning import Judged, Standing
from flows.settings import EngineLimits
from warehouse import lake
from warehouse.asking import Workbench
from warehouse.calendar import Version
from warehouse.schema import Extract, Table
from warehouse.seals import whole

if TYPE_CHECKING:
    from expectations.opinion.rows import Delivered, Kinds

SPILL = ".next.second"
SHARE_OF_A_PART = 0.5


@contextmanager
def opened(
    load: Load, kinds: Kinds, size: int, past: Mapping[str, Path], more: Sequence[Path] = ()
) -> Iterator[Workbench]:
    """Yield a bench with the rows of what was delivered, and with what is remembered; it may read `more` files.

    `size` is that of the files its largest steps read.
    """
    from expectations.opinion.past import lay_out_past
    from expectations.opinion.rows import lay_out
    from warehouse.asking import workbench

    files = [*(one.path for several in kinds.values() for one in several), *map(whole, (*past.values(), *more))]
    spill = load.home.warehouse.with_name(load.home.warehouse.name + SPILL)
    limits = load.settings.of_engine()
    if _parts(size, limits) > 1:
        wait_for_returns()
        limits = load.settings.of_engine()
    with workbench(files, spill, **limits, parts=_parts(size, limits)) as bench:
        lay_out(bench, kinds)
        lay_out_past(bench, past)
        yield bench


def size_of(load: Load, now: Standing, version: Version) -> int:
    """Return the bytes of a month's files, of every kind its largest version: other months and older versions make no more payers."""
    largest: dict[str, int] = {}
    for kind, feeds in now.feeds.items():
        for one, several in feeds.items():
            if one and one.month == version.month:
                paths = [lake.accepted_path(load.home, kind, file.verdict.gate_id) for file in several]
                largest[kind] = max(largest.get(kind, 0), sum(path.stat().st_size for path in paths))
    return sum(largest.values())


def _parts(size: int, limits: EngineLimits) -> int:
    """Return into how many parts payers and workers are taken at first: one, and one more whenever their files fill a share of the memory."""
    return 1 + int(size / (int(limits["memory_limit"].removesuffix("B")) * SHARE_OF_A_PART))


def delivered(load: Load, now: Standing) -> Kinds:
    """Return the files of every kind that stand, in the order in which they count."""
    extracts = [one for one in Table.registry.values() if issubclass(one, Extract)]
    return {one: list(_delivered(load, now, one)) for one in extracts}


def _delivered(load: Load, now: Standing, table: type[Extract]) -> Iterator[Delivered]:
    from expectations.opinion.rows import Delivered

    feeds = now.feeds.get(table.kind, {})
    fed: dict[str, list[Version]] = {}
    judged: dict[str, Judged] = {}
    for version, several in feeds.items():
        for one in several:
            judged[one.verdict.gate_id] = one
            fed.setdefault(one.verdict.gate_id, []).extend([version] if version else [])
    shared = {one.verdict.gate_id for several in feeds.values() if len(several) > 1 for one in several}
    order = [one.verdict.gate_id for one in feeds.get(None, ())] or sorted(
        fed, key=lambda gate: judged[gate].delivery.name
    )
    for gate in order:
        versions, held = tuple(sorted(fed[gate])), set(judged[gate].verdict.fed())
        is_whole = not versions or set(versions) == held
        yield Delivered(whole(lake.accepted_path(load.home, table.kind, gate)), versions, is_whole, gate in shared)
