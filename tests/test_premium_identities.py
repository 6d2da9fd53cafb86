"""The parts of premium add up to the whole in every group, and a missing or wrong part is noticed."""

from __future__ import annotations

import polars as pl
import pytest

from expectations.identities import check_identities
from tests.asciitable import table
from warehouse.schema import Fact
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_difference import FactPremiumDifference
from warehouse.tables.premium_rule import FactPremiumRule

WHOLE = """
    | region_code | programme | due_idr | billed_idr |
    | 15.03       | JKK       | 300     | 250        |
    | 15.04       | JKK       | -       | 10         |
"""
RULES = """
    | region_code | programme | rules         | due_idr |
    | 15.03       | JKK       | R001          | 100     |
    | 15.03       | JKK       | R002          | 200     |
    | 15.04       | JKK       | UNKNOWN_CLASS | -       |
"""
CAUSES = """
    | region_code | programme | cause         | due_idr | billed_idr |
    | 15.03       | JKK       | AGREES        | 100     | 100        |
    | 15.03       | JKK       | UNDER_BILLED  | 200     | 150        |
    | 15.04       | JKK       | UNKNOWN_CLASS | 0       | 10         |
"""


def broken(parts: type[Fact], text: str, whole: str = WHOLE) -> set[str]:
    """Return the identities that fail between the whole and `parts`."""
    frames: dict[type[Fact], pl.DataFrame] = {
        FactPremium: table(FactPremium, whole).collect(),
        parts: table(parts, text).collect(),
    }
    conserved = {"billed_idr": 260, "paid_idr": 0}
    return {f"{one.suite}.{one.rule}" for one in check_identities(frames, conserved, "2025-03") if not one.success}


def test_parts_that_add_up_break_no_identity() -> None:
    assert broken(FactPremiumRule, RULES) == broken(FactPremiumDifference, CAUSES) == set()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("| R002          | 200 ", "| R002          | 201 "),
        ("15.03       | JKK       | R002 ", "15.04       | JKK       | R002 "),
        ("15.03       | JKK       | R002 ", "15.03       | JKM       | R002 "),
    ],
    ids=["another amount", "another regency", "another programme"],
)
def test_a_rule_in_the_wrong_place_is_noticed(right: str, wrong: str) -> None:
    assert right in RULES
    found = broken(FactPremiumRule, RULES.replace(right, wrong))
    assert found == {"fact_premium_rule.due_idr_adds_up_to_fact_premium"}


@pytest.mark.parametrize(
    ("right", "wrong", "name"), [("| 150 ", "| 149 ", "billed_idr"), ("| 200 ", "| 199 ", "due_idr")]
)
def test_a_cause_with_a_wrong_amount_is_noticed(right: str, wrong: str, name: str) -> None:
    assert right in CAUSES
    found = broken(FactPremiumDifference, CAUSES.replace(right, wrong))
    assert found == {f"fact_premium_difference.{name}_adds_up_to_fact_premium"}


def test_a_group_that_has_no_parts_is_noticed() -> None:
    kept = "\n".join(line for line in CAUSES.splitlines() if "15.04" not in line)
    assert broken(FactPremiumDifference, kept) == {"fact_premium_difference.billed_idr_adds_up_to_fact_premium"}


def test_a_group_that_is_billed_and_has_no_member_needs_no_rule() -> None:
    nobody = WHOLE.replace("| 15.04       | JKK       | - ", "| 15.04       | JKK       | 0 ")
    kept = "\n".join(line for line in RULES.splitlines() if "15.04" not in line)
    assert broken(FactPremiumRule, kept, nobody) == set()
