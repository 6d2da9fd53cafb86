"""The premium fact: what was billed and paid, when, by whom, and for how many members."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import REFERENCE
from transforms.graph import build
from warehouse.calendar import Version, due_date
from warehouse.schema import Table
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.membership import Membership
from warehouse.tables.premium import FactPremium

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))


def premium(text: str, members: str = "", version: Version = MARCH, others: str = "| region_code |") -> pl.LazyFrame:
    """Return the premium fact of a version; `others` are the contributions of other months."""
    same = {"month": version.month, "as_of_date": version.as_of_date}
    known = [table(ContributionHistory, others), table(ContributionHistory, text, **same)]
    inputs: dict[type[Table], pl.LazyFrame] = {
        **REFERENCE,
        Contribution: table(Contribution, text, **same),
        ContributionHistory: pl.concat(known),
    }
    if members:
        inputs[Membership] = table(Membership, members, **same)
    return build([FactPremium], inputs, version)[FactPremium]


def test_the_surplus_of_one_payer_does_not_settle_the_arrears_of_another() -> None:
    found = premium(
        """
        | region_code | employer_key | billed_idr | paid_idr |
        | 15.03       | ahead        | 100        | 150      |
        | 15.03       | behind       | 100        | 70       |
        """
    )
    assert_table(found, "| billed_idr | paid_idr | arrears_idr |\n| 200 | 220 | 30 |", FactPremium)


def test_two_receipts_of_one_payer_settle_one_bill() -> None:
    found = premium(
        """
        | region_code | employer_key | membership_key | billed_idr | paid_idr | workers |
        | 15.03       | one          | -              | 100        | 40       | 7       |
        | 15.03       | one          | -              | 0          | 60       | 0       |
        | 15.03       | -            | budi           | 16_800     | 0        | 1       |
        | 15.03       | -            | siti           | 0          | 16_800   | 1       |
        """
    )
    assert_table(
        found, "| workers_billed | billed_idr | paid_idr | arrears_idr |\n| 9 | 16_900 | 16_900 | 16_800 |", FactPremium
    )


def test_an_employer_who_names_its_member_is_still_one_payer() -> None:
    found = premium(
        """
        | region_code | employer_key | membership_key | billed_idr | paid_idr |
        | 15.03       | one          | budi           | 100        | 0        |
        | 15.03       | one          | siti           | 0          | 100      |
        """
    )
    assert_table(found, "| arrears_idr |\n| 0 |", FactPremium)


@pytest.mark.parametrize(("as_of", "arrears"), [(date(2025, 4, 15), 0), (date(2025, 4, 16), 60)])
def test_a_bill_not_yet_due_is_no_arrears(as_of: date, arrears: int) -> None:
    found = premium(
        "| region_code | employer_key | billed_idr | paid_idr |\n| 15.03 | one | 100 | 40 |",
        version=Version(MARCH.month, as_of),
    )
    assert_table(found, f"| billed_idr | arrears_idr |\n| 100 | {arrears} |", FactPremium)


@pytest.mark.parametrize(
    ("month", "paid", "arrears"),
    [("2025-02", 150, 50), ("2025-02", 50, 100), ("2025-04", 150, 50), ("2025-04", 20, 100)],
)
def test_payments_of_other_months_settle_the_month_after_all_that_is_older(month: str, paid: int, arrears: int) -> None:
    found = premium(
        "| region_code | employer_key | billed_idr | paid_idr |\n| 15.03 | one | 100 | 0 |",
        others=f"""
        | region_code | employer_key | month   | billed_idr | paid_idr |
        | 15.03       | one          | 2025-02 | 100        | 0        |
        | 15.03       | one          | {month} | 0          | {paid}   |
        | 15.04       | one          | 2025-02 | 0          | 900      |
        | 15.03       | two          | 2025-02 | 0          | 900      |
        """,
    )
    assert_table(
        found, f"| region_code | billed_idr | paid_idr | arrears_idr |\n| 15.03 | 100 | 0 | {arrears} |", FactPremium
    )


@pytest.mark.parametrize(
    ("month", "due"), [(date(2025, 3, 1), date(2025, 4, 15)), (date(2025, 5, 1), date(2025, 6, 16))]
)
def test_a_payment_on_the_due_day_is_on_time_and_a_day_later_is_late(month: date, due: date) -> None:
    assert due_date(month) == due
    found = premium(
        f"""
        | region_code | billed_idr | paid_idr | paid_date              |
        | 15.03       | 300        | 1        | {due}                  |
        | 15.03       | 0          | 20       | {due.replace(day=due.day + 1)} |
        | 15.03       | 0          | 100      | -                      |
        """,
        version=Version(month, date(2025, 8, 31)),
    )
    assert_table(found, "| paid_idr | paid_on_time_idr | paid_late_idr |\n| 121 | 1 | 20 |", FactPremium)


def test_a_month_beyond_the_calendar_keeps_its_amounts() -> None:
    found = premium(
        "| region_code | billed_idr | paid_idr | paid_date |\n| 15.03 | 10 | 10 | 2041-01-01 |",
        version=Version(date(2040, 1, 1), date(2041, 1, 1)),
    )
    assert_table(
        found, "| billed_idr | paid_idr | paid_on_time_idr | paid_late_idr |\n| 10 | 10 | 0 | 0 |", FactPremium
    )


def test_full_and_half_price_of_one_month_stand_side_by_side() -> None:
    found = premium(
        """
        | region_code | segment | programme | funding_source | workers | billed_idr | paid_idr |
        | 15.03       | BPU     | JKK       | SELF           | 1       | 5_000      | 5_000    |
        | 15.03       | BPU     | JKM       | SELF           | 1       | 3_400      | 3_400    |
        | 15.03       | BPU     | JKK       | APBD_REGENCY   | 2       | 20_000     | 0        |
        """
    )
    assert_table(
        found,
        """
        | programme | funding_source | workers_billed | billed_idr | arrears_idr |
        | JKK       | SELF           | 1              | 5_000      | 0           |
        | JKM       | SELF           | 1              | 3_400      | 0           |
        | JKK       | APBD_REGENCY   | 2              | 20_000     | 20_000      |
        """,
        FactPremium,
    )


def test_members_are_distinct_workers_in_force_who_live_there_and_hold_the_programme() -> None:
    found = premium(
        """
        | region_code | segment | programme | funding_source | billed_idr |
        | 15.03       | PU      | JKK       | EMPLOYER       | 10         |
        | 15.03       | PU      | JHT       | EMPLOYER       | 10         |
        | 15.03       | PU      | JP        | EMPLOYER       | 10         |
        | 15.04       | PU      | JKK       | EMPLOYER       | 10         |
        """,
        """
        | worker_key | residence_code | workplace_code | programmes  | end_date   |
        | budi       | 15.03          | 15.04          | JKK,JKM     | -          |
        | budi       | 15.03          | 15.04          | JKK,JKM,JHT | -          |
        | siti       | 15.03          | 15.04          | JKK,JKM     | -          |
        | gone       | 15.03          | 15.04          | JKK,JKM,JHT | 2025-03-01 |
        """,
    )
    assert_table(
        found,
        """
        | region_code | programme | members | billed_idr |
        | 15.03       | JKK       | 2       | 10         |
        | 15.03       | JKM       | 2       | 0          |
        | 15.03       | JHT       | 1       | 10         |
        | 15.03       | JP        | 0       | 10         |
        | 15.04       | JKK       | 0       | 10         |
        """,
        FactPremium,
    )


def test_a_worker_paid_by_two_sources_is_a_member_of_both() -> None:
    found = premium(
        """
        | region_code | segment | programme | funding_source |
        | 15.03       | BPU     | JKK       | APBD_REGENCY   |
        | 15.03       | BPU     | JKK       | APBD_PROVINCE  |
        """,
        """
        | worker_key | segment | residence_code | programmes | funding_source | paid_through |
        | budi       | BPU     | 15.03          | JKK        | APBD_REGENCY   | 2025-03      |
        | budi       | BPU     | 15.03          | JKK        | APBD_PROVINCE  | 2025-03      |
        """,
    )
    assert_table(found, "| funding_source | members |\n| APBD_REGENCY | 1 |\n| APBD_PROVINCE | 1 |", FactPremium)


def test_without_a_snapshot_of_memberships_members_are_unknown_and_not_zero() -> None:
    assert_table(premium("| region_code |\n| 15.03 |"), "| members | due_idr |\n| - | - |", FactPremium)
