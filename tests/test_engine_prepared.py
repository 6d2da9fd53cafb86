"""A suite that Great Expectations read once decides on every file of a group as a validation of that file alone would."""

from __future__ import annotations

from typing import Any

import polars as pl
from great_expectations.expectations import core
from great_expectations.expectations.expectation import Expectation
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from expectations.engine import validate
from expectations.prepared import Prepared, prepared
from expectations.suites import (
    ExpectCorrectionToApply,
    ExpectKeyToBeUnique,
    ExpectRowsToSatisfy,
    build_suite,
    file_by_file,
    judge,
)
from expectations.tally import counted, tallies
from tests.test_engine_agrees import declared
from warehouse.rules import FILE

SCHEMA = pl.Schema({"age": pl.Int64(), "program": pl.String(), "wrong": pl.Boolean()})
OF_A_MOMENT = ("run_id", "batch_markers", "validation_time")
FILES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from([None, 17, 18, 64, 65]), st.sampled_from([None, "JHT", "JP", "jht"]),
            st.sampled_from([None, True, False]),
        ),
        max_size=5,
    ),
    min_size=1, max_size=3,
)  # fmt: skip


def rules(mostly: float) -> list[Expectation]:
    """Return every kind of expectation that the gate knows."""
    own = [
        ExpectRowsToSatisfy(condition="age >= 18 OR program = 'JP'", mostly=mostly),
        ExpectKeyToBeUnique(columns=["age", "program"], required_columns=["age"]),
        ExpectCorrectionToApply(column="wrong", says="something", at_least=1, at_most=2),
    ]
    found = [*declared(mostly), *own]
    for number, rule in enumerate(found):
        rule.meta = {"rule": f"{number} {rule.expectation_type}"}
    return found


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(FILES, st.sampled_from([1.0, 0.5]))
def test_the_files_of_a_group_are_decided_as_each_would_be_alone(drawn: list[list[Any]], mostly: float) -> None:
    suite = build_suite("group", SCHEMA.names(), rules(mostly))
    files = [pl.DataFrame(rows, schema=SCHEMA, orient="row") for rows in drawn]
    numbered = [frame.lazy().with_columns(pl.lit(at, pl.UInt32).alias(FILE)) for at, frame in enumerate(files)]
    ready = prepared(suite, SCHEMA)
    judged = judge(pl.concat(numbered), file_by_file(suite))
    collected = pl.collect_all(counted(judged, ready, ()))
    for at, (frame, tally) in enumerate(zip(files, tallies(collected, ready, len(files), 0), strict=True)):
        alone = validate(frame.lazy(), suite, name=f"file {at}")
        found = ready.decide(tally.counts, f"file {at}")
        assert (tally.rows, found.outcomes) == (alone.rows, alone.outcomes)
        assert timeless(found.result) == timeless(alone.result.to_json_dict())


def timeless(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without the moment at which it was made."""
    return result | {"meta": {name: value for name, value in result["meta"].items() if name not in OF_A_MOMENT}}


def test_suites_of_one_content_are_read_once() -> None:
    first, second = (build_suite("once", SCHEMA.names(), rules(1.0)) for _ in range(2))
    assert prepared(first, SCHEMA) is prepared(second, SCHEMA)
    other = build_suite("once", SCHEMA.names(), rules(0.75))
    assert prepared(other, SCHEMA) is not prepared(first, SCHEMA)


def test_a_rule_that_cannot_run_is_named_and_nothing_is_prepared() -> None:
    blind = core.ExpectColumnValuesToNotBeNull(column="no such column", meta={"rule": "blind"})
    ready = Prepared(build_suite("blind", SCHEMA.names(), [blind]), SCHEMA)
    assert ready.errors == ["blind"]
