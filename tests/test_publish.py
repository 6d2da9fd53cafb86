"""The published copy: immutable versions and one link that is swapped at once."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse_rows import MID_MARCH, coverage, load, load_regions
from warehouse import ddl
from warehouse.errors import Stop
from warehouse.publish import Read, everything, publish
from warehouse.schema import tables_of
from warehouse.store import building, query
from warehouse.tables.coverage import FactCoverage

DAYS = ("2025-03-17", "2025-03-18", "2025-03-19", "2025-03-20", "2025-03-21")
ACTIVE = "SELECT active_workers FROM mart.coverage ORDER BY region_code"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a warehouse with regions and one month of coverage."""
    file = tmp_path_factory.mktemp("built") / "warehouse.duckdb"
    load_regions(file)
    load(file, FactCoverage, coverage(MID_MARCH, r15_02=3, r15_03=40), MID_MARCH, "2025-03-17T02:00")
    return file.parent


@pytest.fixture
def warehouse(built: Path, tmp_path: Path) -> Path:
    """Return a copy of that warehouse, to be changed."""
    return shutil.copytree(built, tmp_path / "internal") / "warehouse.duckdb"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Return where versions will be published."""
    return tmp_path / "it's published"


def restate(warehouse: Path, day: str, workers: int) -> None:
    """Load another figure for 15.03."""
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_02=3, r15_03=workers), MID_MARCH, f"{day}T02:00")


def current(published: Path) -> list[int]:
    """Return the figures that a reader of the current version sees."""
    return query(published / "current" / "cakupan.duckdb", ACTIVE)["active_workers"].to_list()


def versions(published: Path) -> list[str]:
    """Return the names of the published versions."""
    return sorted(path.name for path in published.iterdir() if path.is_dir() and not path.is_symlink())


def test_the_copy_holds_mart_only_with_rows_views_macros_and_comments(warehouse: Path, published: Path) -> None:
    directory = publish(warehouse, published, "v1")
    assert directory == published / "v1"
    assert current(published) == [3, 40]
    tags = query(
        directory / "cakupan.duckdb",
        "SELECT tags['storage_version'] AS version FROM duckdb_databases() WHERE NOT internal",
    )
    assert str(tags["version"][0]).startswith("v1.0.0")
    with duckdb.connect(str(directory / "cakupan.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT DISTINCT schema_name FROM duckdb_tables()").fetchall() == [("mart",)]
        assert copy.execute("SELECT active_workers FROM mart.coverage_as_of('2025-03-16') ORDER BY 1").fetchall() == [
            (3,),
            (40,),
        ]
        assert copy.execute("SELECT coverage_ratio FROM mart.fact_coverage ORDER BY 1").fetchall() == [(0.03,), (0.4,)]
        views = {
            f"mart.{name}"
            for (name,) in copy.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
        assert views < set(ddl.view_comments())
        columns = copy.execute(
            "SELECT count(*), count(comment) FROM duckdb_columns()"
            " WHERE schema_name = 'mart' AND table_name IN (SELECT table_name FROM duckdb_tables())"
        ).fetchall()[0]
        assert columns[0] == columns[1] == sum(len(ddl.columns_of(table)) for table in tables_of("mart"))


def test_history_is_published_too(warehouse: Path, published: Path) -> None:
    restate(warehouse, "2025-03-20", 41)
    file = publish(warehouse, published, "v1") / "cakupan.duckdb"
    found = query(
        file, "SELECT active_workers FROM mart.coverage_history WHERE region_code = '15.03' ORDER BY loaded_at"
    )
    assert found["active_workers"].to_list() == [40, 41]
    assert query(file, "SELECT active_workers FROM mart.coverage_as_of('2025-03-19')")["active_workers"].sum() == 43


def test_files_are_read_only_and_nothing_else_is_left(warehouse: Path, published: Path) -> None:
    directory = publish(warehouse, published, "v1")
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o444}
    assert {path.name for path in directory.iterdir()} == {"cakupan.duckdb", "datapackage.json", "parquet"}
    assert {path.name for path in published.iterdir()} == {"v1", "current", ".publish.lock"}


def test_the_link_is_relative_and_moves_to_the_new_version_while_readers_keep_the_old(
    warehouse: Path, published: Path
) -> None:
    publish(warehouse, published, "v1")
    assert (published / "current").readlink() == Path("v1")
    with duckdb.connect(str(published / "v1" / "cakupan.duckdb"), read_only=True) as reader:
        restate(warehouse, "2025-03-20", 41)
        publish(warehouse, published, "v2")
        assert reader.execute(ACTIVE).fetchall() == [(3,), (40,)]
    assert (published / "current").readlink() == Path("v2")
    assert current(published) == [3, 41]


def test_the_catalog_keeps_its_name_so_saved_queries_go_on(warehouse: Path, published: Path) -> None:
    publish(warehouse, published, "v1")
    found = query(published / "current" / "cakupan.duckdb", "SELECT count(*) AS n FROM cakupan.mart.coverage")
    assert found["n"].to_list() == [2]


def test_readers_read_the_published_copy_while_a_build_writes(warehouse: Path, published: Path) -> None:
    publish(warehouse, published, "v1")
    with building(warehouse) as build:
        build.supersede(FactCoverage, coverage(MID_MARCH, r15_03=99), MID_MARCH, "r2", datetime(2025, 3, 20))
        assert current(published) == [3, 40]
        assert query(warehouse, ACTIVE)["active_workers"].to_list() == [3, 40]


def test_unchanged_content_is_not_published_again(warehouse: Path, published: Path) -> None:
    publish(warehouse, published, "v1")
    with building(warehouse):
        pass
    assert publish(warehouse, published, "v2") == published / "v1"
    assert versions(published) == ["v1"]


def test_a_restatement_to_the_same_figures_is_new_content_because_history_grew(
    warehouse: Path, published: Path
) -> None:
    publish(warehouse, published, "v1")
    restate(warehouse, "2025-03-20", 41)
    restate(warehouse, "2025-03-21", 40)
    publish(warehouse, published, "v2")
    assert current(published) == [3, 40]
    assert versions(published) == ["v1", "v2"]


def test_old_versions_go_and_the_newest_stay(warehouse: Path, published: Path) -> None:
    for number, day in enumerate(DAYS):
        restate(warehouse, day, 50 + number)
        publish(warehouse, published, f"v{number}", keep=2, grace_seconds=0)
    assert versions(published) == ["v3", "v4"]
    assert current(published) == [3, 54]


def test_a_version_that_was_replaced_a_moment_ago_stays_for_readers_that_are_opening_it(
    warehouse: Path, published: Path
) -> None:
    for number, day in enumerate(DAYS[:3]):
        restate(warehouse, day, 50 + number)
        publish(warehouse, published, f"v{number}", keep=1)
    assert versions(published) == ["v0", "v1", "v2"]
    an_hour_ago = time.time() - 3_600
    os.utime(published / "v1", (an_hour_ago, an_hour_ago))
    restate(warehouse, DAYS[3], 60)
    publish(warehouse, published, "v3", keep=1)
    assert versions(published) == ["v1", "v2", "v3"]


def test_the_current_version_stays_even_when_its_name_sorts_first(warehouse: Path, published: Path) -> None:
    publish(warehouse, published, "b", keep=1)
    restate(warehouse, "2025-03-20", 41)
    publish(warehouse, published, "a", keep=1)
    assert (published / "current").readlink() == Path("a")
    assert current(published) == [3, 41]


def test_a_copy_that_was_not_finished_is_discarded(warehouse: Path, published: Path) -> None:
    half = published / ".part-v0" / "parquet"
    half.mkdir(parents=True)
    (half / "dim_region.parquet").write_bytes(b"PAR1")
    publish(warehouse, published, "v1")
    assert versions(published) == ["v1"]


def test_a_run_killed_before_the_link_moved_is_finished_by_the_next_one(warehouse: Path, published: Path) -> None:
    publish(warehouse, published, "v1")
    (published / "current").unlink()
    assert publish(warehouse, published, "v1") == published / "v1"
    assert current(published) == [3, 40]


def test_a_name_that_is_taken_by_other_content_is_refused_and_the_current_version_stays(
    warehouse: Path, published: Path
) -> None:
    publish(warehouse, published, "v1")
    restate(warehouse, "2025-03-20", 41)
    with pytest.raises(FileExistsError, match="v1"):
        publish(warehouse, published, "v1")
    assert current(published) == [3, 40]


@pytest.mark.parametrize("name", ["", ".hidden", "current", "../outside", "a/b"])
def test_a_name_that_is_no_plain_name_is_refused(warehouse: Path, published: Path, name: str) -> None:
    with pytest.raises(ValueError, match="version name"):
        publish(warehouse, published, name)


def test_two_publishers_do_not_meet(warehouse: Path, published: Path) -> None:
    def meanwhile(_read: Read) -> pl.DataFrame:
        publish(warehouse, published, "v2")
        return everything(_read)

    with pytest.raises(Stop, match="is being written by process"):
        publish(warehouse, published, "v1", disclose=meanwhile)
    assert not published.joinpath("current").exists()


def test_what_may_not_be_disclosed_is_left_out_everywhere(warehouse: Path, published: Path) -> None:
    def hide_small(read: Read) -> pl.DataFrame:
        return read("""
            SELECT 'mart.fact_coverage' AS object, 'active_workers' AS column_name, region_code, month, as_of_date, basis,
                segment, '' AS programme, '' AS funding_source, '' AS part, loaded_at
            FROM warehouse.mart.fact_coverage WHERE active_workers < 10
        """)

    directory = publish(warehouse, published, "v1", disclose=hide_small)
    assert current(published) == [None, 40]
    file = pl.read_parquet(directory / "parquet" / "fact_coverage.parquet").sort("region_code")
    assert file["active_workers"].to_list() == [None, 40]
    assert file["coverage_ratio"].to_list() == [None, 0.4]
    assert publish(warehouse, published, "v2", disclose=hide_small) == directory
    publish(warehouse, published, "v3")
    assert current(published) == [3, 40]


def test_the_parquet_files_are_described_and_hold_what_the_database_holds(warehouse: Path, published: Path) -> None:
    directory = publish(warehouse, published, "v1")
    package = json.loads((directory / "datapackage.json").read_text())
    assert [resource["name"] for resource in package["resources"]] == [table.name for table in tables_of("mart")]
    for resource in package["resources"]:
        file = directory / resource["path"]
        assert file.stat().st_size == resource["bytes"]
        found = pl.read_parquet(file)
        assert found.columns == [field["name"] for field in resource["schema"]["fields"]]
        stored = query(directory / "cakupan.duckdb", f"SELECT * FROM mart.{resource['name']}")
        assert found.equals(stored)
        assert resource["rows"] == stored.height
    regions = pl.read_parquet(directory / "parquet" / "dim_region.parquet")
    assert regions["region_code"].to_list() == ["00", "15", "15.02", "15.03", "16.01"]


def test_the_figures_of_a_day_are_the_same_in_the_copy_and_in_the_warehouse(warehouse: Path, published: Path) -> None:
    restate(warehouse, "2025-03-20", 41)
    copy = publish(warehouse, published, "v1") / "cakupan.duckdb"
    for day in (date(2025, 3, 16), date(2025, 3, 19), date(2025, 3, 20)):
        asked = f"SELECT * FROM mart.coverage_as_of(DATE '{day}') ORDER BY ALL"
        assert query(copy, asked).equals(query(warehouse, asked))
