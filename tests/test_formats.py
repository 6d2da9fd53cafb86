"""Every format reads the same: workbooks of four kinds, archives, encodings, headers and footers of several lines."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from tests.workbooks import Rows, compound, ods, xls, xlsx, zipped
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import Opened, opened, scan
from warehouse.tables.minimum_wage import MinimumWage

HEADER = ["kode_kab", "tahun", "upah_minimum", "dasar"]
ROWS: Rows = [HEADER, ["15.03", "2025", 3_000_000, "SK Gubernur"], ["15.04", 2025.0, "3100000", "SK Gubernur"]]
EXPECTED = [(2, "15.03", "2025", "3000000", "SK Gubernur"), (3, "15.04", "2025", "3100000", "SK Gubernur")]
CSV = "kode_kab,tahun,upah_minimum,dasar\n15.03,2025,3000000,SK Gubernur\n15.04,2025,3100000,SK Gubernur\n"


def opening(folder: Path, content: bytes, dialect: Dialect | None = None) -> Opened:
    """Return the content opened."""
    landed = folder / "landed"
    landed.write_bytes(content)
    return opened(landed, dialect or Dialect(), folder)


def rows(folder: Path, content: bytes, dialect: Dialect | None = None) -> list[tuple[object, ...]]:
    """Return the rows of the content read as an umk file."""
    landed = folder / "landed"
    landed.write_bytes(content)
    return scan(landed, MinimumWage, dialect or Dialect(), folder).frame.collect().rows()


def refusal(folder: Path, content: bytes, dialect: Dialect | None = None) -> Stop:
    """Return the error with which the content is refused."""
    with pytest.raises(Stop) as refused:
        rows(folder, content, dialect)
    return refused.value


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_a_workbook_reads_as_the_same_csv_does(tmp_path: Path, write: Callable[[Rows], bytes]) -> None:
    assert rows(tmp_path, write(ROWS)) == EXPECTED


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_packed_text_reads_as_it_did_before(tmp_path: Path, codec: str, encoding: str) -> None:
    packed = pa.compress(CSV.replace("SK Gubernur", "Daérah").encode(encoding), codec=codec, asbytes=True)
    if codec == "gzip":
        import gzip

        packed = gzip.compress(CSV.replace("SK Gubernur", "Daérah").encode(encoding))
    assert [row[-1] for row in rows(tmp_path, packed)] == ["Daérah", "Daérah"]


def test_a_zip_archive_of_one_file_reads_as_that_file(tmp_path: Path) -> None:
    assert rows(tmp_path, zipped({"folder/umk.csv": CSV.encode()})) == EXPECTED
    assert rows(tmp_path, zipped({"umk.xlsx": xlsx(ROWS), "__MACOSX/._umk.xlsx": b"x"})) == EXPECTED


def test_of_several_files_in_an_archive_the_declared_one_is_read(tmp_path: Path) -> None:
    archive = zipped({"umk.csv": CSV.encode(), "baca saya.txt": b"halo"})
    assert rows(tmp_path, archive, Dialect(member="*.csv")) == EXPECTED
    refused = refusal(tmp_path, archive)
    assert (refused.rule, "baca saya.txt" in refused.en) == ("archive_members", True)


def test_a_workbook_counts_rows_as_excel_does(tmp_path: Path) -> None:
    title: Rows = [["UMK 2025"], [], *ROWS[:2], [None], *ROWS[2:]]
    assert [row[0] for row in rows(tmp_path, xlsx(title), Dialect(header_row=3))] == [4, 6]


def test_the_headers_of_merged_cells_are_joined_from_top_to_bottom(tmp_path: Path) -> None:
    head: Rows = [["Kode", "Upah", None, "Nama"], [None, "L", "P", None], ["15.03", "1", "2", "x"]]
    file = opening(tmp_path, xlsx(head, merged=["A1:A2", "B1:C1", "D1:D2"]), Dialect(header_rows=2))
    assert file.headers == ("Kode", "Upah | L", "Upah | P", "Nama")
    assert file.frame.collect().rows() == [(3, "15.03", "1", "2", "x")]


def test_where_nobody_says_what_was_merged_a_group_spreads_over_its_columns(tmp_path: Path) -> None:
    text = "Kode,Upah,,Nama,Umur\n,L,P,,\n15.03,1,2,x,3\n"
    assert opening(tmp_path, text.encode(), Dialect(header_rows=2)).headers == (
        "Kode", "Upah | L", "Upah | P", "Nama", "Umur",
    )  # fmt: skip


@pytest.mark.parametrize("as_book", [True, False])
def test_footers_are_left_out_and_counted(tmp_path: Path, as_book: bool) -> None:
    foot = [["Jumlah", "", "6100000", ""], ["Sumber: Disnaker", "", "", ""]]
    content = xlsx([*ROWS, *foot]) if as_book else (CSV + "Jumlah,,6100000,\nSumber: Disnaker\n").encode()
    for dialect in (
        Dialect(footer_rows=2),
        Dialect(footer="^(Jumlah|Sumber)"),
        Dialect(footer="^Jumlah", footer_rows=1),
    ):
        assert rows(tmp_path, content, dialect) == EXPECTED
        assert any(note.startswith("2 baris") for note in opening(tmp_path, content, dialect).notes)


def test_without_a_header_every_line_is_a_row(tmp_path: Path) -> None:
    for content in (xlsx([["Judul"], ["a", "b"]]), b"Judul\na,b\n"):
        file = opening(tmp_path, content, Dialect(header_rows=0))
        assert (file.headers, file.frame.collect().rows()) == (("c1", "c2"), [(1, "Judul", None), (2, "a", "b")])


def test_of_several_sheets_the_one_with_known_headers_is_read_and_hidden_ones_are_not(tmp_path: Path) -> None:
    book = {"Petunjuk": [["isi lembar berikut"]], "UMK": ROWS, "lama": ROWS}
    assert rows(tmp_path, xlsx(book, hidden=["lama"])) == EXPECTED
    assert refusal(tmp_path, xlsx(book)).rule == "sheet_not_declared"


@pytest.mark.parametrize("sheet", ["UMK", "umk ", "2"])
def test_a_sheet_is_declared_by_name_or_number(tmp_path: Path, sheet: str) -> None:
    book: dict[str, Rows] = {"Lama": [HEADER, ["15.01", 2020, 1, "SK"]], "UMK": ROWS}
    assert rows(tmp_path, xlsx(book), Dialect(sheet=sheet)) == EXPECTED
    assert "Lama, UMK" in refusal(tmp_path, xlsx(book), Dialect(sheet="3")).en


def test_all_sheets_of_a_layout_are_read_with_lines_that_tell_the_sheet(tmp_path: Path) -> None:
    book = {"Januari": ROWS, "Februari": ROWS[:2]}
    read = rows(tmp_path, xlsx(book), Dialect(sheet="*"))
    assert [row[0] for row in read] == [10_000_002, 10_000_003, 20_000_002]
    assert refusal(tmp_path, xlsx({**book, "Maret": [["lain"], ["x"]]}), Dialect(sheet="*")).rule == "sheets_differ"


def test_a_percentage_shows_as_excel_shows_it(tmp_path: Path) -> None:
    book = xlsx([["persen"], [0.962], [1.0], [0.1 + 0.2]], percent=True)
    assert opening(tmp_path, book).frame.collect()["c1"].to_list() == ["96.2%", "100%", "30%"]


def test_what_a_formula_could_not_give_is_no_empty_cell(tmp_path: Path) -> None:
    book, target = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for place, value in {"A1": "a", "B1": "b", "A2": "#N/A", "B2": "=1+1"}.items():
        sheet[place] = value
    book.save(target)
    assert opening(tmp_path, target.getvalue()).frame.collect().rows() == [(2, "#N/A", "#NOT CALCULATED!")]


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    book, target = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    book.save(target)
    file = opening(tmp_path, target.getvalue())
    assert (file.frame.collect().height, any("hidden" in note for note in file.notes)) == (2, True)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "file_is_locked"),
        (compound({"WordDocument": b"x"}), "unreadable_file"),
        (xlsx([[None]]), "empty_file"),
        (xlsx(ROWS)[:-40], "unreadable_file"),
        (b"<html><table><tr><td>kode_kab</td></tr></table></html>", "format_not_read"),
        (b"%PDF-1.7\n", "format_not_read"),
        (zipped({"a.zip": zipped({"umk.csv": CSV.encode()})}), "archive_in_archive"),
        (zipped({"../umk.csv": CSV.encode()}), "archive_path"),
        (zipped({}), "archive_members"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, content: bytes, rule: str) -> None:
    assert refusal(tmp_path, content).rule == rule


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    target, link = BytesIO(), zipfile.ZipInfo("umk.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path, target.getvalue()).rule == "archive_link"


def test_a_link_to_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(CSV)
    (tmp_path / "landed").symlink_to(tmp_path / "real")
    with pytest.raises(Stop, match="not_a_file"):
        opened(tmp_path / "landed", Dialect(), tmp_path)
