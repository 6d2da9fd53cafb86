"""What a run wrote, and from what: the facts it changed and the contents behind them."""

from __future__ import annotations

from dataclasses import dataclass

from flows.months import fact_of
from warehouse.home import Home
from warehouse.schema import Fact
from warehouse.store import query

INPUTS = """
SELECT DISTINCT l.fact, l.kind, f.sha256, s.rows, s.bytes, s.rows_accepted, s.rows_rejected
FROM ops.lineage AS l
INNER JOIN ops.lineage_file AS f USING (input_id)
LEFT JOIN ops.source_file AS s ON s.sha256 = f.sha256
WHERE l.run_id = ?
ORDER BY ALL
"""
REASONS = """
SELECT DISTINCT r.sha256, unnest(string_split(r.rules, ',')) AS rule
FROM ops.rejection AS r
INNER JOIN ops.lineage_file AS f ON f.sha256 = r.sha256
INNER JOIN ops.lineage AS l USING (input_id)
WHERE l.run_id = ?
ORDER BY ALL
"""
ROWS = "SELECT count(*) AS rows FROM {fact} WHERE run_id = ?"


@dataclass(frozen=True)
class Content:
    """A delivered content, or a rule file of the product, that figures were computed from; counts where they are known."""

    kind: str
    sha256: str
    rows: int | None
    bytes: int | None
    rows_accepted: int | None
    rows_rejected: int | None


@dataclass(frozen=True)
class Written:
    """A fact that a run wrote rows of, and the contents they were computed from."""

    fact: type[Fact]
    rows: int
    contents: tuple[Content, ...]


def written(home: Home, run_id: str, layer: str = "mart") -> list[Written]:
    """Return the facts of a layer that a run wrote rows of, none where there is no warehouse yet."""
    if not home.warehouse.exists():
        return []
    found: dict[str, list[Content]] = {}
    for fact, *content in query(home.warehouse, INPUTS, [run_id]).iter_rows():
        if fact.startswith(f"{layer}."):
            found.setdefault(fact, []).append(Content(*content))
    return [Written(fact_of(name), _rows(home, name, run_id), tuple(contents)) for name, contents in found.items()]


def reasons(home: Home, run_id: str) -> dict[str, list[str]]:
    """Return, by SHA-256 of the contents behind what a run wrote, the rules that rows of theirs broke."""
    told: dict[str, list[str]] = {}
    for sha256, rule in query(home.warehouse, REASONS, [run_id]).iter_rows():
        told.setdefault(sha256, []).append(rule)
    return told


def _rows(home: Home, fact: str, run_id: str) -> int:
    return int(query(home.warehouse, ROWS.format(fact=fact), [run_id]).item())
