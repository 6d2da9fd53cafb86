"""The data dictionary from the declarations: Markdown for people, a Frictionless schema for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse import ddl
from warehouse.catalogue import catalogue
from warehouse.schema import Column, Fact, Table, tables_of
from warehouse.view import View

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
    pl.Decimal(21, 1): "number",
    pl.List(pl.String()): "array",
}
INTRODUCTION = (
    "Generated from the declarations in `warehouse/tables` and `warehouse/views`. Ratios are fractions, money is whole rupiah"
    " (`_idr`), `month` is the first day of the month, codes are text. Columns in bold are the key. All of it stands in the"
    " database too: as comments, and of schema mart as rows of `mart.dictionary` and `mart.metric`."
    " How the tables join and where they come from: [diagrams](metadata.md)."
)
HEADINGS = ("column", "type", "unit", "label", "may be empty", "values", "meaning")
METRIC_HEADINGS = ("metric", "label", "unit", "parts", "parts add up", "basis", "legal reference", "stands in")


def markdown() -> str:
    """Return the dictionary as Markdown: the tables of mart, core and ops, the views and macros, then the metrics."""
    parts = ["# Data dictionary", INTRODUCTION]
    for layer, purpose in LAYERS.items():
        parts.append(f"## Schema {layer}: {purpose}")
        parts += [section(table) for table in tables_of(layer)]
    parts.append("## Views and macros")
    parts += [section(view) for view in View.views.values()]
    parts += ["## Metrics", _lines(METRIC_HEADINGS, _metrics())]
    return "\n\n".join(parts) + "\n"


def objects() -> dict[str, type[Table]]:
    """Return every table, view and macro by its qualified name."""
    return {table.qualified(): table for table in (*ddl.database_tables(), *View.views.values())}


def as_data() -> dict[str, Any]:
    """Return the dictionary for programs: `tables` and `views` with their Frictionless schemas, and `metrics`."""
    metrics = [
        {**vars(one.metric), "name": one.name, "formula": one.metric.formula, "over_rows": one.metric.over_rows,
         "stands_in": list(one.stands_in)}
        for one in catalogue()
    ]  # fmt: skip
    return {
        "tables": [_object(table) for table in ddl.database_tables()],
        "views": [_object(view) for view in View.views.values()],
        "metrics": metrics,
    }


def section(table: type[Table]) -> str:
    """Return the part of the dictionary that is about one table, view or macro, as Markdown."""
    parameters = f"({', '.join(table.parameters)})" if issubclass(table, View) and table.parameters else ""
    return f"### {table.qualified()}{parameters}\n\n{ddl.table_comment(table)}\n\n{_lines(HEADINGS, rows(table))}"


def rows(table: type[Table]) -> list[tuple[str, ...]]:
    """Return one row per column of `table` in the database, each as the cells of HEADINGS."""
    return [
        (
            f"**{name}**" if column.key else name,
            ddl.SQL_TYPES[column.dtype],
            column.unit,
            f"{column.label_id} / {column.label_en}" if column.label_id else column.label_en,
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


def _object(table: type[Table]) -> dict[str, Any]:
    return {
        "name": table.qualified(),
        "kind": ddl.kind_of(table),
        "description": ddl.description(table),
        "grain": table.grain,
        "schema": table_schema(table),
    }


def _lines(headings: tuple[str, ...], cells: list[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *cells]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _metrics() -> list[tuple[str, ...]]:
    return [
        (
            one.name, f"{one.metric.label_id} / {one.metric.label_en}", one.metric.unit,
            f"{one.metric.numerator} / {one.metric.denominator}", "yes" if one.metric.adds_up else "", one.metric.basis,
            one.metric.legal_reference, ", ".join(place.removeprefix("mart.") for place in one.stands_in),
        )
        for one in catalogue()
    ]  # fmt: skip


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
        "Stated by its source as it is." if column.stated else "",
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
