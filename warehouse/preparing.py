"""The database made to fit the declarations: what is missing is created, what follows from the stored rows is renewed."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Protocol

from warehouse import ddl
from warehouse.catalogue import described
from warehouse.errors import Stop
from warehouse.schema import Table
from warehouse.tables.operations import Definition

CATALOG = "warehouse"
COLUMNS = f"""
    SELECT schema_name || '.' || table_name, column_name, data_type, column_default
    FROM duckdb_columns()
    WHERE database_name = {ddl.literal(CATALOG)}
    ORDER BY schema_name, table_name, column_index
"""
TypedColumns = list[tuple[str, str, str | None]]


class Run(Protocol):
    """Runs a statement and returns its rows."""

    def __call__(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of the statement."""


@cache
def digest() -> str:
    """Return a mark of all that the declarations make of a database, its rows apart."""
    tables = [text for table in ddl.database_tables() for text in (ddl.create_table(table), *ddl.comments(table))]
    return hashlib.sha256("\n".join((*tables, *ddl.views(), described())).encode()).hexdigest()


def prepare(run: Run) -> bool:
    """Return whether something had to be done: create what is missing, renew formulas, checks, views and comments.

    Nothing is done in a database that bears the mark of these declarations and stores their columns. Raises Stop when a
    table stores other columns than its declaration; one that may be empty is added.
    """
    found = _found(run)
    for table in ddl.database_tables():
        _require_declared_columns(table, found.get(table.qualified()))
    if Definition.qualified() in found and run(f"SELECT digest FROM {Definition.qualified()}") == [(digest(),)]:
        return False
    for layer in ddl.LAYERS:
        run(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    for table in ddl.database_tables():
        if table.qualified() in found:
            _renew(run, table, found[table.qualified()])
        else:
            run(ddl.create_table(table))
        run(";".join(ddl.comments(table)))
    for view in ddl.views():
        run(view)
    return True


def _found(run: Run) -> dict[str, TypedColumns]:
    found: dict[str, TypedColumns] = {}
    for name, *column in run(COLUMNS):
        found.setdefault(name, []).append((column[0], column[1], column[2]))
    return found


def _require_declared_columns(table: type[Table], found: TypedColumns | None) -> None:
    """Raise Stop unless the declaration stores the columns found, and more at most that may be empty."""
    if found is None:
        return
    declared, stored = ddl.stored_columns_of(table), dict(_stored(found))
    wrong = [
        name for name, kind in stored.items() if name not in declared or ddl.SQL_TYPES[declared[name].dtype] != kind
    ]
    wrong += [name for name, column in declared.items() if name not in stored and not column.nullable]
    if not wrong:
        return
    changed = ", ".join(sorted(wrong))
    raise Stop(
        "table_differs_from_declaration",
        f"{table.qualified()}: other columns than this version declares ({changed})",
        f"{table.qualified()}: kolom berbeda dari deklarasi versi ini ({changed})",
        "move the warehouse file away and rebuild it from the kept extracts / pindahkan berkas gudang lalu bangun ulang",
    )


def _renew(run: Run, table: type[Table], found: TypedColumns) -> None:
    """Rebuild a table that a new one differs from in columns, formulas or checks; DuckDB changes none of a table that stands.

    Its rows stay; a column that is new in them is empty.
    """
    fresh = f"{table.layer}.declared"
    run(ddl.create_table(table, name=fresh))
    if _form(run, table.layer, table.name) == _form(run, table.layer, "declared"):
        run(f"DROP TABLE {fresh}")
        return
    listed = ", ".join(ddl.identifier(name) for name, _ in _stored(found))
    run(f"INSERT INTO {fresh} ({listed}) SELECT {listed} FROM {table.qualified()}")
    run(f"DROP TABLE {table.qualified()}")
    run(f"ALTER TABLE {fresh} RENAME TO {table.name}")


def _form(run: Run, schema: str, name: str) -> tuple[TypedColumns | None, list[tuple[Any, ...]]]:
    """Return the columns of a table and its constraints, as the database writes both."""
    return _found(run).get(f"{schema}.{name}"), run(f"""
        SELECT constraint_type, constraint_text
        FROM duckdb_constraints()
        WHERE database_name = {ddl.literal(CATALOG)}
            AND schema_name = {ddl.literal(schema)} AND table_name = {ddl.literal(name)}
        ORDER BY ALL
    """)


def _stored(columns: TypedColumns) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, formula in columns if formula is None]
