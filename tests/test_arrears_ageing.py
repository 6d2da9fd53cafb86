"""The view of arrears by age: employers by their oldest month beside rupiah by the age of each month."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse_rows import END_OF_APRIL, MARCH, MID_MARCH, load, load_regions, rows
from warehouse.calendar import Version
from warehouse.store import query
from warehouse.tables.arrears import FactArrears
from warehouse.tables.compliance import FactCompliance
from warehouse.vocabulary import ARREARS_CLASSES

SHOWN = "SELECT region_name, arrears_class, employers, arrears_idr, {} FROM mart.arrears_ageing ORDER BY region_code, arrears_class"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Return a warehouse with the regions of the tests."""
    load_regions(tmp_path / "warehouse.duckdb")
    return tmp_path / "warehouse.duckdb"


def load_arrears(warehouse: Path, version: Version, **owed: int) -> None:
    """Load arrears of Sarolangun, those of wage earners and as much again of others, by class; the rest is zero."""
    place = {"region_code": "15.03", "month": version.month, "as_of_date": version.as_of_date}
    cells: list[dict[str, Any]] = [
        {
            **place,
            "segment": segment,
            "arrears_class": name,
            "accounts": int(name in owed),
            "arrears_idr": owed.get(name, 0),
        }
        for segment in ("PU", "BPU")
        for name in ARREARS_CLASSES
    ]
    load(warehouse, FactArrears, rows(FactArrears, *cells), version, f"{version.as_of_date}T02:00")


def load_employers(warehouse: Path, version: Version, region_code: str = "15.03") -> None:
    """Load two employers whose oldest unpaid month is bad, of several scales."""
    place = {"region_code": region_code, "month": version.month, "as_of_date": version.as_of_date}
    cells = [{**place, "scale": scale, "arrears_bad_employers": 1} for scale in ("KECIL", "BESAR")]
    load(warehouse, FactCompliance, rows(FactCompliance, *cells), version, f"{version.as_of_date}T02:00")


def test_rupiah_of_all_segments_stand_beside_employers_of_all_scales(warehouse: Path) -> None:
    load_employers(warehouse, MID_MARCH)
    load_arrears(warehouse, MID_MARCH, LANCAR=10, MACET=300)
    assert query(warehouse, SHOWN.format("as_of_date = arrears_as_of_date")).rows() == [
        ("Sarolangun", "KONTINJENSI", 0, 0, True),
        ("Sarolangun", "KURANG_LANCAR", 0, 0, True),
        ("Sarolangun", "LANCAR", 0, 20, True),
        ("Sarolangun", "MACET", 2, 600, True),
    ]


def test_each_measure_says_the_day_on_which_it_stands(warehouse: Path) -> None:
    load_arrears(warehouse, MID_MARCH, LANCAR=10)
    load_employers(warehouse, END_OF_APRIL)
    found = query(warehouse, "SELECT DISTINCT as_of_date, arrears_as_of_date FROM mart.arrears_ageing").rows()
    assert found == [(END_OF_APRIL.as_of_date, MID_MARCH.as_of_date)]


def test_when_all_is_paid_a_newer_day_says_zero_and_not_the_older_amount(warehouse: Path) -> None:
    load_arrears(warehouse, MID_MARCH, LANCAR=10)
    load_arrears(warehouse, END_OF_APRIL)
    found = query(warehouse, "SELECT sum(arrears_idr)::BIGINT, min(arrears_as_of_date) FROM mart.arrears_ageing").rows()
    assert found == [(0, END_OF_APRIL.as_of_date)]


def test_a_regency_with_one_measure_only_keeps_its_rows_and_the_other_is_unknown(warehouse: Path) -> None:
    load_arrears(warehouse, MID_MARCH, LANCAR=10)
    load_employers(warehouse, MID_MARCH, "15.02")
    found = query(warehouse, SHOWN.format("as_of_date")).rows()
    day = date(2025, 3, 16)
    assert [row for row in found if row[1] == "MACET"] == [
        ("Merangin", "MACET", 2, None, day),
        ("Sarolangun", "MACET", None, 0, day),
    ]
    assert len(found) == 2 * len(ARREARS_CLASSES)


def test_months_stand_apart(warehouse: Path) -> None:
    april = Version(date(2025, 4, 1), date(2025, 5, 31))
    load_arrears(warehouse, END_OF_APRIL, LANCAR=10)
    load_arrears(warehouse, april, LANCAR=7)
    load_employers(warehouse, END_OF_APRIL)
    found = query(
        warehouse,
        "SELECT month, arrears_idr, employers FROM mart.arrears_ageing WHERE arrears_class = 'LANCAR' ORDER BY month",
    )
    assert found.rows() == [(MARCH, 20, 0), (april.month, 14, None)]
