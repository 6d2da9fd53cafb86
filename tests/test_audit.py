"""The audit of a fact: its checks are those of Great Expectations on its rows, and a month that fails one is held back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations.declared import fact_suite
from expectations.engine import validate
from expectations.facts import audit_fact
from flows import staging
from flows.months import versioned_facts
from tests.conftest import Loaded
from tests.endtoend import assert_same, load_unshown, standing
from tests.extracts import memberships, write
from transforms.graph import build
from warehouse import lake
from warehouse.home import Home
from warehouse.schema import Table
from warehouse.tables.coverage import FactCoverage

CHANGES: dict[str, Callable[[pl.LazyFrame], pl.LazyFrame]] = {
    "as computed": lambda rows: rows,
    "no row": lambda rows: rows.clear(),
    "every row twice": lambda rows: pl.concat([rows, rows]),
    "numbers below zero": lambda rows: rows.with_columns(-pl.col(pl.Int64).abs() - 1),
    "nothing known": lambda rows: rows.with_columns(pl.all().shift(1_000_000)),
    "a column more": lambda rows: rows.with_columns(alien=pl.lit(1)),
    "a column less": lambda rows: rows.drop("region_code"),
}
FAILING = {name for name in CHANGES if name not in ("as computed", "no row")}


@pytest.mark.parametrize("change", CHANGES)
def test_the_checks_of_a_fact_are_those_of_a_validation_of_its_rows_alone(change: str, loaded_home: Loaded) -> None:
    audited = 0
    for fact in versioned_facts():
        paths = sorted((loaded_home[0] / "lake/facts/2025-03").glob(f"{fact.name}_*.parquet"))
        for path in paths[:1]:
            rows = CHANGES[change](lake.rows_of([path], fact))
            found = audit_fact(rows, fact, "2025-03")
            alone = validate(rows, fact_suite(fact, min_rows=0), name=f"{fact.name} 2025-03")
            assert found == [one.check(fact.name, "2025-03") for one in alone.outcomes]
            assert all(one.success for one in found) is (change not in FAILING)
            audited += 1
    assert audited > 5


def test_a_month_whose_facts_fail_a_check_keeps_its_last_good_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    people = "| orang | segmen |\n| 1-9 | PU |"
    write(source, {"kepesertaan_15_202503.csv": memberships("2025-03", "2025-03-31", people)})
    load_unshown(source, home)
    before = standing(Home(home).warehouse)

    def doubled(targets: Any, *given: Any) -> dict[type[Table], pl.LazyFrame]:
        return {
            table: pl.concat([rows, rows]) if table is FactCoverage else rows
            for table, rows in build(targets, *given).items()
        }

    monkeypatch.setattr(staging, "build", doubled)
    write(source, {"kepesertaan_15_202503.csv": memberships("2025-03", "2025-03-31", people.replace("9", "8"))})
    stopped = load_unshown(source, home)["stopped_months"]
    assert "fact_coverage.key_twice" in str(stopped["2025-03"])
    assert_same(standing(Home(home).warehouse), before)
