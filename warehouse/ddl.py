"""SQL text from the declarations: schemas, tables with their checks and comments, and the views of `warehouse/views`.

Text only, and never from data: nothing here connects to a database. The text runs on DuckDB 1.1.3 to 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from string import Template

import polars as pl

import warehouse.tables  # noqa: F401  (declares every table)
from warehouse import vocabulary as v
from warehouse.schema import Column, Extract, Fact, Severity, Table, tables_of

LAYERS = ("mart", "core", "ops")
HISTORY: dict[str, Column] = {
    name: column.but(name=name)
    for name, column in (("loaded_at", v.LOADED_AT), ("superseded_at", v.SUPERSEDED_AT), ("run_id", v.RUN_ID))
}
SQL_TYPES: Mapping[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Int64(): "BIGINT",
    pl.Int32(): "INTEGER",
    pl.UInt32(): "UINTEGER",
    pl.UInt8(): "UTINYINT",
    pl.Float64(): "DOUBLE",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP",
    pl.Binary(): "BLOB",
}
VERSIONED = "versioned.sql"
VIEW_COMMENT = re.compile(r"COMMENT ON (VIEW|MACRO TABLE) (\w+\.\w+) IS\s+'((?:[^']|'')*)'")


def literal(text: str) -> str:
    """Return `text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def database_tables() -> list[type[Table]]:
    """Return every table that lives in the database, in order of layer and declaration; extracts never do."""
    return [table for layer in LAYERS for table in tables_of(layer)]


def columns_of(table: type[Table]) -> dict[str, Column]:
    """Return the columns of `table` in the database: those that hold values, then the formulas.

    Formulas come last because DuckDB 1.1 loses rows of some joins on a table with a generated column before others.
    """
    formulas = {name: column for name, column in table.columns.items() if not column.stored}
    return stored_columns_of(table) | formulas


def stored_columns_of(table: type[Table]) -> dict[str, Column]:
    """Return the columns of `table` that hold values: the declared ones, and for a fact those of its history."""
    return table.stored_columns() | (HISTORY if issubclass(table, Fact) else {})


def create_table(table: type[Table], *, checks: bool = True) -> str:
    """Return the CREATE TABLE statement of `table`.

    A formula is a generated column. Without `checks` only keys are NOT NULL and there is no CHECK: the published
    copy holds rows that were checked here, and may leave a value out.
    Raises TypeError for an extract: its rows never enter the database.
    """
    if issubclass(table, Extract):
        raise TypeError(f"{table.qualified()} is an extract: its rows never enter the database")
    lines = [_column(column, checks=checks) for column in columns_of(table).values()]
    if checks:
        lines += [f"CONSTRAINT {identifier(name)} CHECK ({condition})" for name, condition in _checks(table)]
    body = ",\n    ".join(lines)
    return f"CREATE TABLE IF NOT EXISTS {table.qualified()} (\n    {body}\n)"


def comments(table: type[Table]) -> list[str]:
    """Return the COMMENT statements of `table`: one for the table, then one per column."""
    statements = [f"COMMENT ON TABLE {table.qualified()} IS {literal(table_comment(table))}"]
    for name, column in columns_of(table).items():
        target = f"{table.qualified()}.{identifier(name)}"
        statements.append(f"COMMENT ON COLUMN {target} IS {literal(column_comment(column))}")
    return statements


def table_comment(table: type[Table]) -> str:
    """Return what a reader of `table` must know: its description, its grain, and whether it keeps history."""
    history = " Keeps every version: superseded_at is empty on the rows that stand." if issubclass(table, Fact) else ""
    return f"{description(table)} Grain: {table.grain}.{history}"


def description(table: type[Table]) -> str:
    """Return the docstring of `table` on one line; a column may be called `description`, so none is asked for it."""
    return " ".join((table.__doc__ or "").split())


def column_comment(column: Column) -> str:
    """Return what a reader of `column` must know: description, unit, values, formula, source, warning, key."""
    parts = (
        column.description,
        f"Unit: {column.unit}." if column.unit else "",
        f"One of: {', '.join(column.values)}." if column.values else "",
        f"Computed as {column.formula}." if column.formula else "",
        f"Source: {column.source}." if column.source else "",
        warning(column),
        "Part of the key." if column.key else "",
    )
    return " ".join(part for part in parts if part)


def warning(column: Column) -> str:
    """Return the counting warning of `column` in words; empty where its values may be added up."""
    if column.additive:
        return ""
    if column.formula:
        return "Do not sum or average: recompute it from its parts."
    if column.unit == "persons":
        return "Do not sum over regions, segments or months: a person would count more than once."
    return "Do not sum."


def views() -> list[str]:
    """Return the SQL of every view and macro, each with its comment, in the order in which they build on each other.

    First the views of every fact that is shown, from one template, then the files of `warehouse/views` by name.
    """
    files = {file.name: file for file in resources.files("warehouse.views").iterdir() if file.name.endswith(".sql")}
    template = Template(files.pop(VERSIONED).read_text(encoding="utf-8"))
    shown = [table for table in tables_of("mart") if issubclass(table, Fact) and table.shown_as]
    versioned = [template.substitute(_shown(table)) for table in shown]
    return versioned + [files[name].read_text(encoding="utf-8") for name in sorted(files)]


def view_comments() -> dict[str, str]:
    """Return the comment of every view and macro by its qualified name, in order of creation."""
    found = (match for text in views() for match in VIEW_COMMENT.finditer(text))
    return {match[2]: match[3].replace("''", "'") for match in found}


def _shown(table: type[Fact]) -> dict[str, str]:
    texts = {"title": table.title, "caution": table.caution}
    quoted = {name: text.replace("'", "''") for name, text in texts.items()}
    return {"view": table.shown_as, "fact": table.qualified(), **quoted}


def _column(column: Column, *, checks: bool) -> str:
    head = f"{identifier(column.name)} {SQL_TYPES[column.dtype]}"
    if column.formula:
        return f"{head} GENERATED ALWAYS AS ({column.formula}) VIRTUAL"
    return head if column.nullable or not (checks or column.key) else f"{head} NOT NULL"


def _checks(table: type[Table]) -> Iterator[tuple[str, str]]:
    for name, column in columns_of(table).items():
        if column.values:
            yield f"{name}_values", f"{identifier(name)} IN ({', '.join(map(literal, column.values))})"
        if column.minimum is not None:
            yield f"{name}_minimum", f"{identifier(name)} >= {column.minimum}"
        if column.maximum is not None:
            yield f"{name}_maximum", f"{identifier(name)} <= {column.maximum}"
        if column.pattern:
            yield f"{name}_pattern", f"regexp_full_match({identifier(name)}, {literal(column.pattern)})"
    for rule in table.rules:
        if rule.severity is not Severity.WARN:
            yield rule.name, _condition(rule.condition, rule.pattern_of)


def _condition(condition: str, pattern_of: str) -> str:
    return f"regexp_matches({identifier(pattern_of)}, {literal(condition)})" if pattern_of else condition
