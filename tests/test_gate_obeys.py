"""The gate does what the suite says: change an expectation, and other rows go to quarantine."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.declared import gate_suite
from expectations.gate import Destination, Judgement, Sieve, judge_file
from expectations.suites import ExpectRowsToSatisfy, rule_id
from flows.gating import gazetteers
from tests.endtoend import ask, load
from tests.extracts import memberships, write
from transforms.standardize import standardize, with_minimum_wage
from warehouse import lake, reading
from warehouse.dialect import Dialect
from warehouse.rules import row_rules
from warehouse.schema import Extract, Rule, Severity, Table, conform
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

ROWS = """
    | orang | segmen | upah    | jk | tgl_mulai  | tgl_akhir  |
    | 1-5   | PU     | 3000000 | L  | 2020-01-01 | -          |
    | 6     | PU     | -1      | L  | 2020-01-01 | -          |
    | 7     | PU     | -1      | X  | 2020-01-01 | -          |
    | 8     | BPU    | 1000000 | L  | 2024-06-01 | 2024-05-01 |
    | 5     | PU     | 3000000 | L  | 2020-01-01 | -          |
"""
NEGATIVE, UNKNOWN, TWICE, BACKWARD = "upah_negative", "jk_unknown", "duplicate_row", "start_after_end"
BROKEN = {NEGATIVE: 2, UNKNOWN: 1, TWICE: 1, BACKWARD: 1}
LINES_OF = {6: 7, 7: 8, 8: 9, 5: 10}
EXTRACTS = [table for table in Table.registry.values() if issubclass(table, Extract)]


def standardized(folder: Path) -> pl.LazyFrame:
    """Return the rows of the file as the gate gets them."""
    source = write(folder / "source", {"kepesertaan.csv": memberships("2025-02", "2025-02-28", ROWS)})
    text = reading.scan(source / "kepesertaan.csv", Membership, Dialect(), folder).frame
    wages = conform(pl.LazyFrame(schema=MinimumWage.polars_schema()), MinimumWage)
    return with_minimum_wage(standardize(text, Membership, Dialect(), gazetteers("kemendagri")), wages)


def judged(folder: Path, suite: ExpectationSuite | None) -> Judgement:
    """Return the judgement of a suite on the file."""
    sieve = Sieve(Membership, lambda rows: rows.select("line_no"), suite)
    return judge_file(standardized(folder), sieve, in_folder(folder))


def in_folder(folder: Path) -> Destination:
    """Return where the rows of the file go."""
    return Destination("a file", folder / "accepted.parquet", folder / "rejected.parquet")


def split(folder: Path) -> tuple[list[int], dict[int, str]]:
    """Return the lines that were accepted last, and the rules that the others were rejected for."""
    quarantine = lake.read(folder / "rejected.parquet").select("line_no", "rules")
    return lake.read(folder / "accepted.parquet")["line_no"].sort().to_list(), dict(quarantine.iter_rows())


def changed(rule: str, replacement: Expectation | None = None, **changes: object) -> ExpectationSuite:
    """Return the declared suite without a rule, or with its replacement, or with a changed copy of it."""
    suite = gate_suite(Membership)
    assert rule in map(rule_id, suite.expectations)
    instead = [replacement] if replacement else []
    kept = [
        [one] if rule_id(one) != rule else [one.copy(update=changes)] if changes else instead
        for one in suite.expectations
    ]
    return ExpectationSuite(name=suite.name, expectations=[one for several in kept for one in several])


def test_the_declared_suite_rejects_what_breaks_its_rules_and_says_why(tmp_path: Path) -> None:
    judgement = judged(tmp_path, None)
    accepted, quarantine = split(tmp_path)
    assert (judgement.rows, judgement.accepted, judgement.rejected) == (9, 5, 4)
    assert judgement.broken == BROKEN
    assert accepted == [2, 3, 4, 5, 6]
    assert quarantine == {7: NEGATIVE, 8: f"{UNKNOWN},{NEGATIVE}", 9: BACKWARD, 10: TWICE}
    assert judgement.stops == ()


@pytest.mark.parametrize(("rule", "freed"), [(NEGATIVE, [6]), (UNKNOWN, []), (TWICE, [5]), (BACKWARD, [8])])
def test_a_dropped_rule_rejects_nothing(rule: str, freed: list[int], tmp_path: Path) -> None:
    judgement = judged(tmp_path, changed(rule))
    accepted, quarantine = split(tmp_path)
    assert accepted == sorted([2, 3, 4, 5, 6, *(LINES_OF[person] for person in freed)])
    assert rule not in ",".join(quarantine.values())
    assert judgement.broken == {name: count for name, count in BROKEN.items() if name != rule}
    assert len(quarantine) == judgement.rejected == 4 - len(freed)


def test_a_rule_that_only_counts_rejects_nothing_and_is_counted(tmp_path: Path) -> None:
    judgement = judged(tmp_path, changed(NEGATIVE, severity=FailureSeverity.INFO))
    accepted, _ = split(tmp_path)
    assert 7 in accepted
    assert judgement.warned[NEGATIVE] == BROKEN[NEGATIVE]
    assert NEGATIVE not in judgement.broken
    assert judgement.stops == ()


def test_a_rule_that_stops_does_stop_the_file(tmp_path: Path) -> None:
    judgement = judged(tmp_path, changed(NEGATIVE, severity=FailureSeverity.CRITICAL))
    assert [reason.rule for reason in judgement.stops] == [NEGATIVE]


def test_a_rule_with_another_limit_judges_by_it(tmp_path: Path) -> None:
    richer = ExpectRowsToSatisfy(
        condition="wage_idr >= 2000000", severity=FailureSeverity.WARNING, meta={"rule": "too_poor"}
    )
    judgement = judged(tmp_path, changed(BACKWARD, richer))
    accepted, quarantine = split(tmp_path)
    assert quarantine[LINES_OF[8]] == "too_poor"
    assert judgement.broken["too_poor"] == 3
    assert accepted == [2, 3, 4, 5, 6]


def test_a_suite_that_only_counts_accepts_every_row(tmp_path: Path) -> None:
    declared = gate_suite(Membership)
    first, *rules = declared.expectations
    counting = [first, rules[0], *(one.copy(update={"severity": FailureSeverity.INFO}) for one in rules[1:])]
    judgement = judged(tmp_path, ExpectationSuite(name=declared.name, expectations=counting))
    accepted, quarantine = split(tmp_path)
    assert (len(accepted), quarantine) == (9, {})
    assert {rule: judgement.warned[rule] for rule in BROKEN} == BROKEN


def test_every_declared_rule_is_evaluated(tmp_path: Path) -> None:
    judgement = judged(tmp_path, None)
    declared = [rule.name for rule in row_rules(Membership)]
    assert [check.rule for check in judgement.checks][2:] == declared
    assert len(judgement.result["results"]) == len(gate_suite(Membership).expectations) == len(declared) + 2
    assert all(one["success"] is not None for one in judgement.result["results"])


@pytest.mark.parametrize("table", EXTRACTS, ids=lambda table: str(table.kind))
def test_the_suite_of_every_extract_holds_every_declared_rule_once(table: type[Extract]) -> None:
    names = [rule_id(one) for one in gate_suite(table).expectations]
    assert names[2:] == [rule.name for rule in row_rules(table)]
    assert len(set(names)) == len(names)


def test_a_rule_that_cannot_run_stops_the_file_whatever_its_severity(tmp_path: Path) -> None:
    for severity in FailureSeverity:
        blind = ExpectRowsToSatisfy(condition="no_such_column > 0", severity=severity, meta={"rule": "blind"})
        judgement = judged(tmp_path, changed(BACKWARD, blind))
        assert [reason.rule for reason in judgement.stops] == ["rule_could_not_run"]
        assert "blind" in judgement.stops[0].en


def test_a_load_with_a_rule_that_cannot_run_stops_the_file_and_says_which_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = Rule("blind", "no_such_column > 0", "cannot be judged", "tidak dapat dinilai", Severity.WARN)
    monkeypatch.setattr(Membership, "rules", (*Membership.rules, blind))
    files = {"kepesertaan_202502.csv": memberships("2025-02", "2025-02-28", "| orang | segmen |\n| 1-9 | PU |")}
    result = load(write(tmp_path / "source", files), tmp_path / "home")
    assert (result["exit_code"], result["months_loaded"]) == (4, {})
    assert "rule_could_not_run: aturan blind" in result["stopped_files"]["kepesertaan_202502.csv"][0]
    assert ask(tmp_path / "home", "SELECT count(*) FROM mart.fact_coverage") == [(0,)]
    assert not list((tmp_path / "home" / "lake" / "kepesertaan").glob("*.parquet"))
