"""SQL text from the declarations: schemas, tables with their checks and comments, and the views of `warehouse/views`.

Text only, and never from data: nothing here connects to a database. The text runs on DuckDB 1.1.3 to 2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from importlib import resources
from string import Template

import polars as pl

import warehouse.tables
import warehouse.views  # noqa: F401  (declares every view)
from warehouse.schema import Column, Extract, Fact, Severity, Table, tables_of
from warehouse.view import View
from warehouse.view import columns_of as columns_of
from warehouse.view import stored_columns_of as stored_columns_of

LAYERS = ("mart", "core", "ops")
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
    pl.List(pl.String()): "VARCHAR[]",
    pl.Decimal(21, 1): "DECIMAL(21,1)",
}
VERSIONED = "versioned.sql"


def literal(text: str) -> str:
    """Return `text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def constant(value: date | str) -> str:
    """Return a day, a moment or a text as SQL writes it."""
    kind = "TIMESTAMP " if isinstance(value, datetime) else "DATE " if isinstance(value, date) else ""
    return kind + literal(str(value))


def identifier(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def database_tables() -> list[type[Table]]:
    """Return every table that lives in the database, in order of layer and declaration; extracts never do."""
    return [table for layer in LAYERS for table in tables_of(layer)]


def create_table(table: type[Table], *, checks: bool = True, name: str = "") -> str:
    """Return the CREATE TABLE statement of `table`, under another name if given.

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
    return f"CREATE TABLE IF NOT EXISTS {name or table.qualified()} (\n    {body}\n)"


def comments(table: type[Table]) -> list[str]:
    """Return the COMMENT statements of a table or view: one for itself, then one per column. A macro has no columns."""
    kind = "MACRO TABLE" if kind_of(table) == "MACRO" else kind_of(table)
    statements = [f"COMMENT ON {kind} {table.qualified()} IS {literal(table_comment(table))}"]
    for name, column in {} if kind == "MACRO TABLE" else columns_of(table).items():
        target = f"{table.qualified()}.{identifier(name)}"
        statements.append(f"COMMENT ON COLUMN {target} IS {literal(column_comment(column))}")
    return statements


def kind_of(table: type[Table]) -> str:
    """Return TABLE, VIEW or MACRO."""
    if issubclass(table, View):
        return "MACRO" if table.parameters else "VIEW"
    return "TABLE"


def table_comment(table: type[Table]) -> str:
    """Return what a reader of a table or view must know: description, grain, source, and whether it keeps history."""
    parts = (
        description(table),
        f"Grain: {table.grain}." if table.grain else "",
        "Keeps every version: superseded_at is empty on the rows that stand." if issubclass(table, Fact) else "",
        f"Source: {table.comes_from}." if table.comes_from else "",
    )
    return " ".join(part for part in parts if part)


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
        "Stated by its source as it is: its parts are not known here." if column.stated else "",
        f"Source: {column.source}." if column.source else "",
        warning(column),
        "Part of the key." if column.key else "",
    )
    return " ".join(part for part in parts if part)


def warning(column: Column) -> str:
    """Return the counting warning of `column` in words; empty where its values may be added up."""
    if column.additive:
        return ""
    if column.metric and column.metric.adds_up:
        return "Do not sum or average: sum its parts, then divide."
    if column.formula:
        return "Do not sum or average: recompute it from its parts."
    if column.unit == "persons":
        return "Do not sum over regions, segments or months: a person would count more than once."
    return "Do not sum."


def source_of(column: Column) -> str:
    """Return where the values of `column` come from; of a formula, that they are computed from its parts."""
    return "computed" if column.formula and not column.source else column.source


def views() -> list[str]:
    """Return the SQL of every view and macro, each with its comments, in the order in which they build on each other.

    First the views of every fact that is shown, from one template, then the files of `warehouse/views` by name.
    """
    files = {file.name: file for file in resources.files("warehouse.views").iterdir() if file.name.endswith(".sql")}
    template = Template(files.pop(VERSIONED).read_text(encoding="utf-8"))
    shown = [table for table in tables_of("mart") if issubclass(table, Fact) and table.shown_as]
    versioned = [
        _commented(
            template.substitute(view=fact.shown_as, fact=fact.qualified()),
            *(View.views[f"mart.{fact.shown_as}{end}"] for end in ("_history", "", "_as_of")),
        )
        for fact in shown
    ]
    queries = {
        View.views["mart." + name.removesuffix(".sql").split("_", 1)[1]]: files[name].read_text(encoding="utf-8")
        for name in sorted(files)
    }
    return versioned + [
        _commented(Template(query).safe_substitute(view.formulas), view) for view, query in queries.items()
    ]


def view_comments() -> dict[str, str]:
    """Return the comment of every view and macro by its qualified name."""
    return {name: table_comment(view) for name, view in View.views.items()}


def _commented(query: str, *views: type[View]) -> str:
    return "\n".join([query, *(f"{comment};" for view in views for comment in comments(view))])


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
