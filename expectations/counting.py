"""The execution engine under Great Expectations: it only counts, over a Polars LazyFrame, all counts in one scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
from great_expectations.core import ExpectationSuite
from great_expectations.core.batch import BatchMarkers
from great_expectations.core.metric_function_types import MetricFunctionTypes, MetricPartialFunctionTypes
from great_expectations.execution_engine import ExecutionEngine
from great_expectations.execution_engine.execution_engine import MetricComputationConfiguration
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import register_metric
from great_expectations.validator.metric_configuration import MetricConfigurationID

from expectations.conditions import CONDITIONS
from expectations.corrections import OUT_OF_SCOPE
from expectations.suites import broken, clause, failing, judge, row_level, selected
from expectations.verdict import BROKEN_RULES, CouldNotRunError

Counter = tuple[pl.Expr, dict[str, Any], dict[str, Any]]
REHEARSED: set[tuple[str, bytes]] = set()
"""Conditions that ran, with the columns they ran on: the files of a kind ask the same ones again and again."""
CORRECTED_ROWS = "correction.rows"
ROWS = MetricConfigurationID("rows of the scan", "", "")


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """Answers the metrics of one suite on one LazyFrame; see `engine.validate`.

    `asked` are the counts that Great Expectations asked for, `bits` the bit of the verdict that a count is read from.
    """

    _comparison_condition_to_filter_clause = staticmethod(clause)
    _nullity_condition_to_filter_clause = staticmethod(clause)
    _and_condition_to_filter_clause = staticmethod(clause)
    _or_condition_to_filter_clause = staticmethod(clause)

    def __init__(self, frame: pl.LazyFrame, suite: ExpectationSuite, sinks: Sequence[pl.LazyFrame] = ()) -> None:
        """An engine for one validation: it scans once and remembers."""
        super().__init__(name="polars")
        self.frame = frame
        self.schema = frame.collect_schema()
        self.answers: dict[MetricConfigurationID, int | CouldNotRunError] = {}
        self.asked: dict[MetricConfigurationID, pl.Expr] = {}
        self.bits: dict[bytes, int] = {}
        self.crash: CouldNotRunError | None = None
        self._columns = str(self.schema)
        self._row_of_nulls = pl.DataFrame(schema=self.schema).clear(n=1)
        self._judged, self._sinks = frame, list[pl.LazyFrame]()
        rules = row_level(suite)
        conditions = [condition for rule in rules if (condition := self._condition(rule)) is not None]
        if len(conditions) == len(rules):
            self._judged, self._sinks = judge(frame, suite), list(sinks)
            self.bits = {identity(condition.sum()): bit for bit, condition in enumerate(conditions)}

    def rehearsed(self, build: Callable[[], pl.Expr]) -> pl.Expr:
        """The condition, once it ran on a single row of nulls: shows a wrong column, type or pattern without a scan.

        Raises: CouldNotRunError.
        """
        try:
            condition = build()
            rehearsal = (self._columns, identity(condition))
            if rehearsal not in REHEARSED:
                if self._row_of_nulls.select(condition.alias("broken")).schema["broken"] != pl.Boolean:
                    raise TypeError("a rule must be a condition")
                REHEARSED.add(rehearsal)
        except Exception as cause:
            raise CouldNotRunError(cause) from None
        return condition

    def _condition(self, rule: Expectation) -> pl.Expr | None:
        try:
            return self.rehearsed(lambda: failing(rule))
        except CouldNotRunError:
            return None

    def resolve_metric_bundle(
        self, metric_fn_bundle: Sequence[MetricComputationConfiguration]
    ) -> dict[MetricConfigurationID, int]:
        """The counts asked for. All are asked for at once, so the first call scans and later ones remember.

        Raises: CouldNotRunError if one of them failed; Great Expectations then asks for each alone, to find out which.
        """
        wanted = {item.metric_configuration.id: item.metric_fn for item in metric_fn_bundle}
        if unknown := {metric: count for metric, count in wanted.items() if metric not in self.answers}:
            self.asked |= unknown
            self.answers |= self._scan({ROWS: pl.len(), **unknown})
        counts: dict[MetricConfigurationID, int] = {}
        for metric in wanted:
            answer = self.answers[metric]
            if isinstance(answer, CouldNotRunError):
                raise answer
            counts[metric] = answer
        return counts

    def _scan(
        self, wanted: Mapping[MetricConfigurationID, pl.Expr]
    ) -> dict[MetricConfigurationID, int | CouldNotRunError]:
        named = [self._from_verdict(count).alias(str(place)) for place, count in enumerate(wanted.values())]
        sinks, self._sinks = self._sinks, []
        try:
            table = pl.collect_all([self._judged.select(named), *sinks], engine="streaming")[0]
        except Exception as cause:
            self.crash = CouldNotRunError(cause)
            return {metric: self._alone(count) for metric, count in wanted.items()}
        return dict(zip(wanted, table.row(0), strict=True))

    def _from_verdict(self, count: pl.Expr) -> pl.Expr:
        bit = self.bits.get(identity(count))
        return count if bit is None else (pl.col(BROKEN_RULES) & (1 << bit) != 0).sum()

    def _alone(self, count: pl.Expr) -> int | CouldNotRunError:
        try:
            return int(self.frame.select(count).collect(engine="streaming").item())
        except Exception as cause:
            return CouldNotRunError(cause)

    def get_batch_data_and_markers(self, batch_spec: object) -> tuple[Any, BatchMarkers]:  # noqa: ARG002
        """The frame; there is only one, whatever the specification."""
        return self.frame, BatchMarkers({})


def identity(expression: pl.Expr) -> bytes:
    """Bytes that are equal for expressions that are."""
    return expression.meta.serialize()


def _count_rows(metric_domain_kwargs: dict[str, Any], **_: object) -> Counter:
    within = selected(metric_domain_kwargs)
    return pl.len() if within is None else within.sum(), metric_domain_kwargs, {}


def _count_broken(metric: str) -> Callable[..., Counter]:
    def count(
        execution_engine: PolarsExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: object,
    ) -> Counter:
        rule = {**metric_domain_kwargs, **metric_value_kwargs}
        return execution_engine.rehearsed(lambda: broken(metric, rule)).sum(), metric_domain_kwargs, {}

    return count


def _count_corrected(metric_domain_kwargs: dict[str, Any], metric_value_kwargs: dict[str, Any], **_: object) -> Counter:
    wrong = pl.col(metric_value_kwargs["column"])
    rows = pl.when(wrong.is_not_null().any()).then(wrong.sum().cast(pl.Int64)).otherwise(OUT_OF_SCOPE)
    return rows, metric_domain_kwargs, {}


def _answer(name: str, domain: tuple[str, ...], arguments: tuple[str, ...], value: Callable[..., Any]) -> None:
    kind = MetricFunctionTypes.VALUE
    register_metric(name, domain, arguments, PolarsExecutionEngine, MetricProvider, value, kind)


def _answer_in_scan(name: str, domain: tuple[str, ...], arguments: tuple[str, ...], count: Callable[..., Any]) -> None:
    kind = MetricPartialFunctionTypes.AGGREGATE_FN
    for suffix, provider in ((f".{kind.metric_suffix}", count), ("", None)):
        register_metric(name + suffix, domain, arguments, PolarsExecutionEngine, MetricProvider, provider, kind)


_TABLE = ("batch_id", "table", "row_condition", "condition_parser")
_answer_in_scan("table.row_count", _TABLE, (), _count_rows)
_answer_in_scan(CORRECTED_ROWS, ("batch_id",), ("column",), _count_corrected)
_answer("table.columns", _TABLE, (), lambda execution_engine, **_: execution_engine.schema.names())
for _metric, (_domain, _arguments, _) in CONDITIONS.items():
    _answer_in_scan(f"{_metric}.unexpected_count", _domain, _arguments, _count_broken(_metric))
    _answer(f"{_metric}.unexpected_values", _domain, (*_arguments, "result_format"), lambda **_: [])
