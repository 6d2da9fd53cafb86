"""Persons are told apart by every bit of their token, and counted alike at once, in parts, and by a plain grouping."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from flows.parts import alike_persons
from tests.world import CLOSED_MARCH
from transforms.graph import build
from transforms.persons import together
from transforms.presence import ANY_SEGMENT, ANYWHERE, BEFORE_AT, EARLIER_AT, REGENCIES
from warehouse.schema import Table, conform
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import AlikePersons, RegionWord

ALMOST_ALIKE = st.sampled_from([0, 1, 2, 3, 1 << 5, 1 << 40, (1 << 40) + 1, 1 << 63, (1 << 63) + 1, (1 << 64) - 1])
PERSON = ["person_high", "person_low"]
PAST = {PresenceBefore: BEFORE_AT, PresenceEarlier: EARLIER_AT}
Inputs = dict[type[Table], pl.LazyFrame]


@given(st.lists(st.tuples(ALMOST_ALIKE, ALMOST_ALIKE), max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_rows_of_equal_tokens_adjoin_and_no_others_whatever_bits_they_share(tokens: list[tuple[int, int]]) -> None:
    high, low = (np.array([token[half] for token in tokens], np.uint64) for half in (0, 1))
    order, is_first = together(high, low)
    groups: list[list[tuple[int, int]]] = []
    for row, first in zip(order, is_first, strict=True):
        groups += [[]] if first else []
        groups[-1].append(tokens[row])
    assert sorted(order) == list(range(len(tokens)))
    assert all(len(set(group)) == 1 for group in groups)
    assert Counter(group[0] for group in groups) == Counter(set(tokens))


@pytest.mark.parametrize("past", [(), (PresenceBefore,), (PresenceBefore, PresenceEarlier), (PresenceEarlier,)])
@pytest.mark.parametrize("seed", range(4))
def test_one_sort_a_plain_grouping_and_any_parts_of_the_persons_give_the_same_words(
    seed: int, past: tuple[type[Presence], ...]
) -> None:
    inputs = crowd(seed, (Presence, *past))
    words = build([RegionWord], inputs, CLOSED_MARCH)[RegionWord].collect()
    same(words, plain(inputs))
    for rows in (2_000, 100, 7):
        parted = alike_persons(inputs, CLOSED_MARCH, memory=rows * 128 * 16)
        counted = build([RegionWord], {AlikePersons: parted}, CLOSED_MARCH)[RegionWord].collect()
        same(counted, words)


def test_less_memory_makes_more_parts() -> None:
    inputs = crowd(1, (Presence,))
    heights = [alike_persons(inputs, CLOSED_MARCH, rows * 128 * 16).collect().height for rows in (2_000, 100, 7)]
    assert heights == sorted(set(heights))


def test_a_month_of_nobody_has_no_words() -> None:
    inputs: Inputs = {Presence: crowd(0, (Presence,))[Presence].filter(False)}
    assert build([RegionWord], inputs, CLOSED_MARCH)[RegionWord].collect().is_empty()
    assert alike_persons(inputs, CLOSED_MARCH, 1 << 30).collect().is_empty()


def test_whoever_reads_a_part_of_the_persons_alike_reads_a_part_of_what_was_counted_of_all() -> None:
    alike = build([AlikePersons], crowd(0, (Presence,)), CLOSED_MARCH)[AlikePersons]
    whole = alike.collect()
    assert_frame_equal(alike.filter("is_one_place").collect(), whole.filter("is_one_place"))
    assert_frame_equal(alike.select("persons").collect(), whole.select("persons"))
    assert_frame_equal(alike.head(1).collect(), whole.head(1))


def crowd(seed: int, tables: tuple[type[Presence], ...]) -> Inputs:
    """Return presence of some hundred persons, each with some rows of few places, in every table."""
    dice = np.random.default_rng(seed)
    persons = dice.integers(0, 1 << 64, (150, 2), np.uint64)
    persons[:30] &= np.uint64(3) | np.uint64(1 << 63)
    regencies = np.array([0, 1503, 1504, 1601, 9203], np.uint16)
    found: Inputs = {}
    for table in tables:
        who = persons[dice.integers(0, len(persons), 400)]
        columns = {
            "person_high": who[:, 0],
            "person_low": who[:, 1],
            "residence": dice.choice(regencies[1:3], 400),
            "workplace": dice.choice(regencies, 400, p=[0.1, 0.6, 0.1, 0.1, 0.1]),
            "word": 0x1111 * (1 << dice.integers(0, 4, 400)).astype(np.uint32),
        }
        found[table] = conform(pl.LazyFrame(columns), table)
    return found


def plain(inputs: Inputs) -> pl.DataFrame:
    """Return the words of every region as a plain grouping gives them: once per level, by the whole token."""
    rows = [inputs[Presence].with_columns(pl.col("word").cast(pl.UInt64))]
    for table, at in PAST.items():
        if table in inputs and PresenceBefore in inputs:
            past = (pl.col("word").cast(pl.UInt64) & ANY_SEGMENT) * (1 << at)
            rows.append(inputs[table].with_columns(past.cast(pl.UInt64)))
    codes = pl.col("regency").cat.to(REGENCIES).cast(pl.String)
    placed = pl.concat(
        frame.select(*PERSON, "word", basis=pl.lit(basis), regency=pl.col(place))
        for frame in rows
        for basis, place in (("RESIDENCE", "residence"), ("WORKPLACE", "workplace"))
    ).filter(pl.col("regency") > 0)
    levels = pl.concat_list(codes, codes.str.head(2), pl.lit("00"))
    everywhere = placed.select(*PERSON, "word", "basis", region_code=levels).explode("region_code")
    here = everywhere.group_by("basis", "region_code", *PERSON).agg(pl.col("word").bitwise_or())
    moved = sum(
        ((pl.col("word") & (ANY_SEGMENT << at)) * (1 << (there - at)) for at, there in ANYWHERE.items()),
        pl.lit(0, pl.UInt64),
    )
    nation = here.filter(pl.col("region_code") == "00").select("basis", *PERSON, anywhere=moved)
    worded = here.join(nation, on=["basis", *PERSON]).filter((pl.col("word") & ((1 << EARLIER_AT) - 1)) != 0)
    counted = worded.group_by("basis", "region_code", word=pl.col("word") | pl.col("anywhere")).agg(persons=pl.len())
    return conform(counted, RegionWord).collect()


def same(left: pl.DataFrame, right: pl.DataFrame) -> None:
    """Check that two tables of words have the same rows."""
    order = ["basis", "region_code", "word"]
    assert_frame_equal(left.sort(order), right.sort(order))
