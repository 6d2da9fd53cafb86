"""What must hold of a file as a whole."""

from __future__ import annotations

import polars as pl
import pytest

from expectations.gate import Judgement
from expectations.reconcile import compared, mismatches, rejected_share, rows_add_up
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
