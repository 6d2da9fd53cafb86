"""The database made to fit the declarations: what is missing is created, what follows from the stored rows is renewed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from warehouse import ddl
from warehouse.catalogue import described
from warehouse.errors import Stop
from warehouse.schema import Table
from warehouse.tables.operations import Definition

CATALOG = "warehouse"
COLUMNS = """
    SELECT schema_name || '.' || table_name, column_name, data_type, column_default
    FROM duckdb_columns()
    WHERE database_name = ?
    ORDER BY schema_name, table_name, column_index
"""
TypedColumns = list[tuple[str, str, str | None]]


class Run(Protocol):
    """Runs a statement with bound values and returns its rows."""

    def __call__(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of the statement."""


@cache
def digest() -> str:
    """Return a mark of all that the declarations make of a database, its rows apart."""
    tables = [text for table in ddl.database_tables() for text in (ddl.create_table(table), *ddl.comments(table))]
    return hashlib.sha256("\n".join((*tables, *ddl.views(), described())).encode()).hexdigest()


def prepare(run: Run) -> bool:
    """Return whether something had to be done: create what is missing, renew formulas, views and comments.

    Nothing is done in a database that bears the mark of these declarations and stores their columns. Raises Stop when a
    table stores other columns than its declaration.
    """
    found = _found(run)
    for table in ddl.database_tables():
        _require_declared_columns(table, found.get(table.qualified()))
    if Definition.qualified() in found and run(f"SELECT digest FROM {Definition.qualified()}") == [(digest(),)]:
        return False
    for layer in ddl.LAYERS:
        run(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    for table in ddl.database_tables():
        run(ddl.create_table(table))
        if table.qualified() in found:
            _renew_formulas(run, table, found[table.qualified()])
        run(";".join(ddl.comments(table)))
    for view in ddl.views():
        run(view)
    return True


def _found(run: Run) -> dict[str, TypedColumns]:
    found: dict[str, TypedColumns] = {}
    for name, *column in run(COLUMNS, [CATALOG]):
        found.setdefault(name, []).append((column[0], column[1], column[2]))
    return found


def _require_declared_columns(table: type[Table], found: TypedColumns | None) -> None:
    declared = [(name, ddl.SQL_TYPES[column.dtype]) for name, column in ddl.stored_columns_of(table).items()]
    if found is None or (stored := _stored(found)) == declared:
        return
    changed = ", ".join(sorted({name for name, _ in set(stored) ^ set(declared)})) or "order"
    raise Stop(
        "table_differs_from_declaration",
        f"{table.qualified()}: other columns than this version declares ({changed})",
        f"{table.qualified()}: kolom berbeda dari deklarasi versi ini ({changed})",
        "move the warehouse file away and rebuild it from the kept extracts / pindahkan berkas gudang lalu bangun ulang",
    )


def _renew_formulas(run: Run, table: type[Table], found: TypedColumns) -> None:
    """Rebuild a table whose formulas are others than a new one has; DuckDB adds none to a table that stands."""
    if all(column.stored for column in table.columns.values()) and _stored(found) == [column[:2] for column in found]:
        return
    fresh = f"{table.layer}.declared"
    run(ddl.create_table(table, name=fresh))
    if found != _found(run)[fresh]:
        listed = ", ".join(ddl.identifier(name) for name, _ in _stored(found))
        run(f"INSERT INTO {fresh} ({listed}) SELECT {listed} FROM {table.qualified()}")
        run(f"DROP TABLE {table.qualified()}")
        run(f"ALTER TABLE {fresh} RENAME TO {table.name}")
    else:
        run(f"DROP TABLE {fresh}")


def _stored(columns: TypedColumns) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, formula in columns if formula is None]
