"""Arrears are what payments, settling the oldest month first, leave unpaid after its due date; late is paid after it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.asciitable import assert_table, table
from tests.rules import CLASSES
from tests.world import inputs_of_version, random_world
from transforms.arrears import overdue_by_month, overdue_of_month, payment_record
from transforms.settlement import unpaid_by_month
from warehouse.calendar import Version, dim_month, shift
from warehouse.schema import Lazy
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution_history import ContributionHistory

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))


def record(text: str, version: Version = MARCH) -> pl.LazyFrame:
    """Return what the contributions of `text` say about their employers."""
    found = payment_record(history(text), dim_month(), CLASSES, version)
    return found.rename({"npp": "employer_key"})


def history(text: str) -> Lazy[ContributionHistory]:
    """Return the contributions of `text`, in one regency where it names none."""
    return table(ContributionHistory, text, region_code="15.03")


def unpaid(text: str) -> list[tuple[date, int]]:
    """Return the months with something unpaid and the amount, in order, whether due or not."""
    found = unpaid_by_month(history(text))
    return found.select("month", "unpaid_idr").sort("month", "unpaid_idr").collect().rows()


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
        | employer_key | programme | month   | billed_idr | paid_idr |
        | one          | JKK       | {month} | 100        | 40       |
        | one          | JKM       | 2025-03 | 100        | 99       |
        | one          | JKK       | 2019-12 | 100        | 100      |
        """
    )
    wanted = f"| arrears_months | arrears_class | arrears_idr |\n| {months} | {arrears_class} | 61 |"
    assert_table(found, wanted, EmployerMonth)


@pytest.mark.parametrize(("as_of", "employers"), [(date(2025, 4, 15), 0), (date(2025, 4, 16), 1)])
def test_a_contribution_is_no_arrears_before_its_due_date_has_passed(as_of: date, employers: int) -> None:
    found = record("| employer_key | month | billed_idr |\n| one | 2025-03 | 100 |", Version(MARCH.month, as_of))
    assert found.filter(pl.col("arrears_idr") > 0).collect().height == employers


@pytest.mark.parametrize(
    ("january", "february"), [(150, 50), (0, 200), (200, 0), (100, 100)], ids=["ahead", "behind", "at once", "even"]
)
def test_an_employer_that_paid_its_bills_early_or_late_has_no_arrears(january: int, february: int) -> None:
    found = record(
        f"""
        | employer_key | month   | billed_idr | paid_idr   |
        | one          | 2025-01 | 100        | {january}  |
        | one          | 2025-02 | 100        | {february} |
        """
    )
    assert_table(found, "| employer_key | arrears_idr | arrears_class |\n| one | - | - |", EmployerMonth)


def test_payments_settle_the_oldest_month_first() -> None:
    bills = """
        | employer_key | month   | billed_idr | paid_idr |
        | one          | 2025-03 | 100        | 130      |
        | one          | 2024-12 | 100        | 0        |
        | one          | 2025-02 | 100        | 0        |
        | one          | 2025-01 | 100        | 10       |
        """
    assert unpaid(bills) == [(date(2025, 1, 1), 60), (date(2025, 2, 1), 100), (date(2025, 3, 1), 100)]
    assert_table(record(bills), "| arrears_months | arrears_idr |\n| 3 | 260 |", EmployerMonth)


@pytest.mark.parametrize(
    ("other", "amount"),
    [
        ("employer_key", "two"),
        ("region_code", "15.04"),
        ("segment", "JAKON"),
        ("programme", "JKM"),
        ("funding_source", "CSR"),
    ],
)
def test_the_surplus_of_one_account_settles_no_other(other: str, amount: str) -> None:
    own = {
        "employer_key": "one",
        "region_code": "15.03",
        "segment": "PU",
        "programme": "JKK",
        "funding_source": "EMPLOYER",
    }
    behind, ahead = " | ".join(own.values()), " | ".join((own | {other: amount}).values())
    bills = f"""
        | {" | ".join(own)} | month   | billed_idr | paid_idr |
        | {behind}          | 2025-01 | 100        | 30       |
        | {ahead}           | 2025-01 | 100        | 900      |
        """
    assert unpaid(bills) == [(date(2025, 1, 1), 70)]


def test_several_receipts_and_several_members_of_an_employer_are_one_account() -> None:
    bills = """
        | employer_key | membership_key | month   | billed_idr | paid_idr |
        | one          | budi           | 2025-01 | 60         | 0        |
        | one          | siti           | 2025-01 | 40         | 0        |
        | one          | -              | 2025-01 | 0          | 70       |
        | one          | -              | 2025-02 | 0          | 10       |
        | -            | budi           | 2025-01 | 5          | 0        |
        | -            | siti           | 2025-01 | 5          | 90       |
        """
    assert unpaid(bills) == [(date(2025, 1, 1), 5), (date(2025, 1, 1), 20)]


def test_a_payment_for_a_bill_not_yet_due_settles_what_is_overdue_first() -> None:
    bills = """
        | employer_key | month   | billed_idr | paid_idr |
        | one          | 2025-03 | 100        | 40       |
        | one          | 2025-04 | 100        | 60       |
        """
    assert unpaid(bills) == [(date(2025, 4, 1), 100)]
    assert overdue_by_month(history(bills), dim_month(), MARCH).collect().is_empty()


def test_a_month_that_is_in_no_calendar_is_settled_in_its_turn_and_never_in_arrears() -> None:
    bills = """
        | employer_key | month   | billed_idr | paid_idr |
        | one          | 2012-01 | 100        | 0        |
        | one          | 2025-02 | 100        | 120      |
        """
    found = overdue_by_month(history(bills), dim_month(), MARCH).select("month", "unpaid_idr").collect()
    assert found.rows() == [(date(2025, 2, 1), 80)]
    unsettled = "| employer_key | month | billed_idr |\n| one | 2012-01 | 100 |\n| one | 2025-02 | 100 |"
    assert overdue_by_month(history(unsettled), dim_month(), MARCH).collect()["month"].to_list() == [date(2025, 2, 1)]


@pytest.mark.parametrize("back", range(3))
def test_one_month_alone_leaves_unpaid_what_it_leaves_among_all(back: int) -> None:
    version = Version(shift(MARCH.month, -back), MARCH.as_of_date)
    contributions = inputs_of_version(random_world(back, rows=300), version)[ContributionHistory]
    alone = overdue_of_month(contributions, dim_month(), version).collect()
    among = overdue_by_month(contributions, dim_month(), version).filter(pl.col("month") == version.month).collect()
    assert alone.height > 0
    assert_frame_equal(alone, among, check_row_order=False)


def test_a_month_later_than_the_version_settles_it_and_is_no_arrears_of_it() -> None:
    bills = """
        | employer_key | month   | billed_idr | paid_idr |
        | one          | 2025-01 | 100        | 0        |
        | one          | 2025-02 | 100        | 30       |
        | one          | 2025-03 | 100        | 20       |
        """
    january, february = (Version(date(2025, month, 1), date(2025, 4, 30)) for month in (1, 2))
    assert_table(record(bills, january), "| arrears_months | arrears_idr |\n| 3 | 50 |", EmployerMonth)
    assert_table(record(bills, february), "| arrears_months | arrears_idr |\n| 3 | 150 |", EmployerMonth)
    assert_table(record(bills), "| arrears_months | arrears_idr |\n| 3 | 250 |", EmployerMonth)


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
    assert_table(found.filter("is_late"), "| employer_key | arrears_class |\n| late | - |", EmployerMonth)
