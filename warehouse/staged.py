"""Rows that wait in a sealed Parquet file, as SQL: the engine reads the file itself, lot by lot, and nothing of it is held here."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from warehouse import ddl
from warehouse.schema import Table
from warehouse.seals import whole

PATTERN_MARK = re.compile(r"[*?[]")


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
    return f"SELECT {', '.join(columns)} FROM read_parquet({_this_alone(path)}, hive_partitioning = false)"


def _this_alone(path: Path) -> str:
    """Return the path as a literal that names one file: what makes a pattern of a path stands in brackets."""
    return ddl.literal(PATTERN_MARK.sub(r"[\g<0>]", str(path)))
