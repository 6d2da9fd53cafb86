"""Great Expectations over a Polars LazyFrame: every count of a validation, and every file it writes, from one scan.

Great Expectations asks for metrics and decides; this engine only answers. It judges each row once (`suites.judge`),
counts the bits of the verdicts, and lets the caller's sinks ride on the same pass. A sink shares the scan when it is
built from `judge(frame, suite)`, because Polars then finds the same subplan in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, cast
from uuid import UUID

import great_expectations as gx
import polars as pl
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.batch import Batch, BatchMarkers, LegacyBatchDefinition
from great_expectations.core.id_dict import BatchSpec, IDDict
from great_expectations.core.metric_function_types import MetricFunctionTypes, MetricPartialFunctionTypes
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.execution_engine import ExecutionEngine
from great_expectations.execution_engine.execution_engine import MetricComputationConfiguration
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import register_metric
from great_expectations.validator.metric_configuration import MetricConfigurationID
from great_expectations.validator.validator import Validator

from expectations.conditions import CONDITIONS
from expectations.corrections import OUT_OF_SCOPE
from expectations.suites import (
    BROKEN_RULES,
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
from expectations.verdict import COULD_NOT_RUN, CouldNotRunError, Outcome, Verdict

__all__ = ["Outcome", "PolarsExecutionEngine", "Verdict", "failing", "judge", "row_rules", "validate", "verdict_word"]

Counter = tuple[pl.Expr, dict[str, Any], dict[str, Any]]
COUNTS_ONLY: Any = {"result_format": "BASIC", "partial_unexpected_count": 0}
ONE_SUITE = Lock()
REHEARSED: set[tuple[str, bytes]] = set()
"""Conditions that ran, with the columns they ran on: the files of a kind ask the same ones again and again."""
ROWS = MetricConfigurationID("rows of the scan", "", "")


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """Answers the metrics of one suite on one LazyFrame; see `validate`."""

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
        self.crash: CouldNotRunError | None = None
        self._columns = str(self.schema)
        self._row_of_nulls = pl.DataFrame(schema=self.schema).clear(n=1)
        self._judged, self._sinks, self._from_verdict = frame, list[pl.LazyFrame](), dict[bytes, pl.Expr]()
        rules = row_level(suite)
        if all(self._can_run(rule) for rule in rules):
            self._judged, self._sinks = judge(frame, suite), list(sinks)
            for bit, rule in enumerate(rules):
                self._from_verdict[_identity(failing(rule).sum())] = (pl.col(BROKEN_RULES) & (1 << bit) != 0).sum()

    def rehearsed(self, build: Callable[[], pl.Expr]) -> pl.Expr:
        """The condition, once it ran on a single row of nulls: shows a wrong column, type or pattern without a scan.

        Raises: CouldNotRunError.
        """
        try:
            condition = build()
            rehearsal = (self._columns, _identity(condition))
            if rehearsal not in REHEARSED:
                if self._row_of_nulls.select(condition.alias("broken")).schema["broken"] != pl.Boolean:
                    raise TypeError("a rule must be a condition")
                REHEARSED.add(rehearsal)
        except Exception as cause:
            raise CouldNotRunError(cause) from None
        return condition

    def _can_run(self, rule: Expectation) -> bool:
        try:
            self.rehearsed(lambda: failing(rule))
        except CouldNotRunError:
            return False
        return True

    def resolve_metric_bundle(
        self, metric_fn_bundle: Sequence[MetricComputationConfiguration]
    ) -> dict[MetricConfigurationID, int]:
        """The counts asked for. All are asked for at once, so the first call scans and later ones remember.

        Raises: CouldNotRunError if one of them failed; Great Expectations then asks for each alone, to find out which.
        """
        wanted = {item.metric_configuration.id: item.metric_fn for item in metric_fn_bundle}
        if unknown := {metric: count for metric, count in wanted.items() if metric not in self.answers}:
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
        counts = [self._from_verdict.get(_identity(count), count) for count in wanted.values()]
        named = [count.alias(str(place)) for place, count in enumerate(counts)]
        sinks, self._sinks = self._sinks, []
        try:
            table = pl.collect_all([self._judged.select(named), *sinks], engine="streaming")[0]
        except Exception as cause:
            self.crash = CouldNotRunError(cause)
            return {metric: self._alone(count) for metric, count in wanted.items()}
        return dict(zip(wanted, table.row(0), strict=True))

    def _alone(self, count: pl.Expr) -> int | CouldNotRunError:
        try:
            return int(self.frame.select(count).collect(engine="streaming").item())
        except Exception as cause:
            return CouldNotRunError(cause)

    def get_batch_data_and_markers(self, batch_spec: object) -> tuple[Any, BatchMarkers]:  # noqa: ARG002
        """The frame; there is only one, whatever the specification."""
        return self.frame, BatchMarkers({})


def _identity(expression: pl.Expr) -> bytes:
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
_answer_in_scan("correction.rows", ("batch_id",), ("column",), _count_corrected)
_answer("table.columns", _TABLE, (), lambda execution_engine, **_: execution_engine.schema.names())
for _metric, (_domain, _arguments, _) in CONDITIONS.items():
    _answer_in_scan(f"{_metric}.unexpected_count", _domain, _arguments, _count_broken(_metric))
    _answer(f"{_metric}.unexpected_values", _domain, (*_arguments, "result_format"), lambda **_: [])


@cache
def _context() -> AbstractDataContext:
    stores = InMemoryStoreBackendDefaults()
    config = DataContextConfig(store_backend_defaults=stores, analytics_enabled=False)
    return gx.get_context(mode="ephemeral", project_config=config)


def _ask(engine: PolarsExecutionEngine, suite: ExpectationSuite, name: str) -> ExpectationSuiteValidationResult:
    """The validation result, in the order of the suite and without the text of any exception."""
    numbered = ExpectationSuite(name=suite.name)
    numbered.expectations = [rule.copy(update={"id": str(UUID(int=i))}) for i, rule in enumerate(suite.expectations)]
    definition = LegacyBatchDefinition("cakupan", "polars", name, IDDict())
    batch = Batch(cast(Any, engine.frame), batch_definition=definition, batch_spec=BatchSpec(data_asset_name=name))
    validator = Validator(engine, data_context=_context(), batches=[batch])
    validator.metrics_calculator.show_progress_bars = False
    with _configurations_kept():
        answer = validator.validate(numbered, run_name=name, result_format=COUNTS_ONLY)
    result = cast(ExpectationSuiteValidationResult, answer)
    result.results.sort(key=_number)
    if [_number(answer) for answer in result.results] != [rule.id for rule in numbered.expectations]:
        raise RuntimeError(f"{suite.name}: declared {len(suite.expectations)}, evaluated {len(result.results)}")
    for answer in result.results:
        if error := _error(answer):
            message = COULD_NOT_RUN + error
            answer.exception_info = {"raised_exception": True, "exception_message": message, "exception_traceback": ""}
    return result


@contextmanager
def _configurations_kept() -> Iterator[None]:
    """Keep the configuration of each expectation while a suite is validated, one suite at a time.

    The library builds it anew for each of some seventy readings per expectation: a third of the time of a small load.
    """
    with ONE_SUITE:
        building = Expectation.configuration
        kept: dict[int, tuple[Expectation, ExpectationConfiguration]] = {}

        def configuration(expectation: Expectation) -> ExpectationConfiguration:
            if id(expectation) not in kept:
                kept[id(expectation)] = (expectation, cast(Any, building).fget(expectation))
            return kept[id(expectation)][1]

        cast(Any, Expectation).configuration = property(configuration)
        try:
            yield
        finally:
            cast(Any, Expectation).configuration = building


def _number(answer: ExpectationValidationResult) -> str:
    return str(getattr(answer.expectation_config, "id", None))


def _error(answer: ExpectationValidationResult) -> str | None:
    info = answer.exception_info
    causes = [info] if "raised_exception" in info else info.values()
    messages = [str(cause["exception_message"]) for cause in causes if cause["raised_exception"]]
    if not messages:
        return None
    named = re.search(COULD_NOT_RUN + r"(\w+)", messages[0])
    return named[1] if named else "GreatExpectationsError"


def _outcome(expectation: Expectation, answer: ExpectationValidationResult) -> Outcome:
    subject, expected = describe(expectation)
    rule, error, found = rule_id(expectation), _error(answer), answer.result or {}
    mismatched = found.get("details", {}).get("mismatched", {})
    observed = found.get("unexpected_count", found.get("observed_value", 0))
    return Outcome(
        rule=rule,
        expectation=type(expectation).__name__,
        subject=subject,
        severity=FailureSeverity(expectation.severity).value,
        success=bool(answer.success) and error is None,
        observed=observed if isinstance(observed, int) else sum(map(len, mismatched.values())),
        expected=expected,
        error=error and f"{rule}: {error}",
    )


def validate(frame: pl.LazyFrame, suite: ExpectationSuite, *, name: str, sinks: Sequence[pl.LazyFrame] = ()) -> Verdict:
    """The verdict of Great Expectations on a frame; the sinks, lazy and built from `judge`, are written in its scan.

    A rule that cannot run is an outcome with an `error`, and if that shows before the scan no sink is written.

    Raises: ValueError for a suite without row-count and column-set rules, CouldNotRunError if the source or a sink fails,
    RuntimeError if Great Expectations evaluated other expectations than the suite declares.
    """
    if missing := {kind.__name__ for kind in TABLE_LEVEL} - {type(rule).__name__ for rule in suite.expectations}:
        raise ValueError(f"{suite.name}: an empty batch would pass without {sorted(missing)}; use suites.build_suite")
    engine = PolarsExecutionEngine(frame, suite, sinks)
    result = _ask(engine, suite, name)
    outcomes = tuple(map(_outcome, suite.expectations, result.results))
    rows = engine.answers.get(ROWS, 0)
    if engine.crash and (isinstance(rows, CouldNotRunError) or not any(outcome.error for outcome in outcomes)):
        raise engine.crash
    return Verdict(rows if isinstance(rows, int) else 0, outcomes, result)
