"""What the published copy of a whole home leaves out, and what an outsider can make of the rest."""

import polars as pl
import pytest

from flows.cli_publish import text
from flows.publishing.publishing import Publication, new_version, publish_home
from flows.publishing.threshold import THRESHOLD_ENV, DisclosureSettings
from tests.conftest import HIDING, Loaded
from tests.outsider import COUNTS, Outsider, cells_of
from warehouse import hiding
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.schema import Fact, tables_of
from warehouse.store import query

SMALL = """
    SELECT count(*) AS cells FROM {table} WHERE {column} BETWEEN 1 AND 9 AND ({where})
"""


@pytest.fixture(scope="module")
def home(hiding_home: Home) -> Home:
    """Return a home whose published copy hides what counts fewer than ten persons."""
    return hiding_home


def asked(home: Home, sql: str) -> list[tuple[object, ...]]:
    return query(home.current, sql).rows()


def test_every_value_of_every_fact_says_what_it_tells_of_persons() -> None:
    facts = [table for table in tables_of("mart") if issubclass(table, Fact)]
    silent = [
        f"{table.name}.{name}"
        for table in facts for name, column in table.stored_columns().items()
        if not column.key and not table.exposed and column.exposure is None
    ]  # fmt: skip
    assert silent == []


def test_no_small_count_of_persons_is_published_and_the_warehouse_keeps_every_one(home: Home) -> None:
    small = 0
    for table in hiding.protected():
        for column, exposure in hiding.exposures(table, "counted").items():
            question = SMALL.format(table=table.qualified(), column=column, where=exposure.where or "true")
            assert asked(home, question) == [(0,)], f"{table.name}.{column}"
            small += query(home.warehouse, question).item()
    assert small > 100


def test_what_follows_a_hidden_count_is_hidden_with_it_and_so_are_ratios(home: Home) -> None:
    for table in hiding.protected():
        for column, exposure in hiding.exposures(table, "follows").items():
            own = [leader for leader in exposure.leaders if "." not in leader]
            for leader in own:
                shown = f"SELECT count(*) FROM {table.qualified()} WHERE {leader} IS NULL AND {column} IS NOT NULL"
                exact = f"SELECT count(*) FROM {table.qualified()} WHERE {leader} IS NOT NULL"
                assert asked(home, shown) == [(0,)], f"{table.name}.{column}"
                assert query(home.warehouse, exact).item() > 0 or table.name == "fact_registration"
    assert asked(
        home, "SELECT count(*) FROM mart.coverage WHERE active_workers IS NULL AND coverage_ratio IS NOT NULL"
    ) == [(0,)]


def test_every_hidden_cell_is_listed_and_nothing_else_was_left_out(home: Home) -> None:
    for table, columns in COUNTS.items():
        shown, exact = cells_of(home.current), cells_of(home.warehouse)
        gone = sum(shown[cell] is None and exact[cell] is not None for cell in exact if cell[0] == table)
        changed = [cell for cell in exact if shown[cell] is not None and shown[cell] != exact[cell]]
        listed = asked(
            home,
            f"SELECT count(*) FROM mart.hidden_cell WHERE object = 'mart.{table}' AND column_name IN {(*columns, '')}",
        )
        assert (changed, listed) == ([], [(gone,)])


def test_an_outsider_bounds_no_hidden_count_of_the_published_copy_within_ten(home: Home) -> None:
    outsider = Outsider(home.current, home.warehouse)
    assert sum(value is None for value in outsider.shown.values()) > 100
    assert outsider.narrow(HIDING.disclosure.width) == {}


def test_an_outsider_recovers_what_is_hidden_for_its_own_sake_alone(home: Home) -> None:
    outsider = Outsider(home.current, home.warehouse)
    outsider.shown = {cell: None if 0 < value < 10 else value for cell, value in outsider.exact.items()}
    assert any(one.is_exact for one in outsider.narrow(HIDING.disclosure.width).values())


def test_a_second_publish_changes_nothing_and_a_lost_memory_is_read_off_the_copy(home: Home) -> None:
    before = pl.read_parquet(home.disclosure)
    again = publish_home(home, HIDING, new_version())
    assert (again.is_new, again.hidden) == (False, before.height)
    home.disclosure.unlink()
    assert publish_home(home, HIDING, new_version()).is_new is False


def test_without_a_threshold_everything_is_published(loaded_home: Loaded) -> None:
    exact, shown = cells_of(Home(loaded_home[0]).warehouse), cells_of(Home(loaded_home[0]).current)
    assert exact == shown


@pytest.mark.parametrize("told", ["0", "lima", "-3", ""])
def test_a_threshold_of_the_environment_that_is_none_is_refused_by_name(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(THRESHOLD_ENV, told)
    with pytest.raises(Stop, match=r"settings_wrong.*CAKUPAN_DISCLOSURE_THRESHOLD"):
        DisclosureSettings()


def test_a_width_above_the_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="width is above threshold"):
        DisclosureSettings(threshold=5, width=10)


def test_sums_over_hidden_parts_are_not_told_as_if_whole(home: Home) -> None:
    part = "SELECT region_code, arrears_class FROM mart.arrears WHERE arrears_idr IS NULL"
    sums = f"SELECT count(*) FROM mart.arrears_ageing SEMI JOIN ({part}) USING (region_code, arrears_class) WHERE arrears_idr IS NOT NULL"
    assert asked(home, sums) == [(0,)]


def test_of_many_cells_without_proof_a_few_are_named() -> None:
    named = [f"mart.fact_coverage, 15.{number:02}" for number in range(40)]
    told = text(Publication("satu", True, hidden=90, unproven=named))
    assert "hidden without proof: 40" in told
    assert told.count("mart.fact_coverage") == 5
