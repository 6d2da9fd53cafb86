"""Targets come from the seeds until an extract delivers the same region, year and frame."""

from __future__ import annotations

import polars as pl

from tests.asciitable import assert_table, table
from transforms.graph import build
from warehouse.schema import Table
from warehouse.tables.reference import TargetSeed
from warehouse.tables.target import FactTarget, Target

PUBLISHED = table(
    TargetSeed,
    """
    | region_code | year | frame      | target_ratio | legal_reference |
    | 15.03       | 2025 | KEMENDAGRI | 0.6262       | letter          |
    | 15.03       | 2025 | DAERAH     | 0.5          | old plan        |
    | 15.03       | 2026 | DAERAH     | 0.6          | old plan        |
    """,
)


def targets(inputs: dict[type[Table], pl.LazyFrame]) -> pl.LazyFrame:
    """Return the fact of targets."""
    return build([FactTarget], inputs)[FactTarget]


def test_a_delivered_target_replaces_the_published_one_of_its_frame_and_year_only() -> None:
    delivered = table(
        Target,
        """
        | region_code | year | frame  | target_ratio | target_workers | legal_reference |
        | 15.03       | 2025 | DAERAH | 0.962        | 108_000        | new plan        |
        """,
    )
    assert_table(
        targets({TargetSeed: PUBLISHED, Target: delivered}),
        """
        | year | frame      | target_ratio | target_workers | legal_reference |
        | 2025 | DAERAH     | 0.962        | 108_000        | new plan        |
        | 2025 | KEMENDAGRI | 0.6262       | -              | letter          |
        | 2026 | DAERAH     | 0.6          | -              | old plan        |
        """,
        FactTarget,
    )


def test_without_deliveries_the_published_targets_stand() -> None:
    assert targets({TargetSeed: PUBLISHED}).collect().height == 3
