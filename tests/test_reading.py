"""Reading extracts as text: separators, encodings, archives, and files that must be refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import Reading, scan
from warehouse.tables.minimum_wage import MinimumWage

PLAIN = "kode_kab,tahun,upah_minimum,dasar\n15.03,2025,3000000,SK Gubernur\n15.04,2025,3100000,SK Gubernur\n"


def read(folder: Path, content: bytes, dialect: Dialect | None = None) -> Reading:
    """Return the reading of `content` as an umk file."""
    landed = folder / "landed"
    landed.write_bytes(content)
    return scan(landed, MinimumWage, dialect or Dialect(), folder)


def rows(reading: Reading) -> list[tuple[object, ...]]:
    """Return the rows of a reading."""
    return reading.frame.collect().rows()


EXPECTED = [(2, "15.03", "2025", "3000000", "SK Gubernur"), (3, "15.04", "2025", "3100000", "SK Gubernur")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_under_which_the_header_is_known(tmp_path: Path, mark: str) -> None:
    assert rows(read(tmp_path, PLAIN.replace(",", mark).encode())) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_a_unicode_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    assert rows(read(tmp_path, PLAIN.encode(encoding))) == EXPECTED


def test_gzip_and_windows_line_ends_read_the_same(tmp_path: Path) -> None:
    assert rows(read(tmp_path, gzip.compress(PLAIN.replace("\n", "\r\n").encode()))) == EXPECTED


def test_parquet_counts_rows_from_one_and_keeps_numbers_as_they_are(tmp_path: Path) -> None:
    table = {"kode_kab": ["15.03"], "tahun": [2025], "upah_minimum": [3_000_000.0], "dasar": ["SK"]}
    pl.DataFrame(table).write_parquet(tmp_path / "made")
    assert rows(read(tmp_path, (tmp_path / "made").read_bytes())) == [(1, "15.03", "2025", "3000000", "SK")]


def test_text_that_is_not_utf8_is_read_as_cp1252_and_said_so(tmp_path: Path) -> None:
    reading = read(tmp_path, PLAIN.replace("SK Gubernur", "Kepala Daérah").encode("cp1252"))
    assert rows(reading)[0][-1] == "Kepala Daérah"
    assert any("cp1252" in note for note in reading.notes)


def test_headers_may_come_in_capitals_in_another_order_and_with_columns_nobody_asked_for(tmp_path: Path) -> None:
    reading = read(tmp_path, b"DASAR,Upah Minimum,KODE_KAB,tahun,catatan\nSK,3000000,15.03,2025,x\n")
    assert rows(reading) == [(2, "15.03", "2025", "3000000", "SK")]
    assert any("catatan" in note for note in reading.notes)


def test_a_declared_alias_stands_for_a_column(tmp_path: Path) -> None:
    content = PLAIN.replace("upah_minimum", "UMK 2025").encode()
    assert rows(read(tmp_path, content, Dialect(aliases={"UMK 2025": "upah_minimum"}))) == EXPECTED


def test_blank_texts_are_null(tmp_path: Path) -> None:
    assert rows(read(tmp_path, b"kode_kab,tahun,upah_minimum,dasar\n15.03, ,,SK\n")) == [(2, "15.03", None, None, "SK")]


def test_a_quoted_field_may_hold_separators_and_lines_and_the_next_line_number_is_right(tmp_path: Path) -> None:
    content = b'kode_kab,tahun,upah_minimum,dasar\n15.03,2025,3000000,"SK,\nlampiran"\n15.04,2025,3100000,SK\n'
    assert [(row[0], row[-1]) for row in rows(read(tmp_path, content))] == [(2, "SK,\nlampiran"), (4, "SK")]


def test_a_header_below_a_title_is_found_where_it_is_declared(tmp_path: Path) -> None:
    reading = read(tmp_path, b"Upah Minimum 2025\n" + PLAIN.encode(), Dialect(header_row=2))
    assert [row[0] for row in rows(reading)] == [3, 4]


@pytest.mark.parametrize(
    ("content", "rule", "named"),
    [
        (b"", "empty_file", "header"),
        (b"kode_kab,tahun,upah,dasar\n15.03,2025,3,SK\n", "column_missing", "upah_minimum (nearest header: upah)"),
        (b"kode_kab,tahun,upah_minimum,dasar,TAHUN\n15.03,2025,3,SK,1\n", "column_twice", "tahun"),
        (b"kode_kab,tahun,upah_minimum,dasar\n15.03,2025,3,SK\n15.04,2025,3\n", "irregular_record", "line 3"),
        (b"kode_kab,tahun,upah_minimum,dasar\n15.03,2025,3,SK,more\n", "irregular_record", "line 2"),
        (b'kode_kab,tahun,upah_minimum,dasar\n15.03,2025,3,"SK\n15.04,2025,4,SK\n', "irregular_record", "quotes"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:40], "unreadable_file", "gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, content: bytes, rule: str, named: str) -> None:
    with pytest.raises(Stop) as refused:
        read(tmp_path, content).frame.collect()
    assert refused.value.rule == rule
    assert named in refused.value.en


def test_text_in_another_than_the_declared_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="utf-16"):
        read(tmp_path, b"kode_kab,tahun\n15.03,2025\n1", Dialect(encoding="utf-16"))
