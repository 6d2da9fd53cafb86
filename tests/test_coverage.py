"""Coverage counts persons: once per region, level and scope, and says who joined, returned and left."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.asciitable import assert_table, table
from tests.rules import REFERENCE
from transforms.graph import build
from warehouse.calendar import Version, last_day
from warehouse.schema import Table
from warehouse.tables.coverage import FactCoverage, FactProgrammeCoverage, Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import RegionWord
from warehouse.tables.membership import Membership

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))
JANUARY, FEBRUARY = (Version(month, last_day(month)) for month in (date(2025, 1, 1), date(2025, 2, 1)))


def given(text: str, version: Version = MARCH) -> dict[type[Table], pl.LazyFrame]:
    """Return the inputs of one version."""
    members = table(Membership, text, month=version.month, as_of_date=version.as_of_date)
    return {**REFERENCE, Membership: members}


def coverage(text: str, **past: str) -> pl.LazyFrame:
    """Return the coverage of March; `before` and `earlier` are memberships of February and January."""
    return build([FactCoverage], given(text) | presences(**past), MARCH)[FactCoverage]


def presences(**past: str) -> dict[type[Table], pl.LazyFrame]:
    """Return the presence of the months that are given."""
    kinds = {"before": (PresenceBefore, FEBRUARY), "earlier": (PresenceEarlier, JANUARY)}
    return {
        kind: build([Presence], given(past[name], version), version)[Presence]
        for name, (kind, version) in kinds.items()
        if name in past
    }


def programmes(text: str) -> pl.LazyFrame:
    """Return the programme coverage of March."""
    return build([FactProgrammeCoverage], given(text), MARCH)[FactProgrammeCoverage]


def by(frame: pl.LazyFrame, basis: str, *segments: str) -> pl.LazyFrame:
    """Return the rows of one basis and of some scopes."""
    return frame.filter((pl.col("basis") == basis) & pl.col("segment").is_in(segments))


def test_a_worker_in_two_regencies_counts_once_in_the_province() -> None:
    found = coverage(
        """
        | worker_key | residence_code | workplace_code |
        | budi       | 15.03          | 15.03          |
        | budi       | 15.03          | 15.04          |
        """
    )
    assert_table(
        by(found, "WORKPLACE", "ALL"),
        """
        | region_code | active_workers |
        | 15.03       | 1              |
        | 15.04       | 1              |
        | 15          | 1              |
        | 00          | 1              |
        """,
        FactCoverage,
    )


def test_a_worker_in_two_provinces_counts_in_both_and_once_in_the_nation() -> None:
    found = coverage(
        """
        | worker_key | workplace_code |
        | budi       | 15.03          |
        | budi       | 16.01          |
        | siti       | 16.01          |
        """
    )
    assert_table(
        by(found, "WORKPLACE", "PU"),
        """
        | region_code | active_workers |
        | 15.03       | 1              |
        | 15          | 1              |
        | 16.01       | 2              |
        | 16          | 2              |
        | 00          | 2              |
        """,
        FactCoverage,
    )


def test_a_worker_who_is_employed_and_on_own_account_counts_in_each_segment_and_once_in_ucj() -> None:
    found = coverage(
        """
        | worker_key | segment | residence_code | paid_through |
        | budi       | PU      | 15.03          | -            |
        | budi       | BPU     | 15.03          | 2025-03      |
        """
    )
    assert_table(
        found.filter(pl.col("region_code") == "15.03"),
        """
        | basis     | segment | active_workers |
        | RESIDENCE | PU      | 1              |
        | RESIDENCE | BPU     | 1              |
        | RESIDENCE | UCJ     | 1              |
        | RESIDENCE | ALL     | 1              |
        """,
        FactCoverage,
    )


def test_two_membership_numbers_of_one_person_are_one_worker() -> None:
    found = coverage(
        """
        | worker_key | membership_key | residence_code |
        | budi       | one            | 15.03          |
        | budi       | two            | 15.03          |
        """
    )
    assert_table(
        by(found, "RESIDENCE", "UCJ").filter(pl.col("region_code") == "15.03"),
        "| active_workers |\n| 1 |",
        FactCoverage,
    )


def test_migrant_workers_are_in_all_and_not_in_ucj() -> None:
    found = coverage("| segment | residence_code |\n| PMI | 15.03 |").filter(pl.col("region_code") == "00")
    assert_table(found, "| segment | active_workers |\n| PMI | 1 |\n| ALL | 1 |", FactCoverage)


def test_a_membership_without_a_workplace_has_a_residence_only() -> None:
    found = coverage("| residence_code | workplace_code |\n| 15.03 | - |\n| 15.03 | 15.04 |")
    regencies = found.filter((pl.col("segment") == "ALL") & (pl.col("region_code").str.len_chars() == 5))
    assert_table(
        regencies,
        "| basis | region_code | active_workers |\n| RESIDENCE | 15.03 | 2 |\n| WORKPLACE | 15.04 | 1 |",
        FactCoverage,
    )


def test_a_worker_is_vulnerable_in_the_segment_that_says_so() -> None:
    found = coverage(
        """
        | worker_key | segment | paid_through | is_vulnerable | residence_code |
        | budi       | PU      | -            | T             | 15.03          |
        | budi       | BPU     | 2025-03      | Y             | 15.03          |
        """
    )
    assert_table(
        found.filter(pl.col("region_code") == "00"),
        """
        | segment | active_workers | vulnerable_workers |
        | PU      | 1              | 0                  |
        | BPU     | 1              | 1                  |
        | UCJ     | 1              | 1                  |
        | ALL     | 1              | 1                  |
        """,
        FactCoverage,
    )


def test_a_move_between_regencies_is_no_change_of_the_province() -> None:
    found = coverage(
        "| worker_key | residence_code |\n| budi | 15.04 |", before="| worker_key | residence_code |\n| budi | 15.03 |"
    )
    assert_table(
        by(found, "RESIDENCE", "PU"),
        """
        | region_code | active_workers | joined_workers | returned_workers | left_workers |
        | 15.03       | 0              | 0              | 0                | 1            |
        | 15.04       | 1              | 1              | 0                | 0            |
        | 15          | 1              | 0              | 0                | 0            |
        | 00          | 1              | 0              | 0                | 0            |
        """,
        FactCoverage,
    )


def test_a_change_of_segment_is_a_change_of_the_segments_and_not_of_ucj() -> None:
    found = coverage(
        "| worker_key | segment | paid_through | residence_code |\n| budi | BPU | 2025-03 | 15.03 |",
        before="| worker_key | segment | residence_code |\n| budi | PU | 15.03 |",
    )
    assert_table(
        found.filter(pl.col("region_code") == "15.03"),
        """
        | segment | active_workers | joined_workers | returned_workers | left_workers |
        | PU      | 0              | 0              | 0                | 1            |
        | BPU     | 1              | 1              | 0                | 0            |
        | UCJ     | 1              | 0              | 0                | 0            |
        | ALL     | 1              | 0              | 0                | 0            |
        """,
        FactCoverage,
    )


def test_who_comes_back_after_a_month_away_returned_and_did_not_join() -> None:
    found = coverage(
        "| worker_key | residence_code |\n| back | 15.03 |\n| new | 15.03 |",
        before="| worker_key | residence_code |\n| gone | 15.03 |",
        earlier="| worker_key | residence_code |\n| back | 15.03 |\n| long gone | 15.03 |",
    )
    assert_table(
        by(found, "RESIDENCE", "ALL").filter(pl.col("region_code") == "00"),
        "| active_workers | joined_workers | returned_workers | left_workers |\n| 2 | 1 | 1 | 1 |",
        FactCoverage,
    )


def test_a_region_that_only_earlier_months_know_has_no_row() -> None:
    found = coverage(
        "| residence_code |\n| 15.03 |",
        before="| residence_code |\n| 15.03 |",
        earlier="| residence_code |\n| 16.01 |",
    )
    assert found.filter(pl.col("region_code").str.starts_with("16")).collect().is_empty()


def test_a_word_holds_the_segments_of_the_past_and_nothing_else_of_it() -> None:
    past = "| worker_key | residence_code | is_vulnerable | programmes |\n| budi | 15.03 | Y | JKK,JKP |"
    gone = past + "\n| gone | 15.03 | Y | JKK |"
    text = "| worker_key | residence_code | programmes |\n| budi | 15.03 | JKK,JKM |"
    words = build([RegionWord], given(text) | presences(before=past, earlier=gone), MARCH)[RegionWord]
    assert_table(
        words,
        """
        | region_code | word             | persons |
        | 15.03       | 0x1111_1000_1101 | 1       |
        | 15          | 0x1111_1000_1101 | 1       |
        | 00          | 0x1111_1000_1101 | 1       |
        """,
        RegionWord,
    )
    without_before = build([RegionWord], given(text) | presences(earlier=gone), MARCH)[RegionWord]
    assert_table(without_before.filter(pl.col("region_code") == "00"), "| word |\n| 0x10_0000_1101 |", RegionWord)


def test_a_word_is_kept_only_where_the_person_is_or_was_the_month_before() -> None:
    home = "| worker_key | programmes | residence_code |\n| budi | JKK,JKM | 15.03 |"
    long_ago = home.replace("15.03", "16.01")
    words = build([RegionWord], given(home) | presences(before=home, earlier=long_ago), MARCH)[RegionWord]
    assert_table(
        words,
        """
        | region_code | word             |
        | 15.03       | 0x1110_1000_1101 |
        | 15          | 0x1110_1000_1101 |
        | 00          | 0x1111_1000_1101 |
        """,
        RegionWord,
    )


def test_without_the_month_before_change_is_unknown_and_not_zero() -> None:
    found = coverage("| residence_code |\n| 15.03 |", earlier="| residence_code |\n| 15.03 |")
    assert_table(
        by(found, "RESIDENCE", "ALL").filter(pl.col("region_code") == "00"),
        "| active_workers | joined_workers | returned_workers | left_workers |\n| 1 | - | - | - |",
        FactCoverage,
    )


def test_the_version_is_stamped_on_every_row() -> None:
    found = coverage("| residence_code |\n| 15.03 |").select("month", "as_of_date").unique()
    assert_table(found, "| month | as_of_date |\n| 2025-03 | 2025-04-30 |", FactCoverage)


def test_programmes_are_counted_in_the_segment_that_holds_them() -> None:
    found = programmes(
        """
        | worker_key | segment | programmes      | paid_through | residence_code |
        | budi       | PU      | JKK,JKM,JHT,JKP | -            | 15.03          |
        | budi       | BPU     | JKK,JKM         | 2025-03      | 15.03          |
        | siti       | BPU     | JKK             | 2025-03      | 15.04          |
        """
    )
    assert_table(
        by(found, "RESIDENCE", "PU", "BPU", "UCJ").filter(pl.col("region_code") == "15"),
        """
        | segment | programme | active_workers |
        | PU      | JKK       | 1              |
        | PU      | JKM       | 1              |
        | PU      | JHT       | 1              |
        | PU      | JKP       | 1              |
        | BPU     | JKK       | 2              |
        | BPU     | JKM       | 1              |
        | UCJ     | JKK       | 2              |
        | UCJ     | JKM       | 1              |
        | UCJ     | JHT       | 1              |
        | UCJ     | JKP       | 1              |
        """,
        FactProgrammeCoverage,
    )
