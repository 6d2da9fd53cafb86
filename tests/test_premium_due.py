"""What payers owe: every membership in force by the class of its employer, in or out of arrears, and by the rules of its day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import REFERENCE
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_rule import FactPremiumRule
from warehouse.tables.reference import ContributionRule

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))
MEMBER = {"segment": "PU", "residence_code": "15.03", "employer_key": "one", "programmes": "JKK", "wage_idr": 5_000_000}


def facts(
    members: str, employers: str = "", bills: str = "| region_code |", version: Version = MARCH, law: str = ""
) -> dict[type[Table], pl.LazyFrame]:
    """Return the facts of premium with `members` in force, `employers` listed, and all `bills` ever, by another `law`."""
    same = {"month": version.month, "as_of_date": version.as_of_date}
    history = table(ContributionHistory, bills)
    inputs: dict[type[Table], pl.LazyFrame] = {
        **REFERENCE,
        Membership: table(Membership, members, **{**MEMBER, "paid_through": version.month}, **same),
        Contribution: history.filter(pl.col("month") == version.month),
        ContributionHistory: history,
    }
    if employers:
        inputs[Employer] = table(Employer, employers)
    if law:
        inputs[ContributionRule] = table(ContributionRule, law)
    return build([FactPremium, FactPremiumRule], inputs, version)


def rules(members: str, employers: str = "", bills: str = "| region_code |", version: Version = MARCH) -> pl.LazyFrame:
    """Return what is due by rules."""
    return facts(members, employers, bills, version)[FactPremiumRule]


def test_due_stands_beside_billed_where_anything_was_billed_or_anybody_is_a_member() -> None:
    found = facts(
        "| programmes | residence_code |\n| JKK,JKM | 15.03 |",
        "| npp | risk_class |\n| one | RENDAH |",
        """
        | month   | region_code | programme | billed_idr | workers |
        | 2025-03 | 15.03       | JKM       | 15_000     | 1       |
        | 2025-03 | 15.03       | JHT       | 9_000      | 1       |
        """,
    )[FactPremium]
    assert_table(
        found,
        """
        | programme | members | due_idr | workers_billed | billed_idr |
        | JKK       | 1       | 27_000  | 0              | 0          |
        | JKM       | 1       | 15_000  | 1              | 15_000     |
        | JHT       | 0       | 0       | 1              | 9_000      |
        """,
        FactPremium,
    )


def test_what_cannot_be_priced_is_unknown_and_not_zero() -> None:
    found = facts("| employer_key | programmes |\n| one | JKK |\n| two | JKK,JKM |", "| npp |\n| three |")
    assert_table(found[FactPremium], "| programme | due_idr |\n| JKK | - |\n| JKM | 15_000 |", FactPremium)
    assert_table(
        found[FactPremiumRule],
        """
        | programme | rules         | memberships | due_idr | confidence |
        | JKK       | UNKNOWN_CLASS | 2           | -       | -          |
        | JKM       | R019          | 1           | 15_000  | high       |
        """,
        FactPremiumRule,
    )


def test_what_can_be_priced_is_due_even_beside_what_cannot() -> None:
    found = facts("| employer_key |\n| one |\n| two |", "| npp | risk_class |\n| one | RENDAH |")[FactPremium]
    assert_table(found, "| members | due_idr |\n| 2 | 27_000 |", FactPremium)


def test_a_worker_with_two_memberships_owes_twice_and_is_one_member() -> None:
    found = facts("| worker_key |\n| budi |\n| budi |", "| npp | risk_class |\n| one | RENDAH |")[FactPremium]
    assert_table(found, "| members | due_idr |\n| 1 | 54_000 |", FactPremium)


def test_without_a_list_of_employers_only_what_needs_no_class_is_priced() -> None:
    found = rules("| programmes |\n| JKK,JHT |")
    assert_table(
        found,
        "| programme | rules | due_idr |\n| JKK | UNKNOWN_CLASS | - |\n| JHT | R022+R023 | 285_000 |",
        FactPremiumRule,
    )


def test_an_employer_listed_twice_is_what_its_largest_row_says() -> None:
    found = rules(
        "| programmes |\n| JKK |",
        """
        | npp | nib | risk_class    | labour_intensive | declared_workers | region_code |
        | one | 1   | SANGAT_RENDAH | T                | 9                | 15.04       |
        | one | 2   | TINGGI        | Y                | 10               | 15.03       |
        | one | 3   | SEDANG        | T                | 10               | 15.03       |
        """,
    )
    assert_table(found, "| rules | due_idr |\n| R014 | 31_750 |", FactPremiumRule)


def test_of_two_rows_alike_in_size_and_nib_the_first_in_the_alphabet_says_and_not_the_order_of_the_file() -> None:
    one = "| one | 2 | TINGGI        | T | 10 |"
    two = "| one | 2 | TINGGI        | Y | 10 |"
    three = "| one | 2 | SANGAT_TINGGI | T | 10 |"
    head = "| npp | nib | risk_class | labour_intensive | declared_workers |"
    for listed, rule in (((two, one), "R004"), ((one, two), "R004"), ((two, three), "R005"), ((three, two), "R005")):
        found = rules("| programmes |\n| JKK |", "\n".join([head, *listed]))
        assert_table(found, f"| rules |\n| {rule} |", FactPremiumRule)


@pytest.mark.parametrize(
    ("bill", "jkk"),
    [
        ("| one | 2025-02 | 15.04 | 100 | 0   |", "R002"),
        ("| one | 2025-02 | 15.04 | 100 | 100 |", "R007B"),
        ("| one | 2025-03 | 15.04 | 100 | 99  |", "R002"),
        ("| one | 2025-04 | 15.04 | 100 | 0   |", "R007B"),
        ("| two | 2025-02 | 15.03 | 100 | 0   |", "R007B"),
    ],
    ids=["earlier month", "paid", "this month", "later month", "another employer"],
)
def test_an_employer_in_arrears_loses_the_lower_rate_and_owes_jkp_all_the_same(bill: str, jkk: str) -> None:
    found = rules(
        "| programmes |\n| JKK,JKP |",
        "| npp | risk_class |\n| one | RENDAH |",
        f"| employer_key | month | region_code | billed_idr | paid_idr |\n{bill}",
        Version(date(2025, 3, 1), date(2025, 5, 31)),
    )
    assert_table(found, f"| programme | rules |\n| JKK | {jkk} |\n| JKP | R021A+R021B |", FactPremiumRule)


def test_arrears_change_nothing_for_who_does_not_hold_jkp() -> None:
    bills = "| employer_key | month | billed_idr |\n| one | 2025-02 | 100 |"
    found = rules("| programmes |\n| JKK |\n| JKK,JKP |", "| npp | risk_class |\n| one | RENDAH |", bills)
    assert_table(found.filter(pl.col("programme") == "JKK"), "| rules | memberships |\n| R002 | 2 |", FactPremiumRule)


def test_an_employer_in_arrears_that_no_list_names_is_in_arrears_to_a_rule_that_asks_for_no_risk_class() -> None:
    """Today's rules that ask for arrears ask for the class too; the law may change."""
    found = facts(
        "| employer_key | programmes |\n| one | JKM,JKP |\n| two | JKM,JKP |",
        "| npp | risk_class |\n| three | RENDAH |",
        "| employer_key | month | billed_idr |\n| one | 2025-02 | 100 |",
        law="""
        | rule_id | segment | programme | jkp_member | payer    | basis | rate  | effective_from | confidence |
        | MEMBER  | PU      | JKM       | Y          | EMPLOYER | WAGE  | 0.002 | 2025-01-01     | high       |
        | OTHER   | PU      | JKM       | T          | EMPLOYER | WAGE  | 0.003 | 2025-01-01     | high       |
        """,
    )[FactPremiumRule]
    of_jkm = found.filter(pl.col("programme") == "JKM")
    assert_table(of_jkm, "| rules | due_idr |\n| MEMBER | 10_000 |\n| OTHER | 15_000 |", FactPremiumRule)


@pytest.mark.parametrize(("as_of", "jkp"), [(date(2025, 2, 6), "R020A+R020B"), (date(2025, 2, 7), "R021A+R021B")])
def test_the_rules_are_those_of_the_reference_day(as_of: date, jkp: str) -> None:
    found = rules("| programmes |\n| JKP |", version=Version(date(2025, 2, 1), as_of))
    assert_table(found, f"| rules |\n| {jkp} |", FactPremiumRule)


def test_a_month_seen_later_is_judged_by_its_last_day() -> None:
    found = rules("| programmes |\n| JP |", version=Version(date(2025, 2, 1), date(2025, 3, 31)))
    assert_table(found, "| rules |\n| R042+R043 |", FactPremiumRule)


def test_a_rule_of_low_confidence_is_used_and_flagged() -> None:
    found = rules("| programmes |\n| JP |", version=Version(date(2021, 5, 1), date(2021, 5, 31)))
    assert_table(found, "| rules | confidence | due_idr |\n| R036+R037 | low | 150_000 |", FactPremiumRule)


def test_half_and_full_price_of_one_month_stand_side_by_side() -> None:
    found = rules(
        """
        | segment | employer_key | funding_source | sub_sector   |
        | BPU     | -            | SELF           | NELAYAN      |
        | BPU     | -            | SELF           | TRANSPORTASI |
        | BPU     | -            | APBD_REGENCY   | TRANSPORTASI |
        """,
        version=Version(date(2026, 4, 1), date(2026, 4, 30)),
    )
    assert_table(
        found,
        """
        | funding_source | rules      | due_idr |
        | SELF           | R048*R054A | 5_000   |
        | SELF           | R048*R053A | 5_000   |
        | APBD_REGENCY   | R048       | 10_000  |
        """,
        FactPremiumRule,
    )


def test_a_contract_value_counts_for_construction_only() -> None:
    found = rules(
        """
        | segment | programmes | contract_value_idr | start_date |
        | PU      | JKM        | 100_000_000        | 2025-03-01 |
        | JAKON   | JKM        | 100_000_000        | 2025-03-01 |
        """
    )
    assert_table(
        found, "| segment | rules | due_idr |\n| PU | R019 | 15_000 |\n| JAKON | R059 | 30_000 |", FactPremiumRule
    )


def test_the_rules_of_a_group_add_up_to_its_due() -> None:
    both = facts(
        "| employer_key | programmes |\n| one | JKK,JKP |\n| two | JKK |\n| - | JKK |",
        "| npp | risk_class |\n| one | RENDAH |\n| two | SEDANG |",
    )
    parts = both[FactPremiumRule].group_by("programme").agg(pl.col("due_idr").sum()).sort("programme")
    whole = both[FactPremium].select("programme", "due_idr").sort("programme")
    assert parts.collect().rows() == whole.collect().rows() == [("JKK", 64_500), ("JKP", 18_000)]
