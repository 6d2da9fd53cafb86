"""The one-scan engine and Great Expectations' own pandas engine say the same about the same rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import great_expectations as gx
import polars as pl
from great_expectations.core import ExpectationSuite
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations import core
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from expectations.engine import validate
from expectations.suites import build_suite

COUNTS: Any = {"result_format": "BASIC", "partial_unexpected_count": 0}
COMPARED = ("element_count", "unexpected_count", "unexpected_percent", "missing_count", "observed_value")
ADULT = Column("age") >= 18
KNOWN = (Column("program") == "JHT") | (Column("program") == "JP")


@cache
def pandas_rows() -> Any:
    """Return the batch definition of a pandas frame, in a context without progress bars."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("stock").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    )


def stock(frame: pl.DataFrame, suite: ExpectationSuite) -> dict[str, tuple[object, ...]]:
    """Return what the pandas engine decides on every rule."""
    batch = pandas_rows().get_batch(batch_parameters={"dataframe": frame.to_pandas()})
    return decided(batch.validate(suite, result_format=COUNTS))


def ours(frame: pl.DataFrame, suite: ExpectationSuite) -> dict[str, tuple[object, ...]]:
    """Return what the one-scan engine decides on every rule."""
    return decided(validate(frame.lazy(), suite, name="test").result)


def decided(result: Any) -> dict[str, tuple[object, ...]]:
    """Return success and counts of every rule in a validation result."""
    return {
        one.expectation_config.meta["rule"]: (one.success, *(one.result.get(name) for name in COMPARED))
        for one in result.results
    }


def declared(mostly: float) -> list[Expectation]:
    """Return every standard expectation, with and without a row condition."""
    age: dict[str, Any] = {"column": "age", "mostly": mostly}
    return [
        core.ExpectColumnValuesToNotBeNull(**age),
        core.ExpectColumnValuesToNotBeNull(column="program", mostly=mostly),
        core.ExpectColumnValuesToBeInSet(column="program", value_set=["JHT", "JP"], mostly=mostly),
        core.ExpectColumnValuesToBeInSet(value_set=[17, 18, 30], **age),
        core.ExpectColumnValuesToBeInSet(column="program", value_set=["JHT", None]),
        core.ExpectColumnValuesToBeBetween(min_value=18, max_value=64, **age),
        core.ExpectColumnValuesToBeBetween(min_value=18, strict_min=True, **age),
        core.ExpectColumnValuesToBeBetween(max_value=64, strict_max=True, **age),
        core.ExpectColumnValuesToMatchRegex(column="program", regex="^J[HK]", mostly=mostly),
        core.ExpectColumnValuesToMatchRegex(column="program", regex="T|K$"),
        core.ExpectColumnValuesToNotBeNull(column="program", row_condition=ADULT),
        core.ExpectColumnValuesToBeBetween(min_value=18, row_condition=KNOWN, **age),
        core.ExpectColumnValuesToBeInSet(
            column="program", value_set=["JP"], row_condition=ADULT & (Column("age") < 60)
        ),
        core.ExpectColumnValuesToBeBetween(max_value=40, row_condition=Column("program").is_not_null(), **age),
        core.ExpectColumnValuesToBeBetween(max_value=40, row_condition=Column("program").is_in(["JP", "JKK"]), **age),
        core.ExpectTableRowCountToBeBetween(min_value=2, max_value=5),
        core.ExpectTableRowCountToBeBetween(min_value=2, row_condition=ADULT),
        core.ExpectTableColumnsToMatchSet(column_set=["age"], exact_match=False),
        core.ExpectTableColumnsToMatchSet(column_set=["age", "name"]),
    ]


ROWS = st.lists(
    st.tuples(st.sampled_from([None, 17, 18, 30, 64, 65]), st.sampled_from([None, "JHT", "JP", "JKK", "jht", ""])),
    max_size=8,
)


@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(ROWS, st.sampled_from([1.0, 0.75, 0.5]))
def test_both_engines_decide_alike(drawn: list[tuple[int | None, str | None]], mostly: float) -> None:
    frame = pl.DataFrame(drawn, schema={"age": pl.Int64, "program": pl.String}, orient="row")
    rules = declared(mostly)
    for number, rule in enumerate(rules):
        rule.meta = {"rule": f"{number} {rule.expectation_type}"}
    suite = build_suite("both", ["age", "program"], rules)
    assert len(ours(frame, suite)) == len(suite.expectations)
    assert ours(frame, suite) == stock(frame, suite)
