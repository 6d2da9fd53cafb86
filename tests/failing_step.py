"""`python -m tests.failing_step PLACE LIBRARY ...`: the command, with a function that fails as a library does on a row.

The text of the row is in FAILING_TEXT: the words of a command are kept in the log of its run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from flows.cli import main

LIBRARIES: dict[str, Callable[[str], object]] = {
    "duckdb": lambda text: duckdb.sql(f"SELECT CAST('{text}' AS INTEGER)").fetchall(),
    "polars": lambda text: pl.DataFrame({text: [1]}).select(pl.col(text).str.to_date()),
    "pyarrow": lambda text: pc.cast(pa.array([text]), pa.int64()),
}


def break_at(place: str, library: str, text: str) -> None:
    """Let the function `module:name` fail as the library does on a row that holds `text`."""
    module, name = place.split(":")

    def broken(*_: Any, **__: Any) -> None:
        LIBRARIES[library](text)

    broken.__name__ = name
    setattr(import_module(module), name, broken)


if __name__ == "__main__":
    break_at(sys.argv[1], sys.argv[2], os.environ.pop("FAILING_TEXT"))
    sys.exit(main(sys.argv[3:]))
