"""Presence of several months as one says of everybody where and in which segments they ever were, once."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.parts import earlier
from tests.test_persons import crowd
from tests.world import CLOSED_MARCH
from transforms.graph import build
from transforms.presence import ANY_SEGMENT
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
