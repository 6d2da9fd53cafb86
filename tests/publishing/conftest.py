"""A server that is published to, and the publisher's secret."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.publishing.target import SECRET, readied
from tests.servers.authority import Authority
from tests.servers.postgresql import Database


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Database]:
    """Yield a PostgreSQL server with its readers."""
    with readied(authority) as made:
        yield made


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the publisher's secret where the settings name it."""
    monkeypatch.setenv("SANDI", SECRET)
