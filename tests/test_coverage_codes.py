"""Coverage packs a region into few bits: those of the highest codes are counted like those of the lowest."""

from __future__ import annotations

import polars as pl

from tests.asciitable import assert_table
from tests.test_coverage import coverage
from warehouse.tables.coverage import FactCoverage


def test_regencies_of_the_highest_and_the_lowest_code_count_like_any_other_now_and_before() -> None:
    found = coverage(
        """
        | worker_key | residence_code | workplace_code |
        | budi       | 96.71          | 95.08          |
        | siti       | 96.71          | 96.71          |
        | agus       | 96.71          | 95.08          |
        | agus       | 94.01          | 96.71          |
        | dewi       | 11.01          | 96.71          |
        """,
        before="""
        | worker_key | residence_code | workplace_code |
        | budi       | 96.71          | 95.08          |
        | tono       | 96.71          | 96.71          |
        """,
        earlier="| worker_key | residence_code | workplace_code |\n| dewi | 11.01 | 96.71 |",
    )
    assert_table(
        found.filter(pl.col("segment") == "ALL"),
        """
        | basis     | region_code | active_workers | joined_workers | returned_workers | left_workers |
        | RESIDENCE | 11.01       | 1              | 0              | 1                | 0            |
        | RESIDENCE | 94.01       | 1              | 1              | 0                | 0            |
        | RESIDENCE | 96.71       | 3              | 2              | 0                | 1            |
        | RESIDENCE | 11          | 1              | 0              | 1                | 0            |
        | RESIDENCE | 94          | 1              | 1              | 0                | 0            |
        | RESIDENCE | 96          | 3              | 2              | 0                | 1            |
        | RESIDENCE | 00          | 4              | 2              | 1                | 1            |
        | WORKPLACE | 95.08       | 2              | 1              | 0                | 0            |
        | WORKPLACE | 96.71       | 3              | 2              | 1                | 1            |
        | WORKPLACE | 95          | 2              | 1              | 0                | 0            |
        | WORKPLACE | 96          | 3              | 2              | 1                | 1            |
        | WORKPLACE | 00          | 4              | 2              | 1                | 1            |
        """,
        FactCoverage,
    )
