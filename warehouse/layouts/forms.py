"""How the values of a column are written, seen from the first rows of a file: shapes, never values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import polars as pl

from warehouse.ledger import SeenColumn
from warehouse.rules import FILE, LINE_NO, raw
from warehouse.schema import Column, Extract, Parse
from warehouse.seeds import seed_rows
from warehouse.texts import by_distinct, by_exception

SAMPLE = 10_000
SELDOM = 0.05
LONGEST = 24
DIGITS = r"^'?\d+$"
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


Headers = tuple[tuple[str, str], ...]


def seen_columns(frame: pl.LazyFrame, table: type[Extract], columns: Headers) -> tuple[SeenColumn, ...]:
    """Return every column of a file with the ways its values are written in the first rows; see `seen_in_files`."""
    return seen_in_files(frame.head(SAMPLE).with_columns(pl.lit(0, pl.UInt32).alias(FILE)), table, [columns])[0]


def seen_in_files(
    frame: pl.LazyFrame, table: type[Extract], columns: Sequence[Headers]
) -> list[tuple[SeenColumn, ...]]:
    """Return every column of each file with the ways its values are written, and the first line of each way.

    `frame` holds the first rows of files, as `first_rows` gives them: `file`, `line_no` and the raw columns of the gate;
    `columns` are the headers of each file with what they stand for. A way that less than one value in twenty has is a
    slip of a row, not of the column, and is left out.
    """
    arriving = table.arriving()
    found = {name for headers in columns for _, name in headers}
    named = [name for name in arriving if name in found]
    shapes = [_shape(arriving[name]).alias(name) for name in named]
    rows = frame.select(FILE, LINE_NO, *shapes).collect(engine="streaming") if named else pl.DataFrame()
    ways = {name: _ways(rows, name) for name in named}
    return [
        tuple(SeenColumn(header, name, ways.get(name, {}).get(file, {})) for header, name in headers)
        for file, headers in enumerate(columns)
    ]


def first_rows(rows: pl.DataFrame, most: int = SAMPLE) -> pl.LazyFrame:
    """Return the first rows of each file; those of a file stand together in `rows`."""
    runs = rows.get_column(FILE).rle().struct.field("len").to_list()
    if max(runs, default=0) <= most:
        return rows.lazy()
    return pl.concat([rows.slice(end - run, most) for run, end in zip(runs, accumulate(runs), strict=True)]).lazy()


def _ways(rows: pl.DataFrame, name: str) -> dict[int, dict[str, int]]:
    counted = (
        rows.drop_nulls(name).group_by(FILE, name).agg(pl.len().alias("rows"), pl.col(LINE_NO).min().alias("line"))
    )
    often = counted.filter(pl.col("rows") >= SELDOM * pl.col("rows").sum().over(FILE)).sort(FILE, "line")
    found: dict[int, dict[str, int]] = {}
    for file, shape, line in often.select(FILE, name, "line").iter_rows():
        found.setdefault(file, {})[shape] = line
    return found


def _shape(column: Column) -> pl.Expr:
    text = pl.col(raw(column))
    if column.parse in (Parse.IDENTIFIER, Parse.NATIONAL_ID):
        return _id(text).cast(pl.Categorical)
    return by_distinct(text, lambda one: _shape_of(column, one).cast(pl.Categorical))


def _id(text: pl.Expr) -> pl.Expr:
    digits = (text.str.len_chars() - text.str.starts_with("'")).cast(pl.String) + " digit"
    shape = pl.when(text.str.contains(DIGITS)).then(digits).otherwise(by_exception(text, DIGITS, _number))
    return pl.when(text.is_not_null()).then(shape)


def _shape_of(column: Column, text: pl.Expr) -> pl.Expr:
    if column.parse in (Parse.DATE, Parse.MONTH):
        shape = text.str.replace_all(r"\p{N}", "9").str.replace_all(r"\p{L}+", "a").str.head(LONGEST)
    elif column.parse in (Parse.WHOLE, Parse.PERCENT, Parse.DECIMAL):
        shape = _number(text)
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
