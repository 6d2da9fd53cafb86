"""Of which day and of which region a published figure speaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.claimed import Mart, opened, regions
from transforms.graph import build
from warehouse.schema import Table
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.published_figure import FactPublishedFigure, PublishedFigureSeed


@pytest.fixture
def mart() -> Iterator[Mart]:
    """Yield a warehouse that knows regions only."""
    with opened() as found:
        found.clear()
        yield found


def test_the_day_a_claim_speaks_of_is_as_wide_as_it_was_stated(mart: Mart) -> None:
    stated = ("2024", "2024-02", "2025-03-16", "2025-02-30", "2025-13")
    mart.say("\n".join(["| row_id | as_of |", *(f"| {day} | {day} |" for day in stated)]))
    found = mart.query("SELECT row_id, as_of_first_day, as_of_last_day FROM mart.fact_published_figure")
    days: dict[str, Any] = {row_id: range_ for row_id, *range_ in found.iter_rows()}
    assert days == {
        "2024": [date(2024, 1, 1), date(2024, 12, 31)],
        "2024-02": [date(2024, 2, 1), date(2024, 2, 29)],
        "2025-03-16": [date(2025, 3, 16)] * 2,
        "2025-02-30": [date(2025, 2, 1), date(2025, 2, 28)],
        "2025-13": [date(2025, 1, 1), date(2025, 12, 31)],
    }


def test_a_claim_without_code_gets_the_region_that_its_name_means_alone() -> None:
    codes = table(
        DimRegionCode,
        """
        | system | code           | region_code |
        | name   | KAB. KEMBAR    | 15.02       |
        | name   | Kabupaten Kembar | 15.03     |
        | name   | KAB MERANGIN   | 15.02       |
        | bps    | 1503           | 15.02       |
        """,
    )
    claims = table(
        PublishedFigureSeed,
        """
        | row_id | as_of | name                 | kode_kemendagri |
        | 1      | 2024  | Kabupaten Merangin   | -               |
        | 2      | 2024  | Kab. Kembar          | -               |
        | 3      | 2024  | Kabupaten Merangin   | 15.03           |
        | 4      | 2024  | Kabupaten Merangin   | 99.99           |
        | 5      | 2024  | -                    | -               |
        """,
    )
    inputs: dict[type[Table], pl.LazyFrame] = {
        PublishedFigureSeed: claims, DimRegionCode: codes, DimRegion: regions().lazy(),
    }  # fmt: skip
    assert_table(
        build([FactPublishedFigure], inputs)[FactPublishedFigure],
        "| row_id | region_code |\n| 1 | 15.02 |\n| 2 | - |\n| 3 | 15.03 |\n| 4 | - |\n| 5 | - |",
        FactPublishedFigure,
    )
