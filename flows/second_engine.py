"""The second engine: what is to be loaded is asked once more in SQL, from the same accepted rows, and must be equal to the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from flows.assembly import Assembly
from flows.context import Load
from flows.months import fact_of, staged_facts
from flows.planning import Standing
from flows.records import undated_facts, undated_inputs, undated_rows
from flows.second_past import bench_of_all
from flows.second_renewing import answers, forget_sums
from warehouse import lake, store
from warehouse.asking import Refused
from warehouse.calendar import Version
from warehouse.ddl import identifier
from warehouse.errors import Stop
from warehouse.ledger import Check
from warehouse.schema import Fact

DIFFERS = "second_engine_differs"
TOLD = 3


def compare_month(load: Load, now: Standing, month: date, listing: Path) -> list[Check]:
    """Return one check per staged fact and version of a month: whether the second engine finds the same."""
    from expectations.opinion import has_statement, statement_of
    from expectations.opinion.comparing import compared

    by_day: dict[str, dict[str, tuple[type[Fact], Path]]] = {}
    for one in staged_facts(listing):
        fact = fact_of(one.table)
        if not has_statement(fact):
            load.say(f"mesin kedua tidak mengenal / the second engine has no statement for {fact.qualified()}")
            continue
        by_day.setdefault(one.as_of_date, {})[statement_of(fact)] = (fact, Path(one.path))
    checks: list[Check] = []
    for day, facts in by_day.items():
        version = Version(month, date.fromisoformat(day))
        for name, opinion in answers(load, now, version, list(facts), listing):
            fact, path = facts[name]
            checks.append(compared(lake.rows_of([path], fact), opinion, fact, f"{month:%Y-%m} as of {day}"))
    if not all(one.success for one in checks):
        forget_sums(listing)
    return checks


def compare_undated(load: Load, assembly: Assembly) -> list[Check]:
    """Return one check per fact without versions whose rows are not the ones that stand already."""
    from expectations.opinion import has_statement, opinions, statement_of
    from expectations.opinion.comparing import compared

    inputs = undated_inputs(assembly)
    rows = {fact: undated_rows(fact, inputs) for fact in undated_facts() if has_statement(fact)}
    stand = _standing(load, rows)
    new = {statement_of(fact): fact for fact in rows if fact not in stand}
    if not new:
        return []
    with bench_of_all(load, assembly.now) as bench:
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


def _standing(load: Load, found: Mapping[type[Fact], pl.DataFrame]) -> set[type[Fact]]:
    """Return the facts whose rows stand already; none where the warehouse, or the table of any, is not there yet."""
    if not load.home.warehouse.exists():
        return set()
    try:
        with store.reading(load.home.warehouse) as ask:
            return {fact for fact, rows in found.items() if _stands(ask, fact, rows)}
    except Refused:
        return set()


def _stands(ask: store.Ask, fact: type[Fact], rows: pl.DataFrame) -> bool:
    from expectations.opinion.comparing import differences

    columns = ", ".join(map(identifier, fact.stored_columns()))
    standing = ask(f"SELECT {columns} FROM {fact.qualified()} WHERE superseded_at IS NULL")
    return differences(rows, standing, fact).differing == 0
