"""The floor: `bench/floor.sql` over the extracts of a folder, with two threads."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from bench.terms import DAYS, KEY, REGENCIES, SHARED_NAMES

KINDS = ("kepesertaan", "iuran", "badan_usaha", "umk")
SCRIPT = Path(__file__).parents[1] / "floor.sql"


def view(source: Path, kind: str) -> str:
    """Return the statement that shows the files of a kind as texts, with file and line_no."""
    if any(source.glob(f"{kind}_*.csv")):
        read = f"read_csv('{source}/{kind}_*.csv', delim=';', header=true, all_varchar=true, quote='', filename='file')"
        return f"CREATE VIEW raw_{kind} AS SELECT *, NULL::BIGINT AS line_no FROM {read}"
    read = f"read_parquet('{source}/{kind}_*.parquet', filename='file', file_row_number=true)"
    return f"CREATE VIEW raw_{kind} AS SELECT * EXCLUDE file_row_number, file_row_number + 1 AS line_no FROM {read}"


def connect(source: Path, database: Path, memory: str = "8GB") -> duckdb.DuckDBPyConnection:
    """Return a new database that sees the extracts and knows the terms of the month."""
    database.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        database, config={"threads": 2, "memory_limit": memory, "preserve_insertion_order": False}
    )
    connection.execute("SET enable_progress_bar = false")
    for kind in KINDS:
        connection.execute(view(source, kind))
    for name, texts in (("region", REGENCIES), ("shared_name", SHARED_NAMES)):
        column = "region_code" if name == "region" else "name"
        connection.execute(f"CREATE TABLE {name} AS SELECT unnest(?) AS {column}", [texts])
    for name, value in {**DAYS, "key": KEY}.items():
        kind = "UBIGINT" if name == "key" else "DATE"
        connection.execute(f"SET VARIABLE {name} = CAST('{value}' AS {kind})")
    return connection


def run(source: Path, database: Path, script: Path = SCRIPT) -> None:
    """Load the extracts of `source` into a new `database` by the statements of a script."""
    with connect(source, database) as connection:
        connection.execute(script.read_text(encoding="utf-8").replace("$OUT", str(database.parent)))


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]) / "facts.duckdb")
