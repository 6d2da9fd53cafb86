"""The rules a table must keep, as Great Expectations suites, and the verdict of each rule on each row.

The verdict on a row (`verdict_word`) and the counts that Great Expectations judges (`expectations.engine`) are both
read from `conditions.CONDITIONS`, so the two cannot disagree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

import polars as pl
from great_expectations.compatibility.pydantic import Field
from great_expectations.core import ExpectationSuite
from great_expectations.execution_engine import ExecutionEngine
from great_expectations.execution_engine.execution_engine import InvalidConditionError
from great_expectations.expectations import core
from great_expectations.expectations.expectation import (
    BatchExpectation,
    Expectation,
    _format_map_output,
    _mostly_success,
    parse_result_format,
)
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.model_field_types import MostlyField
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    Condition,
    NullityCondition,
    OrCondition,
    deserialize_row_condition,
)

from expectations.conditions import CONDITIONS, exact
from expectations.corrections import DROPPED, OUT_OF_SCOPE
from expectations.verdict import BROKEN_RULES
from warehouse.rules import FILE

MOST_RULES = 64
TABLE_LEVEL = (core.ExpectTableRowCountToBeBetween, core.ExpectTableColumnsToMatchSet)


class RowExpectation(BatchExpectation):
    """An expectation on whole rows: what `ColumnMapExpectation` is for one column, without a column."""

    mostly: MostlyField = 1
    catch_exceptions: bool = True
    map_metric: ClassVar[str | None] = None

    @classmethod
    def is_abstract(cls) -> bool:
        """True for this base class, which Great Expectations must not register."""
        return cls.map_metric is None

    def _validate(
        self,
        metrics: dict[str, int],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[pl.Expr] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        rows, broken = metrics["table.row_count"], metrics[f"{self.map_metric}.unexpected_count"]
        return _format_map_output(
            result_format=parse_result_format(self._get_result_format(runtime_configuration)),
            success=rows == 0 or _mostly_success(rows, broken, self._get_success_kwarg("mostly")),
            element_count=rows,
            unexpected_count=broken,
            unexpected_list=[],
        )


class ExpectRowsToSatisfy(RowExpectation):
    """Every row satisfies a SQL condition; a row where the condition is null passes."""

    condition: str
    map_metric: ClassVar[str | None] = "rows.satisfy"
    metric_dependencies = ("table.row_count", "rows.satisfy.unexpected_count")
    success_keys = ("condition", "mostly")


class ExpectKeyToBeUnique(RowExpectation):
    """No row repeats the key of an earlier row; null equals null.

    The first row of a key passes, the second and later break the rule. A row with a null in one of
    `required_columns` is neither judged nor compared.
    """

    columns: list[str]
    required_columns: list[str] = Field(default=[])
    map_metric: ClassVar[str | None] = "key.unique"
    metric_dependencies = ("table.row_count", "key.unique.unexpected_count")
    success_keys = ("columns", "required_columns", "mostly")


class ExpectCorrectionToApply(BatchExpectation):
    """A correction finds as many wrong rows as it was declared for, in a file that holds rows it is about.

    `column` says of each row whether it is wrong, null where the correction is not about it; `says` what is done.
    """

    column: str
    says: str
    at_least: int = 1
    at_most: int | None = None
    catch_exceptions: bool = True
    metric_dependencies = ("correction.rows",)
    success_keys = ("column", "says", "at_least", "at_most")

    def _validate(
        self,
        metrics: dict[str, int],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: ExecutionEngine[pl.Expr] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        rows = metrics["correction.rows"]
        fits = self.at_least <= rows and (self.at_most is None or rows <= self.at_most)
        return {"success": rows == OUT_OF_SCOPE or fits, "result": {"observed_value": rows}}


_OPERATORS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "IN": lambda column, values: column.is_in(values),
    "NOT_IN": lambda column, values: ~column.is_in(values),
}


def clause(condition: Condition) -> pl.Expr:
    """The rows a `row_condition` selects, as a boolean expression.

    Raises: InvalidConditionError for a condition that is raw text.
    """
    match condition:
        case NullityCondition():
            column = pl.col(condition.column.name)
            return column.is_null() if condition.is_null else column.is_not_null()
        case ComparisonCondition():
            return _OPERATORS[condition.operator](pl.col(condition.column.name), condition.parameter)
        case AndCondition():
            return pl.all_horizontal(*map(clause, condition.conditions))
        case OrCondition():
            return pl.any_horizontal(*map(clause, condition.conditions))
    raise InvalidConditionError(condition)


def selected(rule: Mapping[str, Any]) -> pl.Expr | None:
    """The rows a rule is about, as a boolean expression without nulls; None when it is about all rows."""
    condition = deserialize_row_condition(rule.get("row_condition"))
    if condition is None:
        return None
    return clause(cast(Condition, condition)).fill_null(False)


def broken(metric: str, rule: Mapping[str, Any]) -> pl.Expr:
    """The rows that break a rule, as a boolean expression without nulls; `rule` holds the metric's arguments."""
    fails = ~CONDITIONS[metric].kept(rule).fill_null(True)
    within = selected(rule)
    return fails if within is None else fails & within


def _metric(expectation: Expectation) -> str:
    return str(getattr(expectation, "map_metric", ""))


def failing(expectation: Expectation) -> pl.Expr:
    """The rows that break a row-level expectation, as a boolean expression without nulls."""
    return broken(_metric(expectation), expectation._get_success_kwargs())


def row_level(suite: ExpectationSuite) -> list[Expectation]:
    """The expectations of a suite that judge rows, in order: bit i of the verdict belongs to the i-th.

    Raises: TypeError for an expectation the engine does not know, ValueError above 64 of them.
    """
    rules = [rule for rule in suite.expectations if not isinstance(rule, (*TABLE_LEVEL, ExpectCorrectionToApply))]
    for rule in rules:
        if _metric(rule) not in CONDITIONS:
            raise TypeError(f"{suite.name}: {type(rule).__name__} has no condition in expectations.suites.CONDITIONS")
    if len(rules) > MOST_RULES:
        raise ValueError(f"{suite.name}: {len(rules)} row rules, but a verdict has {MOST_RULES} bits: split the suite")
    return rules


def verdict_word(suite: ExpectationSuite) -> pl.Expr:
    """`broken_rules`, UInt64 and never null: bit i is set where the row breaks row-level expectation i.

    A row that a correction drops breaks no other rule.
    """
    rules, none = row_level(suite), pl.lit(0, pl.UInt64)
    bits = [pl.when(failing(rule)).then(pl.lit(1 << bit, pl.UInt64)).otherwise(none) for bit, rule in enumerate(rules)]
    word = pl.sum_horizontal(none, *bits)
    for bit, rule in enumerate(rules):
        if rule_id(rule) == DROPPED:
            word = pl.when(failing(rule)).then(pl.lit(1 << bit, pl.UInt64)).otherwise(word)
    return word.alias(BROKEN_RULES)


def judge(frame: pl.LazyFrame, suite: ExpectationSuite) -> pl.LazyFrame:
    """The frame with `broken_rules` added; build sinks from it, so that they share the scan of `engine.validate`."""
    return frame.with_columns(verdict_word(suite))


def file_by_file(suite: ExpectationSuite) -> ExpectationSuite:
    """The suite for rows of several files, named by a column `file`: a key stands once in each of them."""
    rules = [
        rule.copy(update={"columns": [FILE, *rule.columns]}) if isinstance(rule, ExpectKeyToBeUnique) else rule
        for rule in suite.expectations
    ]
    return ExpectationSuite(name=suite.name, expectations=rules)


def rule_id(expectation: Expectation) -> str:
    """The name of the rule: `meta["rule"]`, or the expectation's type where none was given."""
    return str((expectation.meta or {}).get("rule", expectation.expectation_type))


def describe(expectation: Expectation) -> tuple[str, str]:
    """(what the rule is about, what it demands): column names and a SQL-like condition, readable in any language."""
    rule = expectation._get_success_kwargs()
    subject = str(rule.get("column", "rows"))
    match expectation:
        case core.ExpectTableColumnsToMatchSet():
            subject, demand = "columns", f"columns {'=' if rule['exact_match'] else '>='} {_listed(rule['column_set'])}"
        case core.ExpectTableRowCountToBeBetween() | core.ExpectColumnValuesToBeBetween():
            demand = _range(rule, subject)
        case core.ExpectColumnValuesToBeInSet():
            demand = f"{subject} IN {_listed(rule['value_set'])}"
        case core.ExpectColumnValuesToMatchRegex():
            demand = f"{subject} ~ '{rule['regex']}'"
        case ExpectRowsToSatisfy():
            demand = str(rule["condition"])
            subject = ", ".join(_columns_of(demand))
        case ExpectCorrectionToApply():
            most = "" if rule["at_most"] is None else f" <= {rule['at_most']}"
            subject, demand = "rows", f"{rule['at_least']} <= rows{most}: {rule['says']}"
        case ExpectKeyToBeUnique():
            subject = ", ".join(rule["columns"])
            demand = f"UNIQUE ({subject})"
        case _:
            demand = f"{subject} IS NOT NULL"
    mostly = rule.get("mostly", 1)
    return subject, demand if mostly == 1 else f"{demand} (>= {mostly:.2%})"


def _range(rule: Mapping[str, Any], subject: str) -> str:
    low, high = exact(rule["min_value"]), exact(rule["max_value"])
    above, below = ("<" if rule[strict] else "<=" for strict in ("strict_min", "strict_max"))
    start = "" if low is None else f"{low} {above} "
    return start + subject + ("" if high is None else f" {below} {high}")


def _listed(values: Sequence[Any], most: int = 12) -> str:
    more = f", ... {len(values)}" if len(values) > most else ""
    return f"({', '.join(map(str, list(values)[:most]))}{more})"


def _columns_of(condition: str) -> list[str]:
    try:
        return pl.sql_expr(condition).meta.root_names()
    except pl.exceptions.PolarsError:
        return []


def row_rules(suite: ExpectationSuite) -> list[tuple[int, str, str]]:
    """(bit, rule id, severity) of every row-level expectation, in the order of the suite."""
    return [(bit, rule_id(rule), FailureSeverity(rule.severity).value) for bit, rule in enumerate(row_level(suite))]


def build_suite(
    name: str, columns: Sequence[str], rules: Sequence[Expectation], *, min_rows: int = 1
) -> ExpectationSuite:
    """A suite that starts with the two rules every table has: enough rows, and exactly these columns.

    Without them an empty or misread batch would pass everything else vacuously. Both are critical.
    """
    always = [
        core.ExpectTableRowCountToBeBetween(min_value=min_rows, meta={"rule": f"{name}.rows"}),
        core.ExpectTableColumnsToMatchSet(column_set=list(columns), exact_match=True, meta={"rule": f"{name}.columns"}),
    ]
    return ExpectationSuite(name=name, expectations=[*always, *rules])
