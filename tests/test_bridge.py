"""Movement tells who arrived, who left and who only moved, so that one month follows exactly from the month before."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from expectations.identities import check_identities
from tests.asciitable import assert_table, table
from tests.rules import REFERENCE
from tests.second import made
from tests.world import CLOSED_MARCH, MARCH, MID_MARCH, World, inputs_of_version, random_world, version_before, worlds
from transforms.graph import build
from warehouse.calendar import Version, last_day, shift
from warehouse.ledger import Check
from warehouse.schema import Fact, Table, conform
from warehouse.tables.coverage import FactCoverage, Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import VersionBefore
from warehouse.tables.membership import Membership
from warehouse.tables.movement import FactMovement

KEY = ["basis", "region_code", "segment"]
CHANGES = ("joined_workers", "returned_workers", "moved_in_workers", "left_workers", "moved_out_workers")
quick = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def movement(*months: str, until: date = MARCH) -> pl.LazyFrame:
    """Return the movement of the month `until`, the last of consecutive months whose memberships are given."""
    versions = [_closed(shift(until, back - len(months) + 1)) for back in range(len(months))]
    members = [
        table(Membership, text, month=version.month, as_of_date=version.as_of_date)
        for text, version in zip(months, versions, strict=True)
    ]
    presences = [
        build([Presence], {**REFERENCE, Membership: frame}, version)[Presence]
        for frame, version in zip(members, versions, strict=True)
    ]
    inputs: dict[type[Table], pl.LazyFrame] = {**REFERENCE, Presence: presences[-1]}
    if len(months) > 1:
        inputs |= {PresenceBefore: presences[-2], VersionBefore: version_before(versions[-2])}
    if len(months) > 2:
        inputs[PresenceEarlier] = conform(pl.concat(presences[:-2]), PresenceEarlier)
    return build([FactMovement], inputs, versions[-1])[FactMovement]


def by(frame: pl.LazyFrame, basis: str, *segments: str) -> pl.LazyFrame:
    """Return the rows of one basis and of some scopes."""
    return frame.filter((pl.col("basis") == basis) & pl.col("segment").is_in(segments))


def _closed(month: date) -> Version:
    return Version(month, last_day(month))


def test_a_worker_who_moves_to_another_regency_moved_out_and_in_and_the_province_is_unchanged() -> None:
    found = movement(
        "| worker_key | residence_code |\n| budi | 15.03 |", "| worker_key | residence_code |\n| budi | 15.04 |"
    )
    assert_table(
        by(found, "RESIDENCE", "PU"),
        """
        | region_code | previous_workers | moved_in_workers | moved_out_workers | joined_workers | left_workers | active_workers |
        | 15.03       | 1                | 0                | 1                 | 0              | 0            | 0              |
        | 15.04       | 0                | 1                | 0                 | 0              | 0            | 1              |
        | 15          | 1                | 0                | 0                 | 0              | 0            | 1              |
        | 00          | 1                | 0                | 0                 | 0              | 0            | 1              |
        """,
        FactMovement,
    )


def test_a_worker_who_moves_to_another_province_moved_in_both_provinces_and_not_in_the_nation() -> None:
    found = movement(
        "| worker_key | residence_code |\n| budi | 15.03 |", "| worker_key | residence_code |\n| budi | 16.01 |"
    )
    assert_table(
        by(found, "RESIDENCE", "ALL").filter(pl.col("region_code").str.len_chars() == 2),
        """
        | region_code | previous_workers | moved_in_workers | moved_out_workers | active_workers |
        | 15          | 1                | 0                | 1                 | 0              |
        | 16          | 0                | 1                | 0                 | 1              |
        | 00          | 1                | 0                | 0                 | 1              |
        """,
        FactMovement,
    )


def test_a_worker_who_gives_up_one_of_two_workplaces_moved_out_of_it_and_into_none() -> None:
    both = "| worker_key | workplace_code |\n| budi | 15.03 |\n| budi | 16.01 |"
    found = movement(both, "| worker_key | workplace_code |\n| budi | 15.03 |")
    assert_table(
        by(found, "WORKPLACE", "PU"),
        """
        | region_code | previous_workers | moved_in_workers | moved_out_workers | left_workers | active_workers |
        | 15.03       | 1                | 0                | 0                 | 0            | 1              |
        | 15          | 1                | 0                | 0                 | 0            | 1              |
        | 16.01       | 1                | 0                | 1                 | 0            | 0              |
        | 16          | 1                | 0                | 1                 | 0            | 0              |
        | 00          | 1                | 0                | 0                 | 0            | 1              |
        """,
        FactMovement,
    )


def test_a_wage_earner_who_goes_on_own_account_left_one_segment_and_joined_the_other_and_no_more() -> None:
    found = movement(
        "| worker_key | segment | residence_code |\n| budi | PU | 15.03 |",
        "| worker_key | segment | paid_through | residence_code |\n| budi | BPU | 2025-03 | 15.03 |",
    )
    assert_table(
        found.filter(pl.col("region_code") == "15.03"),
        """
        | segment | previous_workers | joined_workers | left_workers | moved_in_workers | moved_out_workers | active_workers |
        | PU      | 1                | 0              | 1            | 0                | 0                 | 0              |
        | BPU     | 0                | 1              | 0            | 0                | 0                 | 1              |
        | UCJ     | 1                | 0              | 0            | 0                | 0                 | 1              |
        | ALL     | 1                | 0              | 0            | 0                | 0                 | 1              |
        """,
        FactMovement,
    )


def test_who_changes_segment_and_regency_moves_in_ucj_but_joins_the_new_segment() -> None:
    found = movement(
        "| worker_key | segment | residence_code |\n| budi | PU | 15.03 |",
        "| worker_key | segment | paid_through | residence_code |\n| budi | BPU | 2025-03 | 15.04 |",
    )
    assert_table(
        found.filter(pl.col("region_code").is_in(["15.03", "15.04"])),
        """
        | region_code | segment | joined_workers | left_workers | moved_in_workers | moved_out_workers |
        | 15.03       | PU      | 0              | 1            | 0                | 0                 |
        | 15.03       | UCJ     | 0              | 0            | 0                | 1                 |
        | 15.03       | ALL     | 0              | 0            | 0                | 1                 |
        | 15.04       | BPU     | 1              | 0            | 0                | 0                 |
        | 15.04       | UCJ     | 0              | 0            | 1                | 0                 |
        | 15.04       | ALL     | 0              | 0            | 1                | 0                 |
        """,
        FactMovement,
    )


def test_who_comes_back_after_two_months_to_another_regency_returned_there() -> None:
    other = "| worker_key | residence_code |\n| siti | 16.01 |"
    found = movement(
        "| worker_key | residence_code |\n| budi | 15.03 |",
        other,
        other,
        other + "\n| budi | 15.04 |\n| agus | 15.04 |",
    )
    assert_table(
        by(found, "RESIDENCE", "UCJ"),
        """
        | region_code | previous_workers | joined_workers | returned_workers | moved_in_workers | active_workers |
        | 15.04       | 0                | 1              | 1                | 0                | 2              |
        | 15          | 0                | 1              | 1                | 0                | 2              |
        | 16.01       | 1                | 0              | 0                | 0                | 1              |
        | 16          | 1                | 0              | 0                | 0                | 1              |
        | 00          | 1                | 1              | 1                | 0                | 3              |
        """,
        FactMovement,
    )


def test_yearly_payers_drop_out_in_january_and_return_when_they_pay() -> None:
    unpaid = """
        | worker_key | segment | paid_through | residence_code |
        | budi       | BPU     | 2024-09      | 15.03          |
        | siti       | BPU     | 2024-09      | 15.03          |
        | agus       | BPU     | 2024-12      | 15.03          |
    """
    january = movement(unpaid, unpaid, until=date(2025, 1, 1))
    columns = "| previous_workers | joined_workers | returned_workers | left_workers | active_workers |\n"
    regency = pl.col("region_code") == "15.03"
    assert_table(by(january, "RESIDENCE", "BPU").filter(regency), columns + "| 3 | 0 | 0 | 2 | 1 |", FactMovement)
    paid = unpaid.replace("| siti       | BPU     | 2024-09", "| siti       | BPU     | 2025-12")
    february = movement(unpaid, unpaid, paid, until=date(2025, 2, 1))
    assert_table(by(february, "RESIDENCE", "BPU").filter(regency), columns + "| 1 | 0 | 1 | 0 | 2 |", FactMovement)


def test_a_worker_whose_workplace_is_no_longer_stated_left_by_workplace_and_stayed_by_residence() -> None:
    found = movement(
        "| worker_key | residence_code | workplace_code |\n| budi | 15.03 | 15.04 |",
        "| worker_key | residence_code | workplace_code |\n| budi | 15.03 | - |",
    )
    assert_table(
        found.filter((pl.col("segment") == "PU") & (pl.col("region_code") == "00")),
        """
        | basis     | previous_workers | left_workers | moved_out_workers | active_workers |
        | RESIDENCE | 1                | 0            | 0                 | 1              |
        | WORKPLACE | 1                | 1            | 0                 | 0              |
        """,
        FactMovement,
    )


def test_without_the_month_before_there_is_no_movement() -> None:
    assert movement("| residence_code |\n| 15.03 |").collect().is_empty()


def test_a_row_says_which_version_of_the_month_before_it_is_measured_against() -> None:
    found = movement("| residence_code |\n| 15.03 |", "| residence_code |\n| 15.03 |")
    assert_table(
        found.select("month", "as_of_date", "previous_as_of_date").unique(),
        "| month | as_of_date | previous_as_of_date |\n| 2025-03 | 2025-03-31 | 2025-02-28 |",
        FactMovement,
    )


def facts(world: World, version: Version) -> dict[type[Fact], pl.DataFrame]:
    """Return coverage and movement of a version of a world."""
    wanted: list[type[Fact]] = [FactCoverage, FactMovement]
    found = made(wanted, inputs_of_version(world, version), version)
    return {fact: found[fact] for fact in wanted}


def assert_adds_up(world: World, version: Version) -> pl.DataFrame:
    """Return the movement of a version, which follows exactly from what coverage says of the version before it."""
    found = facts(world, version)
    moved = found[FactMovement]
    if not moved.is_empty():
        february = Version(shift(version.month, -1), moved["previous_as_of_date"].unique().item())
        active = facts(world, february)[FactCoverage].filter(pl.col("active_workers") > 0)
        told = active.select(*KEY, pl.col("active_workers").alias("previous_workers")).sort(KEY)
        assert moved.filter(pl.col("previous_workers") > 0).select(told.columns).sort(KEY).equals(told)
        assert {one.rule for one in checks(found) if not one.success} == set()
        broken = [
            rule.name for rule in FactMovement.rules if not moved.select(pl.sql_expr(rule.condition).all()).item()
        ]
        assert broken == []
    return moved


def checks(found: dict[type[Fact], pl.DataFrame]) -> list[Check]:
    """Return the identities between coverage and movement."""
    return [one for one in check_identities(found, {}, "2025-03") if one.suite == "fact_movement"]


@given(world=worlds(rows=15))
@quick
def test_the_month_follows_from_the_month_before_in_any_world(world: World) -> None:
    assert_adds_up(world, MID_MARCH)
    assert_adds_up(world, CLOSED_MARCH)


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_the_month_follows_from_the_month_before_where_every_kind_of_movement_happens(seed: int) -> None:
    moved = assert_adds_up(random_world(seed, rows=120), CLOSED_MARCH)
    assert min(moved.select(pl.col(CHANGES).sum()).row(0)) > 0


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        ("active_workers", "active_as_in_coverage"),
        ("moved_in_workers", "arrived_as_in_coverage"),
        ("moved_out_workers", "gone_as_in_coverage"),
    ],
)
def test_a_movement_that_differs_from_coverage_is_noticed(column: str, rule: str) -> None:
    right = facts(random_world(1, rows=60), CLOSED_MARCH)
    wrong = right | {FactMovement: right[FactMovement].with_columns(pl.col(column) + 1)}
    assert [one.rule for one in checks(right) if not one.success] == []
    assert [one.rule for one in checks(wrong) if not one.success] == [rule]


def test_a_row_of_coverage_without_movement_is_noticed() -> None:
    right = facts(random_world(1, rows=60), CLOSED_MARCH)
    fewer = right | {FactMovement: right[FactMovement].tail(-1)}
    assert any(not one.success for one in checks(fewer))
