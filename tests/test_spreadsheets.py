"""Spreadsheets of the statistical office and of portals, loaded from end to end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from flows.entry import load_folder
from tests.asciitable import assert_table, table
from tests.endtoend import ROOT, ask, load_unshown
from tests.extracts import rows, write
from transforms.graph import build
from transforms.standardize import decimal
from warehouse.dialect import Dialect
from warehouse.tables.indicator import FactIndicator, Indicator

REAL = ROOT / "tests" / "golden" / "spreadsheets"
CELLS = "SELECT region_code, value FROM mart.indicator WHERE indicator = '{}' AND period = '{}' ORDER BY ALL"


def test_every_figure_is_kept_and_an_unnamed_publisher_says_so() -> None:
    given = table(
        Indicator,
        """
        | region_code | period  | indicator | value   | source | released_on |
        | 15.03       | 2024    | tpak      | 80.57   | BPS    | 2024-11-05  |
        | 15          | 2024-08 | upah      | 1307818 | -      | -           |
        """,
    )
    assert_table(
        build([FactIndicator], {Indicator: given})[FactIndicator],
        """
        | region_code | period  | indicator | value   | source        | released_on |
        | 15.03       | 2024    | tpak      | 80.57   | BPS           | 2024-11-05  |
        | 15          | 2024-08 | upah      | 1307818 | tidak disebut | -           |
        """,
        FactIndicator,
    )


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return a home with the three real spreadsheets, and what the load said."""
    place = tmp_path_factory.mktemp("real")
    (place / "source").mkdir()
    for number, path in enumerate(sorted(REAL.glob("*.xlsx"))):
        shutil.copyfile(path, place / "source" / f"indikator_{number}_{path.name}")
    return place / "home", load_unshown(place / "source", place / "home")


def test_three_real_spreadsheets_load_without_a_setting_and_without_a_rejected_row(
    real: tuple[Path, dict[str, Any]],
) -> None:
    _, told = real
    assert (told["state"], told["files"], told["rows_rejected"]) == ("LOADED", 3, 0)


def test_a_percentage_written_as_text_and_a_province_total_are_read(real: tuple[Path, dict[str, Any]]) -> None:
    home, _ = real
    found = dict(ask(home, CELLS.format("tingkat_partisipasi_angkatan_kerja_tpak", "2021")))
    assert len(found) == 39
    assert (found["35.01"], found["35.79"], found["35"]) == (80.57, 73.74, 70.0)


def test_a_wage_marked_as_missing_has_no_row(real: tuple[Path, dict[str, Any]]) -> None:
    home, _ = real
    name = "rata_rata_upah_gaji_bersih_sebulan_pekerja_formal_pertanian_kehutanan_perikanan"
    found = dict(ask(home, CELLS.format(name, "2022")))
    assert len(found) == 37
    assert found["35.01"] == 1_307_818
    assert not {"35.76", "35.77"} & found.keys()


def test_blitar_and_kota_blitar_are_told_apart_and_a_doubled_measure_is_named(
    real: tuple[Path, dict[str, Any]],
) -> None:
    home, told = real
    found = dict(ask(home, CELLS.format("pencari_kerja_terdaftar_jumlah", "2021")))
    assert (found["35.05"], found["35.01"]) == (6208, 5087)
    assert found["35.72"] != found["35.05"]
    notes = next(notes for name, notes in told["notes"].items() if "KETERSEDIAAN" in name)
    assert any("Z, AJ" in note and note.startswith("measure_twice") for note in notes)
    assert told["warnings"] == {"measure_twice": 234}
    doubled = "SELECT count(*) FROM mart.indicator WHERE indicator LIKE 'penempatan%' AND period = '2023'"
    assert ask(home, doubled) == [(0,)]


def spreadsheet(path: Path, lines: list[list[object]], merged: dict[str, str] | None = None) -> None:
    """Write a spreadsheet; `merged` are ranges with their text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for row, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            page.write(row, column, cell)
    for place, text in (merged or {}).items():
        page.merge_range(place, text)
    book.close()


def test_merged_headers_and_a_bad_cell_load_but_for_the_bad_cell(tmp_path: Path) -> None:
    names = [
        f"Kab. {name}" for name in ("Kerinci", "Merangin", "Sarolangun", "Batanghari", "Muaro Jambi", "Bungo", "Tebo")
    ]
    lines: list[list[object]] = [
        ["Pencari Kerja Menurut Kabupaten/Kota"],
        [],
        [],
        ["", "Pria", "Wanita", "Pria", "Wanita"],
    ]
    lines += [[name, 100 + place, 1.5, "1.234.567", 7] for place, name in enumerate(names)]
    lines[5][2] = "sekitar 5"
    merged = {"A3:A4": "Kabupaten/Kota", "B3:C3": "2023", "D3:E3": "2024"}
    spreadsheet(tmp_path / "source" / "indikator_kerja.xlsx", lines, merged)
    told = load_unshown(tmp_path / "source", tmp_path / "home")
    assert told["rejected_rules"] == {"nilai_unreadable": 1}
    assert ask(tmp_path / "home", CELLS.format("pencari_kerja_pria", "2024"))[0][1] == 1_234_567
    assert len(ask(tmp_path / "home", CELLS.format("pencari_kerja_wanita", "2023"))) == len(names) - 1
    [(line, shown)] = ask(tmp_path / "home", "SELECT line_no, masked_row FROM ops.rejection")
    assert line == 60_003
    assert (json.loads(shown)["judul"], json.loads(shown)["sel"]) == ("Pencari Kerja | Wanita", "C6")


def test_two_bad_cells_of_one_line_are_two_rejected_rows(tmp_path: Path) -> None:
    header: list[object] = ["Kabupaten/Kota", *(f"Upah {year}" for year in range(1990, 2030))]
    lines = [header, ["Kab. Kerinci", "x1", "x2", *range(38)], ["Kab. Bungo", *range(40)]]
    spreadsheet(tmp_path / "source" / "indikator_upah.xlsx", lines)
    told = load_unshown(tmp_path / "source", tmp_path / "home")
    assert (told["rows_in"], told["rows_accepted"], told["rows_rejected"]) == (80, 78, 2)
    assert ask(tmp_path / "home", "SELECT line_no FROM ops.rejection ORDER BY ALL") == [(20_002,), (20_003,)]


PORTAL = """id,kode_provinsi,nama_provinsi,kode_kabupaten_kota,nama_kabupaten_kota,jumlah_pencari_kerja,satuan,tahun
1,15,JAMBI,1503,KABUPATEN SAROLANGUN,1200,ORANG,2023
2,15,JAMBI,1571,KOTA JAMBI,3400,ORANG,2023
3,15,JAMBI,1571,KOTA JAMBI,-,ORANG,2024
"""


def test_a_file_of_an_open_data_portal_loads_by_its_headers(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "indikator_portal.csv").write_text(PORTAL, encoding="utf-8")
    told = load_unshown(tmp_path / "source", tmp_path / "home")
    assert (told["state"], told["rows_in"]) == ("LOADED", 2)
    shown = "SELECT region_code, period, indicator, value, unit FROM mart.indicator ORDER BY ALL"
    assert ask(tmp_path / "home", shown) == [
        ("15.03", "2023", "jumlah_pencari_kerja", 1200.0, "ORANG"),
        ("15.71", "2023", "jumlah_pencari_kerja", 3400.0, "ORANG"),
    ]


def test_a_later_delivery_of_the_same_figure_replaces_it_and_the_earlier_stays_in_history(tmp_path: Path) -> None:
    for value in ("70,5", "71.25"):
        files = {"indikator_tpak.csv": rows("indikator", f"| nilai |\n| {value} |")}
        load_unshown(write(tmp_path / "source", files), tmp_path / "home")
    assert ask(tmp_path / "home", "SELECT value FROM mart.indicator") == [(71.25,)]
    assert ask(tmp_path / "home", "SELECT count(*) FROM mart.fact_indicator") == [(2,)]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("16.800", {"nilai_unreadable"}), ("2.6E+10", {"nilai_unreadable", "nilai_scientific"}), ("-", {"nilai_unreadable"}),
    ],
)  # fmt: skip
def test_a_figure_that_may_mean_two_things_is_rejected(tmp_path: Path, text: str, rules: set[str]) -> None:
    good = "\n".join(["| kode | nilai |", *(f"| 15.0{place} | 1{place},5 |" for place in range(1, 10))])
    many = [one | {"periode": str(year)} for year in range(2001, 2021) for one in rows("indikator", good)]
    bad = rows("indikator", "| kode |\n| 15.71 |", nilai=text)
    told = load_unshown(write(tmp_path / "source", {"indikator.csv": [*many, *bad]}), tmp_path / "home")
    assert told["rejected_rules"] == dict.fromkeys(rules, 1)


@pytest.mark.parametrize(
    "text", ["16,800", "-1.234", "1234567890123456", "12.34.567", "1,23,456", "1e5", "5 orang", ".5"]
)
def test_a_text_with_two_readings_or_none_is_no_figure(text: str) -> None:
    assert pl.select(decimal(pl.lit(text), Dialect())).item() is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("80.57", 80.57), ("80,57", 80.57), ("0.123", 0.123), ("0,123", 0.123), ("72.3333333333", 72.3333333333),
        ("1.234.567", 1_234_567.0), ("1,234,567.891", 1_234_567.891), ("1.234,5678", 1234.5678), ("1234.567", 1234.567),
        ("123456789012345", 123_456_789_012_345.0), ("-4,2 %", -4.2), ("Rp 1.307.818", 1_307_818.0), ("7", 7.0),
    ],
)  # fmt: skip
def test_a_figure_with_one_reading_is_read(text: str, value: float) -> None:
    assert pl.select(decimal(pl.lit(text), Dialect())).item() == value


def test_a_declared_mark_settles_what_a_figure_means(tmp_path: Path) -> None:
    config = tmp_path / "cakupan.toml"
    config.write_text('[dialect]\ndecimal = ","\nthousands = "."\n', encoding="utf-8")
    files = {"indikator.csv": rows("indikator", "| nilai |\n| 16.800 |")}
    load_folder(str(write(tmp_path / "source", files)), str(tmp_path / "home"), config=str(config))
    assert ask(tmp_path / "home", "SELECT value FROM mart.indicator") == [(16_800.0,)]
