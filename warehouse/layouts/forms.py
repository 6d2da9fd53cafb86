"""How the values of a column are written, seen from the first rows of a file: shapes, never values."""

from __future__ import annotations

from functools import cache

import polars as pl

from warehouse.ledger import SeenColumn
from warehouse.rules import LINE_NO, raw
from warehouse.schema import Column, Extract, Parse
from warehouse.seeds import seed_rows

SAMPLE = 10_000
SELDOM = 0.05
LONGEST = 24
TEXT = "teks / text"
NAME = "nama / name"
NUMBERS = (
    (r"^-?\d+$", "1234"),
    (r"^-?\d+\.0$", "1234.0"),
    (r"^-?\d+(\.\d+)?[eE]\+?\d+$", "1.2E+10"),
    (r"^-?\d{1,3}\.\d{3}$", "1.234"),
    (r"^-?\d{1,3},\d{3}$", "1,234"),
    (r"^-?\d{1,3}(\.\d{3})+(,\d+)?$", "1.234.567,89"),
    (r"^-?\d{1,3}(,\d{3})+(\.\d+)?$", "1,234,567.89"),
    (r"^-?\d+\.\d+$", "1234.5"),
    (r"^-?\d+,\d+$", "1234,5"),
)
KEMENDAGRI, BPS, BOTH = "kode Kemendagri / code", "kode BPS / code", "kode kedua sistem / of both systems"


def seen_columns(
    frame: pl.LazyFrame, table: type[Extract], columns: tuple[tuple[str, str], ...]
) -> tuple[SeenColumn, ...]:
    """Return every column of a file with the ways its values are written in the first rows, and the first line of each.

    `frame` holds `line_no` and the raw columns of the gate, `columns` the headers with what they stand for. A way that
    less than one value in twenty has is a slip of a row, not of the column, and is left out.
    """
    arriving = table.arriving()
    named = [name for name in dict.fromkeys(name for _, name in columns) if name in arriving]
    shapes = [_shape(arriving[name]).alias(name) for name in named]
    rows = frame.head(SAMPLE).select(LINE_NO, *shapes).collect(engine="streaming") if named else pl.DataFrame()
    return tuple(SeenColumn(header, name, _ways(rows, name) if name in named else {}) for header, name in columns)


def _ways(rows: pl.DataFrame, name: str) -> dict[str, int]:
    shapes = rows.select(LINE_NO, shape=name).drop_nulls()
    counted = shapes.group_by("shape").agg(pl.len().alias("rows"), pl.col(LINE_NO).min().alias("line")).sort("line")
    often = counted.filter(pl.col("rows") >= SELDOM * shapes.height)
    return dict(zip(often["shape"], often["line"], strict=True))


def _shape(column: Column) -> pl.Expr:
    text = pl.col(raw(column))
    if column.parse in (Parse.DATE, Parse.MONTH):
        shape = text.str.replace_all(r"\p{N}", "9").str.replace_all(r"\p{L}+", "a").str.head(LONGEST)
    elif column.parse in (Parse.WHOLE, Parse.PERCENT, Parse.DECIMAL):
        shape = _number(text)
    elif column.parse in (Parse.IDENTIFIER, Parse.NATIONAL_ID):
        only_digits = text.str.contains(r"^'?\d+$")
        shape = pl.when(only_digits).then(pl.format("{} digit", text.str.count_matches(r"\d"))).otherwise(_number(text))
    elif column.parse in (Parse.REGENCY, Parse.REGION):
        shape = _region(text)
    elif column.values:
        known = text.str.to_uppercase().is_in(list(column.values))
        shape = pl.when(known).then(pl.lit("kode dalam daftar / listed code")).otherwise(pl.lit(TEXT))
    else:
        shape = pl.lit(TEXT)
    return pl.when(text.is_not_null()).then(shape)


def _number(text: pl.Expr) -> pl.Expr:
    shape = pl.lit(TEXT)
    for pattern, name in reversed(NUMBERS):
        shape = pl.when(text.str.contains(pattern)).then(pl.lit(name)).otherwise(shape)
    return shape


def _region(text: pl.Expr) -> pl.Expr:
    systems = _codes()
    ours, theirs = text.is_in(systems["kemendagri"]), text.is_in(systems["bps"])
    return (
        pl.when(text.str.contains(r"^\d{2}\.\d{2}$"))
        .then(pl.lit("99.99"))
        .when(ours & theirs)
        .then(pl.lit(BOTH))
        .when(ours)
        .then(pl.lit(KEMENDAGRI))
        .when(theirs)
        .then(pl.lit(BPS))
        .when(text.str.contains(r"^[\d.]+$"))
        .then(text.str.replace_all(r"\d", "9").str.head(LONGEST))
        .otherwise(pl.lit(NAME))
    )


@cache
def _codes() -> dict[str, list[str]]:
    rows = seed_rows("region_codes.csv")
    return {
        system: sorted({row["code"].replace(".", "") for row in rows if row["system"] == system})
        for system in ("kemendagri", "bps")
    }
