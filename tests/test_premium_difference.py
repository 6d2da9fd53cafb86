"""Every payer falls under one cause of a difference, and the causes add up to what is due and billed."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import REFERENCE
from tests.second import made
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.premium_difference import FactPremiumDifference

MARCH = Version(date(2025, 3, 1), date(2025, 4, 10))
MARCH_2026 = Version(date(2026, 3, 1), date(2026, 4, 10))
LISTED = "| npp | risk_class |\n| one | RENDAH |"


def difference(members: str, bills: str, version: Version = MARCH, others: str = "") -> pl.LazyFrame:
    """Return the fact of a version with `members` in force and `bills` of the month; `others` are bills of other months."""
    same = {"month": version.month, "as_of_date": version.as_of_date}
    living = {"segment": "PU", "residence_code": "15.03", "employer_key": "one", "programmes": "JKK"}
    of_month = {"segment": "PU", "region_code": "15.03", "programme": "JKK", **same}
    known = [table(ContributionHistory, bills, **of_month)]
    inputs: dict[type[Table], pl.LazyFrame] = {
        **REFERENCE,
        Membership: table(Membership, members, **living, paid_through=version.month, **same),
        Contribution: table(Contribution, bills, **of_month),
        ContributionHistory: pl.concat([*known, *([table(ContributionHistory, others)] if others else [])]),
        Employer: table(Employer, LISTED),
    }
    return made([FactPremiumDifference], inputs, version)[FactPremiumDifference].lazy()


@pytest.mark.parametrize(
    ("billed", "cause"),
    [
        (54_000, "AGREES"),
        (53_999, "AGREES"),
        (54_001, "AGREES"),
        (53_998, "UNDER_BILLED"),
        (54_002, "OVER_BILLED"),
        (0, "NOT_BILLED"),
    ],
)
def test_a_bill_agrees_within_less_than_a_rupiah_per_membership(billed: int, cause: str) -> None:
    found = difference(
        "| wage_idr |\n| 4_000_000 |\n| 6_000_000 |", f"| employer_key | billed_idr |\n| one | {billed} |"
    )
    assert_table(
        found, f"| cause | payers | due_idr | billed_idr |\n| {cause} | 1 | 54_000 | {billed} |", FactPremiumDifference
    )


def test_a_single_membership_leaves_no_room_to_round() -> None:
    found = difference("| wage_idr |\n| 4_000_000 |", "| employer_key | billed_idr |\n| one | 21_601 |")
    assert_table(found, "| cause |\n| OVER_BILLED |", FactPremiumDifference)


def test_a_bill_in_another_regency_than_the_worker_s_is_named_in_both() -> None:
    found = difference(
        """
        | wage_idr  | residence_code |
        | 4_000_000 | 15.03          |
        | 6_000_000 | 15.04          |
        """,
        "| employer_key | billed_idr | region_code |\n| one | 54_000 | 16.01 |",
    )
    assert_table(
        found,
        """
        | region_code | cause         | payers | due_idr | billed_idr |
        | 15.03       | OTHER_REGENCY | 1      | 21_600  | 0          |
        | 15.04       | OTHER_REGENCY | 1      | 32_400  | 0          |
        | 16.01       | OTHER_REGENCY | 1      | 0       | 54_000     |
        """,
        FactPremiumDifference,
    )


def test_a_payer_has_one_cause_even_where_one_of_its_regencies_agrees() -> None:
    found = difference(
        """
        | wage_idr  | residence_code |
        | 4_000_000 | 15.03          |
        | 6_000_000 | 15.04          |
        """,
        """
        | employer_key | billed_idr | region_code |
        | one          | 21_600     | 15.03       |
        | one          | 30_000     | 15.04       |
        """,
    )
    assert_table(
        found,
        """
        | region_code | cause        | due_idr | billed_idr |
        | 15.03       | UNDER_BILLED | 21_600  | 21_600     |
        | 15.04       | UNDER_BILLED | 32_400  | 30_000     |
        """,
        FactPremiumDifference,
    )


def test_what_the_state_pays_itself_is_no_part_of_a_bill() -> None:
    found = difference(
        "| wage_idr | programmes |\n| 5_000_000 | JKP |",
        "| employer_key | programme | billed_idr |\n| one | JKP | 7_000 |",
    )
    assert_table(found, "| cause | due_idr | billed_idr |\n| STATE_SHARE | 18_000 | 7_000 |", FactPremiumDifference)


@pytest.mark.parametrize("billed", [316_422, 332_589], ids=["ceiling of February", "ceiling of March"])
def test_a_bill_by_the_rules_before_the_change_names_the_change(billed: int) -> None:
    found = difference(
        "| wage_idr | programmes |\n| 20_000_000 | JP |",
        f"| employer_key | programme | billed_idr |\n| one | JP | {billed} |",
        MARCH_2026,
    )
    cause = "AGREES" if billed == 332_589 else "RULE_CHANGE"
    assert_table(found, f"| cause | due_idr |\n| {cause} | 332_589 |", FactPremiumDifference)


def test_the_rules_before_the_change_are_tried_without_the_state_s_share_too() -> None:
    found = difference(
        "| wage_idr | programmes |\n| 5_000_000 | JKP |",
        "| employer_key | programme | billed_idr |\n| one | JKP | 12_000 |",
    )
    assert_table(found, "| cause | due_idr |\n| RULE_CHANGE | 18_000 |", FactPremiumDifference)


def test_a_programme_without_earlier_rules_has_no_earlier_amount_to_agree_with() -> None:
    found = difference(
        "| wage_idr | programmes |\n| 5_000_000 | JKP |\n| 5_000_000 | JKP |",
        "| employer_key | programme | billed_idr |\n| one | JKP | 1 |",
        Version(date(2021, 2, 1), date(2021, 3, 10)),
    )
    assert_table(found, "| cause | due_idr |\n| UNDER_BILLED | 46_000 |", FactPremiumDifference)


def test_an_employer_without_a_risk_class_is_unknown_even_when_nothing_is_billed() -> None:
    found = difference(
        "| wage_idr | employer_key |\n| 4_000_000 | two |\n| 4_000_000 | one |",
        "| employer_key | billed_idr |\n| one | 21_600 |",
    )
    assert_table(
        found,
        "| cause | payers | due_idr |\n| UNKNOWN_CLASS | 1 | 0 |\n| AGREES | 1 | 21_600 |",
        FactPremiumDifference,
    )


def test_who_owes_without_a_bill_and_who_is_billed_without_members_are_told_apart() -> None:
    found = difference(
        "| wage_idr | residence_code |\n| 4_000_000 | 15.03 |",
        "| employer_key | billed_idr | region_code |\n| two | 9_000 | 15.04 |",
    )
    assert_table(
        found,
        """
        | region_code | cause         | payers | due_idr | billed_idr |
        | 15.03       | NOT_BILLED    | 1      | 21_600  | 0          |
        | 15.04       | NO_MEMBERSHIP | 1      | 0       | 9_000      |
        """,
        FactPremiumDifference,
    )


@pytest.mark.parametrize(("billed", "cause"), [(30_000, "AGREES"), (20_000, "UNDER_BILLED"), (40_000, "OVER_BILLED")])
def test_a_regency_that_pays_for_many_in_one_sum_is_one_payer(billed: int, cause: str) -> None:
    own = "BPU     | -            | APBD_REGENCY   | JKK"
    found = difference(
        f"""
        | segment | employer_key | funding_source | programmes |
        | {own}        |
        | {own}        |
        | {own}        |
        """,
        f"| employer_key | segment | funding_source | billed_idr |\n| payer | BPU | APBD_REGENCY | {billed} |",
    )
    assert_table(
        found, f"| cause | payers | due_idr | billed_idr |\n| {cause} | 1 | 30_000 | {billed} |", FactPremiumDifference
    )


def test_payers_of_one_side_are_pooled_by_regency_and_purse_only() -> None:
    found = difference(
        """
        | segment | employer_key | funding_source | residence_code |
        | BPU     | -            | APBD_REGENCY   | 15.03          |
        | BPU     | -            | CSR            | 15.03          |
        | BPU     | -            | APBD_REGENCY   | 15.04          |
        """,
        "| employer_key | segment | funding_source | billed_idr |\n| payer | BPU | APBD_REGENCY | 10_000 |",
    )
    assert_table(
        found,
        """
        | region_code | funding_source | cause      | payers | due_idr | billed_idr |
        | 15.03       | APBD_REGENCY   | AGREES     | 1      | 10_000  | 10_000     |
        | 15.03       | CSR            | NOT_BILLED | 1      | 10_000  | 0          |
        | 15.04       | APBD_REGENCY   | NOT_BILLED | 1      | 10_000  | 0          |
        """,
        FactPremiumDifference,
    )


def test_members_who_pay_for_themselves_are_payers_each() -> None:
    found = difference(
        """
        | membership_key | segment | employer_key | funding_source |
        | budi           | BPU     | -            | SELF           |
        | siti           | BPU     | -            | SELF           |
        | agus           | BPU     | -            | SELF           |
        | dewi           | BPU     | -            | SELF           |
        """,
        """
        | membership_key | segment | funding_source | billed_idr |
        | budi           | BPU     | SELF           | 10_000     |
        | siti           | BPU     | SELF           | 12_000     |
        """,
    )
    assert_table(
        found,
        """
        | cause       | payers | due_idr | billed_idr |
        | AGREES      | 1      | 10_000  | 10_000     |
        | OVER_BILLED | 1      | 10_000  | 12_000     |
        | NOT_BILLED  | 2      | 20_000  | 0          |
        """,
        FactPremiumDifference,
    )


@pytest.mark.parametrize("programmes", ["JKK", "JKK,JKM"])
def test_a_contract_that_was_charged_in_an_earlier_month_agrees_with_no_bill(programmes: str) -> None:
    found = difference(
        f"""
        | segment | employer_key | programmes  | start_date | end_date   | funding_source |
        | PMI     | -            | {programmes} | 2025-03-02 | 2027-03-02 | SELF           |
        | PMI     | -            | {programmes} | 2025-02-02 | 2027-02-02 | SELF           |
        """,
        "| billed_idr |",
    )
    assert_table(
        found.filter(pl.col("programme") == "JKK"),
        "| cause | payers | due_idr |\n| NOT_BILLED | 1 | 370_000 |\n| AGREES | 1 | 0 |",
        FactPremiumDifference,
    )
