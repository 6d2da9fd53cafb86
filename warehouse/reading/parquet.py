"""Parquet files: proved in the sandbox to be readable, then shown as text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from warehouse.errors import Stop
from warehouse.reading.limits import Limits, too_much
from warehouse.reading.opened import Opened, places
from warehouse.rules import LINE_NO
from warehouse.texts import tidied

EXACT = 10**15
MOST_ROWS = 2_000_000_000
EPOCH = date(1970, 1, 1).toordinal()
CALENDAR = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH
TICKS = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def proved(path: str, limits: dict[str, int]) -> int:
    """Return the number of rows of a Parquet file after reading all of it; what it says of itself is bounded first.

    Runs in the sandbox: a file that breaks the reader breaks it there. Costs one decoding of the file.
    """
    bounds = Limits(**limits)
    about = pq.read_metadata(path)
    bounds.refuse_wide(about.num_columns)
    groups = [about.row_group(place) for place in range(about.num_row_groups)]
    bounds.refuse_bomb(Path(path).stat().st_size, sum(group.total_byte_size for group in groups))
    if about.num_rows > MOST_ROWS:
        raise too_much("rows", f"{about.num_rows:,} rows, at most {MOST_ROWS:,} are read")
    seen = unfolded = 0

    def count(batch: pl.DataFrame) -> bool:
        nonlocal seen, unfolded
        seen += batch.height
        unfolded += sum(map(_unfolded, batch))
        return unfolded > bounds.unpacked_bytes

    frame = pl.scan_parquet(path)
    if not frame.collect_schema().len():
        raise Stop("empty_file", "the file has no columns", "berkas tidak memiliki kolom", "send the file again")
    frame.sink_batches(count, lazy=False)
    bounds.refuse_bomb(Path(path).stat().st_size, unfolded)
    if seen != about.num_rows:
        told = (
            f"{about.num_rows:,} rows announced, {seen:,} found",
            f"{about.num_rows:,} baris disebut, {seen:,} ditemukan",
        )
        raise Stop("unreadable_file", *told, "send the file again")
    _refuse_broken_lists(path, about)
    return seen


def _unfolded(column: pl.Series) -> int:
    """Return the bytes of the texts of a column, in lists too: one text of a dictionary counts wherever it stands."""
    values = column.explode() if isinstance(column.dtype, pl.List) else column
    if values.dtype == pl.String:
        lengths = values.str.len_bytes()
    elif isinstance(values.dtype, pl.Categorical | pl.Enum):
        lengths = values.cat.len_bytes()
    else:
        return 0
    return int(lengths.cast(pl.Int64).sum())


def _refuse_broken_lists(path: str, about: Any) -> None:
    """Raise what Arrow raises for columns of lists whose levels contradict each other: Polars reads on."""
    columns = [about.schema.column(place) for place in range(about.num_columns)]
    lists = [column.path.partition(".")[0] for column in columns if column.max_repetition_level]
    if lists:
        for _ in pq.ParquetFile(path).iter_batches(columns=list(dict.fromkeys(lists))):
            pass


def opened_parquet(path: Path) -> Opened:
    """Return the rows of a proved Parquet file as texts, rows counted from 1.

    Whole numbers of fractional types show without a fraction, and above 15 digits as the type keeps them
    (1.50301120385000E+15); lists join with commas; days of instants; other nested types, binary ones and durations are not read.
    """
    schema = pl.scan_parquet(path).collect_schema()
    number = next(name for name in (LINE_NO + "_" * more for more in range(len(schema) + 1)) if name not in schema)
    frame = pl.scan_parquet(path, row_index_name=number, row_index_offset=1)
    unread = [name for name, dtype in schema.items() if not _is_shown(dtype)]
    shown = {name: dtype for name, dtype in schema.items() if name not in unread}
    texts = [
        _as_text(name, dtype).alias(place)
        for place, (name, dtype) in zip(places(len(shown)), shown.items(), strict=True)
    ]
    notes = (
        [f"kolom yang jenisnya tidak dibaca / columns of a type that is not read: {', '.join(unread)}"]
        if unread
        else []
    )
    line = pl.col(number).cast(pl.Int64).alias(LINE_NO)
    return Opened("parquet", "", "", tuple(shown), frame.select(line, *map(tidied, texts)), tuple(notes))


def _is_shown(dtype: pl.DataType) -> bool:
    held = dtype.inner if isinstance(dtype, pl.List) else dtype
    return not held.is_nested() and held not in (pl.Binary, pl.Object, pl.Duration)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String)).list.join(",")
    if isinstance(dtype, pl.Date | pl.Datetime):
        return _day(value, dtype)
    if dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("Y")).when(~value).then(pl.lit("T"))
    if dtype.is_float():
        return _fraction(value.cast(pl.Float64))
    if dtype.is_decimal():
        return value.cast(pl.String).str.replace(r"\.0+$", "")
    return value.cast(pl.String)


def _day(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the day as text; of one outside of the years 1 to 9999 the number it is kept as, which no rule reads as a day."""
    unit = TICKS[dtype.time_unit] if isinstance(dtype, pl.Datetime) else 1
    kept = value.to_physical().cast(pl.Int64)
    day = pl.when((kept // unit).is_between(*CALENDAR)).then(value).dt.date()
    return pl.coalesce(day.cast(pl.String), kept.cast(pl.String))


def _fraction(value: pl.Expr) -> pl.Expr:
    """Return the number as text: whole below 10^15 without a fraction, above as sixteen digits would be kept."""
    whole = pl.when(value.abs() < EXACT).then(value).cast(pl.Int64, strict=False).cast(pl.String)
    power = value.abs().log10().floor()
    kept = (
        (value / pl.lit(10.0).pow(power)).round(14).cast(pl.String)
        + "E+"
        + power.cast(pl.Int64, strict=False).cast(pl.String)
    )
    return (
        pl.when((value == value.floor()) & (value.abs() < EXACT)).then(whole)
        .when(value.abs() >= EXACT).then(kept)
        .otherwise(value.cast(pl.String))
    )  # fmt: skip
