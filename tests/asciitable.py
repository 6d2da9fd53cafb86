"""Small text tables: what a test gives and what it expects, written as a person would write them.

    | worker | regency |
    | budi   | 15.03   |

A dash is null, `_` may stand in numbers, Y and T are flags, 2025-03 is the first of March, JKK,JKM a set of programmes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from warehouse.schema import Column, Lazy, Parse, Table, TableT, conform
from warehouse.vocabulary import PROGRAMMES

ANY_DAY = date(2020, 1, 1)
KEY_BYTES = 16


def table(declared: type[TableT], text: str, **same: object) -> Lazy[TableT]:
    """Return the rows written in `text` as a frame of `declared`.

    Columns that are not written take their value in every row from `same`, else null where they may, else the
    first of their values, zero, T, a fixed day, or, for a key or a regency, one that no other row has.
    """
    names, rows = cells(text)
    values = {
        name: _column(
            column, name, [row[names.index(name)] for row in rows] if name in names else None, len(rows), same
        )
        for name, column in declared.stored_columns().items()
    }
    _refuse_unknown(declared, [*names, *same])
    return conform(pl.LazyFrame(values), declared)


def assert_table(frame: pl.LazyFrame, text: str, declared: type[Table]) -> None:
    """Check that `frame` holds exactly the rows of `text`, in any order, looking only at the columns written."""
    names, _ = cells(text)
    wanted = table(declared, text).select(names).collect()
    found = frame.select(names).collect()
    order = sorted(names)
    assert_frame_equal(found.sort(order, nulls_last=True), wanted.sort(order, nulls_last=True))


def cells(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a text table."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return split[0], split[1:]


def key(word: str) -> bytes:
    """Return the token that stands for `word`: its letters, as long as a real token."""
    return word.encode().ljust(KEY_BYTES, b".")


def _column(column: Column, name: str, written: list[str] | None, height: int, same: dict[str, object]) -> pl.Series:
    parse = _parser(column, name)
    if written is not None:
        found = [None if cell == "-" else parse(cell) for cell in written]
    elif name in same:
        value = same[name]
        found = [parse(value) if isinstance(value, str) else value] * height
    else:
        found = [_default(column, name, number) for number in range(height)]
    return pl.Series(name, found, dtype=column.dtype)


def _parser(column: Column, name: str) -> Callable[[str], Any]:
    if column.dtype == pl.Binary():
        return key
    if column.dtype == pl.Date():
        return lambda cell: date.fromisoformat(cell if len(cell) == 10 else f"{cell}-01")
    if column.dtype == pl.Boolean():
        return {"Y": True, "T": False}.__getitem__
    if name == "programmes" and column.dtype.is_integer():
        return lambda cell: sum(1 << PROGRAMMES.index(programme) for programme in cell.split(","))
    if column.dtype.is_integer():
        return lambda cell: int(cell, base=0)
    return float if column.dtype.is_float() else str


def _default(column: Column, name: str, number: int) -> object:
    if column.nullable:
        return None
    if column.values:
        return column.values[0]
    if column.parse is Parse.REGENCY:
        return f"99.{number:02}"
    if column.dtype == pl.Binary():
        return key(f"{name[:6]} {number}")
    if column.dtype == pl.Date():
        return ANY_DAY
    if column.dtype == pl.Boolean():
        return False
    return 0 if column.dtype.is_numeric() else f"{name} {number}"


def _refuse_unknown(declared: type[Table], names: list[str]) -> None:
    unknown = set(names) - set(declared.stored_columns())
    if unknown:
        raise ValueError(f"{declared.__name__} has no column {', '.join(sorted(unknown))}")
