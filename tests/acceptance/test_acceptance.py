"""The product against an outside oracle: one folder of extracts, every fact in every row and column, every planted row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.comparing import ARREARS, COLUMNS, Run, ask, differences, oracle, run
from tests.acceptance.generator import Files, Planted, planted_files, write

SPREAD = "select count(*) from (from membership select 1 group by month, as_of_date, worker having min({0}) < max({0}))"


@dataclass(frozen=True)
class Loaded:
    """A folder of extracts with planted rows, loaded once, and what the oracle makes of it."""

    files: Files
    planted: list[Planted]
    source: Path
    home: Path
    ended: Run
    oracle: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("acceptance")
    files, planted = planted_files()
    write(folder / "in", files)
    ended = run(folder / "in", folder / "home")
    return Loaded(files, planted, folder / "in", folder / "home", ended, oracle(folder / "in", planted))


def test_a_folder_with_rows_to_reject_is_loaded_and_says_so(loaded: Loaded) -> None:
    assert loaded.ended.exit_code == 3, loaded.ended.talk


def test_the_made_up_country_holds_every_case_that_the_facts_speak_of(loaded: Loaded) -> None:
    cases = {
        "above one hundred percent": "select count(*) from fact_coverage where coverage_ratio > 1",
        "returners": "select sum(returned_workers) from fact_coverage where length(region_code) = 5",
        "joiners": "select sum(joined_workers) from fact_coverage where region_code = '00'",
        "leavers": "select sum(left_workers) from fact_coverage where region_code = '00'",
        "a denominator from two sources": "select count(*) from fact_coverage where workforce_source = 'MIXED'",
        "a province without a denominator": "select count(*) from fact_coverage where length(region_code) = 2 and eligible_workers is null",
        "a worker in two regencies": SPREAD.format("residence"),
        "a worker in two segments": SPREAD.format("segment"),
        "a worker with two employers": SPREAD.format("employer"),
        "paid late": "select sum(paid_late_idr) from fact_premium",
        "four classes of arrears": "select count(*) filter (classes = 4) from (select count(distinct arrears_class) as classes from employer_month)",
        "compliant employers": "select count(*) from employer_month where is_compliant",
    }
    found = {case: (loaded.oracle.execute(query).fetchone() or (0,))[0] for case, query in cases.items()}
    assert [case for case, count in found.items() if not count] == []


@pytest.mark.parametrize("table", COLUMNS)
def test_the_facts_are_those_of_an_outside_oracle(loaded: Loaded, table: str) -> None:
    assert differences(loaded.oracle, loaded.home, table, COLUMNS[table]) == []


def test_a_bill_that_is_not_yet_due_is_no_arrears(loaded: Loaded) -> None:
    not_due = "due_date(month) >= as_of_date"
    assert differences(loaded.oracle, loaded.home, "mart.fact_premium", ARREARS["mart.fact_premium"], not_due) == []


def test_payments_settle_the_oldest_month_first_and_a_surplus_carries_forward(loaded: Loaded) -> None:
    due = "due_date(month) < as_of_date"
    assert differences(loaded.oracle, loaded.home, "mart.fact_premium", ARREARS["mart.fact_premium"], due) == []


@pytest.mark.parametrize("table", ["core.employer_month", "mart.fact_compliance"])
def test_an_employer_whose_surplus_settles_its_debt_is_in_no_class_of_arrears(loaded: Loaded, table: str) -> None:
    assert differences(loaded.oracle, loaded.home, table, ARREARS[table]) == []


def test_the_rejected_rows_are_the_planted_ones(loaded: Loaded) -> None:
    rejected = ask(loaded.home, "select sha256, line_no from ops.rejection")
    named = {hashlib.sha256(path.read_bytes()).hexdigest(): path.stem for path in loaded.source.iterdir()}
    assert {(named[sha256], line) for sha256, line in rejected} == {(one.file, one.line) for one in loaded.planted}
    assert len(rejected) == len(loaded.planted)


def test_a_rejection_names_the_column_that_is_wrong(loaded: Loaded) -> None:
    named = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in loaded.source.iterdir()}
    rules = {
        (sha256, line): broken
        for sha256, line, broken in ask(loaded.home, "select sha256, line_no, rules from ops.rejection")
    }
    of_column = [
        one
        for one in loaded.planted
        if one.label.endswith((" missing", " unreadable", " outside list")) and " " in one.label
    ]
    columns = [(one, one.label.split(" ")[0].replace("paid_through", "lunas_sd")) for one in of_column]
    assert [one for one, column in columns if f"{column}_" not in rules.get((named[one.file], one.line), "")] == []


def test_every_file_accounts_for_each_of_its_rows(loaded: Loaded) -> None:
    recorded = ask(loaded.home, "select sha256, rows, rows_accepted, rows_rejected from ops.source_file")
    named = {hashlib.sha256(path.read_bytes()).hexdigest(): path.stem for path in loaded.source.iterdir()}
    rejected = {name: sum(one.file == name for one in loaded.planted) for name in loaded.files}
    assert {named[sha256]: (rows, accepted, bad) for sha256, rows, accepted, bad in recorded} == {
        name: (len(rows), len(rows) - rejected[name], rejected[name]) for name, rows in loaded.files.items()
    }


def test_the_run_accounts_for_the_rows_of_all_its_files(loaded: Loaded) -> None:
    [totals] = ask(loaded.home, "select rows_in, rows_accepted, rows_rejected from ops.run")
    rows = sum(map(len, loaded.files.values()))
    assert totals == (rows, rows - len(loaded.planted), len(loaded.planted))


def test_a_figure_that_is_published_is_that_of_the_warehouse(loaded: Loaded) -> None:
    query = "select region_code, month, as_of_date, basis, segment, active_workers from mart.fact_coverage where active_workers is not null"
    published, kept = ask(loaded.home, query, published=True), set(ask(loaded.home, query))
    assert [row for row in published if row not in kept] == []
    assert published
