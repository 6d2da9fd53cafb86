"""Who pays a half year or a year ahead stays covered to the month paid through and the grace after it, and then drops."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import key, table
from tests.rules import REFERENCE
from transforms.arrears import overdue_of_month
from transforms.graph import build
from transforms.membership import in_force
from transforms.presence import presence
from warehouse.calendar import Version, dim_month, last_day, shift
from warehouse.lake import seed
from warehouse.schema import Lazy, Table, conform
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import FactCoverage, Presence, PresenceBefore
from warehouse.tables.membership import Membership
from warehouse.tables.reference import MembershipRule
from warehouse.tables.workforce import Workforce

JANUARY = date(2025, 1, 1)
GRACE: Lazy[MembershipRule] = seed(MembershipRule)
PAYERS = """
    | worker_key | segment | paid_through |
    | yearly     | BPU     | 2025-12      |
    | half       | BPU     | 2025-06      |
    | to autumn  | BPU     | 2025-09      |
    | monthly    | BPU     | {month}      |
    | employee   | PU      | 2025-06      |
    """


def closed(month: date) -> Version:
    """Return the month as it is seen when it is over."""
    return Version(month, last_day(month))


def members(month: date) -> Lazy[Membership]:
    """Return the list of a month: the same members every time, those who pay monthly paid up to it."""
    text = PAYERS.format(month=f"{month:%Y-%m}")
    return table(Membership, text, month=month, residence_code="15.03")


def counted(month: date, rules: Lazy[MembershipRule] = GRACE) -> set[str]:
    """Return who is in force in a month."""
    found = in_force(members(month), rules, closed(month)).collect()
    return {bytes(token).decode().rstrip(".") for token in found["worker_key"]}


@pytest.mark.parametrize(
    ("worker", "last"),
    [("yearly", date(2026, 3, 1)), ("half", date(2025, 9, 1)), ("to autumn", date(2025, 12, 1))],
)
def test_a_member_who_paid_ahead_is_in_force_to_the_month_paid_through_and_three_more(worker: str, last: date) -> None:
    months = [shift(JANUARY, later) for later in range(18)]
    assert [month for month in months if worker in counted(month)] == [month for month in months if month <= last]


def test_other_members_are_there_all_the_time() -> None:
    assert all({"monthly", "employee"} <= counted(shift(JANUARY, later)) for later in range(18))


def test_the_months_after_the_one_paid_through_are_those_of_the_dated_grace() -> None:
    rules = table(
        MembershipRule,
        """
        | parameter            | segment | value | effective_from | effective_to |
        | arrears_grace_months | BPU     | 3     | 2015-07-01     | 2025-10-31   |
        | arrears_grace_months | BPU     | 1     | 2025-11-01     | -            |
        """,
    )
    october, november = date(2025, 10, 1), date(2025, 11, 1)
    assert "to autumn" in counted(october, rules)
    assert "to autumn" not in counted(november, rules)


def test_in_january_those_whom_the_grace_carried_through_december_have_left() -> None:
    december, january = closed(date(2025, 12, 1)), closed(date(2026, 1, 1))
    before = presence(in_force(members(december.month), GRACE, december))
    inputs: dict[type[Table], pl.LazyFrame] = {
        **REFERENCE,
        Membership: members(january.month),
        PresenceBefore: conform(before, PresenceBefore),
        Workforce: table(Workforce, "| region_code |"),
    }
    built = build([FactCoverage, Presence], inputs, january)
    found = built[FactCoverage].filter(pl.col("region_code") == "15.03", pl.col("basis") == "RESIDENCE").collect()
    changes = found.select("segment", "active_workers", "left_workers").sort("segment").rows()
    assert changes == [("ALL", 3, 1), ("BPU", 2, 1), ("PU", 1, 0), ("UCJ", 3, 1)]
    gone = int.from_bytes(key("to autumn")[:8], "big")
    assert gone not in built[Presence].collect()["person_high"].to_list()


def test_bills_of_a_year_paid_in_january_are_no_arrears_until_the_next_january_is_due() -> None:
    bills = "| month | billed_idr | paid_idr | paid_date |\n| 2025-01 | 16_800 | 201_600 | 2025-01-10 |\n"
    bills += "".join(f"| {shift(JANUARY, later):%Y-%m} | 16_800 | 0 | - |\n" for later in range(1, 14))
    history = table(ContributionHistory, bills, membership_key=key("budi"), segment="BPU", region_code="15.03")
    owed = {
        month: overdue_of_month(history, dim_month(), Version(month, date(2026, 2, 28))).collect()["unpaid_idr"].sum()
        for month in (shift(JANUARY, later) for later in range(14))
    }
    assert {month: amount for month, amount in owed.items() if amount} == {date(2026, 1, 1): 16_800}
