"""Hidden cells in a real PostgreSQL server: empty there too, listed, and told by nothing that lies beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from flows.publishing.contents import Relation, relations_of
from tests.publishing.target import asking, compared, rows, seen
from tests.servers.postgresql import Database
from warehouse import ddl, hiding
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.published import DESCRIPTOR
from warehouse.schema import tables_of
from warehouse.store import query, reading

EVERYTHING = """
    SELECT nspname::text AS schema, relname::text AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_'
"""


@pytest.fixture(scope="module")
def version(hiding_home: Home) -> Path:
    """Return the directory of a published version with hidden cells."""
    return hiding_home.current.parent.resolve()


def test_a_copy_with_hidden_cells_arrives_cell_for_cell_and_nothing_else_lies_there(
    server: Database, version: Path, sent: list[Relation]
) -> None:
    assert compared(server, version, sent) > 5_000
    there = rows(server, EVERYTHING)
    assert sorted(there.rows()) == sorted(("mart", name) for name in ["publication", *(one.name for one in sent)])


@pytest.mark.usefixtures("sent")
def test_every_hidden_cell_is_listed_by_the_server_and_empty_in_its_table(server: Database, hiding_home: Home) -> None:
    listed = rows(server, "SELECT * FROM mart.hidden_cell")
    exact = query(hiding_home.current, "SELECT * FROM mart.hidden_cell")
    assert listed.height > 1_000
    assert listed.cast(exact.schema).sort(exact.columns).equals(exact.sort(exact.columns))
    same, found = " AND ".join(f"words.{one} = hidden.{one}" for one in hiding.ROW), 0
    with asking(server) as ask:
        for table in hiding.protected():
            words = ", ".join(f"{sql} AS {word}" for word, sql in hiding.names_of(table).items())
            for column in hiding.exposures(table, "counted", "follows"):
                stored = f"SELECT {words}, {column} AS told FROM {table.qualified()}"
                cells, told = ask(f"""
                    SELECT count(*) AS cells, count(words.told) AS told FROM ({stored}) AS words JOIN mart.hidden_cell AS hidden
                    ON object = '{table.qualified()}' AND column_name = '{column}' AND {same}
                """).row(0)
                assert told == 0, f"{table.name}.{column}"
                found += cells
    assert found == listed.height


@pytest.mark.usefixtures("sent")
def test_a_ratio_that_the_server_computes_is_empty_where_a_part_of_it_is_hidden(server: Database) -> None:
    hidden = 0
    with asking(server) as ask:
        for table in hiding.protected():
            for name, metric in ((name, column.metric) for name, column in table.columns.items() if column.metric):
                parts = f"{metric.numerator} IS NULL OR {metric.denominator} IS NULL"
                asked = f"SELECT count(*) AS cells, count({name}) AS told FROM {table.qualified()} WHERE {parts}"
                cells, told = ask(asked).row(0)
                assert told == 0, f"{table.name}.{name}"
                hidden += cells
    assert hidden > 100


@pytest.mark.usefixtures("sent")
def test_every_reader_is_told_which_cells_are_hidden_where_it_may_read(server: Database) -> None:
    counted = "SELECT count(*) FROM mart.hidden_cell"
    assert seen(server, "pusat", counted) == server.say(counted)
    own = server.say(f"{counted} WHERE left(region_code, 2) = '15'")
    assert seen(server, "jambi", counted) == own != "0"
    assert seen(server, "pusat", "SELECT count(active_workers) < count(*) FROM mart.coverage") == "t"


def test_two_warehouses_that_differ_in_hidden_cells_alone_are_published_the_same(
    hiding_home: Home, tmp_path: Path
) -> None:
    listed = query(hiding_home.current, "SELECT * FROM mart.hidden_cell")
    true, other = (published_with(hiding_home, listed, tmp_path / str(more), more) for more in (0, 1_003))
    members = "SELECT sum(members) AS members FROM mart.fact_premium"
    differ = [query(one.parents[1] / "warehouse.duckdb", members).item() for one in (true, other)]
    assert differ[1] > differ[0] + 100_000
    for told in ("content", "resources"):
        assert package(true)[told] == package(other)[told], told
    with reading(true / "cakupan.duckdb") as one, reading(other / "cakupan.duckdb") as another:
        for relation in relations_of(one):
            asked = f"SELECT * FROM mart.{relation.name} ORDER BY ALL"
            assert one(asked).equals(another(asked)), relation.name


def published_with(home: Home, listed: pl.DataFrame, folder: Path, more: int) -> Path:
    """Return a version of the home's warehouse in which every hidden cell counts so many more, the same cells hidden."""
    folder.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as made:
        made.register("listed", listed.to_arrow())
        made.execute(f"ATTACH '{home.warehouse}' AS exact (READ_ONLY); CREATE SCHEMA mart")
        for table in tables_of("mart"):
            stored, source = ddl.stored_columns_of(table), f"exact.{table.qualified()}"
            rows_of = f"SELECT {', '.join(map(ddl.identifier, stored))} FROM {source}"
            if table in hiding.protected():
                shown = hiding.without(table, source, f"({hiding.hidden_of(table, 'listed')})")
                cells = hiding.exposures(table, "counted", "follows")
                values = [f"coalesce(shown.{one}, true_.{one} + {more}) AS {one}" for one in cells]
                others = ", ".join(f"true_.{ddl.identifier(one)}" for one in stored if one not in cells)
                same = ", ".join((*table.key(), "loaded_at"))
                rows_of = f"SELECT {others}, {', '.join(values)} FROM {source} AS true_ JOIN ({shown}) AS shown USING ({same})"
            made.execute(ddl.create_table(table, checks=False))
            made.execute(f"INSERT INTO {table.qualified()} BY NAME {rows_of}")
    return publish(folder / "warehouse.duckdb", folder / "published", "20990101T000000", disclose=lambda _read: listed)


def package(version: Path) -> dict[str, Any]:
    """Return what the Data Package of a version says."""
    told: dict[str, Any] = json.loads((version / DESCRIPTOR).read_text(encoding="utf-8"))
    return told
