"""Rows of any declared table, from the declaration alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import prod
from typing import Any

import numpy as np
import polars as pl

from warehouse.schema import Column, Extract, Parse, Severity, Table
from warehouse.synthetic.employers import programme_sets
from warehouse.synthetic.places import regencies
from warehouse.vocabulary import MONTH, REGION_CODE

ROUNDS = 1000
EMPTY_SHARE = 0.1
SMALL = 10
MONTHS = [date(2015 + number // 12, number % 12 + 1, 1) for number in range(168)]
DAYS = [date(2029, 12, 31) - timedelta(days=number) for number in range(3650)]
OPTIONAL = re.compile(r"\([^()]*\)\?")
PIECE = re.compile(r"(\[[^\]]+\]|\\d|[^\\\[\](){}.*+?|])(?:\{(\d+)\})?")


def rows(table: type[Table], n: int, seed: int) -> pl.DataFrame:
    """Return rows of `table` with its stored columns and types, `n` of them or as many as its key allows.

    Every value keeps the declaration: list of values, pattern, minimum, no null in a column that must not be
    empty, and the named rules that the columns can answer, but for warnings; no two rows share a key. Raises ValueError when a
    rule is too hard to meet by chance.
    """
    columns, keys = table.stored_columns(), _keys(table)
    dice = np.random.default_rng(seed)
    count = min(n, prod(_capacity(columns[name], n) for name in keys)) if keys else n
    places, turn = {}, np.arange(count, dtype=np.int64)
    for name in keys:
        size = _capacity(columns[name], n)
        places[name], turn = turn % size, turn // size
    fixed = {name: values(columns[name], count, dice, at=places[name]) for name in keys}
    drawn = pl.DataFrame(
        fixed | {name: values(column, count, dice) for name, column in columns.items() if name not in fixed}
    )
    return _obeying(drawn.select(list(columns)), table, list(fixed), dice)


def values(
    column: Column, count: int, dice: np.random.Generator, at: np.ndarray[Any, np.dtype[np.int64]] | None = None
) -> pl.Series:
    """Return `count` valid values of a column, drawn by chance or, for a key, the ones `at` these places."""
    domain = _domain(column)
    if at is None:
        at = dice.integers(0, len(domain) if domain else SMALL, count)
    found = pl.Series(domain, dtype=column.dtype).gather(pl.Series(at)) if domain else _unbounded(column, at, dice)
    if column.nullable and not column.key:
        found = found.set(pl.Series(dice.random(count) < EMPTY_SHARE), None)
    return found.alias(column.name)


def arriving_values(column: Column, count: int, dice: np.random.Generator) -> pl.Series:
    """Return valid values of a column as they stand in an extract: ids, flags, programmes and regions as text."""
    if column.parse is Parse.FLAG:
        return values(column.but(dtype=pl.String(), values=("Y", "T")), count, dice)
    if column.parse is Parse.PROGRAMMES:
        return values(column.but(dtype=pl.String(), values=tuple(programme_sets().drop_nulls())), count, dice)
    if column.parse is Parse.PERCENT:
        return (values(column, count, dice) * 100).round(2)
    return values(column.but(dtype=pl.String()) if column.pseudonym else column, count, dice)


def _domain(column: Column) -> Sequence[Any]:
    if column.values:
        return column.values
    if column.parse in (Parse.REGENCY, Parse.REGION) or column.label_id == REGION_CODE.label_id:
        return [place.code for place in regencies()]
    if column.dtype == pl.Boolean:
        return (False, True)
    if column.dtype == pl.Date:
        return MONTHS if column.parse is Parse.MONTH or column.label_id == MONTH.label_id else DAYS
    if column.parse is Parse.PROGRAMMES or column.dtype == pl.UInt8:
        return range(1, 32)
    return ()


def _capacity(column: Column, n: int) -> int:
    return len(_domain(column)) or n


def _keys(table: type[Table]) -> list[str]:
    unique = table.unique_needs or table.unique if issubclass(table, Extract) else ()
    return list(unique or table.key())


def _unbounded(column: Column, at: np.ndarray[Any, np.dtype[np.int64]], dice: np.random.Generator) -> pl.Series:
    numbers = pl.Series(at)
    if column.dtype == pl.String:
        return _matching(column.pattern, numbers) if column.pattern else f"{column.name}-" + numbers.cast(pl.String)
    if column.dtype == pl.Binary:
        return pl.Series([int(number).to_bytes(16, "big") for number in at], dtype=pl.Binary)
    if isinstance(column.dtype, pl.Datetime):
        return pl.Series([datetime(2025, 1, 1) + timedelta(minutes=int(number)) for number in at], dtype=column.dtype)
    if column.dtype.is_float():
        return pl.Series(dice.random(len(at)).round(4), dtype=column.dtype)
    return (numbers + (column.minimum or 0)).cast(column.dtype)


def _matching(pattern: str, numbers: pl.Series) -> pl.Series:
    """Return a text for every number that `pattern` matches: classes of characters, digits and repetitions, no optional group."""
    body = OPTIONAL.sub("", pattern.removeprefix("^").removesuffix("$"))
    pieces = PIECE.findall(body)
    if "".join(piece + (f"{{{times}}}" if times else "") for piece, times in pieces) != body:
        raise ValueError(f"no generator for the pattern {pattern}")
    left, texts = numbers, pl.Series([""]).new_from_index(0, len(numbers))
    for piece, times in reversed(pieces):
        letters = pl.Series([letter for letter in map(chr, range(33, 127)) if re.fullmatch(piece, letter)])
        for _ in range(int(times or 1)):
            texts, left = letters.gather(left % len(letters)) + texts, left // len(letters)
    return texts


def _obeying(drawn: pl.DataFrame, table: type[Table], fixed: list[str], dice: np.random.Generator) -> pl.DataFrame:
    """Return the rows with the columns outside the key drawn again until every rule holds."""
    columns = table.stored_columns()
    readable = {name for name in drawn.columns if drawn.schema[name] != pl.Binary}
    rules = [
        pl.sql_expr(rule.condition) for rule in table.rules if not (rule.is_pattern or rule.severity is Severity.WARN)
    ]
    rules = [rule for rule in rules if set(rule.meta.root_names()) <= readable]
    if not rules:
        return drawn
    for _ in range(ROUNDS):
        broken = drawn.select(pl.any_horizontal(~rule.fill_null(True) for rule in rules)).to_series()
        if not broken.any():
            return drawn
        again = [values(column, drawn.height, dice) for name, column in columns.items() if name not in fixed]
        drawn = drawn.with_columns(
            pl.when(broken).then(column).otherwise(pl.col(column.name)).alias(column.name) for column in again
        )
    raise ValueError(f"the rules of {table.qualified()} are too hard to meet by chance")
