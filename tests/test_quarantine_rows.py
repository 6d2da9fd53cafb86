"""The parts of quarantine by themselves: cells that must not calculate, rows that are recognised, rules and their cells."""

from __future__ import annotations

import gzip
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.gating import extract_of
from flows.quarantine.answers import MARK, as_sent, dialect_of_answers, is_answer, mark, references
from flows.quarantine.blame import blamed, blames
from flows.quarantine.export import default_name, sheet_of
from flows.quarantine.matching import matches
from flows.quarantine.rows import Sent
from tests.asciitable import cells
from transforms.standardize import DATE_FORMATS
from warehouse.dialect import Dialect
from warehouse.rules import messages
from warehouse.schema import Extract, Table
from warehouse.spreadsheet_writer import Sheet, neutral, restored, write_csv, write_xlsx
from warehouse.tables.benefit import Claim
from warehouse.tables.membership import Membership

BEGINNINGS = [
    "",
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
    "'",
    "''=",
    " =",
    "0",
    "1234567890123456",
]
TEXTS = st.builds(
    "{}{}".format, st.sampled_from(BEGINNINGS), st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)
)
EXTRACTS = [table for table in Table.registry.values() if issubclass(table, Extract)]


def frame(text: str) -> pl.DataFrame:
    """Return a text table as a frame; columns of lines hold numbers, a dash is null."""
    names, rows = cells(text)
    found = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.all().replace("-", None))
    return found.with_columns(pl.col("^.*line.*$").cast(pl.Int64))


@given(TEXTS, st.booleans())
def test_a_neutral_text_begins_no_formula_and_gives_the_text_back(text: str, frail: bool) -> None:
    written = neutral(text, frail=frail)
    assert restored(written) == text
    assert not written.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert text.isspace() or not written.startswith(("\t", "\r", "\n"))
    assert not (frail and written.isdigit() and (len(written) > 11 or written[0] == "0" != written))


@given(TEXTS)
def test_the_gate_takes_the_apostrophe_off_that_the_export_put_on(text: str) -> None:
    cell = neutral(text, frail=True).strip() or None
    arrived = pl.LazyFrame({"raw_nama": [cell]}, schema={"raw_nama": pl.String})
    found = as_sent(arrived).collect()["raw_nama"].item()
    assert (found or "") == text.strip()


def test_cells_of_a_workbook_are_texts_without_formulas_and_links_and_wrong_ones_say_why(tmp_path: Path) -> None:
    rows: list[list[str | None]] = [
        ["=1+1", "0812345678901234", "https://example.org", "\x01\ud7ff"],
        ["-5", None, "a\nb", "x" * 40_000],
    ]
    write_xlsx(tmp_path / "a.xlsx", [Sheet("satu", ["=a", "b", "c", "d"], rows, {(1, 0): "terlalu kecil"})])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["satu"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert [cell.value for cell in sheet[2]] == ["'=1+1", "0812345678901234", "https://example.org", "\ufffd\ud7ff"]
    assert (sheet["A3"].comment.text, sheet["A2"].comment, sheet["C2"].hyperlink) == ("terlalu kecil", None, None)
    assert (len(str(sheet["D3"].value)), sheet["A3"].fill.fgColor.rgb == sheet["B3"].fill.fgColor.rgb) == (
        32_767,
        False,
    )


def test_an_answer_is_known_by_its_column_in_every_format_and_other_files_are_not(tmp_path: Path) -> None:
    headers, rows = ["nik", MARK], [["1503011234567890", mark("ab" * 32, 7)]]
    write_csv(tmp_path / "a.csv", headers, rows)
    write_xlsx(tmp_path / "a.xlsx", [Sheet("x", headers, rows)])
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "b.csv").write_text(text.upper(), encoding="utf-16")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    write_csv(tmp_path / "other.csv", ["nik", "asal"], rows)
    write_xlsx(tmp_path / "other.xlsx", [Sheet("x", ["nik", "asal"], rows)])
    (tmp_path / "broken.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes()[:200])
    found = {path.name: is_answer(path) for path in tmp_path.iterdir()}
    assert found == {
        "a.csv": True, "a.xlsx": True, "b.csv": True, "a.csv.gz": True,
        "other.csv": False, "other.xlsx": False, "broken.xlsx": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    "written", ["Cabababababab-7", " cABABABABABAB - 7 ", "abababababab-7", "C-7", "", "Cabababababab-x"]
)
def test_a_mark_is_read_whatever_its_case_and_spaces_and_nothing_else_is(written: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ["upah", MARK], [["1", written], ["1", mark("cd" * 32, 12)]])
    found = references(path, tmp_path).collect().rows()
    good = (
        (2, "ab" * 6, 7)
        if written.strip().lower().startswith("cab") and written.strip().endswith("7")
        else (2, None, None)
    )
    assert found == [good, (3, "cd" * 6, 12)]


def test_an_answer_means_by_its_cells_what_the_first_file_meant_and_is_written_as_we_write() -> None:
    first = Dialect(separator="|", encoding="cp1252", decimal=",", thousands=".", date_formats=DATE_FORMATS, header_row=4,
                    code_system="bps", aliases={"gaji": "upah"}, sheet="2", footer_rows=3)  # fmt: skip
    found = dialect_of_answers(first)
    same = ("decimal", "thousands", "date_formats", "code_system", "aliases")
    assert all(getattr(found, name) == getattr(first, name) for name in same)
    assert all(
        getattr(found, name) == getattr(Dialect(), name) for name in ("separator", "encoding", "header_row", "sheet")
    )
    assert found.footer_rows == 0


@pytest.mark.parametrize("table", EXTRACTS, ids=lambda table: table.kind)
def test_every_rule_of_every_kind_blames_a_column_that_arrives_and_says_so_in_indonesian(table: type[Extract]) -> None:
    told = blames(table)
    assert {name for name in messages(table) if not told[name].columns} == set()
    assert all(set(one.columns) <= {*table.arriving(), MARK} and one.id and one.en for one in told.values())


def test_a_rule_blames_the_columns_it_looks_at() -> None:
    found = {
        one.rule: one.columns for one in blamed("upah_negative,start_after_end,duplicate_row,nik_format", Membership)
    }
    assert found == {
        "upah_negative": ("upah",),
        "start_after_end": ("tgl_mulai", "tgl_akhir"),
        "duplicate_row": ("blth", "tgl_data", "kpj", "npp", "segmen"),
        "nik_format": ("nik",),
    }
    assert [one.columns for one in blamed("correction_x,no_such_rule", Membership)] == [(), ()]
    assert blamed("kode_kab_code_system", Claim)[0].columns == ("kode_kab",)


def test_a_mended_row_is_the_rejected_row_that_it_equals_but_for_the_cells_that_were_wrong() -> None:
    columns = [name for name in Membership.arriving() if name not in ("nik", "upah", "tgl_mulai", "tgl_akhir")]
    same = pl.lit("x").alias("y")
    sent = frame("""
        | line_no | raw_nik | raw_upah | raw_tgl_mulai | raw_tgl_akhir |
        | 2       | 1       | -1       | a             | -             |
        | 3       | 2       | -1       | a             | -             |
        | 4       | 3       | 5        | c             | b             |
        | 5       | 4       | -1       | a             | -             |
        | 6       | 4       | -1       | a             | -             |
    """).with_columns(same.alias(f"raw_{name}") for name in columns)
    rejected = frame("""
        | line_no | rules           |
        | 2       | upah_negative   |
        | 4       | start_after_end |
        | 5       | upah_negative   |
        | 6       | upah_negative   |
    """)
    later = frame("""
        | line_no | raw_nik | raw_upah | raw_tgl_mulai | raw_tgl_akhir |
        | 2       | 3       | 5        | a             | b             |
        | 3       | 1       | 9        | a             | -             |
        | 4       | 4       | 7        | a             | -             |
        | 5       | 4       | 7        | a             | -             |
        | 6       | 4       | 7        | a             | -             |
        | 7       | 2       | 9        | a             | -             |
        | 8       | 1       | 9        | changed       | -             |
    """).with_columns(same.alias(f"raw_{name}") for name in columns)
    assert matches(rejected, sent, later, Membership).rows() == [(2, 4), (3, 2), (4, 5), (5, 6)]


def test_the_sheet_keeps_the_columns_and_the_order_of_the_sender() -> None:
    rows = frame("| line_no | c1 | c2 | c3 |\n| 9 | n | -5 | catatan |").with_columns(c2=pl.lit("-5"))
    sent = Sent(("Nama", "Gaji Pokok", "Keterangan"), {"upah": 1}, rows)
    sheet = sheet_of(sent, {9: blamed("upah_negative,employer_missing", Membership)}, {9: "ditukar?"}, "ab" * 32)
    assert sheet.headers == ["Nama", "Gaji Pokok", "Keterangan", "keterangan_cakupan", MARK]
    told = "Gaji Pokok: upah kurang dari 0; segmen, npp: peserta PU dan JAKON wajib memiliki NPP; ditukar?"
    assert sheet.rows == [["n", "-5", "catatan", told, "Cabababababab-9"]]
    assert sheet.wrong == {(0, 1): "upah kurang dari 0"}


def test_the_name_of_an_export_begins_with_its_kind() -> None:
    names = {
        name: default_name(name, "iuran", "ab" * 32) for name in ("bpjs/iuran_x.csv", "data.2025.csv", "Iuran.xlsx")
    }
    assert {name: found.lower().startswith("iuran") for name, found in names.items()} == dict.fromkeys(names, True)
    assert names["data.2025.csv"] == "iuran_data_perbaikan_abababab.xlsx"
    assert extract_of("iuran").kind == "iuran"
