"""Rows that wait in a sealed Parquet file, as SQL: the engine reads the file itself, lot by lot, and nothing of it is held here."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from warehouse import ddl
from warehouse.schema import Table
from warehouse.seals import whole


def query(table: type[Table], path: Path) -> str:
    """Return the query of the rows of a file as the stored columns of `table`, cast to its types.

    Raises Damaged when the file is not what was written, ValueError when it lacks a column.
    """
    found = pl.read_parquet_schema(whole(path))
    if missing := table.stored_columns().keys() - found.keys():
        raise ValueError(f"{table.qualified()}: {path.name} has no column {', '.join(sorted(missing))}")
    columns = [
        f"{ddl.identifier(name)}::{ddl.SQL_TYPES[column.dtype]} AS {ddl.identifier(name)}"
        for name, column in table.stored_columns().items()
    ]
    return f"SELECT {', '.join(columns)} FROM read_parquet({ddl.literal(str(path))}, hive_partitioning = false)"
