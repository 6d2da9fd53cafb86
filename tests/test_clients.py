"""What other programs see of the published copy: SQLAlchemy, ADBC, Polars and pandas, as BI tools and notebooks read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import adbc_driver_duckdb
import duckdb
import pandas as pd
import polars as pl
import pytest
import sqlalchemy as sa
from adbc_driver_manager import dbapi as adbc

from tests.warehouse_rows import MID_MARCH, coverage, load, load_regions, rows
from warehouse import ddl
from warehouse.publish import publish
from warehouse.schema import tables_of
from warehouse.store import building
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.premium import FactPremium

Row = tuple[Any, ...]
Ask = Callable[[str], list[Row]]
Client = Callable[[Path], AbstractContextManager[Ask]]

BEYOND_A_DOUBLE = 2**53 + 1
FIGURES = """
SELECT region_code, month, as_of_date, active_workers, joined_workers, coverage_ratio
FROM mart.coverage ORDER BY region_code
"""
MONEY = "SELECT region_code, due_idr, billed_idr FROM mart.premium ORDER BY programme"
ACTIVE = "SELECT active_workers FROM mart.coverage WHERE region_code = '15.03'"


def url(file: Path, *options: str) -> str:
    """Return the SQLAlchemy address of a file that is only read."""
    return f"duckdb:///{file}?{'&'.join(('access_mode=read_only', *options))}"


@contextmanager
def by_duckdb(file: Path) -> Iterator[Ask]:
    """Ask DuckDB itself."""
    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@contextmanager
def by_sqlalchemy(file: Path) -> Iterator[Ask]:
    """Ask through SQLAlchemy without a pool, as Superset and other Python tools do."""
    with sa.create_engine(url(file, "pool=null")).connect() as connection:
        yield lambda sql: [tuple(row) for row in connection.execute(sa.text(sql))]


@contextmanager
def by_adbc(file: Path) -> Iterator[Ask]:
    """Ask through ADBC."""
    with connect_adbc(file) as connection, closing(connection.cursor()) as cursor:
        yield lambda sql: cursor.execute(sql).fetchall()


@contextmanager
def by_polars(file: Path) -> Iterator[Ask]:
    """Ask through Polars on ADBC: Arrow all the way."""
    with connect_adbc(file) as connection:
        yield lambda sql: pl.read_database(sql, connection).rows()


@contextmanager
def by_pandas(file: Path) -> Iterator[Ask]:
    """Ask through pandas on ADBC with Arrow columns, which hold an integer beside an empty cell."""
    with connect_adbc(file) as connection:

        def ask(sql: str) -> list[Row]:
            frame = pd.read_sql(sql, connection, dtype_backend="pyarrow")
            return [tuple(None if cell is pd.NA else cell for cell in row) for row in frame.itertuples(index=False)]

        yield ask


CLIENTS: tuple[Client, ...] = (by_duckdb, by_sqlalchemy, by_adbc, by_polars, by_pandas)
every_client = pytest.mark.parametrize("client", CLIENTS)


def connect_adbc(file: Path) -> adbc.Connection:
    """Return an ADBC connection that reads only; the driver comes with the package of DuckDB."""
    options = {"path": str(file), "access_mode": "read_only"}
    return adbc.connect(adbc_driver_duckdb.driver_path(), entrypoint="duckdb_adbc_init", db_kwargs=options)


def warehouse_in(folder: Path) -> Path:
    """Return a warehouse with two regencies in one month, and money that a double cannot hold."""
    file = folder / "warehouse.duckdb"
    load_regions(file)
    restate(file, 40)
    key = {"region_code": "15.03", "month": MID_MARCH.month, "as_of_date": MID_MARCH.as_of_date}
    premium = rows(
        FactPremium,
        key | {"programme": "JKK", "due_idr": BEYOND_A_DOUBLE, "billed_idr": BEYOND_A_DOUBLE},
        key | {"programme": "JKM", "due_idr": None, "billed_idr": 16_800},
    )
    with building(file) as build:
        build.supersede(FactPremium, premium, MID_MARCH, "r1", datetime(2025, 3, 17, 2))
    return file


def restate(warehouse: Path, workers: int) -> None:
    """Load another figure for 15.03."""
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_02=3, r15_03=workers), MID_MARCH, "2025-03-18T02:00")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that readers open, which nobody changes."""
    folder = tmp_path_factory.mktemp("clients")
    publish(warehouse_in(folder), folder / "published", "v1")
    return folder / "published" / "current" / "cakupan.duckdb"


@dataclass(frozen=True)
class Swapped:
    """A copy that was replaced under readers: what they saw after, what is left on the disk, and a pool filled before."""

    file: Path
    held: list[list[Row]]
    left: set[str]
    pooled: sa.Engine


@pytest.fixture(scope="module")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> Swapped:
    """Return a published copy with 41 workers that had 40 when its readers opened it."""
    folder = tmp_path_factory.mktemp("swapped")
    warehouse, published = warehouse_in(folder), folder / "published"
    publish(warehouse, published, "v1", keep=1, grace_seconds=0)
    file = published / "current" / "cakupan.duckdb"
    pooled = sa.create_engine(url(file))
    assert active(pooled) == 40
    with ExitStack() as stack:
        others = [client for client in CLIENTS if client is not by_duckdb]  # two settings of one file: refused
        asks = [stack.enter_context(client(file)) for client in others]
        restate(warehouse, 41)
        publish(warehouse, published, "v2", keep=1, grace_seconds=0)
        held = [ask(ACTIVE) for ask in asks]
        left = {path.name for path in published.rglob("*") if path.suffix != ".parquet"}
    return Swapped(file, held, left, pooled)


def active(engine: sa.Engine) -> int:
    """Return the workers of 15.03 as an engine sees them."""
    with engine.connect() as connection:
        return int(connection.execute(sa.text(ACTIVE)).scalar_one())


@every_client
def test_codes_are_text_days_are_dates_counts_are_whole_and_ratios_are_fractions(client: Client, copy: Path) -> None:
    with client(copy) as ask:
        found = ask(FIGURES)
    day = (date(2025, 3, 1), date(2025, 3, 16))
    assert found == [("15.02", *day, 3, None, 0.03), ("15.03", *day, 40, None, 0.4)]
    assert [type(cell) for cell in found[1]] == [str, date, date, int, type(None), float]


@every_client
def test_money_beyond_a_double_arrives_to_the_rupiah_also_beside_an_empty_cell(client: Client, copy: Path) -> None:
    with client(copy) as ask:
        assert ask(MONEY) == [("15.03", BEYOND_A_DOUBLE, BEYOND_A_DOUBLE), ("15.03", None, 16_800)]


def test_pandas_without_arrow_columns_rounds_money_beside_an_empty_cell(copy: Path) -> None:
    with connect_adbc(copy) as connection:
        assert int(pd.read_sql(MONEY, connection)["due_idr"][0]) != BEYOND_A_DOUBLE


@every_client
def test_a_sum_of_money_that_is_cast_back_is_a_whole_number(client: Client, copy: Path) -> None:
    with client(copy) as ask:
        [(total,)] = ask("SELECT sum(billed_idr)::BIGINT AS billed_idr FROM mart.premium")
    assert (total, type(total)) == (BEYOND_A_DOUBLE + 16_800, int)


def test_readers_keep_their_version_when_it_is_replaced_and_removed_and_leave_nothing_behind(swapped: Swapped) -> None:
    assert len(swapped.held) > 1
    assert swapped.held == [[(40,)]] * len(swapped.held)
    assert swapped.left == {".publish.lock", "current", "v2", "cakupan.duckdb", "datapackage.json", "parquet"}


@every_client
def test_the_next_connection_sees_the_new_version(client: Client, swapped: Swapped) -> None:
    with client(swapped.file) as ask:
        assert ask(ACTIVE) == [(41,)]


def test_a_sqlalchemy_pool_serves_the_old_version_until_it_is_emptied(swapped: Swapped) -> None:
    assert active(swapped.pooled) == 40
    assert active(sa.create_engine(url(swapped.file), poolclass=sa.pool.NullPool)) == 41
    swapped.pooled.dispose()
    assert active(swapped.pooled) == 41


@every_client
def test_nothing_can_be_written(client: Client, copy: Path) -> None:
    with client(copy) as ask, pytest.raises(Exception, match=r"read-only|'read' queries"):
        ask("DELETE FROM mart.fact_coverage")


def test_sqlalchemy_shows_every_table_and_view_with_its_columns_types_and_comments(copy: Path) -> None:
    engine = sa.create_engine(url(copy, "pool=null"))
    inspector, tables = sa.inspect(engine), tables_of("mart")
    assert set(inspector.get_table_names(schema="mart")) == {table.name for table in tables}
    views = inspector.get_view_names(schema="mart")
    assert {f"mart.{name}" for name in views} < set(ddl.view_comments())
    columns = inspector.get_multi_columns(schema="mart", kind=sa.engine.reflection.ObjectKind.TABLE)
    for table in tables:
        declared = [
            (name, ddl.SQL_TYPES[one.dtype], ddl.column_comment(one)) for name, one in ddl.columns_of(table).items()
        ]
        found = columns["mart", table.name]
        assert [(one["name"], shown(one["type"]), one["comment"]) for one in found] == declared
        assert inspector.get_table_comment(table.name, schema="mart")["text"] == ddl.table_comment(table)
    for name in views:
        told = inspector.get_table_comment(name, schema="mart")["text"]
        assert told == ddl.view_comments()[f"mart.{name}"]


def shown(kind: sa.types.TypeEngine[Any]) -> str:
    """Return a column's type as our DDL writes it."""
    return str(kind.compile(sa.dialects.registry.load("duckdb")())).removesuffix(" WITHOUT TIME ZONE")


def test_adbc_lists_every_table_with_its_columns_and_their_comments(copy: Path) -> None:
    with connect_adbc(copy) as connection:
        catalogs = connection.adbc_get_objects(depth="all", db_schema_filter="mart").read_all().to_pylist()
    listed = {
        table["table_name"]: [(column["column_name"], column["remarks"]) for column in table["table_columns"]]
        for catalog in catalogs
        for schema in catalog["catalog_db_schemas"]
        for table in schema["db_schema_tables"]
    }
    for table in tables_of("mart"):
        declared = [(name, ddl.column_comment(column)) for name, column in ddl.columns_of(table).items()]
        assert listed[table.name] == declared
