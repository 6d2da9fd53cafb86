"""Compliance: what is found about an employer, and what is not held against it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import REFERENCE
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.compliance import EmployerMonth, FactCompliance
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))
NOBODY = "| employer_key |"
NOTHING = "| employer_key |"
WAGES = """
    | region_code | year | minimum_wage_idr |
    | 15.03       | 2025 | 3_200_000        |
    | 15.04       | 2025 | 3_500_000        |
    | 15.03       | 2024 | 9_000_000        |
    """


def given(
    employers: str, members: str = NOBODY, payments: str = NOTHING, wages: str = "", version: Version = MARCH
) -> dict[type[Table], pl.LazyFrame]:
    """Return the inputs of one version."""
    inputs = {
        **REFERENCE,
        Employer: table(Employer, employers),
        Membership: table(Membership, members, month=version.month, as_of_date=version.as_of_date),
        ContributionHistory: table(ContributionHistory, payments),
    }
    if wages:
        inputs[MinimumWage] = table(MinimumWage, wages)
    return inputs


def findings(
    employers: str, members: str = NOBODY, payments: str = NOTHING, wages: str = "", version: Version = MARCH
) -> pl.LazyFrame:
    """Return the employers of March with their findings."""
    return build([EmployerMonth], given(employers, members, payments, wages, version), version)[EmployerMonth]


def test_an_employer_without_an_npp_is_unregistered_and_known_by_its_nib() -> None:
    found = findings(
        """
        | npp | nib | declared_workers | scale |
        | -   | 123 | 5                | BESAR |
        """
    )
    assert_table(
        found,
        """
        | employer_key | is_unregistered | is_workers_missing | is_programme_missing | missing_workers | is_compliant |
        | NIB:123      | Y               | T                  | T                    | 0               | T            |
        """,
        EmployerMonth,
    )


@pytest.mark.parametrize(
    ("declared", "programmes", "wage", "paid_date", "paid", "is_compliant"),
    [
        (1, "JKK,JKM", 3_200_000, "2025-04-15", 10, "Y"),
        (2, "JKK,JKM", 3_200_000, "2025-04-15", 10, "T"),
        (1, "JKK,JHT", 3_200_000, "2025-04-15", 10, "T"),
        (1, "JKK,JKM", 3_199_999, "2025-04-15", 10, "T"),
        (1, "JKK,JKM", 3_200_000, "2025-04-16", 10, "T"),
        (1, "JKK,JKM", 3_200_000, "2025-04-15", 9, "T"),
    ],
)
def test_any_single_finding_ends_compliance(
    declared: int, programmes: str, wage: int, paid_date: str, paid: int, is_compliant: str
) -> None:
    found = findings(
        f"| npp | region_code | scale | declared_workers |\n| one | 15.03 | MIKRO | {declared} |",
        f"| employer_key | programmes | wage_idr | workplace_code |\n| one | {programmes} | {wage} | 15.03 |",
        f"| employer_key | month | billed_idr | paid_idr | paid_date |\n| one | 2025-03 | 10 | {paid} | {paid_date} |",
        wages=WAGES,
    )
    assert_table(found, f"| is_compliant |\n| {is_compliant} |", EmployerMonth)


def test_before_a_duty_begins_no_programme_is_owed() -> None:
    june = Version(date(2015, 6, 1), date(2015, 6, 30))
    found = findings("| npp | scale | programmes |\n| one | BESAR | JKK |\n| two | BESAR | JKM |", version=june)
    assert_table(found, "| employer_key | is_programme_missing |\n| one | T |\n| two | T |", EmployerMonth)


def test_workers_are_counted_as_persons_in_force_in_any_segment() -> None:
    found = findings(
        "| npp | declared_workers |\n| one | 4 |",
        """
        | worker_key | employer_key | segment | end_date   |
        | budi       | one          | PU      | -          |
        | budi       | one          | JAKON   | -          |
        | siti       | one          | JAKON   | -          |
        | gone       | one          | PU      | 2025-03-01 |
        | other      | two          | PU      | -          |
        """,
    )
    assert_table(
        found,
        """
        | declared_workers | registered_workers | missing_workers | is_workers_missing |
        | 4                | 2                  | 2               | Y                  |
        """,
        EmployerMonth,
    )


def test_more_workers_in_force_than_declared_are_none_missing() -> None:
    found = findings("| npp | declared_workers |\n| one | 0 |", "| employer_key |\n| one |")
    assert_table(found, "| registered_workers | missing_workers | is_workers_missing |\n| 1 | 0 | T |", EmployerMonth)


@pytest.mark.parametrize(
    ("segment", "workplace", "wage", "flag"),
    [
        ("PU", "15.04", 3_300_000, "Y"),
        ("PU", "15.04", 3_500_000, "T"),
        ("PU", "-", 3_199_999, "Y"),
        ("PU", "-", 3_200_000, "T"),
        ("PU", "16.01", 1, "T"),
        ("JAKON", "15.04", 1, "T"),
        ("JAKON", "-", 1, "T"),
    ],
)
def test_a_wage_is_held_against_the_minimum_of_the_workplace(
    segment: str, workplace: str, wage: int, flag: str
) -> None:
    member = f"""
        | employer_key | segment   | workplace_code | wage_idr |
        | one          | {segment} | {workplace}    | {wage}   |
        """
    found = findings("| npp | region_code |\n| one | 15.03 |", member, wages=WAGES)
    assert_table(found, f"| is_wage_below_minimum |\n| {flag} |", EmployerMonth)


def test_one_low_wage_among_others_is_enough() -> None:
    members = "| employer_key | workplace_code | wage_idr |\n| one | - | 1 |\n| one | - | 9_999_999 |\n| one | 15.03 | 9_999_999 |"
    found = findings("| npp | region_code |\n| one | 15.03 |", members, wages=WAGES)
    assert_table(found, "| is_wage_below_minimum |\n| Y |", EmployerMonth)


def test_without_minimum_wages_no_wage_is_below_them() -> None:
    found = findings("| npp | region_code |\n| one | 15.03 |", "| employer_key | workplace_code |\n| one | 15.03 |")
    assert_table(found, "| is_wage_below_minimum |\n| T |", EmployerMonth)


def test_the_size_of_the_employer_decides_which_programmes_it_owes() -> None:
    found = findings(
        """
        | npp   | scale    | programmes     |
        | micro | MIKRO    | JKK,JKM        |
        | small | KECIL    | JKK,JKM        |
        | mid   | MENENGAH | JKK,JKM,JHT    |
        | large | BESAR    | JKK,JKM,JHT,JP |
        """
    )
    assert_table(
        found,
        "| employer_key | is_programme_missing |\n| micro | T |\n| small | Y |\n| mid | Y |\n| large | T |",
        EmployerMonth,
    )


def test_programmes_that_the_employer_does_not_state_are_those_of_its_workers() -> None:
    found = findings(
        "| npp | scale | programmes |\n| stated | KECIL | JKK |\n| silent | KECIL | - |\n| empty | KECIL | - |",
        """
        | employer_key | programmes |
        | stated       | JKK,JKM,JHT |
        | silent       | JKK,JKM     |
        | silent       | JHT         |
        """,
    )
    assert_table(
        found, "| employer_key | is_programme_missing |\n| stated | Y |\n| silent | T |\n| empty | Y |", EmployerMonth
    )


def test_an_npp_in_two_regencies_is_assessed_in_each_and_once_in_one() -> None:
    found = findings(
        """
        | npp | nib | region_code | declared_workers |
        | one | 1   | 15.03       | 1                |
        | one | 2   | 15.03       | 3                |
        | one | 1   | 15.04       | 1                |
        """,
        "| employer_key |\n| one |",
    )
    assert_table(
        found,
        "| region_code | declared_workers | registered_workers | missing_workers |\n| 15.03 | 3 | 1 | 2 |\n| 15.04 | 1 | 1 | 0 |",
        EmployerMonth,
    )


def test_the_sector_is_the_section_of_the_kbli_division() -> None:
    found = findings("| npp | kbli |\n| farm | 01111 |\n| mill | 33999 |\n| odd | 34000 |\n| zero | 00000 |")
    assert_table(
        found, "| employer_key | sector |\n| farm | A |\n| mill | C |\n| odd | X |\n| zero | X |", EmployerMonth
    )


def test_an_employer_counts_in_every_finding_it_has_and_obliged_is_registered_and_not() -> None:
    inputs = given(
        """
        | npp  | nib | region_code | scale | kbli  | declared_workers | programmes |
        | good | 1   | 15.03       | MIKRO | 01111 | 0                | JKK,JKM    |
        | bad  | 2   | 15.03       | MIKRO | 01111 | 9                | JKK        |
        | -    | 3   | 15.03       | MIKRO | 01111 | 9                | -          |
        | tall | 4   | 15.03       | KECIL | 01111 | 0                | JKK,JKM    |
        """,
        payments="""
        | employer_key | month   | billed_idr | paid_idr | paid_date  |
        | bad          | 2024-12 | 100        | 0        | -          |
        | bad          | 2025-03 | 100        | 100      | 2025-04-20 |
        """,
    )
    found = build([FactCompliance], inputs, MARCH)[FactCompliance]
    assert_table(
        found,
        """
        | scale | sector | obliged_employers | registered_employers | unregistered_employers | compliant_employers |
        | MIKRO | A      | 3                 | 2                    | 1                      | 1                   |
        | KECIL | A      | 1                 | 1                    | 0                      | 0                   |
        """,
        FactCompliance,
    )
    assert_table(
        found,
        """
        | scale | workers_missing_employers | missing_workers | programme_missing_employers | late_employers |
        | MIKRO | 1                         | 9               | 1                           | 1              |
        | KECIL | 0                         | 0               | 1                           | 0              |
        """,
        FactCompliance,
    )
    assert_table(
        found,
        """
        | scale | arrears_idr | arrears_current_employers | arrears_substandard_employers | arrears_bad_employers |
        | MIKRO | 100         | 0                         | 1                             | 0                     |
        | KECIL | 0           | 0                         | 0                             | 0                     |
        """,
        FactCompliance,
    )
