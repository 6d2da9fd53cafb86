"""The published copy to PostgreSQL, in one transaction: built beside, filled, and put in place by renaming the schema.

A reader sees the old tables or the new ones. The swap takes a lock on all old tables at once, within less time than the
server waits before it looks for a deadlock; when readers hold one of them, it lets go, waits and tries again. So a query,
and a transaction, that has begun to read the old tables ends with them, and no reader is ever ended for our sake.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi

from flows.publishing import faults
from flows.publishing.contents import Relation, relations_of
from flows.publishing.layout import PUBLICATION, Layout
from flows.publishing.roles import province_roles
from flows.receive.postgresql_login import connection_words, told_at_login
from flows.receive.retry import Patience
from flows.servers import PostgresqlTarget
from warehouse.ddl import identifier, literal
from warehouse.published import DATABASE, content_of
from warehouse.store import Ask, reading

LONGEST_LOCK_MILLISECONDS = 500
PAUSE_SECONDS = 1.0
TRY_TO_LOCK = """
BEGIN
    LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;
    PERFORM set_config('cakupan.swap', 'locked', TRUE);
EXCEPTION WHEN query_canceled OR lock_not_available OR deadlock_detected THEN
    NULL;
END
"""
SETTINGS = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL standard_conforming_strings = on"


@dataclass(frozen=True)
class Sent:
    """What a transfer came to: the database, the version that it holds now, and whether anything had to be sent."""

    where: str
    version: str
    changed: bool


def send(directory: Path, target: PostgresqlTarget, patience: Patience | None = None) -> Sent:
    """Return what came of sending the version in `directory`; nothing is sent where the server holds that content.

    Raises Stop when it cannot be, after as many tries as the settings allow; the server is as it was then.
    """
    persist = (patience or Patience(target.retries)).persist
    with reading(directory / DATABASE) as ask:
        relations = relations_of(ask)
        changed = persist(lambda: _send(directory, target, relations, ask))
    return Sent(target.where, directory.name, changed)


@contextmanager
def session(target: PostgresqlTarget) -> Iterator[tuple[dbapi.Connection, dbapi.Cursor]]:
    """Yield a connection in a transaction, and its cursor. Raises Stop or Passing for whatever the server says."""
    words = connection_words(target)
    try:
        connection = dbapi.connect(words)
    except Error as error:
        raise told_at_login(target, target.where, str(error)) from None
    with closing(connection), closing(connection.cursor()) as cursor:
        try:
            for setting in SETTINGS.split(";"):
                cursor.execute(setting)
            cursor.execute(f"SET LOCAL statement_timeout = {target.statement_timeout_seconds * 1000}")
            yield connection, cursor
        except (Error, pa.ArrowException, OSError) as error:
            raise faults.told(target, _state(error), str(error)) from None


def found(cursor: dbapi.Cursor, sql: str) -> list[Any]:
    """Return the first column of what a query finds."""
    cursor.execute(sql)
    return [row[0] for row in cursor.fetchall()]


def existing_roles(cursor: dbapi.Cursor, names: list[str]) -> list[str]:
    """Return those of the roles that exist, in order."""
    listed = ", ".join(map(literal, names))
    return found(cursor, f"SELECT rolname::text FROM pg_roles WHERE rolname IN ({listed}) ORDER BY 1") if names else []


def _send(directory: Path, target: PostgresqlTarget, relations: list[Relation], ask: Ask) -> bool:
    content = content_of(directory) or ""
    with session(target) as (connection, cursor):
        lock = literal(f"cakupan {target.schema_name}")
        if not found(cursor, f"SELECT pg_try_advisory_xact_lock(hashtext({lock}))")[0]:
            raise faults.other_writer(target)
        if target.roles != "none" and not existing_roles(cursor, [target.reader]):
            raise faults.reader_missing(target)
        layout = Layout(target, relations, existing_roles(cursor, province_roles(target)))
        if layout.digest(content) in held(cursor, target, "digest"):
            return False
        for statement in layout.statements():
            cursor.execute(statement)
        for relation in relations:
            _fill(cursor, ask, layout, relation)
        cursor.execute(layout.state(directory.name, content))
        _swap(cursor, layout)
        connection.commit()
    return True


def held(cursor: dbapi.Cursor, target: PostgresqlTarget, column: str) -> list[str]:
    """Return what the server's publication says in a column, as text; empty where nothing was published."""
    table = f"{identifier(target.schema_name)}.{identifier(PUBLICATION)}"
    if found(cursor, f"SELECT to_regclass({literal(table)}) IS NULL")[0]:
        return []
    return found(cursor, f"SELECT {column} FROM {table}")


def _fill(cursor: dbapi.Cursor, ask: Ask, layout: Layout, relation: Relation) -> None:
    listed = ", ".join(map(identifier, relation.stored))
    rows = ask(f"SELECT {listed} FROM mart.{identifier(relation.name)}")
    if rows.height:
        table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        cursor.adbc_ingest(relation.name, table, mode="append", db_schema_name=layout.staging)
    cursor.execute(f"ANALYZE {layout.name(relation.name)}")


def _swap(cursor: dbapi.Cursor, layout: Layout) -> None:
    schema = identifier(layout.target.schema_name)
    listed = held(cursor, layout.target, "unnest(relations)")
    there = [name for name in listed if _exists(cursor, f"{schema}.{identifier(name)}")]
    if there:
        tables = ", ".join(f"{schema}.{identifier(name)}" for name in there)
        _lock(cursor, tables, layout.target)
        cursor.execute(f"DROP TABLE {tables}")
    cursor.execute(f"DROP SCHEMA IF EXISTS {schema}")
    cursor.execute(f"ALTER SCHEMA {identifier(layout.staging)} RENAME TO {schema}")


def _exists(cursor: dbapi.Cursor, table: str) -> bool:
    return bool(found(cursor, f"SELECT to_regclass({literal(table)}) IS NOT NULL")[0])


def _lock(cursor: dbapi.Cursor, tables: str, target: PostgresqlTarget) -> None:
    """Return when nobody else reads or will read the tables before the transaction ends."""
    deadlock = found(cursor, "SELECT setting::BIGINT FROM pg_settings WHERE name = 'deadlock_timeout'")[0]
    longest = max(1, min(LONGEST_LOCK_MILLISECONDS, deadlock // 2))
    attempt = f"DO {literal(TRY_TO_LOCK.format(tables=tables))}"
    last = time.monotonic() + target.wait_seconds
    while True:
        cursor.execute(f"SET LOCAL statement_timeout = {longest}")
        cursor.execute(attempt)
        cursor.execute(f"SET LOCAL statement_timeout = {target.statement_timeout_seconds * 1000}")
        if found(cursor, "SELECT coalesce(current_setting('cakupan.swap', TRUE), '') = 'locked'")[0]:
            return
        if time.monotonic() >= last:
            raise faults.always_read(target)
        time.sleep(PAUSE_SECONDS)


def _state(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")
