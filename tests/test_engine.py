"""Great Expectations over Polars: exact counts, one scan, and nothing that fails in silence."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from great_expectations.core import ExpectationSuite
from great_expectations.expectations import core
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.engine import judge, row_rules, validate, verdict_word
from expectations.suites import ExpectKeyToBeUnique, ExpectRowsToSatisfy, build_suite
from expectations.verdict import CouldNotRunError, Outcome
from tests.asciitable import cells

WORKERS = """
    | worker | regency | age | wage_idr | program |
    | budi   | 15.03   | 30  | 3000000  | JHT     |
    | budi   | 15.03   | 30  | 3000000  | JHT     |
    | budi   | 15.03   | 30  | 3000000  | JHT     |
    | sari   | 15-03   | 14  | 2000000  | JKK     |
    | sari   | 15.04   | -   | -        | JKX     |
    | -      | 1503    | 90  | 1000000  | -       |
    | -      | 15.05   | 65  | 9000000  | JP      |
"""
NUMBERS = {"age": pl.Int64(), "wage_idr": pl.Int64()}


def rows(text: str = WORKERS) -> pl.LazyFrame:
    """Return the rows of a text table; a dash is null."""
    names, lines = cells(text)
    frame = pl.LazyFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(
        pl.all().replace("-", None)
    )
    return frame.cast({name: dtype for name, dtype in NUMBERS.items() if name in names})


def rule(kind: type[Expectation], name: str, severity: Any = "warning", **arguments: Any) -> Expectation:
    """Return an expectation under the rule id `name`."""
    return kind(meta={"rule": name}, severity=severity, **arguments)


def suite(*rules: Expectation, frame: pl.LazyFrame | None = None) -> ExpectationSuite:
    """Return a suite over the columns of `frame`."""
    return build_suite("workers", (rows() if frame is None else frame).collect_schema().names(), rules)


EVERY_KIND = [
    rule(core.ExpectColumnValuesToNotBeNull, "worker_missing", column="worker"),
    rule(core.ExpectColumnValuesToBeInSet, "program_unknown", column="program", value_set=["JHT", "JKK", "JP"]),
    rule(core.ExpectColumnValuesToBeBetween, "age_unlikely", column="age", min_value=15, max_value=80),
    rule(core.ExpectColumnValuesToMatchRegex, "regency_shape", column="regency", regex=r"^\d{2}\.\d{2}$"),
    rule(ExpectRowsToSatisfy, "wage_too_low", condition="wage_idr >= 2500000 OR program = 'JKK'"),
    rule(ExpectKeyToBeUnique, "twice", columns=["worker", "program"]),
]
BROKEN_BY_HAND = {
    "worker_missing": [5, 6],
    "program_unknown": [4],
    "age_unlikely": [3, 5],
    "regency_shape": [3, 5],
    "wage_too_low": [],
    "twice": [1, 2],
}


def outcomes(frame: pl.LazyFrame, declared: ExpectationSuite) -> dict[str, Outcome]:
    """Return the outcome of every rule."""
    return {one.rule: one for one in validate(frame, declared, name="test").outcomes}


def broken_rows(frame: pl.LazyFrame, declared: ExpectationSuite) -> dict[str, list[int]]:
    """Return, for every rule, the places of the rows whose verdict has its bit."""
    words = frame.select(verdict_word(declared)).collect().to_series().to_list()
    return {name: [at for at, word in enumerate(words) if word >> bit & 1] for bit, name, _ in row_rules(declared)}


def test_every_planted_row_is_found_and_counted_by_great_expectations() -> None:
    declared = suite(*EVERY_KIND)
    found = outcomes(rows(), declared)
    assert broken_rows(rows(), declared) == BROKEN_BY_HAND
    assert {name: found[name].observed for name in BROKEN_BY_HAND} == {k: len(v) for k, v in BROKEN_BY_HAND.items()}
    assert {name: found[name].success for name in BROKEN_BY_HAND} == {k: not v for k, v in BROKEN_BY_HAND.items()}
    assert found["workers.rows"].observed == 7


def test_outcomes_and_bits_keep_the_order_and_the_severity_of_the_suite() -> None:
    levels = {"z": "info", "a": "critical", "m": "warning"}
    ours = [rule(ExpectRowsToSatisfy, name, level, condition="age > 0") for name, level in levels.items()]
    declared = suite(*ours, rule(core.ExpectColumnValuesToNotBeNull, "b", column="age"))
    verdict = validate(rows(), declared, name="test")
    assert [one.rule for one in verdict.outcomes] == ["workers.rows", "workers.columns", "z", "a", "m", "b"]
    assert row_rules(declared) == [(0, "z", "info"), (1, "a", "critical"), (2, "m", "warning"), (3, "b", "warning")]
    assert [one.severity for one in verdict.outcomes[2:]] == ["info", "critical", "warning", "warning"]


def test_a_null_condition_passes_as_in_a_check() -> None:
    frame = rows("| age | wage_idr |\n | - | 1 |\n | 5 | - |\n | 5 | 1 |\n | 1 | 5 |")
    declared = suite(rule(ExpectRowsToSatisfy, "order", condition="age <= wage_idr"), frame=frame)
    assert broken_rows(frame, declared) == {"order": [2]}


def test_a_key_spares_its_first_row_and_rows_without_a_required_column() -> None:
    frame = rows(
        """
        | worker | regency | age |
        | a      | -       | 1   |
        | a      | -       | -   |
        | a      | -       | 2   |
        | a      | x       | 3   |
        | -      | -       | 4   |
        | -      | -       | 5   |
        """
    )
    key = rule(ExpectKeyToBeUnique, "twice", columns=["worker", "regency"], required_columns=["age"])
    assert broken_rows(frame, suite(key, frame=frame)) == {"twice": [2, 5]}


def test_an_exempt_row_does_not_use_up_its_key() -> None:
    frame = rows("| worker | age |\n | a | - |\n | a | 1 |\n | a | 2 |")
    key = rule(ExpectKeyToBeUnique, "twice", columns=["worker"], required_columns=["age"])
    assert broken_rows(frame, suite(key, frame=frame)) == {"twice": [2]}


def test_large_whole_bounds_are_compared_exactly() -> None:
    edge = 2**53
    frame = pl.LazyFrame({"wage_idr": [edge, edge + 1]})
    declared = suite(rule(core.ExpectColumnValuesToBeBetween, "cap", column="wage_idr", max_value=edge), frame=frame)
    assert broken_rows(frame, declared) == {"cap": [1]}


@pytest.mark.parametrize(("mostly", "success"), [(0.7, True), (5 / 7, True), (0.72, False)])
def test_mostly_tolerates_a_share_of_broken_rows_in_our_own_expectations(mostly: float, success: bool) -> None:
    declared = suite(rule(ExpectKeyToBeUnique, "twice", columns=["worker", "program"], mostly=mostly))
    assert (outcomes(rows(), declared)["twice"].observed, outcomes(rows(), declared)["twice"].success) == (2, success)


def test_changing_an_expectation_changes_the_outcome() -> None:
    def age_from(least: int) -> Outcome:
        declared = suite(rule(core.ExpectColumnValuesToBeBetween, "age", column="age", min_value=least))
        return outcomes(rows(), declared)["age"]

    assert (age_from(14).success, age_from(15).success) == (True, False)


def test_a_row_condition_narrows_a_rule() -> None:
    narrow = rule(core.ExpectColumnValuesToNotBeNull, "age", column="age", row_condition=Column("program") == "JHT")
    wide = rule(core.ExpectColumnValuesToNotBeNull, "any", column="age")
    found = outcomes(rows(), suite(narrow, wide))
    assert (found["age"].observed, found["any"].observed) == (0, 1)


def test_an_empty_frame_fails_the_row_count_rule_and_no_other() -> None:
    found = outcomes(rows().filter(False), suite(*EVERY_KIND))
    assert [name for name, one in found.items() if not one.success] == ["workers.rows"]


def test_a_missing_and_an_unknown_column_fail_the_column_rule() -> None:
    found = outcomes(
        rows().drop("age").with_columns(extra=1), build_suite("workers", rows().collect_schema().names(), [])
    )
    assert (found["workers.columns"].success, found["workers.columns"].observed) == (False, 2)


def test_a_suite_without_the_two_table_rules_is_refused() -> None:
    with pytest.raises(ValueError, match="ExpectTableRowCountToBeBetween"):
        validate(rows(), ExpectationSuite(name="bare", expectations=[]), name="test")


def test_an_expectation_without_a_condition_is_refused() -> None:
    with pytest.raises(TypeError, match="ExpectColumnValuesToBeUnique"):
        verdict_word(suite(rule(core.ExpectColumnValuesToBeUnique, "unique", column="worker")))


def test_a_suite_of_more_rules_than_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        verdict_word(suite(*(rule(ExpectRowsToSatisfy, f"r{i}", condition=f"age <> {i}") for i in range(65))))


def test_all_sixty_four_bits_work() -> None:
    declared = suite(*(rule(ExpectRowsToSatisfy, f"r{i}", condition=f"age <> {i}") for i in range(64)))
    frame = rows("| worker | regency | age | wage_idr | program |\n | a | x | 63 | 1 | JP |")
    assert broken_rows(frame, declared)["r63"] == [0]
    assert outcomes(frame, declared)["r63"].observed == 1


def sunk(frame: pl.LazyFrame, declared: ExpectationSuite, folder: Path) -> Sequence[pl.LazyFrame]:
    """Return sinks for the good and for the bad rows."""
    judged = judge(frame, declared)
    return [
        judged.filter(pl.col("broken_rules") == 0).sink_parquet(folder / "good.parquet", lazy=True),
        judged.filter(pl.col("broken_rules") != 0).sink_parquet(folder / "bad.parquet", lazy=True),
    ]


@pytest.mark.parametrize("source", ["csv", "parquet"])
def test_validation_and_both_sinks_share_one_scan(tmp_path: Path, source: str) -> None:
    seen: list[int] = []

    def probe(batch: pl.DataFrame) -> pl.DataFrame:
        seen.append(batch.height)
        return batch

    path = tmp_path / f"rows.{source}"
    getattr(rows().collect(), f"write_{source}")(path)
    scanned: pl.LazyFrame = getattr(pl, f"scan_{source}")(path)
    frame = scanned.cast({"regency": pl.String}).map_batches(probe, streamable=True)
    declared = suite(*EVERY_KIND)
    verdict = validate(frame, declared, name="test", sinks=sunk(frame, declared, tmp_path))
    good, bad = (pl.read_parquet(tmp_path / name).height for name in ("good.parquet", "bad.parquet"))
    assert (sum(seen), verdict.rows, good, bad) == (7, 7, 1, 6)


def test_a_rule_that_cannot_run_is_an_error_and_leaves_the_others_alone() -> None:
    wrong = [
        rule(core.ExpectColumnValuesToNotBeNull, "no_column", "info", column="nama"),
        rule(core.ExpectColumnValuesToMatchRegex, "no_pattern", "info", column="worker", regex="["),
        rule(core.ExpectColumnValuesToBeBetween, "no_order", "info", column="worker", min_value=1),
        rule(ExpectRowsToSatisfy, "no_condition", "info", condition="age + 1"),
    ]
    found = outcomes(rows(), suite(*wrong, *EVERY_KIND))
    assert {name: one.error for name, one in found.items() if one.error} == {
        "no_column": "no_column: ColumnNotFoundError",
        "no_pattern": "no_pattern: ComputeError",
        "no_order": "no_order: ComputeError",
        "no_condition": "no_condition: TypeError",
    }
    assert not any(one.success for one in found.values() if one.error)
    assert {name: found[name].observed for name in BROKEN_BY_HAND} == {k: len(v) for k, v in BROKEN_BY_HAND.items()}


def test_no_sink_is_written_when_a_rule_shows_before_the_scan_that_it_cannot_run(tmp_path: Path) -> None:
    wrong = suite(rule(core.ExpectColumnValuesToNotBeNull, "no_column", column="nama"))
    assert validate(rows(), wrong, name="test", sinks=sunk(rows(), suite(), tmp_path)).outcomes[-1].error
    assert not list(tmp_path.iterdir())


def test_an_error_that_shows_only_in_the_data_names_the_rule_and_quotes_no_value() -> None:
    secret = rows().with_columns(nik=pl.lit("RAHASIA"))
    cast = rule(ExpectRowsToSatisfy, "cast", "info", condition="CAST(nik AS BIGINT) > 0")
    verdict = validate(secret, suite(cast, *EVERY_KIND, frame=secret), name="test")
    errors = {one.rule: one.error for one in verdict.outcomes if one.error}
    assert errors == {"cast": "cast: InvalidOperationError"}
    assert {one.rule: one.observed for one in verdict.outcomes}["twice"] == len(BROKEN_BY_HAND["twice"])
    assert "RAHASIA" not in str(verdict)


def test_a_sink_that_fails_fails_the_validation(tmp_path: Path) -> None:
    lost = judge(rows(), suite()).sink_parquet(tmp_path / "no folder" / "lost.parquet", lazy=True)
    with pytest.raises(CouldNotRunError):
        validate(rows(), suite(), name="test", sinks=[lost])


def test_a_source_that_fails_fails_the_validation_without_quoting_it() -> None:
    def torn(batch: pl.DataFrame) -> pl.DataFrame:
        raise OSError(f"cannot read after {batch.item(0, 'worker')}")

    with pytest.raises(CouldNotRunError) as caught:
        validate(rows().map_batches(torn, streamable=True), suite(*EVERY_KIND), name="test")
    assert "budi" not in str(caught.value)


def test_great_expectations_evaluates_what_is_declared_even_when_rules_repeat() -> None:
    same = [rule(ExpectRowsToSatisfy, name, condition="age < 50") for name in ("one", "two")]
    verdict = validate(rows(), suite(*same), name="test")
    assert [(one.rule, one.observed) for one in verdict.outcomes[2:]] == [("one", 2), ("two", 2)]
    assert verdict.result.statistics["evaluated_expectations"] == 4


def test_nothing_is_sent_and_nothing_is_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    validate(rows(), suite(*EVERY_KIND), name="test")
    assert capfd.readouterr() == ("", "")
