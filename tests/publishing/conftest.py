"""A server that is published to, what was sent there, and the publisher's secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.publishing.contents import Relation, relations_of
from flows.publishing.transfer import send
from flows.receive.retry import Patience
from tests.publishing.target import SECRET, readied, target
from tests.servers.authority import Authority
from tests.servers.postgresql import Database
from warehouse.store import reading


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Database]:
    """Yield a PostgreSQL server with its readers."""
    with readied(authority) as made:
        yield made


@pytest.fixture(scope="module")
def sent(server: Database, version: Path) -> list[Relation]:
    """Return what lies in the server after a transfer of the `version` of the module."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SANDI", SECRET)
        assert send(version, target(server), Patience(0)).changed
    with reading(version / "cakupan.duckdb") as ask:
        return relations_of(ask)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the publisher's secret where the settings name it."""
    monkeypatch.setenv("SANDI", SECRET)
