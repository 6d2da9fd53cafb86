"""A membership is in force on the reference day: started, not ended, and paid up when it is BPU."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import GRACE
from transforms.dated import in_effect
from transforms.membership import GRACE as GRACE_PARAMETER
from transforms.membership import in_force
from warehouse.calendar import Version
from warehouse.lake import seed
from warehouse.schema import Lazy, conform
from warehouse.tables.in_force import InForce
from warehouse.tables.membership import Membership
from warehouse.tables.reference import MembershipRule

MID_MARCH = Version(date(2025, 3, 1), date(2025, 3, 16))
CLOSED_MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))


def counted(text: str, version: Version, rules: Lazy[MembershipRule] = GRACE) -> Lazy[InForce]:
    """Return who of `text` is in force."""
    return in_force(table(Membership, text), rules, version)


def test_the_first_and_the_last_day_of_a_membership_count() -> None:
    found = counted(
        """
        | worker_key | start_date | end_date   |
        | first      | 2025-03-16 | -          |
        | tomorrow   | 2025-03-17 | -          |
        | last       | 2024-01-01 | 2025-03-16 |
        | yesterday  | 2024-01-01 | 2025-03-15 |
        """,
        MID_MARCH,
    )
    assert_table(found, "| worker_key |\n| first |\n| last |", InForce)


def test_a_closed_month_is_judged_on_its_last_day_however_late_it_is_seen() -> None:
    text = """
        | worker_key      | start_date | end_date   |
        | began in april  | 2025-04-01 | -          |
        | ended on the 31 | 2024-01-01 | 2025-03-31 |
        | ended on the 20 | 2024-01-01 | 2025-03-20 |
        """
    assert_table(counted(text, CLOSED_MARCH), "| worker_key |\n| ended on the 31 |", InForce)
    assert_table(counted(text, MID_MARCH), "| worker_key |\n| ended on the 31 |\n| ended on the 20 |", InForce)


def test_own_account_workers_stay_through_three_months_of_arrears_and_not_a_fourth() -> None:
    found = counted(
        """
        | worker_key | segment | paid_through |
        | three      | BPU     | 2024-12      |
        | four       | BPU     | 2024-11      |
        | never      | BPU     | -            |
        | ahead      | BPU     | 2025-12      |
        """,
        CLOSED_MARCH,
    )
    assert_table(found, "| worker_key |\n| three |\n| ahead |", InForce)


def test_arrears_end_no_membership_but_that_of_own_account_workers() -> None:
    found = counted(
        """
        | worker_key | segment | paid_through |
        | employee   | PU      | 2020-01      |
        | builder    | JAKON   | -            |
        | abroad     | PMI     | -            |
        """,
        CLOSED_MARCH,
    )
    assert_table(found, "| worker_key |\n| employee |\n| builder |\n| abroad |", InForce)


def test_the_grace_is_the_one_in_effect_in_the_month() -> None:
    text = """
        | worker_key | segment | paid_through |
        | one        | BPU     | 2022-05      |
        | two        | BPU     | 2022-04      |
        """
    june, july = (Version(date(2022, month, 1), date(2022, 8, 31)) for month in (6, 7))
    assert_table(counted(text, june), "| worker_key |\n| one |", InForce)
    assert_table(counted(text, july), "| worker_key |\n| one |\n| two |", InForce)


def test_a_rule_is_in_effect_on_its_first_and_on_its_last_day() -> None:
    rules = table(
        MembershipRule,
        """
        | value | effective_from | effective_to |
        | 1     | 2025-03-02     | -            |
        | 2     | 2025-03-01     | -            |
        | 3     | 2025-01-01     | 2025-03-01   |
        | 4     | 2025-01-01     | 2025-02-28   |
        """,
    )
    assert_table(in_effect(rules, MID_MARCH.month), "| value |\n| 2 |\n| 3 |", MembershipRule)


def test_a_month_without_a_rule_of_grace_is_an_error_and_not_an_empty_country() -> None:
    before_any_rule = Version(date(2013, 1, 1), date(2013, 1, 31))
    with pytest.raises(pl.exceptions.ComputeError, match="expected a single value, got none"):
        counted("| segment |\n| BPU |", before_any_rule).collect()


def test_two_rules_of_grace_in_one_month_are_an_error_and_not_every_worker_twice() -> None:
    twice = conform(pl.concat([GRACE, GRACE]), MembershipRule)
    with pytest.raises(pl.exceptions.ComputeError, match="expected a single value, got 2"):
        counted("| segment |\n| PU |", CLOSED_MARCH, twice).collect()


def test_the_published_rules_hold_the_grace_by_this_name() -> None:
    rules = seed(MembershipRule).filter(pl.col("parameter") == GRACE_PARAMETER).collect()
    assert rules.height > 0
    found = counted("| segment | paid_through |\n| BPU | 2025-01 |", CLOSED_MARCH, seed(MembershipRule))
    assert_table(found, "| segment |\n| BPU |", InForce)
