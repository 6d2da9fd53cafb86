"""A PostgreSQL server that is published to: its publisher, its readers, and what they see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flows.publishing.roles import administration
from flows.servers import PostgresqlTarget
from tests.servers.authority import Authority
from tests.servers.postgresql import Database, database

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
