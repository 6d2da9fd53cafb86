"""The denominator: which release counts, and when a province has one."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import REFERENCE
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.coverage_parts import EligibleWorkers
from warehouse.tables.membership import Membership
from warehouse.tables.workforce import FactWorkforce, Workforce

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))


def eligible(text: str, version: Version = MARCH) -> pl.LazyFrame:
    """Return the denominators that the releases of `text` give."""
    return build([EligibleWorkers], {**REFERENCE, Workforce: table(Workforce, text)}, version)[EligibleWorkers]


def one(frame: pl.LazyFrame, region_code: str) -> pl.LazyFrame:
    """Return the row of one region."""
    return frame.filter(pl.col("region_code") == region_code)


def test_eligible_workers_are_the_employed_less_civil_servants_army_and_police() -> None:
    releases = table(Workforce, "| region_code | employed_workers | excluded_workers |\n| 15.03 | 130_000 | 5_560 |")
    fact = build([FactWorkforce], {Workforce: releases})[FactWorkforce]
    assert_table(
        fact,
        """
        | region_code | employed_workers | excluded_workers | eligible_workers |
        | 15.03       | 130_000          | 5_560            | 124_440          |
        """,
        FactWorkforce,
    )


def test_the_newest_period_counts_even_when_an_older_one_was_released_later() -> None:
    found = eligible(
        """
        | region_code | period  | released_on | employed_workers |
        | 15.03       | 2024-08 | 2024-11-05  | 100              |
        | 15.03       | 2024-02 | 2025-01-10  | 200              |
        """
    )
    assert_table(one(found, "15.03"), "| eligible_workers | workforce_period |\n| 100 | 2024-08 |", EligibleWorkers)


@pytest.mark.parametrize(("period", "released_on"), [("2025-08", "2025-04-30"), ("2024-08", "2025-05-01")])
def test_a_period_after_the_month_or_a_release_after_the_date_does_not_count(period: str, released_on: str) -> None:
    found = eligible(
        f"""
        | region_code | period   | released_on   | employed_workers |
        | 15.03       | {period} | {released_on} | 100              |
        | 15.03       | 2024-02  | 2024-05-05    | 200              |
        """
    )
    assert_table(one(found, "15.03"), "| eligible_workers | workforce_period |\n| 200 | 2024-02 |", EligibleWorkers)


def test_a_period_that_is_the_month_itself_counts_once_it_is_released() -> None:
    text = "| region_code | period | released_on | employed_workers |\n| 15.03 | 2025-02 | 2025-05-05 | 100 |"
    february = Version(date(2025, 2, 1), date(2025, 5, 5))
    assert_table(one(eligible(text, february), "15.03"), "| eligible_workers |\n| 100 |", EligibleWorkers)


def test_of_one_period_the_newest_release_counts_and_of_one_day_the_last_source() -> None:
    found = eligible(
        """
        | region_code | period  | source | released_on | employed_workers |
        | 15.03       | 2024-08 | BPS    | 2024-11-05  | 100              |
        | 15.03       | 2024-08 | BPS    | 2024-12-05  | 200              |
        | 15.04       | 2024-08 | BPS    | 2024-11-05  | 300              |
        | 15.04       | 2024-08 | DAERAH | 2024-11-05  | 400              |
        """
    )
    assert_table(one(found, "15.03"), "| eligible_workers |\n| 200 |", EligibleWorkers)
    assert_table(one(found, "15.04"), "| eligible_workers | workforce_source |\n| 400 | DAERAH |", EligibleWorkers)


def test_a_province_adds_up_its_regencies_and_the_nation_waits_for_the_last_one() -> None:
    found = eligible(
        """
        | region_code | period  | source | employed_workers |
        | 15.03       | 2024-08 | BPS    | 100              |
        | 15.04       | 2024-02 | BPS    | 50               |
        """
    )
    assert_table(
        found,
        """
        | region_code | eligible_workers | workforce_source | workforce_period |
        | 15.03       | 100              | BPS              | 2024-08          |
        | 15.04       | 50               | BPS              | 2024-02          |
        | 15          | 150              | BPS              | 2024-02          |
        | 16.01       | -                | -                | -                |
        | 16          | -                | -                | -                |
        | 00          | -                | -                | -                |
        """,
        EligibleWorkers,
    )


def test_a_denominator_from_two_sources_is_called_mixed() -> None:
    found = eligible(
        """
        | region_code | period  | source | employed_workers |
        | 15.03       | 2024-08 | BPS    | 100              |
        | 15.04       | 2024-08 | DAERAH | 50               |
        """
    )
    assert_table(one(found, "15"), "| eligible_workers | workforce_source |\n| 150 | MIXED |", EligibleWorkers)


def test_more_workers_than_the_denominator_are_kept_as_they_are() -> None:
    inputs = {
        **REFERENCE,
        Workforce: table(Workforce, "| region_code | period | employed_workers |\n| 15.03 | 2024-08 | 1 |"),
        Membership: table(Membership, "| residence_code |\n| 15.03 |\n| 15.03 |"),
    }
    found = build([FactCoverage], inputs, MARCH)[FactCoverage]
    assert_table(
        one(found, "15.03"),
        "| segment | active_workers | eligible_workers |\n| PU | 2 | 1 |\n| UCJ | 2 | 1 |\n| ALL | 2 | 1 |",
        FactCoverage,
    )
