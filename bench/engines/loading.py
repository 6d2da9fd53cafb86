"""What the peers outside DuckDB do last: their rows and facts become tables of a DuckDB file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb


def load(out: Path, tables: Mapping[str, Any]) -> None:
    """Write `tables` into `facts.duckdb` of the folder `out`: pandas frames, or folders of Parquet files."""
    with duckdb.connect(out / "facts.duckdb", config={"threads": 2}) as database:
        for name, rows in tables.items():
            if isinstance(rows, Path):
                database.execute(f"CREATE TABLE {name} AS FROM read_parquet('{rows}/*.parquet')")
            else:
                database.register("rows_of_a_table", rows)
                database.execute(f"CREATE TABLE {name} AS FROM rows_of_a_table")
                database.unregister("rows_of_a_table")
