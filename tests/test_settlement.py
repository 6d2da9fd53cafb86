"""Payments settle bills account by account, the oldest month first, in the order of their days; a surplus goes forward."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.asciitable import assert_table, table
from tests.rules import CLASSES
from tests.world import CLOSED_MARCH, MID_MARCH, inputs_of_version, random_world
from transforms.arrears import payment_record
from transforms.settlement import ACCOUNT, pieces_of_month, surplus_by_account, unpaid_by_month, unpaid_of_month
from warehouse.calendar import Version, dim_month
from warehouse.schema import Lazy
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution_history import ContributionHistory

JANUARY, FEBRUARY, MARCH = (date(2025, month, 1) for month in (1, 2, 3))
SEEN = date(2025, 4, 30)
Piece = tuple[str, int]


def history(text: str) -> Lazy[ContributionHistory]:
    """Return the contributions of `text`, of one employer and regency where it names none."""
    return table(ContributionHistory, text, employer_key="one", region_code="15.03")


def pieces(text: str, month: date) -> list[Piece]:
    """Return the day and the rupiah of every piece of a month that was not settled in time: first undated, last unpaid."""
    found = pieces_of_month(history(text), dim_month(), Version(month, SEEN)).collect()
    day = pl.when("is_paid").then(pl.col("settled_on").cast(pl.String).fill_null("?")).otherwise(pl.lit("unpaid"))
    return sorted(found.select(day, "piece_idr").rows())


def record(text: str) -> pl.LazyFrame:
    """Return what the contributions of `text` say about their employers in March."""
    found = payment_record(history(text), dim_month(), CLASSES, Version(MARCH, SEEN))
    return found.rename({"npp": "employer_key"})


def test_a_month_settled_in_whole_by_its_due_date_has_no_pieces() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 100        | 60       | 2025-02-17 |
        | 2025-02 | 0          | 40       | 2025-02-01 |
        """
    assert pieces(bills, JANUARY) == []


def test_two_payments_settle_one_bill_in_the_order_of_their_days() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 100        | 30       | 2025-03-05 |
        | 2025-01 | 0          | 69       | 2025-02-10 |
        """
    assert pieces(bills, JANUARY) == [("2025-02-10", 69), ("2025-03-05", 30), ("unpaid", 1)]


def test_a_surplus_from_january_settles_march() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 100        | 250      | 2025-02-10 |
        | 2025-02 | 100        | 0        | -          |
        | 2025-03 | 100        | 20       | 2025-04-20 |
        """
    assert pieces(bills, FEBRUARY) == []
    assert pieces(bills, MARCH) == [("2025-02-10", 50), ("2025-04-20", 20), ("unpaid", 30)]


def test_a_payment_meant_for_march_settles_january_first() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 100        | 0        | -          |
        | 2025-03 | 100        | 130      | 2025-04-10 |
        """
    assert pieces(bills, JANUARY) == [("2025-04-10", 100)]
    assert pieces(bills, MARCH) == [("2025-04-10", 30), ("unpaid", 70)]


def test_a_payment_without_a_day_takes_its_turn_on_the_due_date_of_its_own_month() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 100        | 60       | -          |
        | 2025-02 | 100        | 140      | 2025-03-20 |
        | 2025-03 | 100        | 50       | -          |
        """
    assert pieces(bills, JANUARY) == [("2025-03-20", 40), ("?", 60)]
    assert pieces(bills, FEBRUARY) == [("2025-03-20", 100)]
    assert pieces(bills, MARCH) == [("?", 50), ("unpaid", 50)]


def test_a_payment_of_the_day_comes_before_one_without_a_day() -> None:
    bills = "| employer_key | month | billed_idr | paid_idr | paid_date |\n" + "".join(
        f"| {name} | 2025-01 | 100 | 0 | - |\n| {name} | 2025-02 | 0 | 90 | - |\n| {name} | 2025-02 | 0 | 35 | 2025-03-17 |\n"
        for name in range(8)
    )
    assert pieces(bills, JANUARY) == [("2025-03-17", 35)] * 8 + [("?", 65)] * 8


def test_a_payment_without_a_day_for_a_month_that_is_in_no_calendar_comes_last() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2012-01 | 0          | 60       | -          |
        | 2025-01 | 100        | 70       | 2025-04-29 |
        """
    assert pieces(bills, JANUARY) == [("2025-04-29", 70), ("?", 30)]


def test_months_billed_nothing_stand_in_nobody_s_way() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2025-01 | 0          | 0        | 2025-03-20 |
        | 2025-02 | 0          | 10       | 2025-03-20 |
        | 2025-03 | 100        | 0        | 2025-03-20 |
        """
    assert pieces(bills, JANUARY) == pieces(bills, FEBRUARY) == []
    assert pieces(bills, MARCH) == [("2025-03-20", 10), ("unpaid", 90)]


def test_the_accounts_of_one_employer_settle_apart() -> None:
    bills = """
        | programme | month   | billed_idr | paid_idr | paid_date  |
        | JKK       | 2025-01 | 100        | 900      | 2025-02-20 |
        | JKM       | 2025-01 | 100        | 30       | 2025-02-21 |
        """
    assert pieces(bills, JANUARY) == [("2025-02-20", 100), ("2025-02-21", 30), ("unpaid", 70)]


@pytest.mark.parametrize("seed", range(4))
def test_billed_less_paid_is_unpaid_less_surplus_in_every_account(seed: int) -> None:
    world = inputs_of_version(random_world(seed, rows=300), CLOSED_MARCH)[ContributionHistory]
    payer = pl.when(pl.col("employer_key").is_null()).then("membership_key").alias("membership_key")
    accounts = world.with_columns(payer).group_by(ACCOUNT).agg(pl.col("billed_idr", "paid_idr").sum())
    unpaid = unpaid_by_month(world).group_by(ACCOUNT).agg(pl.col("unpaid_idr").sum())
    every = accounts
    for part in (unpaid, surplus_by_account(world)):
        every = every.join(part, on=ACCOUNT, how="left", nulls_equal=True)
    both = every.with_columns(pl.col("unpaid_idr", "surplus_idr").fill_null(0)).collect()
    assert min(both.select(pl.col("unpaid_idr", "surplus_idr").sum()).row(0)) > 0
    assert both.filter(
        pl.col("billed_idr") - pl.col("paid_idr") != pl.col("unpaid_idr") - pl.col("surplus_idr")
    ).is_empty()
    assert both.filter(pl.min_horizontal("unpaid_idr", "surplus_idr") > 0).is_empty()


@pytest.mark.parametrize("version", [CLOSED_MARCH, MID_MARCH], ids=str)
def test_the_pieces_of_a_month_add_up_to_its_bill_and_its_unpaid_piece_to_what_it_leaves_unpaid(
    version: Version,
) -> None:
    world = inputs_of_version(random_world(5, rows=400), version)[ContributionHistory]
    payer = pl.when(pl.col("employer_key").is_null()).then("membership_key").alias("membership_key")
    of_month = world.with_columns(payer).filter(pl.col("month") == version.month)
    billed = of_month.group_by(ACCOUNT).agg(pl.col("billed_idr").sum())
    found = pieces_of_month(world, dim_month(), version)
    sums = found.group_by(ACCOUNT).agg(pl.col("piece_idr").sum()).join(billed, on=ACCOUNT, nulls_equal=True).collect()
    assert sums.height > 0
    assert sums.filter(pl.col("piece_idr") != pl.col("billed_idr")).is_empty()
    left = found.filter(~pl.col("is_paid")).select(*ACCOUNT, unpaid_idr="piece_idr")
    owed = unpaid_by_month(world).filter(pl.col("month") == version.month).drop("month")
    assert_frame_equal(left, owed, check_row_order=False)


def test_an_employer_is_paid_through_the_last_month_before_the_first_that_is_open_in_any_account() -> None:
    found = record(
        """
        | employer_key | programme | month   | billed_idr | paid_idr |
        | one          | JKK       | 2024-11 | 100        | 100      |
        | one          | JKK       | 2024-12 | 100        | 100      |
        | one          | JKK       | 2025-02 | 100        | 190      |
        | one          | JKK       | 2025-03 | 100        | 0        |
        | one          | JKM       | 2025-01 | 0          | 0        |
        | one          | JKM       | 2025-02 | 10         | 9        |
        | even         | JKK       | 2025-02 | 100        | 0        |
        | even         | JKK       | 2025-03 | 0          | 100      |
        | not due yet  | JKK       | 2025-03 | 100        | 100      |
        | not due yet  | JKK       | 2025-04 | 100        | 0        |
        | open         | JKK       | 2025-02 | 100        | 99       |
        | no bill      | JKK       | 2025-02 | 0          | 99       |
        """
    )
    assert_table(
        found,
        """
        | employer_key | paid_through | surplus_idr |
        | one          | 2024-12      | -           |
        | even         | 2025-02      | -           |
        | not due yet  | 2025-03      | -           |
        | open         | -            | -           |
        | no bill      | -            | 99          |
        """,
        EmployerMonth,
    )


def test_the_surplus_of_an_employer_is_that_of_its_accounts_and_is_not_set_against_what_another_owes() -> None:
    found = record(
        """
        | employer_key | programme | month   | billed_idr | paid_idr |
        | one          | JKK       | 2025-02 | 100        | 130      |
        | one          | JKM       | 2025-02 | 100        | 120      |
        | one          | JHT       | 2025-02 | 100        | 10       |
        """
    )
    assert_table(found, "| surplus_idr | arrears_idr |\n| 50 | 90 |", EmployerMonth)


def test_one_rupiah_counts_as_a_bill_a_debt_a_payment_and_a_surplus() -> None:
    bill = history("| month | billed_idr | paid_idr |\n| 2025-01 | 1 | 0 |")
    assert unpaid_by_month(bill).select("unpaid_idr").collect().item() == 1
    assert unpaid_of_month(bill, Version(JANUARY, SEEN)).select("unpaid_idr").collect().item() == 1
    ahead = history("| month | billed_idr | paid_idr |\n| 2025-01 | 1 | 2 |")
    assert surplus_by_account(ahead).select("surplus_idr").collect().item() == 1
    late = "| month | billed_idr | paid_idr | paid_date |\n| 2025-01 | 2 | 1 | 2025-03-05 |"
    assert pieces(late, JANUARY) == [("2025-03-05", 1), ("unpaid", 1)]
