"""Identities that never change: a UUID follows from a name, so an import finds what the last one made."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

NAMESPACE = uuid5(NAMESPACE_URL, "urn:cakupan:superset")
VERSION = "1.0.0"


def uuid_of(kind: str, name: str) -> str:
    """Return the UUID of the `kind` (database, dataset, chart, dashboard) called `name`."""
    return str(uuid5(NAMESPACE, f"{kind}/{name}"))
