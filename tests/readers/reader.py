"""One reader: opens the published copy again and again, and says what it saw. Needs Python and any DuckDB, nothing else.

`python reader.py PUBLISHED STOP LONG REST`: reads until the file STOP exists, then once more, and prints one JSON object.
With a LONG above 0 every session crosses the coverage with that many numbers before it first touches the second table.
After a session it rests REST times the processor time that the session took, so that a crowd leaves room for the publisher.
"""

import json
import os
import sys
import time
from typing import Any, TypedDict

import duckdb

RANGE = "count(*), min({column}), max({column})"
COVERAGE = f"SELECT {RANGE.format(column='active_workers')} FROM mart.coverage"
WORKFORCE = f"SELECT {RANGE.format(column='employed_workers')} FROM mart.fact_workforce WHERE superseded_at IS NULL"
CROSSED = "SELECT sum((c.active_workers + r.range) % 7) FROM mart.coverage AS c CROSS JOIN range({numbers}) AS r"
DIFFERENT = """
SELECT count(*) FROM mart.coverage AS c JOIN mart.fact_workforce AS w USING (region_code)
WHERE w.superseded_at IS NULL AND c.active_workers <> w.employed_workers
"""
PAUSE = 0.1
SETTINGS: dict[str, Any] = {"threads": 1, "memory_limit": "256MB"}


class Seen(TypedDict):
    """What a reader saw; `outlived` counts sessions whose version was gone from the disk before they ended."""

    duckdb: str
    sessions: int
    opens: int
    queries: int
    long_queries: int
    outlived: int
    mixes: int
    backward: int
    versions: list[int]
    errors: list[str]


def read(published: str, stop: str, numbers: int, rest: float) -> Seen:
    """Return what was seen from now until the file `stop` exists and one session after that."""
    seen, last = nothing(), False
    while not last:
        last, began = os.path.exists(stop), time.process_time()  # noqa: PTH110
        attempt(published, numbers, seen)
        if seen["sessions"] == 1:
            print("ready", flush=True)
        awake = time.monotonic() + rest * (time.process_time() - began)
        while time.monotonic() < awake and not os.path.exists(stop):  # noqa: PTH110
            time.sleep(PAUSE)
    return seen


def nothing() -> Seen:
    """Return what a reader saw that has not opened anything yet."""
    return {
        "duckdb": duckdb.__version__, "sessions": 0, "opens": 0, "queries": 0, "long_queries": 0, "outlived": 0,
        "mixes": 0, "backward": 0, "versions": [], "errors": [],
    }  # fmt: skip


def attempt(published: str, numbers: int, seen: Seen) -> None:
    """Add a session to what was seen, or its error."""
    seen["sessions"] += 1
    try:
        session(published, numbers, seen)
    except Exception as error:
        seen["errors"].append(f"{type(error).__name__}: {error}".splitlines()[0])


def session(published: str, numbers: int, seen: Seen) -> None:
    """Open the newest version, ask both tables which version they are of, and close it."""
    connection = duckdb.connect(f"{published}/current/cakupan.duckdb", read_only=True, config=SETTINGS)
    seen["opens"] += 1
    try:
        first = ask(connection, COVERAGE, seen)
        if numbers:
            ask(connection, CROSSED.format(numbers=numbers), seen)
            seen["long_queries"] += 1
        second = ask(connection, WORKFORCE, seen)
        different = ask(connection, DIFFERENT, seen)
    finally:
        connection.close()
    version = int(first[1])
    seen["mixes"] += first != second or first[1] != first[2] or different != (0,)
    seen["backward"] += bool(seen["versions"]) and version < seen["versions"][-1]
    seen["outlived"] += not os.path.exists(f"{published}/v{version:04}")  # noqa: PTH110
    if version not in seen["versions"][-1:]:
        seen["versions"].append(version)


def ask(connection: Any, sql: str, seen: Seen) -> tuple[Any, ...]:
    """Return the one row of an answer."""
    seen["queries"] += 1
    row: tuple[Any, ...] = connection.execute(sql).fetchall()[0]
    return row


if __name__ == "__main__":
    os.nice(15)
    print(json.dumps(read(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
