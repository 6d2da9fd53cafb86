"""A PostgreSQL server that is published to: its publisher, its readers, and what they see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from adbc_driver_postgresql import dbapi

from flows.publishing.contents import Relation
from flows.publishing.roles import administration
from flows.servers import PostgresqlTarget
from tests.servers.authority import Authority
from tests.servers.postgresql import Database, database
from warehouse.store import reading

SECRET = "kata-1503"
USERS = """
ALTER ROLE penerbit PASSWORD 'kata-1503';
CREATE ROLE pusat LOGIN PASSWORD 'kata-1503' IN ROLE cakupan_reader;
CREATE ROLE jambi LOGIN PASSWORD 'kata-1503' IN ROLE cakupan_reader_15;
CREATE ROLE dua LOGIN PASSWORD 'kata-1503' IN ROLE cakupan_reader_15, cakupan_reader_00;
CREATE ROLE tamu LOGIN PASSWORD 'kata-1503';
"""


@contextmanager
def readied(authority: Authority) -> Iterator[Database]:
    """Yield a server whose administrator ran what we print, twice."""
    with database(authority) as made:
        told = administration(target(made))
        made.say(told + "\n" + told + USERS)
        yield made


def target(server: Database, **keys: Any) -> PostgresqlTarget:
    """Return the settings of the server."""
    url = f"postgresql://penerbit@127.0.0.1:{server.port}/postgres"
    return PostgresqlTarget.model_validate({"url": url, "password": {"env": "SANDI"}, "ca": server.ca, **keys})


def seen(server: Database, user: str, sql: str) -> str:
    """Return what a user reads."""
    return server.say(f"SET ROLE {user}; {sql}")


@contextmanager
def asking(server: Database) -> Iterator[Callable[[str], pl.DataFrame]]:
    """Yield how to ask the server as its administrator."""
    words = f"host=127.0.0.1 port={server.port} user=pemilik dbname=postgres password={server.password}"
    with dbapi.connect(words) as connection, connection.cursor() as cursor:

        def ask(sql: str) -> pl.DataFrame:
            cursor.execute(sql)
            return pl.DataFrame(pl.from_arrow(cursor.fetch_arrow_table()))

        yield ask


def rows(server: Database, sql: str) -> pl.DataFrame:
    """Return what the administrator reads."""
    with asking(server) as ask:
        return ask(sql)


def compared(server: Database, version: Path, relations: list[Relation]) -> int:
    """Return how many rows of `relations` the server holds as the version does, cell for cell. Raises AssertionError."""
    equal = 0
    with asking(server) as ask, reading(version / "cakupan.duckdb") as published:
        for relation in relations:
            decimals = [field.name for field in relation.fields if field.type.startswith("NUMERIC")]
            whole = published(f"SELECT * FROM mart.{relation.name}")
            here = whole.with_columns(pl.col(decimals).cast(pl.Float64))
            listed = [
                f'"{name}"{"::DOUBLE PRECISION" if name in decimals else ""} AS "{name}"' for name in here.columns
            ]
            there = ask(f"SELECT {', '.join(listed)} FROM mart.{relation.name}").cast(here.schema)
            assert there.sort(here.columns).equals(here.sort(here.columns)), relation.name
            equal += here.height
    return equal
