"""A look at the database that is published to: whether we may, who reads there, what it holds."""

from __future__ import annotations

from typing import Any

from flows.publishing import faults
from flows.publishing.roles import province_roles
from flows.publishing.transfer import existing_roles, found, held, session
from flows.servers import PostgresqlTarget

MAY_CREATE = "SELECT has_database_privilege(current_database(), 'CREATE')"


def probe(target: PostgresqlTarget) -> dict[str, Any]:
    """Return the server's version, the roles that exist and the version held, empty when none is.

    Raises Stop when something is missing that publishing needs, Passing when the server does not answer.
    """
    with session(target) as (_, cursor):
        if not found(cursor, MAY_CREATE)[0]:
            raise faults.told(target, faults.NO_RIGHT, "")
        if target.roles != "none" and not existing_roles(cursor, [target.reader]):
            raise faults.reader_missing(target)
        readers = [target.reader] if target.roles != "none" else []
        return {
            "server": found(cursor, "SELECT current_setting('server_version')")[0],
            "roles": existing_roles(cursor, [*readers, *province_roles(target)]),
            "version": next(iter(held(cursor, target, "version")), ""),
        }
