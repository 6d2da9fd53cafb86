"""Days, odd types and odd names in Parquet files: shown as they are, or left out and named."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.errors import Stop
from warehouse.reading.limits import Limits
from warehouse.reading.parquet import opened_parquet, proved

DAYS = [date(1700, 1, 2), date(2025, 3, 16), date(2200, 12, 31), None]


def shown(folder: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """Return how a frame shows once it is a Parquet file, under its headers."""
    path = folder / "x.parquet"
    frame.write_parquet(path)
    opened = opened_parquet(path)
    rows = opened.frame.collect()
    return rows.rename(
        dict(zip([f"c{place + 1}" for place in range(len(opened.headers))], opened.headers, strict=True))
    )


@pytest.mark.parametrize("dtype", [pl.Date(), pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ns")])
def test_a_day_shows_as_a_day_whatever_it_is_kept_as(tmp_path: Path, dtype: pl.DataType) -> None:
    found = shown(tmp_path, pl.DataFrame({"tgl": pl.Series(DAYS).cast(dtype)}))
    assert found["tgl"].to_list() == ["1700-01-02", "2025-03-16", "2200-12-31", None]


def test_a_moment_is_of_the_day_of_its_zone(tmp_path: Path) -> None:
    late = pl.Series([datetime(2025, 3, 16, 20)]).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Jakarta")
    assert shown(tmp_path, pl.DataFrame({"tgl": late}))["tgl"].to_list() == ["2025-03-17"]


@pytest.mark.parametrize(
    ("dtype", "largest"), [(pl.Date(), 2**31 - 1), (pl.Datetime("ms"), 2**63 - 1), (pl.Datetime("us"), 2**63 - 1)]
)
def test_a_day_beyond_the_calendar_shows_as_a_number_that_no_rule_reads(
    tmp_path: Path, dtype: pl.DataType, largest: int
) -> None:
    numbers = pl.Series([largest, -largest, 0], dtype=pl.Int32 if dtype == pl.Date else pl.Int64)
    found = shown(tmp_path, pl.DataFrame({"tgl": numbers.cast(dtype)}))
    assert found["tgl"].to_list() == [str(largest), str(-largest), "1970-01-01"]


def test_a_column_called_as_our_own_is_a_column_and_a_duration_is_left_out_by_name(tmp_path: Path) -> None:
    frame = pl.DataFrame({"line_no": [7, 8], "line_no_": [5, 6], "lama": [timedelta(1)] * 2, "dasar": ["SK", "SK"]})
    path = tmp_path / "x.parquet"
    frame.write_parquet(path)
    opened = opened_parquet(path)
    assert opened.headers == ("line_no", "line_no_", "dasar")
    assert opened.frame.collect().rows() == [(1, "7", "5", "SK"), (2, "8", "6", "SK")]
    assert "lama" in opened.notes[0]


@pytest.mark.parametrize(
    ("rows", "size", "listed"),
    [(10_000, 100_000, False), (10_000, 100_000, True), (1 << 12, 1 << 20, False)],
    ids=["plain", "in lists", "as many bytes as 32 bits hold"],
)
def test_one_text_that_stands_in_every_row_counts_in_every_row(
    tmp_path: Path, rows: int, size: int, listed: bool
) -> None:
    """Gigabytes, in a file of a few kilobytes that holds the text once."""
    path = tmp_path / "landed"
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["a" * size]))
    column = pa.ListArray.from_arrays(pa.array(range(rows + 1), pa.int32()), texts) if listed else texts
    pq.write_table(pa.table({"dasar": column}), path, compression="zstd")
    with pytest.raises(Stop, match="expands_too_much"):
        proved(str(path), asdict(Limits(unpacked_bytes=1 << 40)))
    with pytest.raises(Stop, match="too_many_unpacked_bytes"):
        proved(str(path), asdict(Limits(unpacked_bytes=1 << 28)))
