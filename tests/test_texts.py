"""Texts parsed once each: the values are those of parsing every row, and parsing is asked for no more than it must."""

from __future__ import annotations

import polars as pl
import pytest

from warehouse.texts import by_distinct, by_exception

DIGITS = r"^[0-9]+$"


class Parse:
    """A parser that keeps what it was asked: digits alone, as a number where `dtype` is one."""

    def __init__(self, dtype: type[pl.DataType]) -> None:
        self.dtype, self.asked = dtype, list[str]()

    def __call__(self, texts: pl.Expr) -> pl.Expr:
        """Return the parsed texts."""
        return texts.map_batches(self._noting, return_dtype=pl.String).str.replace_all(r"\D", "").cast(self.dtype)

    def _noting(self, batch: pl.Series) -> pl.Series:
        self.asked += batch.to_list()
        return batch


@pytest.mark.parametrize(
    ("texts", "values", "asked"),
    [
        (["15", "a3", "15", None, "a3"], [15, 3, 15, None, 3], ["15", "a3"]),
        ([None, None], [None, None], []),
        ([], [], []),
    ],
)
def test_every_distinct_text_is_parsed_once_and_null_stays_null(
    texts: list[str | None], values: list[int | None], asked: list[str]
) -> None:
    parse, frame = Parse(pl.Int64), pl.DataFrame({"raw": texts}, schema={"raw": pl.String})
    found = frame.select(by_distinct(pl.col("raw"), parse))
    assert (found["raw"].to_list(), parse.asked) == (values, asked)
    assert found.schema == {"raw": pl.Int64()}


@pytest.mark.parametrize(
    ("texts", "values", "asked"),
    [
        (["15", "a3", None, "b4"], ["15", "3", None, "4"], ["a3", "b4"]),
        (["15", "16", None], ["15", "16", None], []),
        (["a3"], ["3"], ["a3"]),
    ],
)
def test_only_texts_that_are_not_plain_are_parsed_and_the_others_stay_as_they_are(
    texts: list[str | None], values: list[str | None], asked: list[str]
) -> None:
    parse, frame = Parse(pl.String), pl.DataFrame({"raw": texts}, schema={"raw": pl.String})
    found = frame.select(by_exception(pl.col("raw"), DIGITS, parse))
    assert (found["raw"].to_list(), parse.asked) == (values, asked)
