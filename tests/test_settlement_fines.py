"""A fine is owed for every month begun after the due date, on what is settled that late or not at all."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.asciitable import table
from tests.rules import PARAMETERS, REFERENCE
from tests.second import opinion
from tests.world import CLOSED_MARCH, MID_MARCH, inputs_of_version, random_world
from transforms.arrears import FINE_RATE, GROUP, fines_of_month
from warehouse.calendar import Version, dim_month, due_date
from warehouse.lake import seed
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.reference import ContributionParameter

MARCH = date(2025, 3, 1)
DUE = date(2025, 4, 15)
SEEN = date(2025, 8, 31)


def fines(
    text: str,
    month: date = MARCH,
    seen: date = SEEN,
    parameters: Lazy[ContributionParameter] = PARAMETERS,
) -> pl.DataFrame:
    """Return the fines of a month on the contributions of `text`, of one employer and regency where it names none."""
    history = table(ContributionHistory, text, employer_key="one", region_code="15.03")
    return fines_of_month(history, dim_month(), parameters, Version(month, seen)).collect()


def fine(text: str, month: date = MARCH, seen: date = SEEN) -> int:
    """Return the fines of a month in all."""
    return int(fines(text, month, seen)["fine_idr"].sum())


@pytest.mark.parametrize(
    ("paid", "months"),
    [
        ("2025-03-01", 0),
        ("2025-04-15", 0),  # on the due date
        ("2025-04-16", 1),  # a day late
        ("2025-05-15", 1),  # a month late to the day
        ("2025-05-16", 2),
        ("2025-06-15", 2),
        ("2025-08-01", 4),
        ("2026-04-15", 12),
        ("2026-04-16", 13),
    ],
)
def test_two_percent_is_owed_for_every_month_begun_after_the_due_date(paid: str, months: int) -> None:
    assert due_date(MARCH) == DUE
    bill = f"| month | billed_idr | paid_idr | paid_date |\n| 2025-03 | 1_000_000 | 1_000_000 | {paid} |"
    assert fine(bill) == months * 20_000


@pytest.mark.parametrize(
    ("seen", "months"), [("2025-04-15", 0), ("2025-04-16", 1), ("2025-05-15", 1), ("2025-05-16", 2), ("2025-08-31", 5)]
)
def test_what_is_unpaid_is_late_up_to_the_day_it_is_seen(seen: str, months: int) -> None:
    bill = "| month | billed_idr | paid_idr |\n| 2025-03 | 1_000_000 | 0 |"
    assert fine(bill, seen=date.fromisoformat(seen)) == months * 20_000


@pytest.mark.parametrize(
    ("paid", "months"),
    [("2021-02-28", 1), ("2021-03-01", 1), ("2021-03-02", 2), ("2021-03-31", 2), ("2021-04-01", 2), ("2021-04-02", 3)],
)
def test_a_month_after_a_due_date_early_or_late_in_its_month_ends_on_the_same_day(paid: str, months: int) -> None:
    december = date(2020, 12, 1)
    assert due_date(december) == date(2021, 2, 1)
    bill = f"| month | billed_idr | paid_idr | paid_date |\n| 2020-12 | 1_000_000 | 1_000_000 | {paid} |"
    assert fine(bill, december) == months * 5_000


@pytest.mark.parametrize(("paid", "months"), [("2021-02-28", 5), ("2021-03-01", 6), ("2021-03-30", 6)])
def test_a_month_without_the_day_of_the_due_date_ends_on_its_last(paid: str, months: int) -> None:
    august = date(2020, 8, 1)
    assert due_date(august) == date(2020, 9, 30)
    bill = f"| month | billed_idr | paid_idr | paid_date |\n| 2020-08 | 1_000_000 | 1_000_000 | {paid} |"
    assert fine(bill, august) == months * 5_000


def test_every_piece_is_as_late_as_the_payment_that_settles_it() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-03 | 1_000      | 300      | 2025-02-10 |
        | 2025-03 | 0          | 200      | 2025-05-01 |
        | 2025-03 | 0          | 400      | 2025-06-01 |
        """
    assert fine(bills) == (200 * 1 + 400 * 2 + 100 * 5) * 2 // 100


def test_a_payment_for_march_that_settles_january_leaves_march_late() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 10_000     | 0        | -          |
        | 2025-03 | 10_000     | 10_000   | 2025-04-10 |
        """
    january = date(2025, 1, 1)
    assert due_date(january) == date(2025, 2, 17)
    assert fine(bills, january) == 2 * 200
    assert fine(bills) == 5 * 200


def test_a_surplus_from_january_that_settles_march_in_time_owes_no_fine() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 10_000     | 20_000   | 2025-03-01 |
        | 2025-03 | 10_000     | 0        | -          |
        """
    assert fine(bills) == 0
    assert fine(bills, date(2025, 1, 1)) == 200


def test_a_payment_without_a_day_raises_no_fine_and_stops_the_one_on_what_it_settles() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-03 | 1_000      | 700      | -          |
        | 2025-03 | 0          | 200      | 2025-04-16 |
        """
    assert fine(bills) == (200 * 1 + 100 * 5) * 2 // 100


def test_a_payment_without_a_day_does_not_make_the_next_one_late() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-02 | 1_000      | 1_000    | -          |
        | 2025-03 | 1_000      | 1_000    | 2025-04-10 |
        """
    assert fine(bills) == fine(bills, date(2025, 2, 1)) == 0


@pytest.mark.parametrize(
    ("month", "paid", "fined"),
    [
        ("2020-07", "2020-08-31", 20_000),
        ("2020-08", "2020-10-01", 5_000),
        ("2021-01", "2021-03-31", 5_000),
        ("2021-02", "2021-03-31", 20_000),
    ],
)
def test_the_rate_is_that_of_the_month_of_contribution_whenever_it_is_paid(month: str, paid: str, fined: int) -> None:
    bill = f"| month | billed_idr | paid_idr | paid_date |\n| {month} | 1_000_000 | 1_000_000 | {paid} |"
    assert fine(bill, date.fromisoformat(f"{month}-01")) == fined


def test_wage_earners_owe_a_fine_and_nobody_else() -> None:
    bills = """
        | segment | month   | billed_idr |
        | PU      | 2025-03 | 1_000      |
        | BPU     | 2025-03 | 1_000      |
        | JAKON   | 2025-03 | 1_000      |
        | PMI     | 2025-03 | 1_000      |
        """
    assert fines(bills).rows() == [("15.03", "PU", "JKK", "EMPLOYER", 100)]
    found = fines(bills, parameters=seed(ContributionParameter))
    assert found.rows() == [("15.03", "PU", "JKK", "EMPLOYER", 100)]


def test_the_published_rules_hold_the_rate_of_the_fine_by_this_name() -> None:
    rates = seed(ContributionParameter).filter(pl.col("parameter") == FINE_RATE, pl.col("segment") == "PU").collect()
    assert rates.height > 0


def test_a_fine_is_rounded_half_up_once_per_account_and_month() -> None:
    one = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-03 | 25         | 12       | 2025-04-20 |
        | 2025-03 | 0          | 13       | 2025-04-21 |
        """
    assert fine(one) == 1  # 0.24 + 0.26 is 0.50
    assert fine("| month | billed_idr | paid_idr | paid_date |\n| 2025-03 | 24 | 24 | 2025-04-20 |") == 0
    two = "| employer_key | month | billed_idr | paid_idr | paid_date |\n" + "".join(
        f"| {name} | 2025-03 | 24 | 24 | 2025-04-20 |\n" for name in ("one", "two", "three")
    )
    assert fine(two) == 0


def test_the_greatest_amount_that_may_arrive_is_multiplied_exactly() -> None:
    bill = "| month | billed_idr |\n| 2015-07 | 999_999_999_999_999 |"
    months = 10 * 12 + 1  # due 18 August 2015, seen 31 August 2025
    assert due_date(date(2015, 7, 1)) == date(2015, 8, 18)
    assert fine(bill, date(2015, 7, 1)) == (999_999_999_999_999 * months * 2 + 50) // 100


def test_accounts_are_fined_apart_and_added_up_by_place_and_payer() -> None:
    bills = """
        | region_code | programme | employer_key | month   | billed_idr | paid_idr | paid_date  |
        | 15.03       | JKK       | one          | 2025-03 | 1_000      | 1_000    | 2025-04-16 |
        | 15.03       | JKK       | two          | 2025-03 | 5_000      | 5_000    | 2025-04-16 |
        | 15.03       | JKM       | one          | 2025-03 | 1_000      | 2_000    | 2025-04-15 |
        | 15.04       | JKK       | one          | 2025-03 | 10_000     | 10_000   | 2025-05-16 |
        """
    found = fines(bills)
    assert found.columns == [*GROUP, "fine_idr"]
    assert sorted(found.rows()) == [
        ("15.03", "PU", "JKK", "EMPLOYER", 120),
        ("15.04", "PU", "JKK", "EMPLOYER", 400),
    ]


def test_a_month_beyond_the_calendar_has_no_due_date_and_no_fine() -> None:
    assert fine("| month | billed_idr |\n| 2040-01 | 1_000 |", date(2040, 1, 1), date(2041, 1, 1)) == 0


@pytest.mark.parametrize("seed_", range(4))
@pytest.mark.parametrize(
    "version", [CLOSED_MARCH, MID_MARCH, Version(date(2024, 9, 1), CLOSED_MARCH.as_of_date)], ids=str
)
def test_transforms_and_plain_sql_fine_the_same(seed_: int, version: Version) -> None:
    world = random_world(seed_, rows=200)
    uneven = conform(PARAMETERS.with_columns(pl.col("value").replace("0.02", "0.012345")), ContributionParameter)
    history = inputs_of_version(world, version)[ContributionHistory]
    found = fines_of_month(history, dim_month(), uneven, version).collect()
    sources = {**REFERENCE, **world, ContributionParameter: uneven}
    plain = opinion("fines", sources, version).filter(pl.col("fine_idr") > 0)
    assert_frame_equal(found, plain, check_row_order=False)
    assert found.height > 0 or version == MID_MARCH
