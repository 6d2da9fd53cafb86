"""SQL text from the declarations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.warehouse_rows import row
from warehouse import ddl
from warehouse.catalogue import catalogue
from warehouse.dictionary import as_data, markdown, table_schema
from warehouse.schema import Column, Fact, Rule, Severity, Table
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimRegion
from warehouse.tables.membership import Membership
from warehouse.tables.premium import FactPremium
from warehouse.tables.workforce import FactWorkforce
from warehouse.view import View

HISTORY = {"loaded_at": "2025-03-17 02:00:00", "run_id": "r1"}


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield an empty database with every declared table."""
    connection = duckdb.connect()
    for layer in ddl.LAYERS:
        connection.execute(f"CREATE SCHEMA {layer}")
    for table in ddl.database_tables():
        connection.execute(ddl.create_table(table))
    yield connection
    connection.close()


@pytest.fixture
def commented(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return that database with the comments of every table."""
    for table in ddl.database_tables():
        for comment in ddl.comments(table):
            database.execute(comment)
    return database


def insert(database: duckdb.DuckDBPyConnection, table: type[Table], **cells: Any) -> None:
    """Insert one row, the history of a fact included."""
    whole = {**row(table), **(HISTORY if issubclass(table, Fact) else {}), **cells}
    names, marks = ", ".join(map(ddl.identifier, whole)), ", ".join("?" * len(whole))
    database.execute(f"INSERT INTO {table.qualified()} ({names}) VALUES ({marks})", list(whole.values()))


@pytest.mark.parametrize("table", ddl.database_tables(), ids=lambda table: table.qualified())
def test_a_row_that_keeps_every_rule_goes_into_every_declared_table(
    database: duckdb.DuckDBPyConnection, table: type[Table]
) -> None:
    insert(database, table)
    stored = ", ".join(map(ddl.identifier, table.stored_columns()))
    assert database.execute(f"SELECT {stored} FROM {table.qualified()}").fetchall() == [tuple(row(table).values())]


@pytest.mark.parametrize("table", ddl.database_tables(), ids=lambda table: table.qualified())
def test_a_table_has_the_declared_columns_types_and_nulls(
    database: duckdb.DuckDBPyConnection, table: type[Table]
) -> None:
    found = database.execute(
        "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?",
        [table.layer, table.name],
    ).fetchall()
    assert found == [
        (name, ddl.SQL_TYPES[column.dtype], column.nullable or not column.stored)
        for name, column in ddl.columns_of(table).items()
    ]


@pytest.mark.parametrize("table", ddl.database_tables(), ids=lambda table: table.qualified())
def test_every_column_that_must_hold_a_value_refuses_an_empty_one(
    database: duckdb.DuckDBPyConnection, table: type[Table]
) -> None:
    for name, column in ddl.stored_columns_of(table).items():
        if not column.nullable:
            with pytest.raises(duckdb.ConstraintException, match=f"NOT NULL.*{name}"):
                insert(database, table, **{name: None})


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        (DimRegion, {"level": "village"}),
        (FactCoverage, {"active_workers": -1}),
        (FactCoverage, {"active_workers": 10, "vulnerable_workers": 11}),
        (FactCoverage, {"active_workers": 10, "joined_workers": 6, "returned_workers": 5}),
        (FactCoverage, {"eligible_workers": 10, "workforce_source": None}),
        (FactCoverage, {"workforce_period": "2024-09"}),
        (FactWorkforce, {"period": "2024-08-01"}),
        (FactWorkforce, {"employed_workers": 10, "excluded_workers": 4, "eligible_workers": 7}),
        (FactPremium, {"billed_idr": 10, "paid_idr": 4, "arrears_idr": 11}),
    ],
    ids=str,
)
def test_a_row_that_breaks_a_declared_rule_is_refused(
    database: duckdb.DuckDBPyConnection, table: type[Table], cells: dict[str, Any]
) -> None:
    with pytest.raises(duckdb.ConstraintException, match="CHECK"):
        insert(database, table, **cells)


def test_a_ratio_follows_from_its_parts_and_is_empty_without_them(database: duckdb.DuckDBPyConnection) -> None:
    insert(
        database, FactCoverage, region_code="a", active_workers=64_709, eligible_workers=124_440, workforce_source="BPS"
    )
    insert(database, FactCoverage, region_code="b", active_workers=5, eligible_workers=0, workforce_source="BPS")
    insert(database, FactCoverage, region_code="c", active_workers=5)
    found = database.execute("SELECT coverage_ratio FROM mart.fact_coverage ORDER BY region_code").fetchall()
    assert found == [(pytest.approx(64_709 / 124_440, abs=1e-15),), (None,), (None,)]


def test_every_table_and_every_column_has_a_comment(commented: duckdb.DuckDBPyConnection) -> None:
    assert commented.execute("SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''").fetchall() == []
    empty = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''"
    assert commented.execute(empty).fetchall() == []


def test_a_comment_says_unit_source_key_formula_and_warns_against_sums(commented: duckdb.DuckDBPyConnection) -> None:
    found = dict(
        commented.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'fact_coverage'"
        ).fetchall()
    )
    assert "Unit: persons." in found["active_workers"]
    assert "Source: kepesertaan" in found["active_workers"]
    assert "Do not sum" in found["active_workers"]
    assert "Do not sum or average" in found["coverage_ratio"]
    assert "nullif(eligible_workers, 0)" in found["coverage_ratio"]
    assert "Part of the key." in found["month"]


def test_the_published_form_leaves_cells_out_but_never_a_key(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("DROP TABLE mart.fact_coverage")
    database.execute(ddl.create_table(FactCoverage, checks=False))
    insert(database, FactCoverage, active_workers=None)
    with pytest.raises(duckdb.ConstraintException, match="region_code"):
        insert(database, FactCoverage, region_code=None)


def test_a_quote_in_a_declaration_stays_text() -> None:
    class Quoted(Table, layer="scratch"):
        """A jury's table."""

        name_of = Column(FactCoverage.columns["region_code"].dtype, "The regent's", values=("it's",))

    Quoted.name = "quoted"
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA scratch")
        connection.execute(ddl.create_table(Quoted))
        for comment in ddl.comments(Quoted):
            connection.execute(comment)
        connection.execute("INSERT INTO scratch.quoted VALUES (?)", ["it's"])
        assert connection.execute("SELECT comment FROM duckdb_columns() WHERE column_name = 'name_of'").fetchall() == [
            ("The regent's One of: it's.",)
        ]


def test_a_warning_is_no_check_and_a_pattern_rule_is_one() -> None:
    class Warned(Table, layer="scratch"):
        """Two rules."""

        code = Column(FactCoverage.columns["region_code"].dtype, "Code.")
        rules = (
            Rule("odd", "code <> 'z'", "odd", "aneh", Severity.WARN),
            Rule("starts_with_a", "^a", "no a", "bukan a", pattern_of="code"),
        )

    Warned.name = "warned"
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA scratch")
        connection.execute(ddl.create_table(Warned))
        connection.execute("INSERT INTO scratch.warned VALUES ('az')")
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("INSERT INTO scratch.warned VALUES ('z')")


def test_formulas_stand_after_everything_that_holds_a_value() -> None:
    for table in ddl.database_tables():
        stored = [column.stored for column in ddl.columns_of(table).values()]
        assert stored == sorted(stored, reverse=True)


def test_an_extract_never_becomes_a_table() -> None:
    with pytest.raises(TypeError, match="never enter the database"):
        ddl.create_table(Membership)


def test_the_dictionary_names_every_column_and_every_view() -> None:
    text = markdown()
    for table in ddl.database_tables():
        section = text.split(f"### {table.qualified()}\n")[1].split("\n### ")[0]
        assert all(f"| **{name}** |" in section or f"| {name} |" in section for name in ddl.columns_of(table))
    for view in View.views.values():
        section = text.split(f"### {view.qualified()}{'(' if view.parameters else chr(10)}")[1].split("\n### ")[0]
        assert all(f"| **{name}** |" in section or f"| {name} |" in section for name in view.columns)


def test_the_dictionary_for_programs_is_json_and_names_every_table_and_view() -> None:
    data = json.loads(json.dumps(as_data()))
    assert [table["name"] for table in data["tables"]] == [table.qualified() for table in ddl.database_tables()]
    assert [view["name"] for view in data["views"]] == list(View.views)
    assert [metric["name"] for metric in data["metrics"]] == [one.name for one in catalogue()]


def test_the_frictionless_schema_keeps_codes_as_strings_and_versions_in_the_key() -> None:
    schema = table_schema(FactCoverage)
    fields = {field["name"]: field for field in schema["fields"]}
    assert fields["region_code"]["type"] == "string"
    assert fields["basis"]["constraints"] == {"required": True, "enum": ["RESIDENCE", "WORKPLACE"]}
    assert schema["primaryKey"][-1] == "loaded_at"
