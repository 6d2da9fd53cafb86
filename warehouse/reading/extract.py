"""Reading a file as an extract: opened as what it is, shaped as what its kind expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from warehouse import layouts
from warehouse.dialect import Dialect
from warehouse.reading.limits import Limits
from warehouse.reading.opened import Opened
from warehouse.reading.opening import DEFAULT, opened
from warehouse.schema import Extract


class Reading(NamedTuple):
    """The rows of an extract as text, and what was decided or ignored on the way, in both languages.

    `columns` are the headers with the arriving column each stands for, `left_out` counts by rule the cells that became
    no row; `file` is the file as it was opened.
    """

    frame: pl.LazyFrame
    notes: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    left_out: Mapping[str, int]
    file: Opened


def scan(
    path: Path,
    table: type[Extract],
    dialect: Dialect,
    scratch: Path,
    limits: Limits = DEFAULT,
    seen: Callable[[Opened], None] | None = None,
) -> Reading:
    """Return the rows of an extract as text: `line_no` and one `raw_` column per declared column, empty as null.

    A CSV or a sheet counts lines from its first, a Parquet file rows from 1. `scratch` is a folder for what has to be
    unpacked or rewritten; `seen` is told of the opened file before its headers are judged. Raises Stop when the file
    cannot be read as declared.
    """
    known = layouts.expected(table, dialect)

    def score(headers: Sequence[str]) -> int:
        return sum(layouts.plain(header) in known for header in headers)

    file = opened(path, layouts.opening(table, dialect), scratch, limits, score)
    if seen:
        seen(file)
    shaped = layouts.shaped(file, table, dialect)
    return Reading(shaped.frame, (*file.notes, *shaped.notes), shaped.columns, shaped.left_out, file)
