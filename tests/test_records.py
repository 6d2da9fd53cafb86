"""What is recorded of files is the same however many of them are recorded in one step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows import records
from tests.endtoend import BEHIND_TRANSFORMS
from tests.extracts import rows, two_months
from tests.timeline import load_on
from warehouse.home import Home
from warehouse.store import reading

FILES = "SELECT * EXCLUDE (run_id, received_at, uri) FROM ops.source_file ORDER BY ALL"
REJECTED = "SELECT * EXCLUDE (run_id) FROM ops.rejection ORDER BY ALL"
FIRST, SECOND = date(2025, 5, 1), date(2025, 5, 2)


def recorded(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is recorded of the files and of the rejected rows of two loads, the second of which restates a file."""
    bad = "\n".join(["| kode_kab |", *("| 15.03 |" for _ in range(20)), "| 99.99 |"])
    good = "\n".join(["| kode_kab |", *("| 15.03 |" for _ in range(20))])
    for day, table in ((FIRST, bad), (SECOND, good)):
        files = two_months() | {"iuran_15_202504.csv": rows("iuran", table, blth="2025-04")}
        load_on(day, files, folder / "source", folder / "home", without=BEHIND_TRANSFORMS)
    with reading(Home(folder / "home").warehouse) as asked:
        return asked(FILES), asked(REJECTED)


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is recorded where all files are recorded in one step."""
    return recorded(tmp_path_factory.mktemp("all"))


@pytest.mark.parametrize("few_at_once", [1, 2])
def test_files_recorded_few_at_a_time_are_recorded_as_all_at_once(
    few_at_once: int, at_once: tuple[pl.DataFrame, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "FILES_AT_ONCE", few_at_once)
    (few, rejected), (whole, all_rejected) = recorded(tmp_path), at_once
    assert few.equals(whole) and rejected.equals(all_rejected)
    assert few.height == len(two_months()) + 2 and rejected.height > 0
