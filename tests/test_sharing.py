"""What several readers share is computed once, and the rows of several files keep the number of their file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from transforms.sharing import shared
from warehouse import lake


def test_readers_with_filters_of_their_own_share_one_computation() -> None:
    calls: list[int] = []

    def counted(rows: pl.DataFrame) -> pl.DataFrame:
        calls.append(rows.height)
        return rows

    once = shared(pl.LazyFrame({"number": [1, 2, 3]}).map_batches(counted, predicate_pushdown=True))
    readers = [once.filter(pl.col("number") == number).select(pl.col("number") * 10) for number in (1, 3)]
    assert pl.concat(readers).collect(engine="streaming").rows() == [(10,), (30,)]
    assert calls == [3]


def test_what_is_shared_has_every_column_whatever_a_reader_takes() -> None:
    seen: list[list[str]] = []

    def watched(rows: pl.DataFrame) -> pl.DataFrame:
        seen.append(rows.columns)
        return rows

    once = shared(pl.LazyFrame({"number": [1], "word": ["satu"]}).map_batches(watched, projection_pushdown=True))
    assert once.select("word").collect().rows() == [("satu",)]
    assert seen == [["number", "word"]]


def test_rows_of_several_files_bear_the_number_of_their_file_even_where_one_stands_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "b.parquet", tmp_path / "a.parquet"
    for path in (first, second):
        pl.DataFrame({"row": [path.stem]}).write_parquet(path)
    assert lake.numbered([first, second], "file").collect().rows() == [("b", 0), ("a", 1)]
    assert lake.numbered([first, second, first], "file").collect().rows() == [("b", 0), ("a", 1), ("b", 2)]
