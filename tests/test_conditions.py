"""The condition behind every kind of rule, row by row; null is a pass, as in a SQL CHECK."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from expectations.conditions import CONDITIONS, exact

PASS = (True, None)
LARGE = 2**53


def passes(metric: str, rows: dict[str, list[Any]], **rule: Any) -> list[bool]:
    """Return for every row whether it keeps the rule."""
    kept = pl.DataFrame(rows).select(kept=CONDITIONS[metric].kept(rule))["kept"]
    return [one in PASS for one in kept]


@pytest.mark.parametrize(
    ("low", "high", "strict", "kept"),
    [
        (2, 4, (False, False), "-yyy-y"),
        (2, 4, (True, False), "--yy-y"),
        (2, 4, (False, True), "-yy--y"),
        (2, 4, (True, True), "--y--y"),
        (2, None, (False, True), "-yyyyy"),
        (None, 4, (True, False), "yyyy-y"),
        (2, None, (True, False), "--yyyy"),
        (None, 4, (False, True), "yyy--y"),
    ],
)
def test_a_bound_is_kept_by_the_bound_itself_unless_it_is_strict(
    low: int | None, high: int | None, strict: tuple[bool, bool], kept: str
) -> None:
    found = passes(
        "column_values.between", {"n": [1, 2, 3, 4, 5, None]}, column="n", min_value=low, max_value=high,
        strict_min=strict[0], strict_max=strict[1],
    )  # fmt: skip
    assert found == [one == "y" for one in kept]


def test_a_whole_bound_is_compared_as_the_whole_number_it_was_and_others_as_they_are() -> None:
    assert passes(
        "column_values.between", {"n": [LARGE, LARGE + 1]}, column="n", min_value=None, max_value=float(LARGE),
        strict_min=False, strict_max=False,
    ) == [True, False]  # fmt: skip
    assert [(exact(one), type(exact(one))) for one in (5.0, 2.5, 7, None, "a")] == [
        (5, int), (2.5, float), (7, int), (None, type(None)), ("a", str),
    ]  # fmt: skip


def test_nan_is_greater_than_any_number() -> None:
    rule: dict[str, Any] = {"column": "x", "min_value": 0, "max_value": 9, "strict_min": False, "strict_max": False}
    assert passes("column_values.between", {"x": [math.nan, 1.0]}, **rule) == [False, True]


def test_a_set_holds_its_values_and_a_null_in_it_is_none() -> None:
    rows = {"code": ["A", "B", "C", None]}
    assert passes("column_values.in_set", rows, column="code", value_set=["A", None, "B"]) == [True, True, False, True]


@pytest.mark.parametrize(
    ("required", "kept"),
    [((), "y-yy-"), (("b",), "y-yyy"), (("a", "b"), "y-yyy"), (None, "y-yy-")],
)
def test_the_first_row_of_a_key_keeps_it_and_rows_without_a_required_column_are_not_compared(
    required: tuple[str, ...] | None, kept: str
) -> None:
    rows: dict[str, list[Any]] = {"a": [1, 1, 1, 2, 2], "b": ["x", "x", "y", None, None]}
    found = passes("key.unique", rows, columns=["a", "b"], required_columns=required)
    assert found == [one == "y" for one in kept]


def test_a_missing_value_a_pattern_and_a_condition_are_judged_by_their_column() -> None:
    rows: dict[str, list[Any]] = {"a": ["15.03", "1503", None]}
    assert passes("column_values.nonnull", rows, column="a") == [True, True, False]
    assert passes("column_values.match_regex", rows, column="a", regex=r"^\d\d\.\d\d$") == [True, False, True]
    assert passes("rows.satisfy", rows, condition="a = '1503'") == [False, True, True]
