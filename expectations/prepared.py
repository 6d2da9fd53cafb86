"""A suite that Great Expectations has read once: what it wants counted, and its decisions from the counts of any file.

A validation costs Great Expectations a tenth of a second whatever it is about: it works out anew which counts every
expectation needs. They are the same for all files of a kind. So a suite is validated once over rows that are none, and
each file is decided by the expectations themselves from what was counted in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import polars as pl
from great_expectations.core import ExpectationSuite, ExpectationValidationResult
from great_expectations.expectations.expectation import Expectation
from great_expectations.validator.metric_configuration import MetricConfigurationID
from great_expectations.validator.validation_statistics import calc_validation_statistics
from great_expectations.validator.validator import Validator

from expectations.counting import CORRECTED_ROWS, PolarsExecutionEngine, identity
from expectations.engine import COUNTS_ONLY, ask, batch_of, configurations_kept, observed, outcome, validator_of
from expectations.suites import file_by_file, verdict_word
from expectations.verdict import Outcome

Counts = Mapping[MetricConfigurationID, int]
MOST_KEPT = 64
_KEPT: dict[tuple[object, ...], Prepared] = {}


class Decision(NamedTuple):
    """The outcomes on one file in the order of the suite, and Great Expectations' own result as JSON."""

    outcomes: tuple[Outcome, ...]
    result: dict[str, Any]


class _Judge(NamedTuple):
    """One expectation, with the metrics it decides from: those that are counted in rows, and those that are known."""

    expectation: Expectation
    counted: Mapping[str, MetricConfigurationID]
    known: Mapping[str, Any]
    settings: dict[str, Any]
    without_rows: Outcome


class Prepared:
    """A suite over frames of one schema.

    What is to be counted: `bits` of the verdicts on rows, other `sums` over rows, and `wholes`, which only all rows of a
    file together tell. `errors` are the rules that cannot run on this schema: with any of them nothing is prepared.
    """

    def __init__(self, suite: ExpectationSuite, schema: pl.Schema) -> None:
        """Ask Great Expectations once."""
        self._suite = suite
        self._engine = PolarsExecutionEngine(pl.LazyFrame(schema=schema), suite)
        validator = validator_of(self._engine, suite.name)
        answer = ask(validator, suite, suite.name)
        outcomes = list(map(outcome, suite.expectations, answer.results))
        self.errors = [one.rule for one in outcomes if one.error]
        self.bits: dict[MetricConfigurationID, int] = {}
        self.sums: dict[MetricConfigurationID, pl.Expr] = {}
        self.wholes: dict[MetricConfigurationID, pl.Expr] = {}
        self._judges: list[_Judge] = []
        if self.errors or self._engine.crash:
            return
        for metric, count in self._engine.asked.items():
            if (bit := self._engine.bits.get(identity(count))) is not None:
                self.bits[metric] = bit
            elif metric.metric_name == CORRECTED_ROWS:
                self.wholes[metric] = count
            else:
                self.sums[metric] = count
        with configurations_kept():
            self._judges = [self._judge(validator, *pair) for pair in zip(answer.results, outcomes, strict=True)]
        self._answer_on_none = answer

    @cached_property
    def word(self) -> pl.Expr:
        """The verdict of the suite on each row, as `verdict_word` gives it."""
        with configurations_kept():
            return verdict_word(self._suite)

    @cached_property
    def word_by_file(self) -> pl.Expr:
        """The same on rows of several files, named by a column `file`."""
        with configurations_kept():
            return verdict_word(file_by_file(self._suite))

    @cached_property
    def _empty(self) -> dict[str, Any]:
        return cast("dict[str, Any]", cast(Any, self._answer_on_none).to_json_dict())

    def _judge(self, validator: Validator, answer: ExpectationValidationResult, without_rows: Outcome) -> _Judge:
        assert answer.expectation_config is not None
        expectation = answer.expectation_config.to_domain_obj()
        settings: dict[str, Any] = {"catch_exceptions": True, "result_format": COUNTS_ONLY}
        needs = expectation.get_validation_dependencies(self._engine, settings)
        metrics = needs.metric_configurations.items()
        counted = {name: metric.id for name, metric in metrics if metric.id in self._engine.asked}
        known = validator.get_metrics({name: metric for name, metric in metrics if name not in counted})
        return _Judge(expectation, counted, known, {**settings, "result_format": needs.result_format}, without_rows)

    def decide(self, counts: Counts, name: str) -> Decision:
        """Return what Great Expectations decides on the file `name` from what was counted in it."""
        answers = self._answers(counts)
        return Decision(self._outcomes(answers), self._result(answers, name))

    def outcomes(self, counts: Counts) -> tuple[Outcome, ...]:
        """Return the outcomes of `decide` alone."""
        return self._outcomes(self._answers(counts))

    def _outcomes(self, answers: Sequence[Mapping[str, Any]]) -> tuple[Outcome, ...]:
        return tuple(
            replace(judge.without_rows, success=bool(answer["success"]), observed=observed(answer["result"]))
            for judge, answer in zip(self._judges, answers, strict=True)
        )

    def _answers(self, counts: Counts) -> list[dict[str, Any]]:
        return [self._answer(judge, counts) for judge in self._judges]

    def _answer(self, judge: _Judge, counts: Counts) -> dict[str, Any]:
        metrics = {**judge.known, **{name: counts[metric] for name, metric in judge.counted.items()}}
        answer = judge.expectation._validate(metrics, judge.settings, self._engine)
        return cast("dict[str, Any]", answer)

    def _result(self, answers: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
        """Return what `ExpectationSuiteValidationResult.to_json_dict` would: it takes longer than the decisions."""
        now, batch = datetime.now(UTC), batch_of(name, self._engine.frame)
        meta, asset = self._empty["meta"], {"data_asset_name": name}
        statistics = calc_validation_statistics([cast(Any, SimpleNamespace(**answer)) for answer in answers])
        compact = f"{now:%Y%m%dT%H%M%S.%fZ}"
        return {
            **self._empty,
            "success": statistics.success,
            "results": [
                _result(empty, answer, batch.id) for empty, answer in zip(self._empty["results"], answers, strict=True)
            ],
            "statistics": {name: value for name, value in statistics._asdict().items() if name != "success"},
            "meta": {
                **meta,
                "run_id": {"run_name": name, "run_time": now.isoformat()},
                "batch_spec": {**meta["batch_spec"], **asset},
                "batch_markers": {"ge_load_time": compact},
                "active_batch_definition": {**meta["active_batch_definition"], **asset},
                "validation_time": compact,
            },
        }


def _result(empty: Mapping[str, Any], answer: Mapping[str, Any], batch_id: str) -> dict[str, Any]:
    config = empty["expectation_config"]
    told = {**config, "kwargs": {**config["kwargs"], "batch_id": batch_id}}
    return {**empty, "success": bool(answer["success"]), "expectation_config": told, "result": answer["result"]}


def prepared(suite: ExpectationSuite, schema: pl.Schema) -> Prepared:
    """Return the suite as Great Expectations has read it for frames of `schema`, now or before: suites of one content are one."""
    told = (suite.name, str(schema), *((type(one).__name__, repr(one)) for one in suite.expectations))
    if told not in _KEPT:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[told] = Prepared(suite, schema)
    return _KEPT[told]
