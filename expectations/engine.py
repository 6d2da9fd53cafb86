"""Great Expectations over a Polars LazyFrame: every count of a validation, and every file it writes, from one scan.

Great Expectations asks for metrics and decides; this engine only answers. It judges each row once (`suites.judge`),
counts the bits of the verdicts, and lets the caller's sinks ride on the same pass. A sink shares the scan when it is
built from `judge(frame, suite)`, because Polars then finds the same subplan in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import great_expectations as gx
import polars as pl
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.batch import Batch, BatchMarkers, IDDict, LegacyBatchDefinition
from great_expectations.core.metric_function_types import MetricFunctionTypes, MetricPartialFunctionTypes
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.execution_engine import ExecutionEngine
from great_expectations.execution_engine.execution_engine import MetricComputationConfiguration
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import register_metric
from great_expectations.validator.metric_configuration import MetricConfigurationID
from great_expectations.validator.validator import Validator

from expectations.suites import (
    BROKEN_RULES,
    CONDITIONS,
    TABLE_LEVEL,
    broken,
    clause,
    describe,
    failing,
    judge,
    row_level,
    row_rules,
    rule_id,
    selected,
    verdict_word,
)

__all__ = ["Outcome", "PolarsExecutionEngine", "Verdict", "failing", "judge", "row_rules", "validate", "verdict_word"]

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
ROWS = MetricConfigurationID("table.row_count", "", "")
COULD_NOT_RUN = "could not run: "


@dataclass(frozen=True)
class Outcome:
    """What Great Expectations decided on one expectation; `observed` counts unexpected rows, or rows, or columns."""

    rule: str
    expectation: str
    subject: str
    severity: str
    success: bool
    observed: int
    expected: str
    error: str | None


@dataclass(frozen=True)
class Verdict:
    """One outcome per expectation, in the order of the suite, and the validation result they were read from.

    An outcome with an `error` is a stop whatever its severity; the sinks may then be unwritten or incomplete.
    """

    rows: int
    outcomes: tuple[Outcome, ...]
    result: ExpectationSuiteValidationResult


class CouldNotRun(RuntimeError):
    """A rule or a scan that failed, by the class of its cause only: the cause's message may quote a person's data."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(COULD_NOT_RUN + type(cause).__name__)


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """Answers the metrics of one suite on one LazyFrame; see `validate`."""

    _comparison_condition_to_filter_clause = staticmethod(clause)
    _nullity_condition_to_filter_clause = staticmethod(clause)
    _and_condition_to_filter_clause = staticmethod(clause)
    _or_condition_to_filter_clause = staticmethod(clause)

    def __init__(self, frame: pl.LazyFrame, suite: ExpectationSuite, sinks: Sequence[pl.LazyFrame] = ()) -> None:
        super().__init__(name="polars")
        self.frame = frame
        self.schema = frame.collect_schema()
        self._row_of_nulls = pl.DataFrame(schema=self.schema).clear(n=1)
        self.answers: dict[MetricConfigurationID, int | CouldNotRun] = {}
        self.crash: CouldNotRun | None = None
        rules = row_level(suite)
        if all(self._can_run(rule) for rule in rules):
            self._judged, self._sinks = judge(frame, suite), list(sinks)
            bits = [(pl.col(BROKEN_RULES) & (1 << bit) != 0).sum() for bit in range(len(rules))]
            self._from_verdict = {_identity(failing(rule).sum()): bit for rule, bit in zip(rules, bits, strict=True)}
        else:
            self._judged, self._sinks, self._from_verdict = frame, [], {}

    def rehearsed(self, build: Callable[[], pl.Expr]) -> pl.Expr:
        """The condition, once it ran on a single row of nulls: shows a wrong column, type or pattern without a scan.

        Raises: CouldNotRun.
        """
        try:
            condition = build()
            answer = self._row_of_nulls.select(condition.alias("broken"))
            if answer.schema["broken"] != pl.Boolean:
                raise TypeError("a rule must be a condition")
        except Exception as cause:
            raise CouldNotRun(cause) from None
        return condition

    def _can_run(self, rule: Expectation) -> bool:
        try:
            self.rehearsed(lambda: failing(rule))
        except CouldNotRun:
            return False
        return True

    def resolve_metric_bundle(
        self, metric_fn_bundle: Sequence[MetricComputationConfiguration]
    ) -> dict[MetricConfigurationID, int]:
        """The counts asked for. All are asked for at once, so the first call scans and later ones remember.

        Raises: CouldNotRun if one of them failed; Great Expectations then asks for each alone, to find out which.
        """
        wanted = {item.metric_configuration.id: item.metric_fn for item in metric_fn_bundle}
        if unknown := {metric: count for metric, count in wanted.items() if metric not in self.answers}:
            self.answers |= self._scan({ROWS: pl.len(), **unknown})
        counts: dict[MetricConfigurationID, int] = {}
        for metric in wanted:
            answer = self.answers[metric]
            if isinstance(answer, CouldNotRun):
                raise answer
            counts[metric] = answer
        return counts

    def _scan(self, wanted: Mapping[MetricConfigurationID, pl.Expr]) -> dict[MetricConfigurationID, int | CouldNotRun]:
        counts = [self._from_verdict.get(_identity(count), count) for count in wanted.values()]
        named = [count.alias(str(position)) for position, count in enumerate(counts)]
        sinks, self._sinks = self._sinks, []
        try:
            table = pl.collect_all([self._judged.select(named), *sinks], engine="streaming")[0]
        except Exception as cause:
            self.crash = CouldNotRun(cause)
            return {metric: self._alone(count) for metric, count in wanted.items()}
        return dict(zip(wanted, table.row(0), strict=True))

    def _alone(self, count: pl.Expr) -> int | CouldNotRun:
        try:
            return int(self.frame.select(count).collect(engine="streaming").item())
        except Exception as cause:
            return CouldNotRun(cause)

    def get_batch_data_and_markers(self, batch_spec: object) -> tuple[Any, BatchMarkers]:
        """The frame; there is only one, whatever the specification."""
        return self.frame, BatchMarkers({})


def _identity(expression: pl.Expr) -> bytes:
    return expression.meta.serialize()


def _count_broken(metric: str) -> Callable[..., tuple[pl.Expr, dict[str, Any], dict[str, Any]]]:
    def provider(
        execution_engine: PolarsExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: object,
    ) -> tuple[pl.Expr, dict[str, Any], dict[str, Any]]:
        rule = {**metric_domain_kwargs, **metric_value_kwargs}
        return execution_engine.rehearsed(lambda: broken(metric, rule)).sum(), metric_domain_kwargs, {}

    return provider


def _count_rows(
    metric_domain_kwargs: dict[str, Any], **_: object
) -> tuple[pl.Expr, dict[str, Any], dict[str, Any]]:
    within = selected(metric_domain_kwargs)
    return pl.len() if within is None else within.sum(), metric_domain_kwargs, {}


def _register(name: str, domain: tuple[str, ...], arguments: tuple[str, ...], answer: Callable[..., Any]) -> None:
    register_metric(
        name, domain, arguments, PolarsExecutionEngine, MetricProvider, answer, MetricFunctionTypes.VALUE
    )


def _register_count(name: str, domain: tuple[str, ...], arguments: tuple[str, ...], count: Callable[..., Any]) -> None:
    kind = MetricPartialFunctionTypes.AGGREGATE_FN
    for suffix, answer in ((f".{kind.metric_suffix}", count), ("", None)):
        register_metric(name + suffix, domain, arguments, PolarsExecutionEngine, MetricProvider, answer, kind)


_TABLE = ("batch_id", "table", "row_condition", "condition_parser")
_register_count("table.row_count", _TABLE, (), _count_rows)
_register("table.columns", _TABLE, (), lambda execution_engine, **_: execution_engine.schema.names())
for _metric, _condition in CONDITIONS.items():
    _key = (_condition.domain, _condition.arguments)
    _register_count(f"{_metric}.unexpected_count", *_key, _count_broken(_metric))
    _register(f"{_metric}.unexpected_values", _key[0], (*_key[1], "result_format"), lambda **_: [])


@cache
def _context() -> AbstractDataContext:
    config = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(), analytics_enabled=False)
    return gx.get_context(mode="ephemeral", project_config=config)


def _ask(engine: PolarsExecutionEngine, suite: ExpectationSuite, name: str) -> ExpectationSuiteValidationResult:
    """The validation result, in the order of the suite and without the text of any exception."""
    numbered = ExpectationSuite(name=suite.name)
    numbered.expectations = [rule.copy(update={"id": str(UUID(int=place))}) for place, rule in enumerate(suite.expectations)]
    batch = Batch(engine.frame, batch_definition=LegacyBatchDefinition("cakupan", "polars", name, IDDict()))
    validator = Validator(engine, data_context=_context(), batches=[batch])
    validator.metrics_calculator.show_progress_bars = False
    result = validator.validate(numbered, run_name=name, result_format=COUNTS_ONLY)
    result.results.sort(key=lambda answer: answer.expectation_config.id)
    if [answer.expectation_config.id for answer in result.results] != [rule.id for rule in numbered.expectations]:
        raise RuntimeError(f"{suite.name}: declared {len(suite.expectations)}, evaluated {len(result.results)}")
    for answer in result.results:
        if error := _error(answer):
            answer.exception_info = {"raised_exception": True, "exception_message": COULD_NOT_RUN + error, "exception_traceback": ""}
    return result


def _error(answer: ExpectationValidationResult) -> str | None:
    info = answer.exception_info
    causes = [info] if "raised_exception" in info else info.values()
    messages = [cause["exception_message"] for cause in causes if cause["raised_exception"]]
    named = [match[1] for message in messages if (match := re.search(COULD_NOT_RUN + r"(\w+)", str(message)))]
    return next(iter(named), "GreatExpectationsError") if messages else None


def _outcome(expectation: Expectation, answer: ExpectationValidationResult) -> Outcome:
    subject, expected = describe(expectation)
    error = _error(answer)
    found = answer.result or {}
    mismatched = found.get("details", {}).get("mismatched", {})
    observed = sum(map(len, mismatched.values())) if subject == "columns" else found.get("unexpected_count", found.get("observed_value"))
    return Outcome(
        rule=rule_id(expectation),
        expectation=type(expectation).__name__,
        subject=subject,
        severity=FailureSeverity(expectation.severity).value,
        success=bool(answer.success) and error is None,
        observed=0 if observed is None else observed,
        expected=expected,
        error=error and f"{rule_id(expectation)}: {error}",
    )


def validate(
    frame: pl.LazyFrame, suite: ExpectationSuite, *, name: str, sinks: Sequence[pl.LazyFrame] = ()
) -> Verdict:
    """The verdict of Great Expectations on a frame; the sinks, lazy and built from `judge`, are written in its scan.

    A rule that cannot run is an outcome with an `error`, and if that shows before the scan no sink is written.

    Raises: ValueError for a suite without row-count and column-set rules, CouldNotRun if the source or a sink fails,
    RuntimeError if Great Expectations evaluated other expectations than the suite declares.
    """
    if missing := {kind.__name__ for kind in TABLE_LEVEL} - {type(rule).__name__ for rule in suite.expectations}:
        raise ValueError(f"{suite.name}: an empty batch would pass without {sorted(missing)}; use suites.build_suite")
    engine = PolarsExecutionEngine(frame, suite, sinks)
    result = _ask(engine, suite, name)
    outcomes = tuple(map(_outcome, suite.expectations, result.results))
    rows = engine.answers.get(ROWS, 0)
    if engine.crash and (isinstance(rows, CouldNotRun) or not any(outcome.error for outcome in outcomes)):
        raise engine.crash
    return Verdict(rows if isinstance(rows, int) else 0, outcomes, result)
