"""The view mart.month_bridge: which lines there are, and what a line says where a version has no row or no cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse_rows import END_OF_APRIL, MID_MARCH, load, load_regions, rows
from warehouse import ddl
from warehouse.calendar import Version
from warehouse.store import query
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimRegion
from warehouse.tables.movement import FactMovement

FEBRUARY = Version(date(2025, 2, 1), date(2025, 2, 28))
LATE_FEBRUARY = Version(date(2025, 2, 1), date(2025, 3, 31))
FIRST, SECOND = "2025-03-17T02:00", "2025-06-01T02:00"
Line = tuple[Any, ...]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Return a warehouse with the regions of the tests and two versions of February: 10 and 12 in 15.03, 4 in 16.01."""
    path = tmp_path / "warehouse.duckdb"
    load_regions(path)
    covered(path, FEBRUARY, r15_03=10)
    covered(path, LATE_FEBRUARY, r15_03=12, r16_01=4)
    return path


def covered(warehouse: Path, version: Version, at: str = FIRST, **active: int | None) -> None:
    """Load the active workers of a version; `r15_03=10` stands for region 15.03."""
    stamped = {"month": version.month, "as_of_date": version.as_of_date, "basis": "RESIDENCE", "segment": "UCJ"}
    cells = [stamped | {"region_code": code_of(name), "active_workers": count} for name, count in active.items()]
    load(warehouse, FactCoverage, rows(FactCoverage, *cells), version, at)


def moved(warehouse: Path, version: Version, before: Version, at: str = FIRST, **movements: dict[str, int]) -> None:
    """Load the movement of a version against the version `before`; what is not given is 0."""
    stamped = {
        "month": version.month, "as_of_date": version.as_of_date, "basis": "RESIDENCE", "segment": "UCJ",
        "previous_as_of_date": before.as_of_date,
    }  # fmt: skip
    cells = [
        stamped | {"region_code": code_of(name)} | {f"{change}_workers": count for change, count in counts.items()}
        for name, counts in movements.items()
    ]
    load(warehouse, FactMovement, rows(FactMovement, *cells), version, at)


def code_of(name: str) -> str:
    """Return the code that a keyword stands for."""
    return name.removeprefix("r").replace("_", ".")


def lines(warehouse: Path, columns: str, where: str = "TRUE") -> list[Line]:
    """Return lines of the bridge, in order."""
    return query(warehouse, f"SELECT {columns} FROM mart.month_bridge WHERE {where} ORDER BY ALL").rows()


PAIR = "strftime(as_of_date, '%m-%d'), strftime(previous_as_of_date, '%m-%d')"
SUM = (
    "active_before, restated_workers, joined_workers, returned_workers, moved_in_workers, moved_out_workers,"
    " left_workers, active_after"
)


def test_a_line_leads_from_any_version_before_over_the_measured_one_to_the_version_after(warehouse: Path) -> None:
    moved(
        warehouse, MID_MARCH, FEBRUARY,
        r15_03={"previous": 10, "joined": 5, "returned": 4, "moved_in": 3, "moved_out": 2, "left": 1, "active": 19},
    )  # fmt: skip
    assert lines(warehouse, f"previous_as_of_date = measured_as_of_date, {SUM}", "region_code = '15.03'") == [
        (False, 12, -2, 5, 4, 3, 2, 1, 19),
        (True, 10, 0, 5, 4, 3, 2, 1, 19),
    ]


def test_a_region_that_only_one_version_knows_counts_none_in_the_other(warehouse: Path) -> None:
    moved(
        warehouse, MID_MARCH, FEBRUARY,
        r15_03={"previous": 10, "left": 10}, r15_02={"joined": 3, "active": 3},
    )  # fmt: skip
    assert lines(warehouse, f"region_code, {PAIR}, {SUM}") == [
        ("15.02", "03-16", "02-28", 0, 0, 3, 0, 0, 0, 0, 3),
        ("15.02", "03-16", "03-31", 0, 0, 3, 0, 0, 0, 0, 3),
        ("15.03", "03-16", "02-28", 10, 0, 0, 0, 0, 0, 10, 0),
        ("15.03", "03-16", "03-31", 12, -2, 0, 0, 0, 0, 10, 0),
        ("16.01", "03-16", "03-31", 4, -4, 0, 0, 0, 0, 0, 0),
    ]


def test_one_line_is_newest_on_both_sides(warehouse: Path) -> None:
    moved(warehouse, MID_MARCH, FEBRUARY, r15_03={"previous": 10, "active": 10})
    moved(warehouse, END_OF_APRIL, LATE_FEBRUARY, r15_03={"previous": 12, "active": 12})
    assert lines(warehouse, f"{PAIR}, is_newest", "region_code = '15.03'") == [
        ("03-16", "02-28", False),
        ("03-16", "03-31", False),
        ("04-30", "02-28", False),
        ("04-30", "03-31", True),
    ]


def test_only_what_stands_is_bridged(warehouse: Path) -> None:
    moved(warehouse, MID_MARCH, FEBRUARY, r15_03={"previous": 10, "active": 10})
    covered(warehouse, FEBRUARY, SECOND, r15_03=8)
    moved(warehouse, MID_MARCH, FEBRUARY, SECOND, r15_03={"previous": 8, "joined": 1, "active": 9})
    assert lines(warehouse, SUM, "previous_as_of_date = '2025-02-28'") == [(8, 0, 1, 0, 0, 0, 0, 9)]


def test_a_month_that_still_follows_an_older_restatement_adds_up_by_what_was_restated(warehouse: Path) -> None:
    moved(warehouse, MID_MARCH, FEBRUARY, r15_03={"previous": 10, "active": 10})
    covered(warehouse, FEBRUARY, SECOND, r15_03=7)
    assert lines(warehouse, SUM, "previous_as_of_date = '2025-02-28'") == [(7, 3, 0, 0, 0, 0, 0, 10)]


def test_a_month_before_in_which_nobody_was_active_is_bridged_from_none(warehouse: Path) -> None:
    empty = Version(date(2025, 2, 1), date(2025, 3, 1))
    moved(warehouse, MID_MARCH, empty, r15_03={"joined": 3, "active": 3})
    assert lines(warehouse, SUM, "previous_as_of_date = '2025-03-01'") == [(0, 0, 3, 0, 0, 0, 0, 3)]


def test_a_line_names_its_region_with_level_and_province(warehouse: Path) -> None:
    moved(warehouse, MID_MARCH, FEBRUARY, r00={"previous": 10, "active": 10})
    named = "region_name, level, province_code, province_name"
    assert lines(warehouse, named, "region_code IN ('00', '16.01')") == [
        ("Indonesia", "national", None, None),
        ("Indonesia", "national", None, None),
        ("Ogan Komering Ulu", "regency", "16", "Sumatera Selatan"),
    ]


def test_a_cell_that_was_emptied_for_publication_stays_empty_in_the_bridge() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA mart")
        for fact, version, cells in (
            (FactCoverage, FEBRUARY, {"active_workers": None}),
            (FactMovement, MID_MARCH, {"active_workers": 10, "previous_workers": 9, "joined_workers": None}),
        ):
            stamped = {"month": version.month, "as_of_date": version.as_of_date, "region_code": "15.03"}
            shown = {"previous_as_of_date": FEBRUARY.as_of_date}
            disclosed = rows(fact, stamped | cells | shown).with_columns(superseded_at=pl.lit(None, pl.Datetime("us")))
            connection.execute(ddl.create_table(fact, checks=False))
            connection.register("disclosed", disclosed.to_arrow())
            connection.execute(f"INSERT INTO {fact.qualified()} BY NAME SELECT * FROM disclosed")
        connection.execute(ddl.create_table(DimRegion))
        connection.execute(next(text for text in ddl.views() if "VIEW mart.month_bridge " in text))
        found = connection.execute(f"SELECT {SUM} FROM mart.month_bridge").fetchall()
    assert found == [(None, None, None, 0, 0, 0, 0, 10)]
