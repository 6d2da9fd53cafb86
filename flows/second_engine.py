"""The second engine: what is to be loaded is asked once more in SQL, from the same accepted rows, and must be equal to the unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.assembly import Assembly
from flows.ceiling import wait_for_returns
from flows.context import Load
from flows.months import fact_of, staged_facts
from flows.planning import Judged, Standing
from flows.records import undated_facts, undated_inputs, undated_rows
from flows.settings import EngineLimits
from warehouse import lake, store
from warehouse.asking import Refused, Workbench
from warehouse.calendar import Version
from warehouse.ddl import identifier
from warehouse.errors import Stop
from warehouse.ledger import Check
from warehouse.schema import Extract, Fact, Table
from warehouse.seals import whole

if TYPE_CHECKING:
    from expectations.opinion.rows import Delivered

SPILL = ".next.second"
DIFFERS = "second_engine_differs"
TOLD = 3
SHARE_OF_A_PART = 0.5


def compare_month(load: Load, now: Standing, month: date, listing: Path) -> list[Check]:
    """Return one check per staged fact and version of a month: whether the second engine finds the same."""
    from expectations.opinion import has_statement, opinions, statement_of
    from expectations.opinion.comparing import compared

    by_day: dict[str, dict[str, tuple[type[Fact], Path]]] = {}
    for one in staged_facts(listing):
        fact = fact_of(one.table)
        if not has_statement(fact):
            load.say(f"mesin kedua tidak mengenal / the second engine has no statement for {fact.qualified()}")
            continue
        by_day.setdefault(one.as_of_date, {})[statement_of(fact)] = (fact, Path(one.path))
    checks: list[Check] = []
    with _bench(load, now, month) as bench:
        for day, facts in by_day.items():
            version = Version(month, date.fromisoformat(day))
            load.say(f"mesin kedua / second engine: {version}")
            for name, opinion in opinions(bench, list(facts), version):
                fact, path = facts[name]
                checks.append(compared(lake.rows_of([path], fact), opinion, fact, f"{month:%Y-%m} as of {day}"))
    return checks


def compare_undated(load: Load, assembly: Assembly) -> list[Check]:
    """Return one check per fact without versions whose rows are not the ones that stand already."""
    from expectations.opinion import has_statement, opinions, statement_of
    from expectations.opinion.comparing import compared

    inputs = undated_inputs(assembly)
    rows = {fact: undated_rows(fact, inputs) for fact in undated_facts() if has_statement(fact)}
    new = {statement_of(fact): fact for fact, frame in rows.items() if not _stands(load, fact, frame)}
    if not new:
        return []
    with _bench(load, assembly.now) as bench:
        return [
            compared(rows[new[name]].lazy(), opinion, new[name], "all") for name, opinion in opinions(bench, list(new))
        ]


def differing(checks: Sequence[Check]) -> dict[str, str]:
    """Return, by fact, what the second engine found otherwise."""
    return {one.suite: f"{DIFFERS}: {one.observed}" for one in checks if not one.success}


def tally(checks: Sequence[Check], into: dict[str, int]) -> None:
    """Add to the counts of facts that were compared, and of those that differ."""
    for name, found in (("facts", len(checks)), ("differing", sum(not one.success for one in checks))):
        into[name] = into.get(name, 0) + found


def require_equal(checks: Sequence[Check], what: str) -> None:
    """Raise Stop when the two engines differ: what stands is kept."""
    wrong = [one for one in checks if not one.success]
    if wrong:
        told = f"{what}: " + "; ".join(f"{one.suite}: {one.observed}" for one in wrong[:TOLD])
        cure = "the last good figures are kept; see ops.check_result, and report it to the maintainers with this line"
        raise Stop(DIFFERS, told, told, cure)


def _stands(load: Load, fact: type[Fact], rows: pl.DataFrame) -> bool:
    if not load.home.warehouse.exists():
        return False
    from expectations.opinion.comparing import differences

    columns = ", ".join(map(identifier, fact.stored_columns()))
    try:
        standing = store.query(
            load.home.warehouse, f"SELECT {columns} FROM {fact.qualified()} WHERE superseded_at IS NULL"
        )
    except Refused:
        return False
    return differences(rows, standing, fact).differing == 0


@contextmanager
def _bench(load: Load, now: Standing, month: date | None = None) -> Iterator[Workbench]:
    from expectations.opinion.rows import lay_out
    from warehouse.asking import workbench

    kinds = {one: list(_delivered(load, now, one)) for one in Table.registry.values() if issubclass(one, Extract)}
    files = [one.path for several in kinds.values() for one in several]
    spill = load.home.warehouse.with_name(load.home.warehouse.name + SPILL)
    size, limits = _size(load, now, month), load.settings.of_engine()
    if _parts(size, limits) > 1:
        wait_for_returns()
        limits = load.settings.of_engine()
    with workbench(files, spill, **limits, parts=_parts(size, limits)) as bench:
        lay_out(bench, kinds)
        yield bench


def _parts(size: int, limits: EngineLimits) -> int:
    """Return into how many parts payers and workers are taken at first: one, and one more whenever their files fill a share of the memory."""
    return 1 + int(size / (int(limits["memory_limit"].removesuffix("B")) * SHARE_OF_A_PART))


def _size(load: Load, now: Standing, month: date | None) -> int:
    """Return the bytes of a month's files, of every kind its largest version: other months and older versions make no more payers."""
    largest: dict[str, int] = {}
    for kind, feeds in now.feeds.items():
        for version, several in feeds.items():
            if version and version.month == month:
                paths = [lake.accepted_path(load.home, kind, one.verdict.gate_id) for one in several]
                largest[kind] = max(largest.get(kind, 0), sum(path.stat().st_size for path in paths))
    return sum(largest.values())


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
        part = versions if versions and set(versions) != held else None
        yield Delivered(whole(lake.accepted_path(load.home, table.kind, gate)), part, gate in shared)
