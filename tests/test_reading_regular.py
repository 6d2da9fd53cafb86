"""The proof before the fast reader: what it lets through reads the same in Python's csv, whatever the text."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path
from typing import Literal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora.splitting import Doubtful, records
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import Limits, opened, regular
from warehouse.reading.opened import places

EXAMPLES = int(os.environ.get("CAKUPAN_EXAMPLES", "100"))
WIDTH = 3
QUOTING: tuple[Literal[0, 1], ...] = (0, 1)
PIECES = st.sampled_from(
    ["a", "1", ",", ";", '"', '""', " ", "\t", "\n", "\r\n", "\r", "é", "\u00a0", "", "x y", '"q"']
)
FIELDS = st.text(alphabet="ab1 é\u00a0\t\"',;\n", max_size=6)
HEADER = "x1,x2,x3\n"


def strictly(text: str) -> list[list[str | None]] | None:
    """Return the records as Python's csv reads them strictly, stripped, empty as None; None when any does not fit.

    None too where a reader of one letter after the other finds quotes that have two readings.
    """
    try:
        letter_by_letter = records(text, ",")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (csv.Error, Doubtful):
        return None
    assert rows == letter_by_letter
    return [[cell.strip() or None for cell in row] for row in rows] if all(len(row) == WIDTH for row in rows) else None


def read(text: str) -> tuple[list[list[str | None]] | None, bool]:
    """Return the rows as the product reads them, None when it refuses, and whether the proof let the fast reader do it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "landed"
        path.write_text(HEADER + text, encoding="utf-8", newline="")
        shape = regular.proved(path, len(HEADER), ",", WIDTH, Limits())
        try:
            frame = opened(path, Dialect(separator=","), Path(folder)).frame.collect()
        except Stop:
            return None, shape is not None
        return [list(row) for row in frame.select(places(WIDTH)).rows()], shape is not None


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_reads_as_pythons_csv_reads_it_or_is_refused_by_both(text: str) -> None:
    assert read(text)[0] == strictly(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.lists(FIELDS, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=6),
    st.sampled_from(QUOTING),
    st.booleans(),
)
def test_what_a_program_wrote_as_csv_comes_back_as_it_was(
    rows: list[list[str]], quoting: Literal[0, 1], windows: bool
) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=quoting, lineterminator="\r\n" if windows else "\n").writerows(rows)
    assert read(target.getvalue())[0] == [[cell.strip() or None for cell in row] for row in rows]


@pytest.mark.parametrize(
    "text", ["1,2,3\n", "1,2,3\r\n4,5,6\r\n", '"1,5",2,3\n', '"say ""no""",,3\n', "é,\u00a02,3", ",,\n"]
)
def test_plain_and_canonically_quoted_lines_go_to_the_fast_reader(text: str) -> None:
    assert read(text)[1]


@pytest.mark.parametrize(
    "text",
    ["1,2\n", "1,2,3,4\n1,2\n", "1,2\n1,2,3,4\n", '"1\n2",2,3\n', 'a"b",2,3\n', '"a"b,2,3\n', '1,"2,3\n4,5",6\n', "1,2,3\n\n4,5,6\n",
     "1,2,3\r4,5,6\n", '1, "2",3\n'],
)  # fmt: skip
def test_what_readers_may_understand_differently_does_not(text: str) -> None:
    assert not read(text)[1]


def test_lines_that_only_add_up_over_a_block_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "landed"
    path.write_text(HEADER + "1,2,3,4\n1,2\n" * 200_000)
    with pytest.raises(Stop, match="line 2: 4 fields"):
        opened(path, Dialect(), tmp_path)


def test_a_line_with_256_fields_more_than_the_header_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "landed"
    path.write_text(HEADER + "1,2,3\n" + "," * (2 + 256) + "\n")
    with pytest.raises(Stop, match="line 3: 259 fields"):
        opened(path, Dialect(separator=","), tmp_path)


def test_padding_is_noticed_in_whatever_block_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "landed"
    rows = [f"{number},{'x' * 40},z" for number in range(60_000)]
    rows[50_000] = "50000, padded,z"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    shape = regular.proved(path, len(HEADER), ",", WIDTH, Limits())
    assert shape == regular.Shape(quoted=False, padded=(1,))
    frame = opened(path, Dialect(), tmp_path).frame
    assert frame.filter(pl.col("c1") == "50000").collect().rows() == [(50_002, "50000", "padded", "z")]
