"""Arrears are what is unpaid after its due date, month by month; late is what was paid after it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import CLASSES
from transforms.arrears import payment_record
from warehouse.calendar import Version, dim_month
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution_history import ContributionHistory

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))


def record(text: str, version: Version = MARCH) -> pl.LazyFrame:
    """Return what the contributions of `text` say about their employers."""
    found = payment_record(table(ContributionHistory, text), dim_month(), CLASSES, version)
    return found.rename({"npp": "employer_key"})


@pytest.mark.parametrize(
    ("month", "months", "arrears_class"),
    [
        ("2025-03", 1, "LANCAR"),
        ("2025-01", 3, "LANCAR"),
        ("2024-12", 4, "KURANG_LANCAR"),
        ("2024-10", 6, "KURANG_LANCAR"),
        ("2024-09", 7, "MACET"),
        ("2024-07", 9, "MACET"),
        ("2024-06", 10, "KONTINJENSI"),
        ("2020-01", 63, "KONTINJENSI"),
    ],
)
def test_arrears_are_classed_by_the_age_of_the_oldest_unpaid_month(month: str, months: int, arrears_class: str) -> None:
    found = record(
        f"""
        | employer_key | month   | billed_idr | paid_idr |
        | one          | {month} | 100        | 40       |
        | one          | 2025-03 | 100        | 99       |
        | one          | 2019-12 | 100        | 100      |
        """
    )
    wanted = f"| arrears_months | arrears_class | arrears_idr |\n| {months} | {arrears_class} | 61 |"
    assert_table(found, wanted, EmployerMonth)


@pytest.mark.parametrize(("as_of", "employers"), [(date(2025, 4, 15), 0), (date(2025, 4, 16), 1)])
def test_a_contribution_is_no_arrears_before_its_due_date_has_passed(as_of: date, employers: int) -> None:
    found = record("| employer_key | month | billed_idr |\n| one | 2025-03 | 100 |", Version(MARCH.month, as_of))
    assert found.collect().height == employers


def test_a_surplus_in_one_month_hides_no_arrears_of_another() -> None:
    found = record(
        """
        | employer_key | month   | programme | billed_idr | paid_idr |
        | one          | 2025-01 | JKK       | 100        | 0        |
        | one          | 2025-02 | JKK       | 100        | 500      |
        | one          | 2025-03 | JKK       | 100        | 90       |
        | one          | 2025-03 | JKM       | 100        | 110      |
        """
    )
    assert_table(found, "| arrears_months | arrears_idr |\n| 3 | 100 |", EmployerMonth)


def test_contributions_after_the_month_do_not_count_yet() -> None:
    february = Version(date(2025, 2, 1), date(2025, 4, 30))
    assert record("| employer_key | month | billed_idr |\n| one | 2025-03 | 100 |", february).collect().is_empty()


def test_members_who_pay_for_themselves_are_nobody_s_arrears() -> None:
    assert (
        record("| employer_key | membership_key | month | billed_idr |\n| - | budi | 2025-03 | 100 |")
        .collect()
        .is_empty()
    )


def test_only_a_late_payment_of_the_month_itself_is_late() -> None:
    found = record(
        """
        | employer_key | month   | paid_idr | paid_date  |
        | late         | 2025-03 | 1        | 2025-04-16 |
        | late         | 2025-03 | 1        | 2025-04-01 |
        | on time      | 2025-03 | 1        | 2025-04-15 |
        | long ago     | 2025-02 | 1        | 2025-04-16 |
        | nothing      | 2025-03 | 0        | 2025-04-16 |
        """
    )
    assert_table(found, "| employer_key | is_late | arrears_class |\n| late | Y | - |", EmployerMonth)
