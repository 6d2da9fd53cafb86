"""What must hold of a file as a whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from expectations.gate import Judgement
from expectations.reconcile import LONGEST_CONTROL, compared, control_of, mismatches, rejected_share, rows_add_up
from warehouse.errors import Stop
from warehouse.tables.contribution import Contribution

SHA = "ab" * 32
ROWS = pl.LazyFrame({"billed_idr": [100, 200, None], "paid_idr": [50, 0, 10]})


def judgement(rows: int, accepted: int, rejected: int) -> Judgement:
    """Return a judgement with these counts."""
    return Judgement(rows, accepted, rejected, {"upah_negative": rejected}, {}, (), (), {})


def test_five_percent_of_rejected_rows_pass_and_one_row_more_stops_the_file() -> None:
    assert rejected_share(judgement(100, 95, 5)) == []
    (reason,) = rejected_share(judgement(100, 94, 6))
    assert reason.rule == "too_many_rejected"
    assert "upah_negative 6" in reason.en


def test_the_bearable_share_is_a_setting() -> None:
    assert rejected_share(judgement(100, 94, 6), most=0.1) == []


def test_rows_that_were_dropped_or_answered_do_not_count() -> None:
    assert rejected_share(replace(judgement(100, 90, 10), dropped=3), answered=2) == []
    (reason,) = rejected_share(replace(judgement(100, 90, 10), dropped=2), answered=2)
    assert reason.en.startswith("6 of 100 rows (6.0%) are rejected")
    assert reason.id.startswith("6 dari 100 baris (6.0%) ditolak")


def test_no_rows_at_all_are_no_share_too_many() -> None:
    assert rejected_share(judgement(0, 0, 0)) == []


def test_the_three_commonest_rules_are_told_and_corrections_are_none() -> None:
    broken = {"a": 1, "b": 4, "correction_x": 9, "c": 3, "d": 2}
    (reason,) = rejected_share(replace(judgement(100, 90, 10), broken=broken))
    assert reason.en.endswith("are rejected: b 4, c 3, d 2")


def test_a_row_that_is_neither_accepted_nor_rejected_stops_the_file() -> None:
    assert rows_add_up(judgement(100, 95, 5)) == []
    assert [reason.rule for reason in rows_add_up(judgement(100, 94, 5))] == ["rows_lost"]


def test_control_totals_that_are_met_say_nothing() -> None:
    control = {"rows": 3, "sha256": SHA.upper(), "sums": {"tagihan": 300, "dibayar": 60}}
    assert mismatches(compared(control, SHA, 3, ROWS, Contribution)) == []


@pytest.mark.parametrize(
    ("control", "told"),
    [
        ({"rows": 4}, "rows = 4, the file has 3"),
        ({"sha256": "cd" * 32}, "sha256"),
        ({"sums": {"dibayar": 61}}, "sum of dibayar = 61, the file has 60"),
        ({"sums": {"upah": 1}}, "sum of upah"),
    ],
)
def test_every_control_total_that_is_not_met_is_named(control: dict[str, object], told: str) -> None:
    (reason,) = mismatches(compared(control, SHA, 3, ROWS, Contribution))
    assert (reason.rule, told in reason.en) == ("control_total", True)


@pytest.mark.parametrize(
    "control",
    [
        {"rows": "1503011203850001"},
        {"sha256": "1503011203850001"},
        {"sums": {"1503011203850001": 1}},
        {"sums": {"dibayar": ["1503011203850001"]}},
        {"sums": {"SRI RAHASIA": {"1503011203850001": 1}}},
    ],
)
def test_what_a_control_file_states_in_another_form_is_not_met_and_not_repeated(control: dict[str, object]) -> None:
    found = compared(control, SHA, 3, ROWS, Contribution)
    (reason,) = mismatches(found)
    assert "1503011203850001" not in f"{found}{reason}" and "RAHASIA" not in f"{found}{reason}"


@pytest.mark.parametrize("text", ['{"rows": 3, "sums": {"upah": 1}}', '{"rows": 3}', "{}", "{}".ljust(LONGEST_CONTROL)])
def test_a_control_file_is_an_object_of_totals_up_to_a_mebibyte(text: str, tmp_path: Path) -> None:
    (tmp_path / "control.json").write_text(text)
    assert control_of(tmp_path / "control.json") == ({} if text.startswith("{}") else {"rows": 3} | control(text))
    assert LONGEST_CONTROL == 1_048_576


def control(text: str) -> dict[str, object]:
    """Return the sums that a control file of this test states."""
    return {"sums": {"upah": 1}} if "sums" in text else {}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", '"rows"', '{"sums": 3}', '{"sums": [1]}', "[" * 100_000, "{}".ljust(LONGEST_CONTROL + 1)],
    ids=["empty", "cut", "list", "number", "text", "sum", "sums in a list", "deep", "long"],
)
def test_anything_else_is_no_control_file_and_the_cure_shows_one(text: str, tmp_path: Path) -> None:
    (tmp_path / "control.json").write_text(text)
    with pytest.raises(Stop, match="control_unreadable") as raised:
        control_of(tmp_path / "control.json")
    assert '{"rows": 311, "sums": {"upah": 929999995}}' in raised.value.cure


def test_a_sum_of_what_is_no_amount_is_told_and_others_are_still_compared() -> None:
    stated = {"sums": {"npp": 1, "bukan": 2, "dibayar": 60}}
    assert compared(stated, SHA, 3, ROWS, Contribution) == [
        ("sum of dibayar", 60, 60), ("sum of npp", 1, "no such amount"), ("sum of bukan", 2, "no such amount"),
    ]  # fmt: skip
    assert compared({}, SHA, 3, ROWS, Contribution) == []
