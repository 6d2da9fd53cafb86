"""What a correction may speak of: which columns of a kind, which conditions on them, which values in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from functools import cache

import polars as pl

import warehouse.tables  # noqa: F401  every kind is declared
from transforms.standardize import SET_OF_PROGRAMMES
from warehouse import lake
from warehouse.schema import Column, Extract, Parse, Table
from warehouse.tables.dimensions import DimRegion

NOT_OF_ONE_ROW = re.compile(r"\b(?:OVER|SELECT)\b", re.IGNORECASE)
PERSONAL = ("nik", "kpj", "nama")


def extract_of(kind: str) -> type[Extract]:
    """Return the declaration of a kind. Raises ValueError that names the nearest kind."""
    extracts = {one.kind: one for one in Table.registry.values() if issubclass(one, Extract)}
    if kind not in extracts:
        raise ValueError(f"no kind of extract{_nearest(kind, extracts) or ': write one of ' + ', '.join(extracts)}")
    return extracts[kind]


def _personal(table: type[Extract]) -> set[str]:
    return {
        name
        for name, column in table.columns.items()
        if column.personal or column.pseudonym or column.arrives_as in PERSONAL
    }


def column_of(table: type[Extract], name: str, where: str) -> Column:
    """Return a column that a correction may use. Raises ValueError with the reason why it may not, and the nearest name."""
    arriving = table.arriving()
    if name in PERSONAL or name in _personal(table):
        raise ValueError(f"{where}: {name} is personal: corrections never name people (an employer is its npp or nib)")
    if name in arriving:
        raise ValueError(f"{where}: {name} is called {arriving[name].name} here")
    usable = {column.name: column for column in table.columns.values() if column.arrives_as}
    if name not in usable:
        raise ValueError(f"{where}: {table.kind} has no column {name}{_nearest(name, usable)}")
    return usable[name]


def require_condition(table: type[Extract], text: str, where: str) -> None:
    """Raise ValueError unless `text` is a condition on one row, over columns that a correction may use."""
    try:
        condition = pl.sql_expr(text)
        names = condition.meta.root_names()
    except pl.exceptions.PolarsError:
        raise ValueError(f"{where}: not a condition in SQL") from None
    for name in names:
        if name != "month" or "month" not in table.columns:
            column_of(table, name, where)
    two = pl.DataFrame(schema=table.polars_schema()).clear(n=2)
    try:
        held = two.select(condition.alias("held"))["held"]
    except pl.exceptions.PolarsError as broken:
        raise ValueError(f"{where}: it cannot be computed ({type(broken).__name__}): do the types fit?") from None
    if held.dtype != pl.Boolean or len(held) != len(two) or NOT_OF_ONE_ROW.search(text):
        raise ValueError(f"{where}: not a condition that each row meets or not by itself")


def is_of(column: Column, value: object) -> bool:
    """Return whether a value may stand in a column."""
    if column.parse is Parse.PROGRAMMES:
        return isinstance(value, str) and re.match(SET_OF_PROGRAMMES, value) is not None
    if column.parse in (Parse.REGENCY, Parse.REGION):
        return value in _regions(column.parse)
    if column.values:
        return value in column.values
    if column.parse is Parse.WHOLE and isinstance(value, int):
        low, high = column.minimum, column.maximum
        return not isinstance(value, bool) and (low is None or low <= value) and (high is None or value <= high)
    if column.parse is Parse.MONTH:
        return isinstance(value, date) and value.day == 1
    types: dict[Parse, type] = {
        Parse.DECIMAL: float,
        Parse.DATE: date,
        Parse.FLAG: bool,
        Parse.WHOLE: bytes,
        Parse.PERCENT: bytes,
    }
    return isinstance(value, types.get(column.parse, str))


def form_of(column: Column) -> str:
    """Return what a value of a column looks like."""
    if column.values:
        return " | ".join(column.values)
    forms = {
        Parse.PROGRAMMES: "a set such as JKK,JKM",
        Parse.REGENCY: "today's code of a regency, such as 15.03",
        Parse.REGION: "today's code of a region, such as 15.03",
        Parse.WHOLE: "a whole number within its bounds",
        Parse.MONTH: "the first day of a month",
        Parse.DATE: "a date",
        Parse.FLAG: "true or false",
        Parse.DECIMAL: "a number with a decimal point, such as 80.57",
        Parse.PERCENT: "a column that can be corrected: ratios cannot",
    }
    return forms.get(column.parse, "a text")


@cache
def _regions(parse: Parse) -> frozenset[str]:
    codes = lake.seed_frame(DimRegion.seed)["region_code"]
    return frozenset(code for code in codes if parse is Parse.REGION or len(code) == 5)


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
