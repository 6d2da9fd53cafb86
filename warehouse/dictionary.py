"""The data dictionary from the declarations: Markdown for people, a Frictionless schema for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse import ddl
from warehouse.schema import Column, Fact, Table, tables_of

LAYERS: Mapping[str, str] = {
    "mart": "what analysts read; published",
    "core": "reference tables and employers; internal",
    "ops": "records of the warehouse itself; internal",
}
FRICTIONLESS_TYPES: Mapping[pl.DataType, str] = {
    pl.String(): "string",
    pl.Int64(): "integer",
    pl.Int32(): "integer",
    pl.UInt32(): "integer",
    pl.UInt8(): "integer",
    pl.Float64(): "number",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Datetime("us"): "datetime",
}
INTRODUCTION = (
    "Generated from the declarations in `warehouse/tables`. Ratios are fractions, money is whole rupiah (`_idr`),"
    " `month` is the first day of the month, codes are text. Columns in bold are the key."
    " How the tables join and where they come from: [diagrams](metadata.md)."
)
HEADINGS = ("column", "type", "unit", "may be empty", "values", "meaning")


def markdown() -> str:
    """Return the dictionary as Markdown: every table of mart, core and ops by column, then every view and macro."""
    parts = ["# Data dictionary", INTRODUCTION]
    for layer, purpose in LAYERS.items():
        parts.append(f"## Schema {layer}: {purpose}")
        parts += [_table(table) for table in tables_of(layer)]
    parts.append("## Views and macros")
    parts += [f"### {name}\n\n{comment}" for name, comment in ddl.view_comments().items()]
    return "\n\n".join(parts) + "\n"


def as_data() -> dict[str, Any]:
    """Return the dictionary for programs: `tables` with their Frictionless schemas, `views` with their comments."""
    tables = [
        {
            "name": table.qualified(),
            "description": ddl.description(table),
            "grain": table.grain,
            "schema": table_schema(table),
        }
        for table in ddl.database_tables()
    ]
    return {"tables": tables, "views": ddl.view_comments()}


def rows(table: type[Table]) -> list[tuple[str, ...]]:
    """Return one row per column of `table` in the database, each as the cells of HEADINGS."""
    return [
        (
            f"**{name}**" if column.key else name,
            ddl.SQL_TYPES[column.dtype],
            column.unit,
            "yes" if column.nullable else "",
            _values(column),
            _meaning(column),
        )
        for name, column in ddl.columns_of(table).items()
    ]


def table_schema(table: type[Table]) -> dict[str, Any]:
    """Return the Frictionless Table Schema of `table` as published: only keys are required, codes are strings.

    The key of a fact includes loaded_at, because the published copy keeps every version.
    """
    history = ["loaded_at"] if issubclass(table, Fact) else []
    return {
        "fields": [_field(column) for column in ddl.columns_of(table).values()],
        "primaryKey": [*table.key(), *history],
        "missingValues": [""],
    }


def _table(table: type[Table]) -> str:
    head = f"### {table.qualified()}\n\n{ddl.table_comment(table)}"
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows(table)]
    return head + "\n\n" + "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _values(column: Column) -> str:
    minimum = "" if column.minimum is None else f"from {column.minimum}"
    pattern = f"`{column.pattern}`" if column.pattern else ""
    return ", ".join(part for part in (*column.values, minimum, pattern) if part)


def _meaning(column: Column) -> str:
    parts = (
        column.description,
        f"Computed as `{column.formula}`." if column.formula else "",
        f"Source: {column.source}." if column.source else "",
        f"**{warning}**" if (warning := ddl.warning(column)) else "",
    )
    return " ".join(part for part in parts if part)


def _field(column: Column) -> dict[str, Any]:
    constraints = {
        "required": True if column.key else None,
        "enum": list(column.values) or None,
        "minimum": column.minimum,
        "pattern": column.pattern or None,
    }
    kept = {name: value for name, value in constraints.items() if value is not None}
    field = {
        "name": column.name,
        "type": FRICTIONLESS_TYPES[column.dtype],
        "title": column.label_id,
        "description": ddl.column_comment(column),
        "unit": column.unit,
        "constraints": kept,
    }
    return {name: value for name, value in field.items() if value}
