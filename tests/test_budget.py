"""Budgets stand beside what was paid, and are measured with the lowest contribution by law."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.endtoend import ask, load_unshown
from tests.extracts import Files, Row, rows, write
from tests.rules import FUNDING
from transforms.graph import build
from warehouse.calendar import dim_month
from warehouse.schema import Table
from warehouse.tables.budget import Budget, FactBudget, FactMinimumPremium, Spending
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.dimensions import DimFundingSource, DimMonth
from warehouse.tables.reference import ContributionParameter

BUDGETS = table(
    Budget,
    """
    | region_code | year | funding_source | budget_idr | budget_workers |
    | 15.03       | 2025 | APBD_REGENCY   | 1_000_000  | 5              |
    | 15.03       | 2025 | BAZNAS         | 500_000    | -              |
    | 15.04       | 2025 | APBD_REGENCY   | 0          | -              |
    | 15.03       | 2026 | APBD_REGENCY   | 2_000_000  | 10             |
    """,
)
SHOWN = """
    SELECT region_name, funding_source, budget_idr, spent_idr, unspent_idr, budget_workers, workers_yearly_idr, workers_paid_for
    FROM mart.budget_absorption ORDER BY ALL
"""
SPENT = """
    SELECT funding_source, budget_idr, spent_idr, absorption_ratio FROM mart.fact_budget
    WHERE superseded_at IS NULL ORDER BY ALL
"""


def fact(budgets: pl.LazyFrame, paid: str) -> pl.LazyFrame:
    """Return the fact of budgets where the contributions of a text table were paid."""
    history = table(ContributionHistory, paid)
    inputs: dict[type[Table], pl.LazyFrame] = {Budget: budgets, ContributionHistory: history, DimFundingSource: FUNDING}
    return build([FactBudget], inputs)[FactBudget]


def test_a_budget_has_spent_what_its_source_paid_for_the_months_of_its_year_over_all_segments_and_programmes() -> None:
    found = fact(
        BUDGETS.filter(pl.col("year") == 2025),
        """
        | region_code | month   | funding_source | segment | programme | paid_idr |
        | 15.03       | 2025-01 | APBD_REGENCY   | BPU     | JKK       | 10_000   |
        | 15.03       | 2025-01 | APBD_REGENCY   | BPU     | JKM       | 6_800    |
        | 15.03       | 2025-12 | APBD_REGENCY   | PU      | JKK       | 200      |
        | 15.03       | 2024-12 | EMPLOYER       | PU      | JKK       | 5_000    |
        | 15.03       | 2025-02 | EMPLOYER       | PU      | JKK       | 7_000    |
        | 15.04       | 2025-02 | APBD_REGENCY   | BPU     | JKK       | 10       |
        """,
    )
    assert_table(
        found,
        """
        | region_code | year | funding_source | budget_idr | budget_workers | spent_idr |
        | 15.03       | 2025 | APBD_REGENCY   | 1_000_000  | 5              | 17_000    |
        | 15.03       | 2025 | BAZNAS         | 500_000    | -              | 0         |
        | 15.04       | 2025 | APBD_REGENCY   | 0          | -              | 10        |
        """,
        FactBudget,
    )


def test_a_public_source_without_a_budget_is_shown_and_employers_participants_and_donors_are_not() -> None:
    found = fact(
        BUDGETS.filter(pl.col("year") == 2027),
        """
        | region_code | month   | funding_source | paid_idr |
        | 15.03       | 2025-01 | APBD_PROVINCE  | 16_800   |
        | 15.03       | 2025-01 | EMPLOYER       | 1        |
        | 15.03       | 2025-01 | SELF           | 2        |
        | 15.03       | 2025-01 | BAZNAS         | 3        |
        """,
    )
    assert_table(
        found,
        """
        | region_code | year | funding_source | budget_idr | budget_workers | spent_idr |
        | 15.03       | 2025 | APBD_PROVINCE  | -          | -              | 16_800    |
        """,
        FactBudget,
    )


def test_what_was_spent_of_a_year_without_contributions_is_unknown_and_not_zero() -> None:
    paid = "| region_code | month | funding_source | paid_idr |\n| 15.04 | 2025-01 | SELF | 1 |"
    found = fact(BUDGETS, paid).filter(pl.col("funding_source") == "APBD_REGENCY", pl.col("region_code") == "15.03")
    assert_table(found, "| year | spent_idr |\n| 2025 | 0 |\n| 2026 | - |", FactBudget)


def test_the_lowest_contribution_of_a_year_adds_up_the_package_of_its_months_and_half_a_year_has_none() -> None:
    parameters = table(
        ContributionParameter,
        """
        | parameter           | segment | value | effective_from | effective_to | legal_ref |
        | bpu_minimum_package | BPU     | 10000 | 2021-07-01     | 2023-03-31   | old       |
        | bpu_minimum_package | BPU     | 16800 | 2023-04-01     | 2024-12-01   | new       |
        | due_day             | BPU     | 15    | 2014-01-01     | -            | other     |
        """,
    )
    inputs: dict[type[Table], pl.LazyFrame] = {ContributionParameter: parameters, DimMonth: dim_month()}
    assert_table(
        build([FactMinimumPremium], inputs)[FactMinimumPremium],
        """
        | year | yearly_premium_idr | legal_reference |
        | 2022 | 120_000            | old             |
        | 2023 | 181_200            | new; old        |
        | 2024 | 201_600            | new             |
        """,
        FactMinimumPremium,
    )


def test_spending_holds_no_payer() -> None:
    assert {"employer_key", "membership_key", "receipt_no"} & set(Spending.columns) == set()


def bills(text: str, **same: str) -> list[Row]:
    """Return contributions of own-account workers of Penajam that others pay."""
    return rows("iuran", text, segmen="BPU", kode_kab="64.09", **same)


FEBRUARY = """
    | sumber_dana   | program | tagihan  | dibayar  |
    | APBD_REGENCY  | JKK     | 50000000 | 50000000 |
    | APBD_REGENCY  | JKM     | 34000000 | 34000000 |
    | APBD_PROVINCE | JKK     | 1000000  | 0        |
    | SELF          | JKK     | 10000    | 10000    |
"""
MARCH_MIDDLE = "| sumber_dana | dibayar |\n| APBD_REGENCY | 1 |"
MARCH_ENDED = "| sumber_dana | dibayar |\n| APBD_REGENCY | 16000000 |"
PENAJAM = """
    | kode_kab | sumber_dana  | pagu       | tenaga_kerja | dasar     |
    | 64.09    | APBD_REGENCY | {pagu} | {workers}         | APBD 2025 |
"""


def files(pagu: int, workers: str) -> Files:
    """Return a budget of Penajam for 2025, and the contributions of two months, the second one seen twice."""
    return {
        "anggaran_64.csv": rows("anggaran", PENAJAM.format(pagu=pagu, workers=workers)),
        "iuran_202502.csv": bills(FEBRUARY, blth="2025-02", tgl_data="2025-02-28"),
        "iuran_202503_tengah.csv": bills(MARCH_MIDDLE, blth="2025-03", tgl_data="2025-03-16"),
        "iuran_202503.csv": bills(MARCH_ENDED, blth="2025-03", tgl_data="2025-03-31"),
    }


@pytest.fixture(scope="module")
def penajam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a place whose home holds the budget of Penajam."""
    place = tmp_path_factory.mktemp("penajam")
    told = load_unshown(write(place / "source", files(1_008_000_000, "5000")), place / "home")
    assert told["state"] == "LOADED", told
    return place


def test_five_thousand_workers_cost_1_008_000_000_a_year_and_the_budget_pays_them_all(penajam: Path) -> None:
    name = "Kabupaten Penajam Paser Utara"
    assert ask(penajam / "home", SHOWN) == [
        (name, "APBD_PROVINCE", None, 0, None, None, None, None),
        (name, "APBD_REGENCY", 1_008_000_000, 100_000_000, 908_000_000, 5_000, 1_008_000_000, 5_000),
    ]


def test_a_month_counts_in_its_newest_version_and_absorption_is_spent_over_budget(penajam: Path) -> None:
    assert ask(penajam / "home", SPENT) == [
        ("APBD_PROVINCE", None, 0, None),
        ("APBD_REGENCY", 1_008_000_000, 100_000_000, 100_000_000 / 1_008_000_000),
    ]


def test_a_changed_budget_is_loaded_without_computing_a_month_again_and_the_old_one_stays_known(penajam: Path) -> None:
    home = penajam / "home"
    told = load_unshown(write(penajam / "source", files(201_599, "-")), home)
    assert (told["months_loaded"], told["months_unchanged"]) == ({}, 2)
    assert ask(home, SPENT)[1][:3] == ("APBD_REGENCY", 201_599, 100_000_000)
    paid_for = "SELECT workers_paid_for, workers_yearly_idr FROM mart.budget_absorption WHERE budget_idr IS NOT NULL"
    assert ask(home, paid_for) == [(0, None)]
    known = "SELECT budget_idr FROM mart.fact_budget WHERE budget_idr IS NOT NULL ORDER BY loaded_at"
    assert ask(home, known) == [(1_008_000_000,), (201_599,)]


def test_a_stopped_budget_holds_up_no_month_and_leaves_the_one_before_it_standing(tmp_path: Path) -> None:
    good = files(1_008_000_000, "5000")
    load_unshown(write(tmp_path / "source", {"anggaran_64.csv": good["anggaran_64.csv"]}), tmp_path / "home")
    bad = good | {"anggaran_64.csv": [row | {"pagu": "-1"} for row in good["anggaran_64.csv"]]}
    told = load_unshown(write(tmp_path / "source", bad), tmp_path / "home")
    assert told["stopped_files"].keys() == {"anggaran_64.csv"}
    assert (told["stopped_months"], list(told["months_loaded"])) == ({}, ["2025-02", "2025-03"])
    assert ask(tmp_path / "home", SPENT)[1][:3] == ("APBD_REGENCY", 1_008_000_000, 100_000_000)


def test_restated_contributions_change_what_was_spent(tmp_path: Path) -> None:
    first = files(1_008_000_000, "5000")
    load_unshown(write(tmp_path / "source", first), tmp_path / "home")
    restated = bills(MARCH_ENDED.replace("16000000", "84000000"), blth="2025-03", tgl_data="2025-03-31")
    load_unshown(write(tmp_path / "source", first | {"iuran_202503.csv": restated}), tmp_path / "home")
    assert ask(tmp_path / "home", SPENT)[1][:3] == ("APBD_REGENCY", 1_008_000_000, 168_000_000)
