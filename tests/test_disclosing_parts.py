"""Parts of bills that tell how few pay, and claims whose number as a whole is known: with what is hidden beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.publishing.disclosing import hidden_cells
from tests.asciitable import table
from tests.warehouse_of_facts import warehouse_of
from transforms.disclosure import Protection
from transforms.disclosure_cells import ADDRESS
from transforms.disclosure_rows import TOLD_APART, with_company
from warehouse.home import Home
from warehouse.schema import Fact
from warehouse.tables.arrears import FactArrears
from warehouse.tables.benefit import FactBenefit
from warehouse.tables.premium import FactPremium

SEEN = {"month": date(2025, 2, 1), "as_of_date": date(2025, 3, 16)}
BPU = {**SEEN, "segment": "BPU", "programme": "JKK"}
BILLS = """
    | region_code | funding_source | workers_billed | billed_idr | paid_idr  | paid_on_time_idr | paid_late_idr | arrears_idr | members |
    | 15.01       | SELF           | 100            | 1_000_000  | 970_000   | 970_000          | 0             | 30_000      | -       |
    | 15.02       | SELF           | 100            | 1_000_000  | 1_000_000 | 950_000          | 50_000        | 0           | -       |
    | 15.03       | SELF           | 100            | 1_000_000  | 500_000   | 400_000          | 100_000       | 500_000     | -       |
    | 15.04       | SELF           | 100            | 1_000_000  | 1_000_000 | 1_000_000        | 0             | 0           | -       |
    | 15.05       | EMPLOYER       | 100            | 1_000_000  | 970_000   | 970_000          | 0             | 30_000      | -       |
"""
OWED = """
    | region_code | funding_source | arrears_class | accounts | arrears_idr |
    | 15.01       | SELF           | LANCAR        | 40       | 430_000     |
    | 15.01       | SELF           | MACET         | 20       | 200_000     |
    | 15.01       | SELF           | KONTINJENSI   | 0        | 0           |
    | 15.03       | SELF           | LANCAR        | 50       | 500_000     |
    | 15.05       | EMPLOYER       | LANCAR        | 3        | 30_000      |
"""
CLAIMS = """
    | region_code | programme | benefit_type | cases |
    | 15.01       | JKM       | SANTUNAN     | 3     |
    | 15.01       | JHT       | SANTUNAN     | 50    |
    | 15.01       | JKK       | SANTUNAN     | 70    |
    | 15.02       | JKM       | SANTUNAN     | 20    |
    | 15.02       | JHT       | SANTUNAN     | 30    |
    | 15.03       | JKM       | SANTUNAN     | 4     |
"""


def facts() -> dict[type[Fact], pl.DataFrame]:
    return {
        FactPremium: table(FactPremium, BILLS, **BPU).collect(), FactArrears: table(FactArrears, OWED, **BPU).collect(),
        FactBenefit: table(FactBenefit, CLAIMS, **SEEN).collect(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Return the cells that are hidden of these bills, arrears and claims."""
    with warehouse_of(facts()) as read:
        return hidden_cells(Home(tmp_path_factory.mktemp("home")), Protection(10, 10), read)[0]


def test_whoever_waits_is_told_which_month_is_decided_on_and_a_month_that_was_is_not_told_again(tmp_path: Path) -> None:
    said = list[str]()
    home = Home(tmp_path)
    with warehouse_of(facts()) as read:
        hidden_cells(home, Protection(10, 10), read, said.append)
        hidden_cells(home, Protection(10, 10), read, said.append)
    assert said == ["memilih sel yang disembunyikan / choosing cells to hide 2025-02 (1/1)"]


def of(hidden: pl.DataFrame, fact: type[Fact]) -> set[tuple[str, ...]]:
    """Return the hidden cells of a fact: regency, what names the row beside it, column."""
    named = hidden.filter(pl.col("object") == fact.qualified())
    beside = "programme" if fact is FactBenefit else "part"
    return set(named.select("region_code", beside, "column_name").iter_rows())


def test_what_few_paid_or_owe_is_hidden_of_payers_who_pay_for_themselves(hidden: pl.DataFrame) -> None:
    parts = ("paid_idr", "paid_on_time_idr", "paid_late_idr", "arrears_idr")
    assert of(hidden, FactPremium) == {(code, "", part) for code in ("15.01", "15.02") for part in parts}


def test_arrears_of_all_months_are_hidden_where_those_of_the_month_are(hidden: pl.DataFrame) -> None:
    assert of(hidden, FactArrears) == {("15.01", one, "arrears_idr") for one in ("LANCAR", "MACET")}


def test_a_hidden_claim_is_not_the_rest_of_what_its_regency_is_known_to_have(hidden: pl.DataFrame) -> None:
    cells = {("15.01", "JKM"), ("15.01", "JHT"), ("15.03", "JKM")}
    assert of(hidden, FactBenefit) == {(*cell, column) for cell in cells for column in ("cases", "paid_idr")}


def test_which_of_equal_claims_are_hidden_does_not_hang_on_the_order_of_the_rows() -> None:
    cases = {"JKM": 3, "JHT": 50, "JKK": 50, "JP": 50}
    claims = pl.DataFrame(
        [dict.fromkeys(ADDRESS, "") | {"programme": name, "value": count} for name, count in cases.items()]
    )
    claims = claims.with_columns(known=pl.lit(False), hidden=pl.col("value") < 10)
    chosen = [with_company(one, Protection(10, 10), TOLD_APART[0]).sort(ADDRESS) for one in (claims, claims.reverse())]
    assert chosen[0]["hidden"].sum() == 2
    assert chosen[0].equals(chosen[1])
