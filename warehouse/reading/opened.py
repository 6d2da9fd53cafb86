"""What opening a file gives, before anybody asked what its columns mean."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl


class Opened(NamedTuple):
    """A file as text: what it is, its headers in file order, and its rows as `line_no` and `c1` to `cn`.

    `format` is csv, parquet, xlsx, xls, xlsb or ods; `encoding` and `separator` are empty where there are none, and
    `sheet` names the sheets that were read. A cell is null or a text that is not empty and has no blanks around it;
    `notes` say in both languages what was decided or left out. With `header_rows == 0` in the dialect every line is a
    row and the headers are c1 to cn too.
    """

    format: str
    encoding: str
    separator: str
    headers: tuple[str, ...]
    frame: pl.LazyFrame
    notes: tuple[str, ...] = ()
    sheet: str = ""


def places(count: int) -> list[str]:
    """Return the names of `count` columns by their place: c1, c2, ..."""
    return [f"c{place}" for place in range(1, count + 1)]
