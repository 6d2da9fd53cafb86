"""Lake files in buckets: every row is in one part, and to read a part little else is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from flows.copies import copies, is_first_of_key, rows_but, rows_with_place
from tests.asciitable import table
from tests.world import CLOSED_MARCH, MARCH
from warehouse import buckets, lake
from warehouse.rules import LINE_NO
from warehouse.tables.membership import Membership


def rows(count: int) -> pl.DataFrame:
    """Return rows with a random 64-bit `person` and a number."""
    persons = np.random.default_rng(5).integers(0, 1 << 64, count, np.uint64)
    return pl.DataFrame({"person": persons, "number": range(count)})


@pytest.mark.parametrize("lot", [100, 700, 10_000])
def test_a_file_in_buckets_holds_every_row_and_names_its_key(tmp_path: Path, lot: int) -> None:
    path = buckets.write(rows(2_000).lazy(), "person", tmp_path / "one.parquet", lot, key="abc")
    assert_frame_equal(pl.read_parquet(path).sort("number"), rows(2_000))
    assert lake.key_of(path) == "abc"


@pytest.mark.parametrize("parts", [1, 4, 64, 256])
def test_every_row_is_in_one_part(tmp_path: Path, parts: int) -> None:
    path = buckets.write(rows(3_000).lazy(), "person", tmp_path / "one.parquet", 1_000)
    found = [buckets.part_of(pl.scan_parquet(path), "person", number, parts).collect() for number in range(parts)]
    assert_frame_equal(pl.concat(found).sort("number"), rows(3_000))
    assert all(part["person"].max() < part["person"].min() + (1 << 64) // parts for part in found if part.height)  # type: ignore[operator]


def test_a_row_group_is_of_one_bucket_and_tells_its_bounds(tmp_path: Path) -> None:
    path = buckets.write(rows(3_000).lazy(), "person", tmp_path / "one.parquet", 1_000)
    metadata = pq.read_metadata(path)
    bounds = [metadata.row_group(place).column(0).statistics for place in range(metadata.num_row_groups)]
    assert len(bounds) > buckets.BUCKETS
    assert all(int(one.min) >> 58 == int(one.max) >> 58 for one in bounds)


def test_a_frame_without_rows_makes_a_file_with_its_columns(tmp_path: Path) -> None:
    path = buckets.write(rows(0).lazy(), "person", tmp_path / "none.parquet", 10)
    assert pl.read_parquet_schema(path) == rows(0).schema


def delivered(folder: Path, *texts: str) -> list[Path]:
    """Return lake files with the rows of the texts, in files of this order, as a version of March."""
    paths = []
    for place, text in enumerate(texts):
        frame = table(Membership, text, month=MARCH, as_of_date=CLOSED_MARCH.as_of_date)
        paths.append(lake.write(frame.with_row_index(LINE_NO, 2), folder / f"{place}.parquet"))
    return paths


def test_a_row_of_another_file_is_left_out_of_all_files_but_the_first(tmp_path: Path) -> None:
    columns = "| membership_key | employer_key | segment | wage_idr |\n"
    paths = delivered(
        tmp_path,
        columns + "| one | a | PU | 1 |\n| two | - | BPU | 2 |",
        columns + "| one | b | PU | 3 |\n| one | a | BPU | 4 |",
        columns + "| two | - | BPU | 5 |\n| six | a | PU | 6 |\n| one | a | PU | 7 |\n| six | a | PU | 8 |",
    )
    found = {file: sorted(lines) for file, lines in copies(paths, Membership, CLOSED_MARCH).items()}
    assert found == {2: [2, 4, 5]}
    kept = rows_but(found, paths, Membership, CLOSED_MARCH).collect()
    assert sorted(kept["wage_idr"]) == [1, 2, 3, 4, 6]
    plainly = rows_with_place(paths, Membership, CLOSED_MARCH).filter(is_first_of_key(Membership)).collect()
    assert sorted(plainly["wage_idr"]) == [1, 2, 3, 4, 6]


def test_rows_without_what_a_key_needs_are_not_compared(tmp_path: Path) -> None:
    text = "| membership_key | segment | employer_key | wage_idr |\n| - | PU | a | 1 |\n| one | PU | - | 2 |"
    paths = delivered(tmp_path, text, text)
    assert copies(paths, Membership, CLOSED_MARCH) == {1: [3]}
