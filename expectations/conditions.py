"""The one table of conditions: for every row-level rule, the expression that is true where a row keeps it.

A null condition passes, as in a SQL CHECK. NaN is a value, greater than any number, as in DuckDB.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl


class RowCondition(NamedTuple):
    """How one metric of Great Expectations is answered: its domain, its arguments and the rule kept by a row."""

    domain: tuple[str, ...]
    arguments: tuple[str, ...]
    kept: Callable[[Mapping[str, Any]], pl.Expr]


def _in_set(rule: Mapping[str, Any]) -> pl.Expr:
    return pl.col(rule["column"]).is_in([value for value in rule["value_set"] if value is not None])


def _between(rule: Mapping[str, Any]) -> pl.Expr:
    column, low, high = pl.col(rule["column"]), exact(rule["min_value"]), exact(rule["max_value"])
    above = operator.gt if rule["strict_min"] else operator.ge
    below = operator.lt if rule["strict_max"] else operator.le
    return pl.all_horizontal(
        *([above(column, low)] if low is not None else []), *([below(column, high)] if high is not None else [])
    )


def exact(bound: Any) -> Any:
    """The bound as declared: Great Expectations turns whole numbers into floats, which would blur large integers."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


def _first_of_key(rule: Mapping[str, Any]) -> pl.Expr:
    exempt = pl.any_horizontal(pl.lit(False), *(pl.col(name).is_null() for name in rule["required_columns"] or ()))
    return exempt | pl.struct(*rule["columns"], exempt.alias("exempt from the key")).is_first_distinct()


_COLUMN = ("batch_id", "table", "column", "row_condition", "condition_parser")
CONDITIONS = {
    "column_values.nonnull": RowCondition(_COLUMN, (), lambda rule: pl.col(rule["column"]).is_not_null()),
    "column_values.in_set": RowCondition(_COLUMN, ("value_set",), _in_set),
    "column_values.between": RowCondition(_COLUMN, ("min_value", "max_value", "strict_min", "strict_max"), _between),
    "column_values.match_regex": RowCondition(
        _COLUMN, ("regex",), lambda rule: pl.col(rule["column"]).str.contains(rule["regex"])
    ),
    "rows.satisfy": RowCondition(("batch_id",), ("condition",), lambda rule: pl.sql_expr(rule["condition"])),
    "key.unique": RowCondition(("batch_id",), ("columns", "required_columns"), _first_of_key),
}
