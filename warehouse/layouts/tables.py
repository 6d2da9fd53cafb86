"""Sheets that become one row per figure: which they are, and what they give to each kind of extract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from warehouse.errors import Stop
from warehouse.layouts import flat, wide
from warehouse.layouts.figures import MISSING
from warehouse.layouts.grid import Row
from warehouse.layouts.headers import constants_of, plain
from warehouse.layouts.labels import tidy
from warehouse.layouts.layout import Layout, Reshape
from warehouse.rules import LINE_NO
from warehouse.schema import Extract
from warehouse.tables.indicator import Indicator

if TYPE_CHECKING:
    from warehouse.dialect import Dialect
    from warehouse.reading.opened import Opened

MOST_ROWS, MOST_COLUMNS = 200_000, 2_000
KEY = {"kode": "kode_kab", "periode": "periode", "sumber": "sumber"}


class Table(NamedTuple):
    """A reshaped sheet under arriving names, with `line_no`."""

    frame: pl.DataFrame
    notes: list[str]
    columns: tuple[tuple[str, str], ...]
    left_out: Mapping[str, int]
    layout: Layout


def is_reshaped(table: type[Extract], dialect: Dialect) -> bool:
    """Return whether a file of a kind is read as a grid: every indikator, and what a declared layout reshapes."""
    if table is Indicator:
        return True
    return any(one.name == dialect.layout and one.kind == table.kind and one.reshape for one in dialect.layouts)


def long_rows(opened: Opened, table: type[Extract], dialect: Dialect) -> Table:
    """Return the figures of a sheet, one row each, or for another kind one row per region and period.

    Raises Stop when the sheet is too large, or cannot be understood.
    """
    rows = _rows(opened)
    if (plain_table := _as_declared(rows, table, dialect)) is not None:
        return plain_table
    head = flat.head_of(rows)
    layout = _layout(table, dialect, "flat" if head else "wide")
    constants, is_missing = constants_of(table, dialect, layout), _marked({*dialect.missing, *layout.missing})
    if layout.reshape == "flat" and head:
        figures = flat.unfold(rows, head, layout, constants, is_missing)
    else:
        bare = "kabupaten" in (dialect.bare_names, layout.bare_names)
        figures = wide.unfold(rows, layout, constants, is_missing, bare=bare)
    notes = [f"tata letak / layout: {layout.name} v{layout.version}", *figures.notes]
    left_out = {rule: cells for rule, cells in figures.left_out.items() if rule != MISSING and cells}
    long = figures.rows()
    labels = tuple(dict.fromkeys((str(row["judul"]), str(row["indikator"])) for row in long))
    made = long if table is Indicator else _wide_again(long, table)
    schema = {LINE_NO: pl.Int64(), **{name: pl.String() for name in table.arriving()}}
    made = [{name: value or None for name, value in row.items()} for row in made]
    filled = {LINE_NO, *(name for row in made for name, value in row.items() if value)}
    frame = pl.DataFrame(made, schema=schema).select(name for name in schema if name in filled)
    return Table(frame, notes, labels, left_out, layout)


def _rows(opened: Opened) -> list[Row]:
    frame = opened.frame.head(MOST_ROWS + 1).collect()
    if frame.height > MOST_ROWS or frame.width - 1 > MOST_COLUMNS:
        en, id = "a table of figures is larger than any office keeps", "tabel angka lebih besar daripada yang wajar"
        raise Stop("table_too_large", en, id, f"at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns")
    cells = frame.drop(LINE_NO).rows()
    return [
        Row(line, tuple(tidy(cell) if cell else "" for cell in row))
        for line, row in zip(frame[LINE_NO], cells, strict=True)
    ]


def _as_declared(rows: Sequence[Row], table: type[Extract], dialect: Dialect) -> Table | None:
    """Return a sheet that has the columns of the kind itself under a header, or None."""
    aliases = {plain(alias): name for alias, name in dialect.aliases.items()}
    required = {name for name, column in table.arriving().items() if column.required} - set(dialect.constants)
    for place, row in enumerate(rows):
        named = [aliases.get(plain(cell), plain(cell)) for cell in row.cells]
        if required and required <= set(named):
            found = {name: named.index(name) for name in table.arriving() if name in named}
            body = [one for one in rows[place + 1 :] if any(one.cells)]
            made = [{LINE_NO: one.line, **{name: one.cells[at] or None for name, at in found.items()}} for one in body]
            schema = {LINE_NO: pl.Int64(), **{name: pl.String() for name in found}}
            columns = tuple((cell, name if name in found else "") for cell, name in zip(row.cells, named, strict=True))
            return Table(pl.DataFrame(made, schema=schema), [], columns, {}, Layout("", table.kind))
    return None


def _marked(marks: set[str]) -> Callable[[str], bool]:
    folded = {mark.casefold() for mark in marks}
    return lambda cell: cell.casefold() in folded


def _layout(table: type[Extract], dialect: Dialect, wanted: Reshape) -> Layout:
    mine = [one for one in dialect.layouts if one.kind == table.kind]
    if dialect.layout:
        return next(one for one in mine if one.name == dialect.layout)
    return next((one for one in mine if one.reshape == wanted), Layout(wanted, table.kind))


def _wide_again(rows: Sequence[dict[str, object]], table: type[Extract]) -> list[dict[str, object]]:
    """Return one row per line and period whose indicators are columns of the kind."""
    found: dict[tuple[str, object], dict[str, object]] = {}
    for row in rows:
        if row["indikator"] in table.arriving():
            one = found.setdefault(
                (str(row["sel"]).lstrip(ascii_uppercase), row["periode"]),
                {LINE_NO: row[LINE_NO], **{name: row[key] for key, name in KEY.items() if name in table.arriving()}},
            )
            one[str(row["indikator"])] = row["nilai"]
    return list(found.values())
