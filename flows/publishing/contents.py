"""What a published file holds: its tables and views, with their columns and comments, in PostgreSQL's types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.dictionary import table_schema
from warehouse.errors import Stop
from warehouse.schema import Column, Table
from warehouse.store import Ask

TYPES = {
    "VARCHAR": "TEXT", "BIGINT": "BIGINT", "INTEGER": "INTEGER", "SMALLINT": "SMALLINT", "DOUBLE": "DOUBLE PRECISION",
    "BOOLEAN": "BOOLEAN", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP", "VARCHAR[]": "TEXT[]",
}  # fmt: skip
DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
RELATIONS = """
SELECT table_name AS name, FALSE AS is_view, coalesce(comment, '') AS comment FROM duckdb_tables() WHERE schema_name = 'mart'
UNION ALL
SELECT view_name, TRUE, coalesce(comment, '') FROM duckdb_views() WHERE schema_name = 'mart'
ORDER BY is_view, name
"""
COLUMNS = """
SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns() WHERE schema_name = 'mart'
ORDER BY table_name, column_index
"""


@dataclass(frozen=True)
class Field:
    """A column: its type in PostgreSQL, its comment, and the formula that PostgreSQL computes it by, if any."""

    name: str
    type: str
    comment: str
    formula: str = ""


@dataclass(frozen=True)
class Relation:
    """A table or a view of the published file; `key` is the primary key of a table."""

    name: str
    is_view: bool
    comment: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()

    @property
    def is_regional(self) -> bool:
        """Return whether its rows are of regions."""
        return any(field.name == "region_code" for field in self.fields)

    @property
    def stored(self) -> list[str]:
        """Return the columns whose values are sent."""
        return [field.name for field in self.fields if not field.formula]


def relations_of(ask: Ask) -> list[Relation]:
    """Return the tables, then the views, of schema mart of the published file that is asked. Raises Stop for a type nobody foresaw."""
    columns = ask(COLUMNS).rows()
    found = []
    for name, is_view, comment in ask(RELATIONS).rows():
        declared = None if is_view else Table.registry.get(f"mart.{name}")
        known = declared.columns if declared else {}
        fields = tuple(_field(column, kind, told, known) for table, column, kind, told in columns if table == name)
        key = tuple(table_schema(declared)["primaryKey"]) if declared else ()
        found.append(Relation(name, is_view, comment, fields, key))
    return found


def _field(name: str, kind: str, comment: str, known: Mapping[str, Column]) -> Field:
    return Field(name, _type(name, kind), comment, _formula(known[name]) if name in known else "")


def _type(name: str, kind: str) -> str:
    if decimal := DECIMAL.fullmatch(kind):
        return f"NUMERIC({decimal[1]}, {decimal[2]})"
    if kind not in TYPES:
        told = f"column {name} is a {kind}", f"kolom {name} bertipe {kind}"
        raise Stop("column_not_plain", *told, "report it to the maintainers")
    return TYPES[kind]


def _formula(column: Column) -> str:
    """Return a formula in PostgreSQL's SQL. It rounds halves of decimals away from zero, as DuckDB does, of floats not."""
    if column.metric and column.metric.whole:
        return f"round({column.metric.numerator}::NUMERIC / nullif({column.metric.denominator}, 0))::BIGINT"
    return column.formula.replace("::DOUBLE", "::DOUBLE PRECISION")
