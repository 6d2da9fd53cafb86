"""Great Expectations over a Polars LazyFrame: every count of a validation, and every file it writes, from one scan.

Great Expectations asks for metrics and decides; the engine (`expectations.counting`) only answers. It judges each row
once (`suites.judge`), counts the bits of the verdicts, and lets the caller's sinks ride on the same pass. A sink shares
the scan when it is built from `judge(frame, suite)`, because Polars then finds the same subplan in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, cast
from uuid import UUID

import great_expectations as gx
import polars as pl
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.batch import Batch, LegacyBatchDefinition
from great_expectations.core.id_dict import BatchSpec, IDDict
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.validator.validator import Validator

from expectations.counting import ROWS, PolarsExecutionEngine
from expectations.suites import TABLE_LEVEL, describe, failing, judge, row_rules, rule_id, verdict_word
from expectations.verdict import COULD_NOT_RUN, CouldNotRunError, Outcome, Verdict

__all__ = ["Outcome", "PolarsExecutionEngine", "Verdict", "failing", "judge", "row_rules", "validate", "verdict_word"]

COUNTS_ONLY: Any = {"result_format": "BASIC", "partial_unexpected_count": 0}
ONE_SUITE = Lock()


@cache
def _context() -> AbstractDataContext:
    stores = InMemoryStoreBackendDefaults()
    config = DataContextConfig(store_backend_defaults=stores, analytics_enabled=False)
    return gx.get_context(mode="ephemeral", project_config=config)


def batch_of(name: str, frame: pl.LazyFrame) -> Batch:
    """The batch under which Great Expectations knows the rows of `name`."""
    definition = LegacyBatchDefinition("cakupan", "polars", name, IDDict())
    return Batch(cast(Any, frame), batch_definition=definition, batch_spec=BatchSpec(data_asset_name=name))


def validator_of(engine: PolarsExecutionEngine, name: str) -> Validator:
    """The one who validates what the engine scans."""
    validator = Validator(engine, data_context=_context(), batches=[batch_of(name, engine.frame)])
    validator.metrics_calculator.show_progress_bars = False
    return validator


def ask(validator: Validator, suite: ExpectationSuite, name: str) -> ExpectationSuiteValidationResult:
    """The validation result, in the order of the suite and without the text of any exception.

    Raises: ValueError for a suite without row-count and column-set rules, RuntimeError if Great Expectations evaluated
    other expectations than the suite declares.
    """
    if missing := {kind.__name__ for kind in TABLE_LEVEL} - {type(rule).__name__ for rule in suite.expectations}:
        raise ValueError(f"{suite.name}: an empty batch would pass without {sorted(missing)}; use suites.build_suite")
    numbered = ExpectationSuite(name=suite.name)
    numbered.expectations = [rule.copy(update={"id": str(UUID(int=i))}) for i, rule in enumerate(suite.expectations)]
    with configurations_kept():
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
def configurations_kept() -> Iterator[None]:
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


def outcome(expectation: Expectation, answer: ExpectationValidationResult) -> Outcome:
    """What Great Expectations answered on an expectation, in plain values."""
    subject, expected = describe(expectation)
    rule, error = rule_id(expectation), _error(answer)
    return Outcome(
        rule=rule,
        expectation=type(expectation).__name__,
        subject=subject,
        severity=FailureSeverity(expectation.severity).value,
        success=bool(answer.success) and error is None,
        observed=observed(answer.result or {}),
        expected=expected,
        error=error and f"{rule}: {error}",
    )


def observed(found: Mapping[str, Any]) -> int:
    """The rows that break a rule, the rows themselves, or the columns that are missing or unknown."""
    mismatched = found.get("details", {}).get("mismatched", {})
    count = found.get("unexpected_count", found.get("observed_value", 0))
    return count if isinstance(count, int) else sum(map(len, mismatched.values()))


def validate(frame: pl.LazyFrame, suite: ExpectationSuite, *, name: str, sinks: Sequence[pl.LazyFrame] = ()) -> Verdict:
    """The verdict of Great Expectations on a frame; the sinks, lazy and built from `judge`, are written in its scan.

    A rule that cannot run is an outcome with an `error`, and if that shows before the scan no sink is written.

    Raises: CouldNotRunError if the source or a sink fails, and as `ask` does.
    """
    engine = PolarsExecutionEngine(frame, suite, sinks)
    result = ask(validator_of(engine, name), suite, name)
    outcomes = tuple(map(outcome, suite.expectations, result.results))
    rows = engine.answers.get(ROWS, 0)
    if engine.crash and (isinstance(rows, CouldNotRunError) or not any(one.error for one in outcomes)):
        raise engine.crash
    return Verdict(rows if isinstance(rows, int) else 0, outcomes, result)
