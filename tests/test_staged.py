"""Rows go from a sealed Parquet file into the warehouse as they would from a frame, and are never held on the way."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.endtoend import ROOT
from tests.test_seals import altered
from tests.warehouse_rows import END_OF_APRIL, MID_MARCH, coverage, load, load_regions, rows
from warehouse import lake
from warehouse.schema import Fact, Table
from warehouse.seals import Damaged
from warehouse.store import building, query
from warehouse.tables.coverage import FactCoverage

DAY_1, DAY_2 = "2025-03-17T02:00", "2025-03-18T02:00"
STANDING = "SELECT region_code, active_workers FROM mart.fact_coverage WHERE superseded_at IS NULL ORDER BY ALL"
VERSIONED = [table for table in Table.registry.values() if issubclass(table, Fact) and table.driven_by]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Return a warehouse without a fact."""
    load_regions(tmp_path / "warehouse.duckdb")
    return tmp_path / "warehouse.duckdb"


def staged(folder: Path, frame: pl.DataFrame, name: str = "facts") -> Path:
    """Return a sealed file with the rows of a frame."""
    return lake.write(frame.lazy(), folder / f"{name}.parquet")


def test_a_file_and_a_frame_of_the_same_rows_are_the_same_to_every_fact(warehouse: Path, tmp_path: Path) -> None:
    known = {"month": MID_MARCH.month, "as_of_date": MID_MARCH.as_of_date}
    with building(warehouse) as build:
        for fact in VERSIONED:
            frame = rows(fact, known)
            path = staged(tmp_path, frame, fact.name)
            assert build.supersede(fact, path, MID_MARCH, "r1", datetime.fromisoformat(DAY_1)) == 1, fact
            assert build.supersede(fact, frame, MID_MARCH, "r2", datetime.fromisoformat(DAY_2)) == 0, fact
            assert build.supersede(fact, path, MID_MARCH, "r3", datetime.fromisoformat(DAY_2)) == 0, fact


def test_the_rows_of_a_file_close_those_that_stood_and_the_same_file_again_writes_nothing(
    warehouse: Path, tmp_path: Path
) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1)
    path = staged(tmp_path, coverage(MID_MARCH, r15_03=41, r15_02=5))
    assert load(warehouse, FactCoverage, path, MID_MARCH, DAY_2, "r2") == 3
    told = query(warehouse, "SELECT * FROM mart.fact_coverage ORDER BY ALL")
    assert load(warehouse, FactCoverage, path, MID_MARCH, DAY_2, "r3") == 0
    assert query(warehouse, "SELECT * FROM mart.fact_coverage ORDER BY ALL").equals(told)
    assert query(warehouse, STANDING).rows() == [("15.02", 5), ("15.03", 41)]


def test_one_other_cell_of_as_many_rows_is_a_restatement(warehouse: Path, tmp_path: Path) -> None:
    load(warehouse, FactCoverage, staged(tmp_path, coverage(MID_MARCH, r15_02=5, r15_03=41)), MID_MARCH, DAY_1)
    other = staged(tmp_path, coverage(MID_MARCH, r15_02=5, r15_03=42), "other")
    assert load(warehouse, FactCoverage, other, MID_MARCH, DAY_2) == 4


def test_a_damaged_file_is_refused_by_name_and_nothing_is_changed(warehouse: Path, tmp_path: Path) -> None:
    path = staged(tmp_path, coverage(MID_MARCH, r15_03=41))
    load(warehouse, FactCoverage, path, MID_MARCH, DAY_1)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    altered(path, bytes(content))
    before = warehouse.read_bytes()
    with pytest.raises(Damaged, match=r"facts\.parquet is not what was written"):
        load(warehouse, FactCoverage, path, MID_MARCH, DAY_2)
    assert warehouse.read_bytes() == before


def test_rows_of_another_version_or_of_none_are_refused(warehouse: Path, tmp_path: Path) -> None:
    frame = coverage(MID_MARCH, r15_02=5, r15_03=41)
    with building(warehouse) as build:
        for column in ("month", "as_of_date"):
            for other in (END_OF_APRIL.as_of_date, None):
                cell = pl.when(region_code="15.03").then(pl.lit(other, pl.Date)).otherwise(pl.col(column))
                wrong = frame.with_columns(cell.alias(column))
                for one in (wrong, staged(tmp_path, wrong)):
                    with pytest.raises(ValueError, match="rows of another version"):
                        build.supersede(FactCoverage, one, MID_MARCH, "r1", datetime.fromisoformat(DAY_1))
        assert build.frame(STANDING).is_empty()


def test_a_file_without_a_column_is_refused_by_its_name(warehouse: Path, tmp_path: Path) -> None:
    path = staged(tmp_path, coverage(MID_MARCH, r15_03=41).drop("active_workers"))
    with pytest.raises(ValueError, match=r"fact_coverage: facts\.parquet has no column active_workers"):
        load(warehouse, FactCoverage, path, MID_MARCH, DAY_1)


def test_a_column_that_is_not_declared_stays_outside(warehouse: Path, tmp_path: Path) -> None:
    path = staged(tmp_path, coverage(MID_MARCH, r15_03=41).with_columns(mood=pl.lit("glad")))
    assert load(warehouse, FactCoverage, path, MID_MARCH, DAY_1) == 1


def test_numbers_of_another_width_are_cast_and_what_does_not_fit_is_refused(warehouse: Path, tmp_path: Path) -> None:
    frame = coverage(MID_MARCH, r15_03=41)
    narrow = staged(tmp_path, frame.with_columns(pl.col("active_workers").cast(pl.UInt8)), "narrow")
    assert load(warehouse, FactCoverage, narrow, MID_MARCH, DAY_1) == 1
    assert load(warehouse, FactCoverage, frame, MID_MARCH, DAY_2) == 0
    words = staged(tmp_path, frame.with_columns(active_workers=pl.lit("many")), "words")
    with pytest.raises(duckdb.ConversionException, match="Could not convert string 'many' to INT64"):
        load(warehouse, FactCoverage, words, MID_MARCH, DAY_2)


@pytest.mark.parametrize("folder", ["it's", "run_id=7", "active_workers=99"])
def test_a_folder_is_a_name_whatever_stands_in_it(warehouse: Path, tmp_path: Path, folder: str) -> None:
    path = staged(tmp_path / folder, coverage(MID_MARCH, r15_03=41))
    with building(warehouse) as build:
        build.supersede(FactCoverage, path, MID_MARCH, "r1", datetime.fromisoformat(DAY_1))
        assert build.frame(STANDING).rows() == [("15.03", 41)]


LARGE = """
import os, sys, threading, time
from datetime import datetime
from pathlib import Path
import polars as pl
from flows.ceiling import held
from tests.warehouse_rows import MID_MARCH, row
from warehouse import lake, store
from warehouse.tables.compliance import EmployerMonth

place, rows, done, looks = Path(sys.argv[1]), 600_000, threading.Event(), [0]
one = row(EmployerMonth, month=MID_MARCH.month, as_of_date=MID_MARCH.as_of_date)
same = [pl.lit(one[name], column.dtype).alias(name) for name, column in EmployerMonth.stored_columns().items()]
name = pl.int_range(rows, eager=True).cast(pl.String).str.zfill(40)
path = lake.write(pl.LazyFrame({"employer_key": name, "employer_name": name}).with_columns(same[2:]), place / "e.parquet")

def look():
    while not done.wait(0.02):
        looks.append(held(os.getpid()))

with store.building(place / "w.duckdb", memory_limit="128MiB") as build:
    began = held(os.getpid())
    threading.Thread(target=look, daemon=True).start()
    changed = build.supersede(EmployerMonth, path, MID_MARCH, "r1", datetime(2025, 3, 17))
done.set()
print(changed, (max(looks) - began) >> 20)
"""


def test_what_a_large_file_takes_is_what_duckdb_may_take(tmp_path: Path) -> None:
    """As a frame the same rows took 330 MiB here: frame, Arrow copy and DuckDB."""
    told = subprocess.run(
        [sys.executable, "-c", LARGE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    changed, mib = map(int, told.stdout.splitlines()[-1].split())
    assert changed == 600_000
    assert 0 < mib < 128 + 90
