"""From an opened file to the columns that a kind of extract expects, still as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from warehouse.layouts import names, tables
from warehouse.layouts.headers import constants_of, layout_of, places, unknown
from warehouse.layouts.layout import Layout
from warehouse.rules import LINE_NO, RAW
from warehouse.schema import Column, Extract, Parse

if TYPE_CHECKING:
    from warehouse.dialect import Dialect
    from warehouse.reading.opened import Opened

REGIONS = (Parse.REGENCY, Parse.REGION)


class Shaped(NamedTuple):
    """The rows under the names that the gate reads, what was decided, the columns found, and what was left out.

    `columns` are the headers with the arriving column each stands for, empty for none; `left_out` counts, by rule, the
    cells of a table that became no row because it cannot be said what they mean.
    """

    frame: pl.LazyFrame
    notes: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    left_out: Mapping[str, int]


def opening(table: type[Extract], dialect: Dialect) -> Dialect:
    """Return the dialect to open a file with: a table that is reshaped is opened as a grid without a header."""
    return replace(dialect, header_row=1, header_rows=0) if tables.is_reshaped(table, dialect) else dialect


def shaped(opened: Opened, table: type[Extract], dialect: Dialect) -> Shaped:
    """Return the rows of an opened file as `line_no` and one `raw_` column per declared column, empty as null.

    Raises Stop when the headers do not fit the kind, or when a table cannot be understood as regions and figures.
    """
    if tables.is_reshaped(table, dialect):
        long = tables.long_rows(opened, table, dialect)
        frame = _named(
            long.frame, {name: name for name in long.frame.columns if name != LINE_NO}, table, dialect, long.layout
        )
        return Shaped(frame, tuple(long.notes), long.columns, long.left_out)
    layout = layout_of(opened.headers, table, dialect)
    found = places(opened.headers, table, dialect)
    frame = _named(opened.frame, {name: f"c{place}" for name, place in found.items()}, table, dialect, layout)
    standing = {place: name for name, place in found.items()}
    columns = tuple((header, standing.get(place, "")) for place, header in enumerate(opened.headers, 1))
    return Shaped(frame, tuple(_notes(opened, table, dialect, layout, found)), columns, {})


def _notes(
    opened: Opened, table: type[Extract], dialect: Dialect, layout: Layout | None, found: Mapping[str, int]
) -> list[str]:
    notes = []
    if layout:
        notes.append(f"tata letak / layout: {layout.name} v{layout.version}")
    if filled := [name for name in constants_of(table, dialect, layout) if name not in found]:
        notes.append(f"diisi dari pengaturan / filled from the settings: {', '.join(filled)}")
    if ignored := unknown(opened.headers, table, dialect):
        notes.append(f"kolom diabaikan / columns ignored: {', '.join(ignored)}")
    return notes


def _named(
    frame: pl.LazyFrame | pl.DataFrame,
    found: Mapping[str, str],
    table: type[Extract],
    dialect: Dialect,
    layout: Layout | None,
) -> pl.LazyFrame:
    constants = constants_of(table, dialect, layout)
    marks = {mark.casefold() for mark in (*dialect.missing, *(layout.missing if layout else ()))}
    columns = []
    for name, column in table.arriving().items():
        text = pl.col(found[name]) if name in found else pl.lit(constants.get(name), pl.String)
        if name in found and marks:
            text = pl.when(~text.str.to_lowercase().is_in(sorted(marks))).then(text)
        if meant := (layout.values if layout else {}).get(name, {}):
            text = text.str.to_uppercase().replace(list(meant), list(meant.values()))
        columns.append(_whole_name(text, column, dialect, layout).alias(RAW + name))
    return frame.lazy().select(pl.col(LINE_NO).cast(pl.Int64), *columns)


def _whole_name(text: pl.Expr, column: Column, dialect: Dialect, layout: Layout | None) -> pl.Expr:
    """Return a region with the kabupaten that its bare name leaves out, where the source or its layout says so."""
    if column.parse not in REGIONS or "kabupaten" not in (dialect.bare_names, layout.bare_names if layout else ""):
        return text
    shared = names.shared_names()
    key = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.coalesce(
        key.replace_strict(list(shared), list(shared.values()), default=None, return_dtype=pl.String), text
    )
