"""The warehouse file: built beside, checked, put in place by one rename."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse_rows import END_OF_APRIL, MID_MARCH, coverage, load, load_regions, rows
from warehouse.calendar import Version
from warehouse.commits import of
from warehouse.errors import Stop
from warehouse.store import building, query
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimRegion
from warehouse.tables.operations import SourceFile
from warehouse.tables.target import FactTarget
from warehouse.tables.workforce import FactWorkforce

DAY_1, DAY_2, DAY_3 = "2025-03-17T02:00", "2025-03-18T02:00", "2025-03-19T02:00"
VERSIONS = (
    "SELECT active_workers, loaded_at, superseded_at, run_id FROM mart.fact_coverage ORDER BY loaded_at, active_workers"
)


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """Return where a warehouse will be: nothing is there yet."""
    return tmp_path / "gudang data" / "warehouse.duckdb"


@pytest.fixture
def warehouse(nowhere: Path) -> Path:
    """Return a warehouse that holds regions alone."""
    load_regions(nowhere)
    return nowhere


def at(moment: str) -> datetime:
    """Return a moment."""
    return datetime.fromisoformat(moment)


def names(directory: Path) -> set[str]:
    """Return what a directory holds, apart from lock and ledger."""
    return {path.name for path in directory.iterdir() if path.suffix not in (".lock", ".jsonl")}


def test_a_first_build_makes_the_file_with_every_schema_and_leaves_nothing_else(nowhere: Path) -> None:
    with building(nowhere):
        pass
    assert names(nowhere.parent) == {"warehouse.duckdb"}
    tags = query(nowhere, "SELECT tags['storage_version'] AS version FROM duckdb_databases() WHERE NOT internal")
    assert str(tags["version"][0]).startswith("v1.0.0")
    schemas = query(nowhere, "SELECT DISTINCT schema_name AS name FROM duckdb_tables() ORDER BY name")
    assert schemas["name"].to_list() == ["core", "mart", "ops"]


def test_rows_arrive_with_their_run_and_time_and_ratios_are_computed(warehouse: Path) -> None:
    assert load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1, "run-7") == 1
    found = query(warehouse, "SELECT coverage_ratio, loaded_at, superseded_at, run_id FROM mart.fact_coverage")
    assert found.rows() == [(0.4, at(DAY_1), None, "run-7")]


def test_the_same_rows_again_write_nothing(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40, r15_02=30), MID_MARCH, DAY_1)
    before = query(warehouse, VERSIONS)
    assert load(warehouse, FactCoverage, coverage(MID_MARCH, r15_02=30, r15_03=40), MID_MARCH, DAY_2, "r2") == 0
    assert query(warehouse, VERSIONS).equals(before)


def test_a_restatement_closes_the_old_rows_and_adds_the_new_ones(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1)
    assert load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=41, r15_02=5), MID_MARCH, DAY_2, "r2") == 3
    assert query(warehouse, VERSIONS).rows() == [
        (40, at(DAY_1), at(DAY_2), "r1"),
        (5, at(DAY_2), None, "r2"),
        (41, at(DAY_2), None, "r2"),
    ]


def test_an_empty_cell_that_is_filled_is_a_restatement(warehouse: Path) -> None:
    frame = coverage(MID_MARCH, r15_03=40)
    load(warehouse, FactCoverage, frame, MID_MARCH, DAY_1)
    filled = frame.with_columns(joined_workers=pl.lit(0, pl.Int64))
    assert load(warehouse, FactCoverage, filled, MID_MARCH, DAY_2) == 2


def test_a_restatement_to_no_rows_closes_the_old_ones(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1)
    assert load(warehouse, FactCoverage, rows(FactCoverage), MID_MARCH, DAY_2) == 1
    assert query(warehouse, VERSIONS)["superseded_at"].to_list() == [at(DAY_2)]


def test_another_as_of_date_of_the_month_leaves_the_first_standing(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1)
    load(warehouse, FactCoverage, coverage(END_OF_APRIL, r15_03=45), END_OF_APRIL, DAY_2)
    assert query(warehouse, VERSIONS)["superseded_at"].to_list() == [None, None]


def test_a_fact_without_versions_is_compared_and_closed_as_a_whole(warehouse: Path) -> None:
    target = {"region_code": "15.03", "year": 2025, "frame": "DAERAH", "target_ratio": 0.962}
    load(warehouse, FactTarget, rows(FactTarget, target), None, DAY_1)
    assert load(warehouse, FactTarget, rows(FactTarget, target), None, DAY_2) == 0
    assert load(warehouse, FactTarget, rows(FactTarget, target, {**target, "frame": "RPJMN"}), None, DAY_3) == 3
    standing = query(warehouse, "SELECT frame FROM mart.fact_target WHERE superseded_at IS NULL ORDER BY frame")
    assert standing["frame"].to_list() == ["DAERAH", "RPJMN"]


def test_times_are_kept_in_utc(warehouse: Path) -> None:
    jakarta = timezone(timedelta(hours=7))
    with building(warehouse) as build:
        build.supersede(
            FactCoverage, coverage(MID_MARCH, r15_03=1), MID_MARCH, "r1", datetime(2025, 3, 17, 2, tzinfo=jakarta)
        )
    assert query(warehouse, VERSIONS)["loaded_at"].to_list() == [
        datetime(2025, 3, 16, 19, tzinfo=UTC).replace(tzinfo=None)
    ]


@pytest.mark.parametrize(
    ("table", "frame", "version", "message"),
    [
        (FactCoverage, coverage(END_OF_APRIL, r15_03=1), MID_MARCH, "another version"),
        (FactCoverage, coverage(MID_MARCH, r15_03=1), None, "needs a version"),
        (FactWorkforce, rows(FactWorkforce), MID_MARCH, "has no version"),
    ],
)
def test_a_version_that_does_not_fit_is_refused(
    warehouse: Path, table: type[FactCoverage], frame: pl.DataFrame, version: Version | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        load(warehouse, table, frame, version, DAY_1)


def test_replace_leaves_only_the_new_rows_and_append_adds(warehouse: Path) -> None:
    file = {"sha256": "aa", "rows": 3}
    with building(warehouse) as build:
        build.replace(DimRegion, rows(DimRegion, {"region_code": "15.03"}))
        build.append(SourceFile, rows(SourceFile, file, {"sha256": "bb"}))
        build.append(SourceFile, rows(SourceFile, {"sha256": "cc"}))
        build.delete_rows(SourceFile, "sha256", "bb")
        assert build.frame("SELECT sha256 FROM ops.source_file WHERE rows = ?", [3])["sha256"].to_list() == ["aa"]
        assert build.frame(DimRegion)["region_code"].to_list() == ["15.03"]
    assert query(warehouse, "SELECT sha256 FROM ops.source_file ORDER BY 1")["sha256"].to_list() == ["aa", "cc"]


def test_a_fact_is_neither_appended_to_nor_deleted_from(warehouse: Path) -> None:
    with building(warehouse) as build:
        with pytest.raises(TypeError, match="keeps history"):
            build.append(FactCoverage, coverage(MID_MARCH, r15_03=1))
        with pytest.raises(ValueError, match="cannot be deleted"):
            build.delete_rows(FactCoverage, "region_code", "15.03")
        with pytest.raises(ValueError, match="cannot be deleted"):
            build.delete_rows(SourceFile, "sha256 = 'a' OR 1", "1")


def test_a_broken_transaction_leaves_nothing_and_the_build_goes_on(warehouse: Path) -> None:
    with building(warehouse) as build:
        with pytest.raises(RuntimeError), build.transaction():
            build.append(SourceFile, rows(SourceFile, {"sha256": "aa"}))
            raise RuntimeError
        with build.transaction():
            build.append(SourceFile, rows(SourceFile, {"sha256": "bb"}))
    assert query(warehouse, "SELECT sha256 FROM ops.source_file")["sha256"].to_list() == ["bb"]


def test_a_build_that_fails_leaves_the_old_file_byte_for_byte(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1)
    before = warehouse.read_bytes()
    with pytest.raises(RuntimeError), building(warehouse) as build:
        build.supersede(FactCoverage, coverage(MID_MARCH, r15_03=99), MID_MARCH, "r2", at(DAY_2))
        raise RuntimeError
    assert warehouse.read_bytes() == before
    assert names(warehouse.parent) == {"warehouse.duckdb"}


def test_a_key_twice_among_standing_rows_stops_the_build(nowhere: Path) -> None:
    frame = coverage(MID_MARCH, r15_03=40)
    with pytest.raises(Stop, match="fact_coverage: 1 keys occur more than once"):
        load(nowhere, FactCoverage, pl.concat([frame, frame]), MID_MARCH, DAY_1)
    with pytest.raises(Stop, match="dim_region"), building(nowhere) as build:
        build.replace(DimRegion, rows(DimRegion, {"region_code": "15"}, {"region_code": "15"}))
    assert not nowhere.exists()


def test_a_stored_table_that_differs_from_its_declaration_stops_the_build(warehouse: Path) -> None:
    of(warehouse).unlink()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("ALTER TABLE ops.run ADD COLUMN mood VARCHAR")
    with pytest.raises(Stop, match=r"ops\.run: other columns than this version declares \(mood\)"), building(warehouse):
        pass


def test_a_second_builder_is_turned_away_and_the_first_one_finishes(warehouse: Path) -> None:
    with building(warehouse) as build:
        with pytest.raises(Stop, match="is being written by process"), building(warehouse):
            pass
        build.append(SourceFile, rows(SourceFile, {"sha256": "aa"}))
    assert query(warehouse, "SELECT count(*) AS n FROM ops.source_file")["n"].to_list() == [1]


KILLED = """
    import os, signal, sys
    from pathlib import Path
    sys.path[:0] = {paths!r}
    from datetime import datetime
    from warehouse_rows import MID_MARCH, coverage
    from warehouse.store import building
    from warehouse.tables.coverage import FactCoverage
    with building(Path({warehouse!r})) as build:
        build.supersede(FactCoverage, coverage(MID_MARCH, r15_03=99), MID_MARCH, "r2", datetime(2025, 3, 18))
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_build_killed_half_way_leaves_the_old_file_and_the_next_one_cleans_up(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1)
    before = warehouse.read_bytes()
    here = Path(__file__).parent
    script = textwrap.dedent(KILLED).format(paths=[str(here), str(here.parent)], warehouse=str(warehouse))
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert "warehouse.duckdb.next" in names(warehouse.parent)
    assert warehouse.read_bytes() == before
    assert query(warehouse, VERSIONS)["active_workers"].to_list() == [40]
    assert load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=41), MID_MARCH, DAY_2) == 2
    assert names(warehouse.parent) == {"warehouse.duckdb"}


def test_a_reader_keeps_its_version_while_the_next_one_is_put_in_place(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=40), MID_MARCH, DAY_1)
    with warehouse.open("rb") as held:
        old = os.fstat(held.fileno()).st_ino
        load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=41), MID_MARCH, DAY_2)
        assert warehouse.stat().st_ino != old
        assert os.fstat(held.fileno()).st_nlink == 0


@pytest.mark.parametrize(
    "statement",
    ["FROM read_text('/etc/hostname')", "COPY (SELECT 1) TO 'out.csv'", "ATTACH 'other.duckdb'", "INSTALL httpfs"],
)
def test_a_user_query_reaches_nothing_but_the_file(warehouse: Path, statement: str) -> None:
    with pytest.raises(Stop, match="disabled by configuration"):
        query(warehouse, statement)


def test_a_user_query_sees_no_python_variable_and_changes_nothing(warehouse: Path) -> None:
    with pytest.raises(Stop, match="VERSIONS does not exist"):
        query(warehouse, "FROM VERSIONS")
    with pytest.raises(Stop, match="configuration has been locked"):
        query(warehouse, "SET threads = 8")
    with pytest.raises(Stop, match="read-only"):
        query(warehouse, "DELETE FROM mart.dim_region")
    assert query(warehouse, "BEGIN").is_empty()
    assert query(warehouse, "SELECT DATE '2025-03-01' AS day")["day"].to_list() == [date(2025, 3, 1)]
