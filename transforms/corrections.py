"""Corrections at work: which rows each is about, which of them are wrong, and what stands in them afterwards.

Every condition sees the values as they were delivered, so the order of corrections does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.standardize import month_of_date, programmes
from warehouse.corrections import KEPT, Correction, Value
from warehouse.dialect import Dialect
from warehouse.rules import AMBIGUOUS, FOREIGN, raw
from warehouse.schema import Column, Extract, Parse

REGIONS = (Parse.REGENCY, Parse.REGION)
NOTHING = pl.lit(None, pl.String)


def corrected(frame: pl.LazyFrame, table: type[Extract], corrections: Sequence[Correction]) -> pl.LazyFrame:
    """Return the standardised rows of a file with its corrections applied, and what each did to which row beside them.

    `correction_<id>` is true where the row is wrong, false where the correction is about the row and it is right,
    null elsewhere. A row whose value is already what an override or a scale would make of it is right. With a drop
    among them `row_is_kept` is null in the rows that go. The raw text of a changed value is changed with it, so that
    what people are shown of a rejected row is what was judged.
    """
    if not corrections:
        return frame
    found = frame.with_columns(_wrong(one, table).alias(one.rule) for one in corrections)
    changes = [change for one in corrections if one.changes for change in _changes(one, table)]
    drops = [pl.col(one.rule).fill_null(False) for one in corrections if one.action == "drop"]
    for change in changes:
        found = found.with_columns(change)
    if table.month_from in {one.column for one in corrections}:
        found = month_of_date(found, table)
    return found.with_columns(pl.when(~pl.any_horizontal(drops)).then(True).alias(KEPT)) if drops else found


def applied(corrections: Sequence[Correction]) -> pl.Expr:
    """Return the ids of the corrections that changed or dropped a row, with the column changed; null where none did."""
    said = [
        pl.when(pl.col(one.rule)).then(pl.lit(f"{one.id} ({one.column})" if one.column else one.id))
        for one in corrections
        if one.action != "flag"
    ]
    return _listed(said).alias("corrections")


def _listed(said: Sequence[pl.Expr]) -> pl.Expr:
    if not said:
        return NOTHING
    text = pl.concat_str(NOTHING, *said, separator=", ", ignore_nulls=True)
    return pl.when(text != "").then(text)


def _wrong(one: Correction, table: type[Extract]) -> pl.Expr:
    about = [pl.lit(True)]
    if one.first_day:
        about.append(pl.col("as_of_date") >= one.first_day)
    if one.last_day:
        about.append(pl.col("as_of_date") <= one.last_day)
    if one.among:
        about.append(pl.sql_expr(one.among))
    wrong = pl.sql_expr(one.where)
    if one.changes:
        wrong = wrong & pl.col(one.column).ne_missing(_new_value(one, table.columns[one.column]))
    return pl.when(pl.all_horizontal(about)).then(wrong.fill_null(False))


def _changes(one: Correction, table: type[Extract]) -> list[pl.Expr]:
    column, wrong = table.columns[one.column], pl.col(one.rule).fill_null(False)

    def where_wrong(new: pl.Expr, name: str) -> pl.Expr:
        return pl.when(wrong).then(new).otherwise(pl.col(name)).alias(name)

    changes = [
        where_wrong(_text(one, column), raw(column)),
        where_wrong(_new_value(one, column), column.name),
    ]
    if column.parse in REGIONS:
        changes += [where_wrong(pl.lit(False), column.name + mark) for mark in (AMBIGUOUS, FOREIGN)]
    return changes


def _new_value(one: Correction, column: Column) -> pl.Expr:
    if one.action == "scale":
        return scaled(pl.col(one.column), one.numerator, one.denominator).cast(column.dtype, strict=False)
    if column.parse is Parse.PROGRAMMES and one.value is not None:
        return programmes(pl.lit(one.value), Dialect()).cast(column.dtype)
    return pl.lit(one.value, column.dtype)


def scaled(value: pl.Expr, numerator: int, denominator: int) -> pl.Expr:
    """Return value x numerator / denominator, whole, rounded half up, computed in 128 bits; null beyond 64."""
    twice = value.cast(pl.Int128) * (2 * numerator) + denominator
    return (twice // (2 * denominator)).cast(pl.Int64, strict=False)


def _text(one: Correction, column: Column) -> pl.Expr:
    if one.action == "scale":
        new = _new_value(one, column)
        return pl.when(new.is_null()).then(pl.col(raw(column))).otherwise(new.cast(pl.String))
    return NOTHING if one.value is None else pl.lit(_written(one.value))


def _written(value: Value) -> str:
    return ("T", "Y")[value] if isinstance(value, bool) else str(value)
