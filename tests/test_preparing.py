"""A warehouse of an older version: what follows from its rows is renewed, its rows stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.warehouse_rows import MID_MARCH, coverage, load
from warehouse import ddl
from warehouse.commits import of
from warehouse.errors import Stop
from warehouse.store import building, query
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.operations import Run

ROWS = "SELECT region_code, active_workers, loaded_at, run_id, coverage_ratio, vulnerable_ratio FROM mart.fact_coverage ORDER BY ALL"
COLUMNS = "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'mart' AND table_name = 'fact_coverage' ORDER BY column_index"

FILE = "INSERT INTO ops.source_file SELECT 'abc', 'file:///x', 'iuran', 1, 1, 1, 0, now(), 'r', 'g', 'ACCEPTED'"
KILLED = "INSERT INTO ops.run SELECT 'r', now(), now(), 'CRASHED', 'code', '{}', 0, 0, 0"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a warehouse with two rows of coverage."""
    file = tmp_path_factory.mktemp("built") / "cakupan.duckdb"
    load(file, FactCoverage, coverage(MID_MARCH, r15_02=7, r15_03=10), MID_MARCH, "2025-03-17T02:00")
    return file.parent


@pytest.fixture
def warehouse(built: Path, tmp_path: Path) -> Path:
    """Return a copy of that warehouse, to be changed."""
    return shutil.copytree(built, tmp_path, dirs_exist_ok=True) / "cakupan.duckdb"


def made_older(file: Path, *statements: str) -> None:
    """Change the file as if an older version had made it: one that kept no ledger."""
    of(file).unlink()
    with duckdb.connect(str(file)) as connection:
        for statement in (*statements, "DELETE FROM ops.definition"):
            connection.execute(statement)


def renewed(file: Path) -> None:
    """Build upon the file with the declarations of today."""
    with building(file):
        pass


def test_a_formula_that_an_older_version_did_not_have_is_added_and_every_row_stays(warehouse: Path) -> None:
    before = query(warehouse, ROWS).rows()
    made_older(warehouse, "ALTER TABLE mart.fact_coverage DROP COLUMN vulnerable_ratio", "DROP TABLE mart.metric")
    renewed(warehouse)
    assert query(warehouse, ROWS).rows() == before
    assert query(warehouse, COLUMNS)["column_name"].to_list() == list(ddl.columns_of(FactCoverage))
    assert query(warehouse, "SELECT count(*) > 0 FROM mart.metric").item()


def test_a_formula_of_an_older_version_is_replaced(warehouse: Path) -> None:
    before = query(warehouse, ROWS).rows()
    older = ddl.create_table(FactCoverage).replace("/ nullif(eligible_workers, 0)", "/ nullif(eligible_workers, 1)")
    made_older(
        warehouse,
        "CREATE TABLE kept AS SELECT * EXCLUDE (coverage_ratio, vulnerable_ratio) FROM mart.fact_coverage",
        "DROP TABLE mart.fact_coverage",
        older,
        "INSERT INTO mart.fact_coverage BY NAME SELECT * FROM kept",
    )
    renewed(warehouse)
    assert query(warehouse, ROWS).rows() == before
    formula = "SELECT column_default FROM duckdb_columns() WHERE table_name = 'fact_coverage' AND column_name = 'coverage_ratio'"
    assert "(eligible_workers, 0)" in query(warehouse, formula).item()


def test_comments_and_views_that_an_older_version_made_are_renewed(warehouse: Path) -> None:
    made_older(warehouse, "COMMENT ON COLUMN mart.coverage.active_workers IS 'old'", "DROP VIEW mart.movement_history")
    renewed(warehouse)
    comment = "SELECT comment FROM duckdb_columns() WHERE table_name = 'coverage' AND column_name = 'active_workers'"
    assert "Unit: persons." in query(warehouse, comment).item()
    assert query(warehouse, "SELECT count(*) FROM mart.movement_history").item() == 0


def test_a_stored_column_that_is_missing_is_said_and_nothing_is_changed(warehouse: Path) -> None:
    made_older(warehouse, "ALTER TABLE ops.run DROP COLUMN settings")
    before = warehouse.read_bytes()
    with pytest.raises(Stop, match="settings"):
        renewed(warehouse)
    assert warehouse.read_bytes() == before


def test_a_check_that_an_older_version_had_otherwise_is_replaced(warehouse: Path) -> None:
    older = ddl.create_table(Run).replace(", 'CRASHED'", "")
    assert older != ddl.create_table(Run)
    made_older(warehouse, "DROP TABLE ops.run", older, KILLED.replace("CRASHED", "LOADED"))
    renewed(warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(KILLED)
        assert connection.execute("SELECT state FROM ops.run ORDER BY ALL").fetchall() == [("CRASHED",), ("LOADED",)]


def test_a_column_that_may_be_empty_is_added_and_is_empty_in_the_rows_that_stand(warehouse: Path) -> None:
    made_older(warehouse, "ALTER TABLE ops.source_file DROP COLUMN reason", FILE)
    renewed(warehouse)
    assert query(warehouse, "SELECT sha256, reason FROM ops.source_file").rows() == [("abc", None)]
