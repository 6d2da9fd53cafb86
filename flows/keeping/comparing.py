"""Two published copies, held against each other: cell for cell, history included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.running.findings import Finding, State
from warehouse import commits, ddl
from warehouse.home import Home
from warehouse.schema import tables_of
from warehouse.store import query


def compare(one: Home, other: Home) -> list[Finding]:
    """Return, for every published table, whether both homes show the same rows, and which rows only one of them has.

    Where `one` has no published copy, the digests in its ledger stand for its facts.
    """
    if not one.current.exists():
        return _by_ledger(one, other)
    return [
        _table(one.current, other.current, table.qualified(), list(ddl.columns_of(table)))
        for table in tables_of("mart")
    ]


def _table(one: Path, other: Path, name: str, columns: list[str]) -> Finding:
    listed = ", ".join(map(ddl.identifier, columns))
    sql = f"SELECT {listed} FROM {name} ORDER BY ALL"
    mine, theirs = query(one, sql), query(other, sql)
    if mine.equals(theirs):
        return Finding(name, State.FINE, f"{mine.height} rows, cell for cell")
    return Finding(name, State.BROKEN, f"{mine.height} rows against {theirs.height}, and they differ", "look at both")


def _by_ledger(one: Home, other: Home) -> list[Finding]:
    mine, theirs = (_facts(home) for home in (one, other))
    return [
        Finding(" ".join(filter(None, key)), State.FINE if told == theirs.get(key) else State.BROKEN, f"{told[0]} rows")
        for key, told in mine.items()
    ]


def _facts(home: Home) -> dict[tuple[str, str, str], tuple[Any, Any]]:
    return {
        (fact["fact"], entry.told.get("month", ""), fact.get("as_of_date", "")): (fact["rows"], fact["digest"])
        for entry in commits.committed(commits.entries(home.ledger))
        for fact in entry.told.get("facts", ())
    }
