"""Sheets as people fill them, written as text: a line a row, a bar between cells, nothing for an empty cell."""

from __future__ import annotations

from typing import Any

import polars as pl

from warehouse.dialect import Dialect
from warehouse.layouts import Shaped, shaped
from warehouse.reading import Opened
from warehouse.tables.indicator import Indicator


def grid(text: str) -> Opened:
    """Return a sheet opened without a header."""
    lines = [[cell.strip() or None for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    width = max(map(len, lines))
    columns = {
        f"c{place + 1}": pl.Series([line[place] if place < len(line) else None for line in lines], dtype=pl.String)
        for place in range(width)
    }
    frame = pl.DataFrame({"line_no": range(1, len(lines) + 1), **columns})
    return Opened("xlsx", "", "", tuple(columns), frame.lazy())


def listed(text: str) -> Opened:
    """Return a sheet opened with its first line as header."""
    opened = grid(text)
    head = opened.frame.head(1).collect().row(0)
    return opened._replace(headers=tuple(cell or "" for cell in head[1:]), frame=opened.frame.slice(1))


def reshaped(text: str, **declared: Any) -> Shaped:
    """Return what a sheet of figures gives."""
    return shaped(grid(text), Indicator, Dialect(**declared))


def figures(text: str, **declared: Any) -> list[tuple[object, ...]]:
    """Return the figures of a sheet: region, period, indicator and text of the value."""
    frame = reshaped(text, **declared).frame
    return frame.select("raw_kode", "raw_periode", "raw_indikator", "raw_nilai").collect().rows()
