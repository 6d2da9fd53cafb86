"""The cause of every payer, from what it owes and what it is billed alone; prices are made elsewhere."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.asciitable import assert_table, table
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.contribution import Contribution
from warehouse.tables.premium_difference import FactPremiumDifference
from warehouse.tables.premium_due import PremiumDue

MARCH = Version(date(2025, 3, 1), date(2025, 4, 10))
OF_MARCH = {"segment": "PU", "programme": "JKK", "funding_source": "EMPLOYER"}


def difference(owing: str, bills: str) -> pl.LazyFrame:
    """Return the fact where payers owe and are billed so much."""
    inputs: dict[type[Table], pl.LazyFrame] = {
        PremiumDue: table(PremiumDue, owing, **OF_MARCH),
        Contribution: table(Contribution, bills, **OF_MARCH),
    }
    return build([FactPremiumDifference], inputs, MARCH)[FactPremiumDifference]


def test_the_first_cause_that_fits_is_that_of_the_payer() -> None:
    """Each regency has one payer; 15.02 to 15.04 differ by a rupiah per membership, or by less."""
    found = difference(
        """
        | region_code | employer_key | memberships | due_idr | payable_idr | earlier_due_idr | earlier_payable_idr |
        | 15.01       | p01          | 2           | 100     | 90          | 80              | 70                  |
        | 15.02       | p02          | 2           | 100     | 90          | 80              | 70                  |
        | 15.03       | p03          | 2           | 100     | 90          | 80              | 70                  |
        | 15.04       | p04          | 1           | 100     | 90          | 80              | 70                  |
        | 15.05       | p05          | 2           | 100     | 90          | 80              | 70                  |
        | 15.06       | p06          | 2           | 100     | 90          | 80              | 70                  |
        | 15.07       | p07          | 2           | 100     | 90          | 80              | 70                  |
        | 15.08       | p08          | 2           | 100     | 90          | -               | -                   |
        | 15.09       | p09          | 2           | -       | -           | -               | -                   |
        | 15.10       | p10          | 2           | 100     | 90          | 80              | 70                  |
        | 15.12       | p12          | 3           | 0       | 0           | 0               | 0                   |
        | 15.13       | p13          | 1           | 1       | 1           | 1               | 1                   |
        | 15.14       | p14          | 1           | -       | -           | -               | -                   |
        """,
        """
        | region_code | employer_key | billed_idr |
        | 15.01       | p01          | 101        |
        | 15.02       | p02          | 102        |
        | 15.03       | p03          | 98         |
        | 15.04       | p04          | 101        |
        | 15.05       | p05          | 91         |
        | 15.06       | p06          | 81         |
        | 15.07       | p07          | 71         |
        | 15.08       | p08          | 1          |
        | 15.09       | p09          | 50         |
        | 15.11       | p11          | 1          |
        """,
    )
    assert_table(
        found,
        """
        | region_code | cause         | payers | due_idr | billed_idr |
        | 15.01       | AGREES        | 1      | 100     | 101        |
        | 15.02       | OVER_BILLED   | 1      | 100     | 102        |
        | 15.03       | UNDER_BILLED  | 1      | 100     | 98         |
        | 15.04       | OVER_BILLED   | 1      | 100     | 101        |
        | 15.05       | STATE_SHARE   | 1      | 100     | 91         |
        | 15.06       | RULE_CHANGE   | 1      | 100     | 81         |
        | 15.07       | RULE_CHANGE   | 1      | 100     | 71         |
        | 15.08       | UNDER_BILLED  | 1      | 100     | 1          |
        | 15.09       | UNKNOWN_CLASS | 1      | 0       | 50         |
        | 15.10       | NOT_BILLED    | 1      | 100     | 0          |
        | 15.11       | NO_MEMBERSHIP | 1      | 0       | 1          |
        | 15.12       | AGREES        | 1      | 0       | 0          |
        | 15.13       | NOT_BILLED    | 1      | 1       | 0          |
        | 15.14       | UNKNOWN_CLASS | 1      | 0       | 0          |
        """,
        FactPremiumDifference,
    )


def test_a_payer_of_several_regencies_has_one_cause_in_all_of_them() -> None:
    found = difference(
        """
        | employer_key | region_code | memberships | due_idr |
        | same         | 15.03       | 1           | 100     |
        | same         | 15.04       | 1           | 200     |
        | moved        | 17.03       | 1           | 100     |
        | moved        | 17.04       | 1           | 200     |
        | short        | 18.03       | 1           | 100     |
        | short        | 18.04       | 1           | 200     |
        """,
        """
        | employer_key | region_code | billed_idr |
        | same         | 15.03       | 100        |
        | same         | 15.04       | 200        |
        | moved        | 17.05       | 300        |
        | short        | 18.03       | 100        |
        | short        | 18.04       | 190        |
        """,
    )
    assert_table(
        found,
        """
        | region_code | cause         | payers | due_idr | billed_idr |
        | 15.03       | AGREES        | 1      | 100     | 100        |
        | 15.04       | AGREES        | 1      | 200     | 200        |
        | 17.03       | OTHER_REGENCY | 1      | 100     | 0          |
        | 17.04       | OTHER_REGENCY | 1      | 200     | 0          |
        | 17.05       | OTHER_REGENCY | 1      | 0       | 300        |
        | 18.03       | UNDER_BILLED  | 1      | 100     | 100        |
        | 18.04       | UNDER_BILLED  | 1      | 200     | 190        |
        """,
        FactPremiumDifference,
    )


def test_memberships_whose_payer_nobody_names_are_payers_each_and_one_with_whoever_is_billed_beside_them() -> None:
    found = difference(
        """
        | region_code | memberships | due_idr |
        | 15.03       | 3           | 30      |
        | 15.04       | 3           | 30      |
        | 15.05       | 2           | -       |
        | 15.06       | 4           | 0       |
        """,
        """
        | region_code | employer_key | billed_idr |
        | 15.04       | payer        | 32         |
        """,
    )
    assert_table(
        found,
        """
        | region_code | cause         | payers | due_idr | billed_idr |
        | 15.03       | NOT_BILLED    | 3      | 30      | 0          |
        | 15.04       | AGREES        | 1      | 30      | 32         |
        | 15.05       | UNKNOWN_CLASS | 2      | 0       | 0          |
        | 15.06       | AGREES        | 4      | 0       | 0          |
        """,
        FactPremiumDifference,
    )


def test_a_bill_is_the_employer_s_where_it_names_one_and_else_the_member_s() -> None:
    found = difference(
        """
        | region_code | employer_key | membership_key | memberships | due_idr |
        | 15.03       | one          | -              | 1           | 10      |
        | 15.04       | -            | budi           | 1           | 10      |
        """,
        """
        | region_code | employer_key | membership_key | billed_idr |
        | 15.03       | one          | budi           | 10         |
        | 15.04       | -            | budi           | 10         |
        """,
    )
    assert_table(found, "| region_code | cause |\n| 15.03 | AGREES |\n| 15.04 | AGREES |", FactPremiumDifference)
