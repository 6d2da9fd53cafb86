"""Presence of several months as one says of everybody where and in which segments they ever were, once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.assembly import Assembly
from flows.context import Load, code_version, fingerprint
from flows.parts import earlier
from flows.planning import Standing
from flows.settings import Settings
from tests.test_persons import crowd
from tests.world import CLOSED_MARCH, MARCH
from transforms.graph import build
from transforms.identity import Pseudonyms
from transforms.presence import ANY_SEGMENT
from warehouse import buckets, lake
from warehouse.calendar import Version, last_day, shift
from warehouse.home import Home
from warehouse.schema import conform
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import RegionWord

ONCE = ["person_high", "person_low", "residence", "workplace"]


@pytest.mark.parametrize("rows", [2_000, 100, 7])
def test_everybody_stands_once_for_each_pair_of_places_with_the_segments_of_all_months(rows: int) -> None:
    months = [crowd(seed, (Presence,))[Presence] for seed in range(3)]
    found = pl.concat(earlier(months, memory=rows * 128 * 16))
    plain = pl.concat(months).group_by(ONCE).agg(pl.col("word").bitwise_or() & ANY_SEGMENT).collect()
    assert_frame_equal(found.sort(ONCE), plain.sort(ONCE), check_dtypes=True)


@pytest.mark.parametrize("seed", range(3))
def test_months_as_one_give_the_words_that_the_months_give(seed: int) -> None:
    inputs = crowd(seed, (Presence, PresenceBefore))
    months = [crowd(seed + month, (Presence,))[Presence] for month in (10, 11, 12)]
    first = pl.concat(earlier(months[:2], memory=1 << 30)).lazy()
    ways = [pl.concat(months), pl.concat(earlier([first, months[2]], memory=100 * 128 * 16)).lazy()]
    words = [
        build([RegionWord], inputs | {PresenceEarlier: conform(way, PresenceEarlier)}, CLOSED_MARCH)[RegionWord]
        for way in ways
    ]
    order = ["basis", "region_code", "word"]
    assert_frame_equal(*(frame.collect().sort(order) for frame in words))


def test_a_month_adds_one_file_of_earlier_words_to_those_of_the_months_before(tmp_path: Path) -> None:
    of_month = {shift(MARCH, -back): crowd(back, (Presence,))[Presence] for back in range(4)}
    assembly = Assembly(Load(Home(tmp_path), Settings(), Pseudonyms(b"s" * 32), "run"), Standing({}))
    versions = [Version(month, last_day(month)) for month in sorted(of_month)]
    for version in versions:
        path = lake.presence_path(Home(tmp_path), version, fingerprint(code_version()))
        buckets.write(of_month[version.month], "person_high", path, 100)
    kept = []
    for known in (1, 2, 3, 4):
        found = assembly.earlier(versions[:known]).collect()
        plain = pl.concat(of_month[version.month] for version in versions[:known])
        segments = plain.group_by(ONCE).agg(pl.col("word").bitwise_or() & ANY_SEGMENT).collect().sort(ONCE)
        mine = found.group_by(ONCE).agg(pl.col("word").bitwise_or() & ANY_SEGMENT)
        assert_frame_equal(mine.sort(ONCE), segments)
        kept.append(
            [path.name for path in lake.kept_files(Home(tmp_path), [lake.PRESENCE]) if path.name.startswith("earlier")]
        )
    assert [len(names) for names in kept] == [0, 1, 2, 3]
    assert assembly.earlier(versions).collect().height == segments.height
