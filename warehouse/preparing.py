"""The database made to fit the declarations: what is missing is created, what follows from the stored rows is renewed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from warehouse import ddl
from warehouse.errors import Stop
from warehouse.schema import Table

CATALOG = "warehouse"
COLUMNS = """
    SELECT column_name, data_type, column_default
    FROM duckdb_columns()
    WHERE database_name = ? AND schema_name = ? AND table_name = ?
    ORDER BY column_index
"""
TypedColumns = list[tuple[str, str, str | None]]


class Run(Protocol):
    """Runs a statement with bound values and returns its rows."""

    def __call__(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of the statement."""


def prepare(run: Run) -> None:
    """Create what is declared and missing, and renew formulas, views and comments.

    Raises Stop when a table stores other columns than its declaration.
    """
    for layer in ddl.LAYERS:
        run(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    for table in ddl.database_tables():
        run(ddl.create_table(table))
        _require_declared_columns(run, table)
        run(";".join(ddl.comments(table)))
    for view in ddl.views():
        run(view)


def _require_declared_columns(run: Run, table: type[Table]) -> None:
    """Rebuild a table whose formulas are not the declared ones; its stored columns must be."""
    found: TypedColumns = run(COLUMNS, [CATALOG, table.layer, table.name])
    declared = _declared(run, table)
    if found == declared:
        return
    if changed := set(_stored(found)) ^ set(_stored(declared)):
        raise _differs(table, ", ".join(sorted({name for name, _ in changed})))
    if _stored(found) != _stored(declared):
        raise _differs(table, "order")
    listed = ", ".join(ddl.identifier(name) for name, _ in _stored(found))
    run(f"CREATE TEMP TABLE kept AS SELECT {listed} FROM {table.qualified()}")
    run(f"DROP TABLE {table.qualified()}")
    run(ddl.create_table(table))
    run(f"INSERT INTO {table.qualified()} ({listed}) SELECT {listed} FROM kept")
    run("DROP TABLE kept")


def _declared(run: Run, table: type[Table]) -> TypedColumns:
    """Return the declared columns; formulas as the database writes them."""
    columns = ddl.columns_of(table)
    if all(column.stored for column in columns.values()):
        return [(name, ddl.SQL_TYPES[column.dtype], None) for name, column in columns.items()]
    run(ddl.create_table(table, checks=False, name="temp.declared"))
    found = run(COLUMNS, ["temp", "main", "declared"])
    run("DROP TABLE temp.declared")
    return found


def _stored(columns: TypedColumns) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, formula in columns if formula is None]


def _differs(table: type[Table], changed: str) -> Stop:
    return Stop(
        "table_differs_from_declaration",
        f"{table.qualified()}: other columns than this version declares ({changed})",
        f"{table.qualified()}: kolom berbeda dari deklarasi versi ini ({changed})",
        "move the warehouse file away and rebuild it from the kept extracts / pindahkan berkas gudang lalu bangun ulang",
    )
