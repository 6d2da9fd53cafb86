"""The digest of rows: the same for the same rows in any order, another for any other cell."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import duckdb
import pytest

from warehouse import ddl
from warehouse.digests import digest
from warehouse.tables.target import FactTarget

FIRST = {"region_code": "15.03", "year": 2025, "frame": "DAERAH", "target_ratio": 0.25, "run_id": "r1"}
ROWS = [FIRST, FIRST | {"year": 2026}, FIRST | {"region_code": "15.04", "target_ratio": None}]


def told(*rows: dict[str, object], where: str = "true", source: str = "") -> Any:
    """Return the digest of a table, or of `source`, that holds these rows."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA mart")
    columns = FactTarget.stored_columns()
    listed = ", ".join(f"{ddl.identifier(name)} VARCHAR" for name in columns)
    connection.execute(f"CREATE TABLE {source or FactTarget.qualified()} ({listed})")
    for row in rows:
        cells = [row.get(name) for name in columns]
        connection.execute(
            f"INSERT INTO {source or FactTarget.qualified()} VALUES ({', '.join('?' * len(cells))})", cells
        )

    def run(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    return digest(run, FactTarget, where, source)


def by_hand(*rows: dict[str, object]) -> str:
    """Return the sum of the lower halves of the MD5 of the cells of every row."""
    texts = ("\x1f".join(str(row.get(name) or "\\N") for name in FactTarget.stored_columns()) for row in rows)
    halves = (int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[8:], "little") for text in texts)
    return f"{sum(halves):x}"


def test_a_digest_is_the_sum_over_the_rows_as_python_computes_it_too() -> None:
    assert told(*ROWS) == {"rows": 3, "digest": by_hand(*ROWS)}


def test_no_rows_have_the_digest_nought() -> None:
    assert told() == {"rows": 0, "digest": "0"}


def test_the_order_of_the_rows_does_not_matter_and_a_row_twice_does() -> None:
    assert told(*reversed(ROWS)) == told(*ROWS)
    assert told(*ROWS, FIRST) == {"rows": 4, "digest": by_hand(*ROWS, FIRST)}


@pytest.mark.parametrize("change", [{"target_ratio": 0.26}, {"target_ratio": None}, {"frame": "15.03"}])
def test_any_other_cell_gives_another_digest(change: dict[str, object]) -> None:
    assert told(ROWS[0] | change)["digest"] != told(ROWS[0])["digest"]


def test_a_condition_chooses_the_rows_and_another_relation_may_stand_for_the_table() -> None:
    assert told(*ROWS, where="year = '2026'") == {"rows": 1, "digest": by_hand(ROWS[1])}
    assert told(*ROWS, source="other") == told(*ROWS)


def test_who_loaded_a_row_is_no_part_of_its_digest() -> None:
    assert told(FIRST | {"run_id": "r2"}) == told(FIRST)
