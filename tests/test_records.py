"""What is recorded of files is the same however many of them are recorded in one step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows import records
from tests.extracts import rows, two_months
from tests.timeline import load_on
from warehouse.home import Home
from warehouse.store import query

FILES = "SELECT * EXCLUDE (run_id, received_at, uri) FROM ops.source_file ORDER BY ALL"
REJECTED = "SELECT * EXCLUDE (run_id) FROM ops.rejection ORDER BY ALL"
FIRST, SECOND = date(2025, 5, 1), date(2025, 5, 2)


@pytest.mark.parametrize("at_once", [1, 2])
def test_files_recorded_few_at_a_time_are_recorded_as_all_at_once(
    at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = "\n".join(["| kode_kab |", *("| 15.03 |" for _ in range(20)), "| 99.99 |"])
    good = "\n".join(["| kode_kab |", *("| 15.03 |" for _ in range(20))])
    known: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    for folder in ("few", "all"):
        if folder == "all":
            monkeypatch.undo()
        else:
            monkeypatch.setattr(records, "FILES_AT_ONCE", at_once)
        home, source = tmp_path / folder, tmp_path / f"{folder}_source"
        for day, table in ((FIRST, bad), (SECOND, good)):
            load_on(day, two_months() | {"iuran_15_202504.csv": rows("iuran", table, blth="2025-04")}, source, home)
        known.append((query(Home(home).warehouse, FILES), query(Home(home).warehouse, REJECTED)))
    (few, rejected), (whole, all_rejected) = known
    assert few.equals(whole) and rejected.equals(all_rejected)
    assert few.height == len(two_months()) + 2 and rejected.height > 0
