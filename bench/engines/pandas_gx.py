"""pandas as before, but every file is judged by Great Expectations: one suite per kind, its own pandas engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.row_conditions import Column

from bench.engines.pandas import KINDS, run
from bench.engines.pandas_rules import Frame, broken
from warehouse.rules import AMBIGUOUS, RowRule, row_rules
from warehouse.schema import Extract

WITH_ROWS: Any = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
KEPT = "keeps_"
PAIRS = {
    "start_after_end": ("end_date", "start_date"),
    "start_after_as_of": ("as_of_date", "start_date"),
    "as_of_before_month": ("as_of_date", "month"),
    "paid_above_billed": ("billed_idr", "paid_idr"),
}
NEEDED: dict[str, tuple[str, Any]] = {
    "employer_missing": ("employer_key", Column("segment").is_in(["PU", "JAKON"])),
    "payer_missing": ("employer_key", Column("membership_key").is_null()),
    "employer_unidentified": ("npp", Column("nib").is_null()),
}
BY_HAND = ("wage_below_minimum", "birth_date_differs_from_nik", "age_outside_15_to_65")


def expectation(rule: RowRule) -> Any:
    """Return the rule as an expectation of the library's own, or on a column of truths where it has none."""
    meta = {"rule": rule.name}
    match rule.kind, rule.argument:
        case "not_null", _:
            return gxe.ExpectColumnValuesToNotBeNull(column=rule.column, meta=meta)
        case "in_set", tuple(values):
            return gxe.ExpectColumnValuesToBeInSet(column=rule.column, value_set=list(values), meta=meta)
        case "at_least", int(least):
            return gxe.ExpectColumnValuesToBeBetween(column=rule.column, min_value=least, meta=meta)
        case "at_most", int(most):
            return gxe.ExpectColumnValuesToBeBetween(column=rule.column, max_value=most, meta=meta)
        case "pattern", str(pattern):
            return gxe.ExpectColumnValuesToMatchRegex(column=rule.column, regex=pattern, meta=meta)
        case "unique", (tuple(columns), _):
            return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(columns), ignore_row_if="never", meta=meta)
    if rule.name in PAIRS:
        later, earlier = PAIRS[rule.name]
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=later, column_B=earlier, or_equal=True, ignore_row_if="either_value_is_missing", meta=meta
        )
    if rule.name in NEEDED:
        column, where = NEEDED[rule.name]
        return gxe.ExpectColumnValuesToNotBeNull(column=column, row_condition=where, meta=meta)
    if rule.name in BY_HAND or not rule.name.endswith(("_unknown", "_unreadable")):
        return gxe.ExpectColumnValuesToBeInSet(column=KEPT + rule.name, value_set=[True], meta=meta)
    arrived: Any = Column(str(rule.argument).split(" ")[0]).is_not_null()
    if rule.name.endswith("_unknown"):
        arrived &= Column(rule.column + AMBIGUOUS) == False  # noqa: E712
    return gxe.ExpectColumnValuesToNotBeNull(column=rule.column, row_condition=arrived, meta=meta)


@cache
def suite(kind: str) -> Any:
    """Return the rules of a kind as a suite."""
    rules = next(row_rules(table) for table in KINDS if table.kind == kind)
    return gx.ExpectationSuite(name=kind, expectations=[expectation(rule) for rule in rules])


@cache
def batches() -> Any:
    """Return what makes a batch of a frame; nothing is stored."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("files").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    )


def by_expectations(frame: Frame, table: type[Extract]) -> Iterator[tuple[RowRule, Frame]]:
    """Yield every rule of `table` with a mask of the rows that break it, as the library's results list them."""
    rules = {rule.name: rule for rule in row_rules(table)}
    hand = {KEPT + rule.name: ~broken(frame, rule) for rule in rules.values() if _is_by_hand(rule)}
    batch = batches().get_batch({"dataframe": frame.assign(**hand)})
    for one in batch.validate(suite(table.kind), result_format=WITH_ROWS).results:
        rule = rules[one.expectation_config.meta["rule"]]
        if one.exception_info.get("raised_exception") or "unexpected_index_list" not in one.result:
            raise RuntimeError(f"{rule.name}: {one.exception_info}")
        rows = pd.Series(frame.index.isin(one.result["unexpected_index_list"]), index=frame.index)
        yield rule, rows & broken(frame, rule) if rule.kind == "unique" else rows


def _is_by_hand(rule: RowRule) -> bool:
    return getattr(expectation(rule), "column", "").startswith(KEPT)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), by_expectations)
