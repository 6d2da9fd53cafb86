"""A question as known on a day: what the macros say, under every view, and nothing that was loaded later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse_rows import END_OF_APRIL, MARCH, MID_MARCH, REGIONS, row, rows
from warehouse import ddl
from warehouse.asking import Refused, ask
from warehouse.calendar import Version
from warehouse.schema import Fact, Table, tables_of
from warehouse.tables.dimensions import DimRegion

FEBRUARY = Version(date(2025, 2, 1), date(2025, 2, 28))
LOADS = (
    (MID_MARCH, "2025-03-17"), (MID_MARCH, "2025-03-20"), (END_OF_APRIL, "2025-05-01"), (MID_MARCH, "2025-06-01"),
    (END_OF_APRIL, "2025-06-08"),
)  # fmt: skip
LATE = ((FEBRUARY, "2025-05-15"), (FEBRUARY, "2025-05-22"))
DAYS = [
    date.fromisoformat(day)
    for day in ("2025-03-15", "2025-03-16", "2025-03-20", "2025-05-01", "2025-05-15", "2025-06-08")
]
SHOWN = [table.shown_as for table in tables_of("mart") if issubclass(table, Fact) and table.shown_as]
PLAN = "plan_to_target('15.03', 0.9, 16800)"
Loads = Sequence[tuple[Version, str]]


def history(table: type[Table], loads: Loads) -> pl.DataFrame:
    """Return the rows of a fact after `loads`, each closing the rows of its version; values tell the loads apart."""
    versioned, found = "as_of_date" in table.columns, []
    for number, (version, day) in enumerate(loads, 1):
        later = [at for other, at in loads[number:] if other == version or not versioned]
        cells: dict[str, Any] = {
            name: number for name, column in table.stored_columns().items() if column.dtype == pl.Int64
        }
        cells |= {"month": version.month, "as_of_date": version.as_of_date, "region_code": "15.03", "segment": "UCJ"}
        cells |= {"year": 2025}
        known = {"loaded_at": day, "superseded_at": later[0] if later else None}
        moments = {name: at and datetime.fromisoformat(at) for name, at in known.items()}
        found.append(row(table, **cells) | moments | {"run_id": f"run {number}"})
    schema = {name: column.dtype for name, column in ddl.stored_columns_of(table).items()}
    return pl.DataFrame(found, schema=schema)


def database(file: Path, loads: Loads) -> Path:
    """Return a file with the schema mart, its regions, and every fact as `loads` leave it; rules are not the matter here."""
    names = ("region_code", "level", "name", "kind", "province_code", "province_name")
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA mart")
        for table in tables_of("mart"):
            connection.execute(ddl.create_table(table, checks=False))
            if issubclass(table, Fact):
                connection.register("frame", history(table, loads))
                connection.execute(f"INSERT INTO {table.qualified()} BY NAME FROM frame")
        connection.register("frame", rows(DimRegion, *(dict(zip(names, one, strict=True)) for one in REGIONS)))
        connection.execute("INSERT INTO mart.dim_region BY NAME FROM frame")
        for view in ddl.views():
            connection.execute(view)
    return file


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file after all loads, those of a month that came late among them."""
    return database(
        tmp_path_factory.mktemp("known") / "cakupan.duckdb", sorted([*LOADS, *LATE], key=lambda one: one[1])
    )


def answer(file: Path, relation: str, day: date | None = None) -> list[tuple[object, ...]]:
    return ask(file, f"FROM {relation} ORDER BY ALL", as_of=day).rows()


def digests(file: Path, relations: Sequence[str], day: date | None = None) -> dict[str, tuple[object, ...]]:
    """Return how many rows each relation shows, and the sum of their hashes."""
    parts = [f"SELECT {number}, count(*), sum(hash(t)) FROM {one} AS t" for number, one in enumerate(relations)]
    found = ask(file, " UNION ALL ".join(parts), as_of=day).rows()
    return {relations[number]: tuple(rest) for number, *rest in found}


@pytest.mark.parametrize("day", DAYS)
def test_the_names_of_the_current_views_mean_their_macros(file: Path, day: date) -> None:
    macros = digests(file, [f"{name}_as_of(DATE '{day}')" for name in SHOWN])
    named = digests(file, SHOWN, day)
    assert list(named.values()) == list(macros.values())
    assert {count for count, _ in named.values()} == {1 if day < MID_MARCH.as_of_date else 2}
    if day < date(2025, 6, 8):
        assert not set(named.values()) & set(digests(file, SHOWN).values())


def test_nothing_that_is_loaded_later_shows_in_anything_there_is_to_ask(tmp_path: Path) -> None:
    day = date(2025, 3, 20)
    whole = database(tmp_path / "cakupan.duckdb", LOADS)
    then = database(tmp_path / "then.duckdb", [load for load in LOADS if load[1] <= str(day)])
    names = ask(whole, "SELECT DISTINCT table_name FROM duckdb_columns() WHERE NOT internal ORDER BY 1").to_series()
    macros = [f"{name}_as_of(DATE '{day - timedelta(days=back)}')" for name in SHOWN for back in (0, 1)]
    relations = [*names, *macros, PLAN]
    before, today = digests(then, relations), digests(whole, relations)
    assert digests(whole, relations, day) == before
    changed = {one for one in relations if today[one] != before[one]}
    assert {"coverage", "league_table", "coverage_gap", "month_bridge", "fact_target", "denominator"} <= changed


@pytest.mark.parametrize(
    "name", ["coverage", "COVERAGE", "mart.coverage", '"mart"."coverage"', "cakupan.mart.coverage"]
)
def test_however_a_view_is_called_it_is_the_one_of_the_day(file: Path, name: str) -> None:
    assert answer(file, name, DAYS[2]) == answer(file, f"coverage_as_of(DATE '{DAYS[2]}')")
    assert answer(file, name, DAYS[2]) != answer(file, name)


def test_a_name_built_at_run_time_is_refused_rather_than_answered_of_today(file: Path) -> None:
    with pytest.raises(Refused, match="does not exist"):
        ask(file, "FROM query_table('cover' || 'age')", as_of=MARCH)


def test_the_league_and_the_gaps_follow_the_coverage_of_the_day(file: Path) -> None:
    then = ask(file, f"SELECT active_workers FROM coverage_as_of(DATE '{DAYS[2]}') WHERE month = DATE '{MARCH}'").item()
    league = f"SELECT active_workers FROM league_table WHERE month = DATE '{MARCH}'"
    assert ask(file, league, as_of=DAYS[2]).item() == then != ask(file, league).item()
    gaps = f"SELECT DISTINCT active_workers FROM coverage_gap WHERE month = DATE '{MARCH}'"
    assert ask(file, gaps, as_of=DAYS[2]).item() == then
