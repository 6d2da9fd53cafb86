"""The arrears fact: the stock of unpaid months on a day, each month in the class of its own age."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from expectations.identities import check_identities
from tests.asciitable import assert_table, table
from tests.rules import CLASSES, REFERENCE
from tests.world import CLOSED_MARCH, MARCH, inputs_of_version, random_world
from transforms.arrears import GROUP, arrears_of_payers, overdue_of_month, payment_record
from transforms.graph import build
from warehouse.calendar import Version, dim_month, shift
from warehouse.lake import seed
from warehouse.schema import Fact, Table, conform
from warehouse.tables.arrears import FactArrears
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.premium import FactPremium
from warehouse.tables.reference import ArrearsClass

SEEN = date(2025, 4, 30)


def arrears(text: str, month: date = MARCH, seen: date = SEEN) -> pl.LazyFrame:
    """Return the arrears of the contributions of `text`, of one employer and regency where it names none."""
    history = table(ContributionHistory, text, employer_key="one", region_code="15.03")
    return arrears_of_payers(history, dim_month(), CLASSES, Version(month, seen))


def owing(text: str, month: date = MARCH, seen: date = SEEN) -> pl.LazyFrame:
    """Return the classes in which something is owed."""
    return arrears(text, month, seen).filter(pl.col("arrears_idr") > 0)


def test_every_unpaid_month_stands_in_the_class_of_its_own_age() -> None:
    bills = """
        | month   | billed_idr |
        | 2024-06 | 1          |
        | 2024-07 | 10         |
        | 2024-09 | 20         |
        | 2024-10 | 100        |
        | 2024-12 | 200        |
        | 2025-01 | 1_000      |
        | 2025-03 | 2_000      |
        """
    assert_table(
        owing(bills),
        """
        | arrears_class | accounts | arrears_idr |
        | KONTINJENSI   | 1        | 1           |
        | MACET         | 1        | 30          |
        | KURANG_LANCAR | 1        | 300         |
        | LANCAR        | 1        | 3_000       |
        """,
        FactArrears,
    )


def test_a_payment_today_takes_the_oldest_class_away_first() -> None:
    bills = """
        | month   | billed_idr | paid_idr | paid_date  |
        | 2024-06 | 100        | 0        | -          |
        | 2024-12 | 100        | 0        | -          |
        | 2025-03 | 100        | 150      | 2025-04-30 |
        """
    assert_table(
        owing(bills),
        "| arrears_class | arrears_idr |\n| KURANG_LANCAR | 50 |\n| LANCAR | 100 |",
        FactArrears,
    )


def test_payers_are_counted_once_in_a_class_however_many_months_they_owe() -> None:
    bills = """
        | employer_key | membership_key | month   | billed_idr | paid_idr |
        | one          | budi           | 2025-02 | 100        | 0        |
        | one          | siti           | 2025-03 | 100        | 0        |
        | two          | -              | 2025-03 | 100        | 0        |
        | -            | budi           | 2025-01 | 100        | 0        |
        | -            | siti           | 2025-01 | 100        | 99       |
        | paid         | -              | 2025-01 | 100        | 100      |
        """
    assert_table(owing(bills), "| arrears_class | accounts | arrears_idr |\n| LANCAR | 4 | 401 |", FactArrears)


def test_the_accounts_of_one_payer_stand_apart_by_place_programme_and_purse() -> None:
    bills = """
        | region_code | programme | segment | funding_source | month   | billed_idr | paid_idr |
        | 15.03       | JKK       | PU      | EMPLOYER       | 2025-03 | 100        | 30       |
        | 15.03       | JKM       | PU      | EMPLOYER       | 2025-03 | 100        | 900      |
        | 15.04       | JKK       | PU      | EMPLOYER       | 2025-03 | 100        | 20       |
        | 15.04       | JKK       | BPU     | CSR            | 2025-03 | 100        | 0        |
        """
    assert_table(
        owing(bills),
        """
        | region_code | programme | segment | funding_source | accounts | arrears_idr |
        | 15.03       | JKK       | PU      | EMPLOYER       | 1        | 70          |
        | 15.04       | JKK       | PU      | EMPLOYER       | 1        | 80          |
        | 15.04       | JKK       | BPU     | CSR            | 1        | 100         |
        """,
        FactArrears,
    )


def test_what_was_billed_and_owes_nothing_says_zero_in_every_class() -> None:
    bills = """
        | programme | month   | billed_idr | paid_idr |
        | JKK       | 2025-03 | 100        | 100      |
        | JKM       | 2025-04 | 100        | 0        |
        """
    classes = "".join(f"| JKK | {name} | 0 | 0 |\n" for name in ("LANCAR", "KURANG_LANCAR", "MACET", "KONTINJENSI"))
    assert_table(arrears(bills), "| programme | arrears_class | accounts | arrears_idr |\n" + classes, FactArrears)


@pytest.mark.parametrize(("seen", "owed"), [("2025-04-15", [50]), ("2025-04-16", [150]), ("2025-05-15", [150])])
def test_a_bill_stands_among_them_from_the_day_after_its_due_date(seen: str, owed: list[int]) -> None:
    bills = """
        | month   | billed_idr | paid_idr |
        | 2025-02 | 100        | 50       |
        | 2025-03 | 100        | 0        |
        | 2025-04 | 100        | 0        |
        """
    for month in (MARCH, shift(MARCH, 1)):
        found = owing(bills, month, date.fromisoformat(seen)).collect()
        assert found["arrears_idr"].to_list() == owed


def test_months_after_the_month_of_the_version_pay_for_it_and_do_not_stand_among_them() -> None:
    bills = """
        | month   | billed_idr | paid_idr |
        | 2025-01 | 100        | 0        |
        | 2025-02 | 100        | 30       |
        | 2025-03 | 100        | 20       |
        """
    for month, owed in ((1, 50), (2, 150), (3, 250)):
        assert owing(bills, date(2025, month, 1)).collect()["arrears_idr"].to_list() == [owed]


def test_seen_again_a_month_later_the_same_month_is_older() -> None:
    bills = "| month | billed_idr |\n| 2025-01 | 100 |"
    january = date(2025, 1, 1)
    assert_table(owing(bills, january, SEEN), "| arrears_class |\n| LANCAR |", FactArrears)
    assert_table(owing(bills, january, date(2025, 5, 1)), "| arrears_class |\n| KURANG_LANCAR |", FactArrears)


def test_the_published_classes_leave_no_overdue_month_out() -> None:
    months = "".join(f"| {shift(MARCH, -back):%Y-%m} | 1 |\n" for back in range(60))
    history = table(ContributionHistory, "| month | billed_idr |\n" + months, employer_key="one", region_code="15.03")
    found = arrears_of_payers(history, dim_month(), seed(ArrearsClass), Version(MARCH, SEEN)).collect()
    assert found["arrears_idr"].sum() == 60


@pytest.mark.parametrize("seed_", range(3))
def test_the_classes_together_are_what_the_accounts_owe(seed_: int) -> None:
    """Billed less settled, account by account, from plain sums: no way over months or classes."""
    inputs = inputs_of_version(random_world(seed_, rows=300), CLOSED_MARCH)
    history = inputs[ContributionHistory]
    by_class = build([FactArrears], inputs, CLOSED_MARCH)[FactArrears].collect()
    payer = pl.coalesce("employer_key", pl.col("membership_key").bin.encode("hex"))
    bill_due = pl.when(pl.col("month") <= MARCH).then("billed_idr").otherwise(0)
    accounts = history.group_by(*GROUP, payer.alias("payer")).agg(due=bill_due.sum(), paid=pl.col("paid_idr").sum())
    debts = accounts.with_columns(debt=(pl.col("due") - pl.col("paid")).clip(lower_bound=0)).collect()
    wanted = debts.group_by(GROUP).agg(pl.col("debt").sum()).filter(pl.col("debt") > 0)
    found = by_class.group_by(GROUP).agg(debt=pl.col("arrears_idr").sum()).filter(pl.col("debt") > 0)
    assert wanted.height > 4
    assert sorted(found.rows()) == sorted(wanted.rows())


@pytest.mark.parametrize("seed_", range(3))
def test_the_arrears_of_employers_are_those_of_their_accounts_and_of_the_premium_of_each_month(seed_: int) -> None:
    inputs = inputs_of_version(random_world(seed_, rows=300), CLOSED_MARCH)
    history = conform(inputs[ContributionHistory].filter(pl.col("employer_key").is_not_null()), ContributionHistory)
    by_class = arrears_of_payers(history, dim_month(), CLASSES, CLOSED_MARCH).collect()["arrears_idr"].sum()
    of_employers = payment_record(history, dim_month(), CLASSES, CLOSED_MARCH).collect()["arrears_idr"].sum()
    versions = [Version(shift(MARCH, -back), SEEN) for back in range(12)]
    monthly = [overdue_of_month(history, dim_month(), version).collect()["unpaid_idr"].sum() for version in versions]
    assert by_class > 0
    assert by_class == of_employers == sum(monthly)


def test_the_list_of_employers_says_how_far_each_has_paid_and_how_far_ahead_it_is() -> None:
    payments = """
        | employer_key | month   | billed_idr | paid_idr |
        | ahead        | 2025-03 | 100        | 130      |
        | open         | 2025-03 | 100        | 99       |
        | unasked      | 2025-02 | 1          | 1        |
        | unasked      | 2025-03 | 0          | 50       |
        """
    inputs: dict[type[Table], pl.LazyFrame] = {
        **REFERENCE,
        Employer: table(
            Employer, "| npp | nib |\n| ahead | 1 |\n| open | 2 |\n| unbilled | 3 |\n| - | 4 |\n| unasked | 5 |"
        ),
        Membership: table(Membership, "| employer_key |"),
        ContributionHistory: table(ContributionHistory, payments),
    }
    assert_table(
        build([EmployerMonth], inputs, CLOSED_MARCH)[EmployerMonth],
        """
        | employer_key | paid_through | surplus_idr | arrears_idr |
        | ahead        | 2025-03      | 30          | 0           |
        | open         | -            | 0           | 1           |
        | unbilled     | -            | 0           | 0           |
        | NIB:4        | -            | 0           | 0           |
        | unasked      | 2025-02      | 50          | 0           |
        """,
        EmployerMonth,
    )


@pytest.mark.parametrize(
    ("stock", "holds"),
    [
        ("| JKK | LANCAR | 60 |\n| JKK | MACET | 40 |", True),
        ("| JKK | LANCAR | 99 |", False),
        ("| JKM | LANCAR | 100 |", False),
    ],
)
def test_a_month_that_owes_more_than_all_months_up_to_it_is_an_error(stock: str, holds: bool) -> None:
    frames: dict[type[Fact], pl.DataFrame] = {
        FactPremium: table(FactPremium, "| programme | arrears_idr |\n| JKK | 100 |", region_code="15.03").collect(),
        FactArrears: table(
            FactArrears, "| programme | arrears_class | arrears_idr |\n" + stock, region_code="15.03"
        ).collect(),
    }
    checks = check_identities(frames, {"billed_idr": 0, "paid_idr": 0}, "2025-03")
    assert [one.success for one in checks if one.rule == "month_within_stock"] == [holds]
