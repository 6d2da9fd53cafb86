"""Rows that a change can concern are found by their keys first, and of files that changed the rows that differ."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.near import TooManyError, at_most, differing, near
from tests.asciitable import key, table
from tests.world import CLOSED_MARCH, MID_MARCH
from warehouse.rules import LINE_NO
from warehouse.schema import conform
from warehouse.tables.membership import Membership

PERSONS = [key(f"person {number}") for number in range(30)]


def rows(dice: Random, many: int) -> pl.DataFrame:
    """Return so many memberships of few persons, in two versions."""
    one = table(Membership, "| segment |\n| PU |", month=CLOSED_MARCH.month).collect()
    days = (CLOSED_MARCH.as_of_date, MID_MARCH.as_of_date)
    drawn: dict[str, list[Any]] = {
        "worker_key": [dice.choice(PERSONS) for _ in range(many)],
        "as_of_date": [dice.choice(days) for _ in range(many)],
        "wage_idr": [dice.randrange(3) for _ in range(many)],
    }
    found = pl.concat([one] * many)
    return found.with_columns(pl.Series(name, values, found.schema[name]) for name, values in drawn.items())


def of_few(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows of two persons."""
    return frame.join(pl.LazyFrame({"worker_key": PERSONS[:2]}), on="worker_key", how="semi")


def written(folder: Path, dice: Random) -> dict[Path, set[int]]:
    """Return lake files, with the lines that are left out of each."""
    paths = {folder / f"it's {name}.parquet": {dice.randrange(1, 9) for _ in range(name)} for name in range(4)}
    for path in paths:
        numbered = rows(dice, 40).with_row_index(LINE_NO, 1).with_columns(pl.col(LINE_NO).cast(pl.Int64))
        numbered.write_parquet(path, row_group_size=8)
    return paths


@pytest.mark.parametrize("seed", range(5))
def test_the_rows_found_are_those_of_the_version_that_are_picked_and_not_left_out(seed: int, tmp_path: Path) -> None:
    paths = written(tmp_path, Random(seed))
    found = near(paths, Membership, CLOSED_MARCH, of_few, most=1_000)
    kept = [pl.scan_parquet(path).filter(~pl.col(LINE_NO).is_in(lines)) for path, lines in paths.items()]
    wanted = of_few(pl.concat(kept).filter(pl.col("as_of_date") == CLOSED_MARCH.as_of_date))
    assert_frame_equal(found.collect(), conform(wanted, Membership).collect(), check_row_order=False)
    assert near({}, Membership, CLOSED_MARCH, of_few, most=0).collect().is_empty()
    with pytest.raises(TooManyError):
        near(paths, Membership, CLOSED_MARCH, of_few, most=2)


def test_as_many_rows_as_may_be_held_are_held_and_not_one_more() -> None:
    frame = pl.LazyFrame({"number": range(40_000)})
    assert at_most(frame, 40_000).collect().sort("number").equals(frame.collect())
    with pytest.raises(TooManyError):
        at_most(frame, 39_999)


@pytest.mark.parametrize("seed", range(5))
def test_what_differs_is_what_a_side_has_more_often_than_the_other(seed: int) -> None:
    dice = Random(seed)
    gone, come = rows(dice, 200), rows(dice, 200)
    wanted = set(gone.rows()) ^ set(come.rows())
    counts = [frame.group_by(pl.all()).len() for frame in (gone, come)]
    both = counts[0].join(counts[1], on=gone.columns, nulls_equal=True)
    wanted |= {row[:-2] for row in both.filter(pl.col("len") != pl.col("len_right")).iter_rows()}
    found = differing(gone.lazy(), come.lazy(), Membership).collect()
    assert (set(found.rows()), found.height) == (wanted, len(wanted))
