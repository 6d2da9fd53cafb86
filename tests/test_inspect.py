"""What `cakupan inspect` says of a file is what a load of it would find, and its settings load it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import openpyxl
import pytest

from flows.cli import main
from flows.entry import load_folder
from flows.inspecting.inspection import Inspection, inspect
from flows.inspecting.kind import kinds
from flows.inspecting.text import as_data, text, toml
from flows.settings import Settings
from tests.endtoend import load_unshown
from tests.extracts import PLAIN, Row, memberships, nik, write
from warehouse.errors import Stop

SIPP = ("NAMA_LENGKAP", "NOMOR_IDENTITAS", "TANGGAL_KEPESERTAAN", "UPAH", "TGL_AKHIR_KONTRAK", "JENIS_KELAMIN")


def inspected(path: Path, settings: Settings | None = None, kind: str = "") -> Inspection:
    """Return what a file is found to be."""
    return inspect(path, settings or Settings(), kind)


def members() -> list[Row]:
    """Return twenty memberships of March."""
    return memberships("2025-03", "2025-03-16", "| orang | segmen |\n| 1-20 | PU |")


def csv(path: Path, rows: list[Row]) -> Path:
    """Return a CSV with these rows."""
    return write(path.parent, {path.name: rows}) / path.name


def sheet(path: Path, *lines: tuple[object, ...]) -> Path:
    """Return a spreadsheet with these lines."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


@pytest.mark.parametrize("kind", sorted(PLAIN))
def test_a_file_of_any_name_is_known_by_its_headers(kind: str, tmp_path: Path) -> None:
    path = csv(tmp_path / "data.csv", [PLAIN[kind]])
    found = inspected(path)
    assert found.like is not None
    assert (found.like.table.kind, found.like.missing) == (kind, ())


def test_every_kind_that_may_be_delivered_is_looked_for() -> None:
    assert {*PLAIN, "angka_publikasi"} == {table.kind for table in kinds()}


def test_the_trial_counts_what_a_load_counts_and_names_the_first_lines(tmp_path: Path) -> None:
    delivered = members()
    delivered[4]["upah"] = "-1"
    path = csv(tmp_path / "in" / "kepesertaan.csv", delivered)
    found = inspected(path)
    loaded = load_unshown(path.parent, tmp_path / "home")
    assert found.verdict is not None
    assert (found.verdict.rows, found.verdict.accepted, found.verdict.rejected) == (20, 19, 1)
    assert (found.exit_code, found.verdict.broken) == (loaded["exit_code"], loaded["rejected_rules"])
    assert [(one.line, one.rules) for one in found.problems] == [(6, ("upah_negative",))]
    assert "baris / line 6: upah kurang dari 0 / upah is below 0" in text(found)


def test_the_settings_that_are_proposed_load_the_file(tmp_path: Path) -> None:
    delivered = members()
    for number, row in enumerate(delivered):
        row |= {"tgl_mulai": "31.01.2024", "tgl_data": "16.03.2025", "tgl_lahir": ""}
        row["upah"] = "3.200.000,00" if number else "3.200.000"
    path = csv(tmp_path / "in" / "peserta maret.csv", delivered)
    proposed = toml(inspected(path))
    settings = Settings.model_validate(tomllib.loads(proposed))
    again = inspected(path, settings)
    assert again.exit_code == 0 and again.verdict is not None and again.verdict.accepted == 20
    (tmp_path / "cakupan.toml").write_text(proposed, encoding="utf-8")
    loaded = load_folder(str(path.parent), str(tmp_path / "home"), config=str(tmp_path / "cakupan.toml"))
    assert (loaded["exit_code"], loaded["rows_accepted"]) == (0, 20)


def test_a_sheet_of_sipp_is_known_and_says_what_its_source_must_fill_in(tmp_path: Path) -> None:
    path = sheet(tmp_path / "tk.xlsx", SIPP, ("X", nik(1), "01-03-2025", "3200000", "", "L"))
    found = inspected(path)
    assert found.like is not None
    assert (found.like.table.kind, found.like.layout, found.like.missing) == ("tk_baru", "sipp_30", ("tgl_data", "npp"))
    assert '# constants = { tgl_data = "...", npp = "..." }' in toml(found)
    assert found.exit_code == 4


def test_a_table_of_figures_by_region_is_known_by_its_rows(tmp_path: Path) -> None:
    title = "Tingkat Partisipasi Angkatan Kerja (Persen)"
    lines = [("Kabupaten/Kota", title), (None, 2023, 2024), ("Sarolangun", "70.1", "-"), ("Merangin", "69.5", "71.0")]
    found = inspected(sheet(tmp_path / "tpak.xlsx", *lines))
    assert found.like is not None and found.verdict is not None
    assert (found.like.table.kind, found.verdict.accepted) == ("indikator", 3)


def test_a_file_that_is_like_no_kind_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "menu.csv"
    path.write_text("hari,menu\nSenin,soto\n", encoding="utf-8")
    found = inspected(path)
    assert (found.like, found.exit_code) == (None, 4)
    assert "tidak dikenali / not recognised" in text(found)
    assert tomllib.loads(toml(found)) == {"sources": {"menu": {"glob": "menu.csv"}}}


def test_no_value_of_a_person_shows_in_what_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    delivered = members()
    delivered[0] |= {"nik": nik(1)[:-1], "nama": "Siti Rahmawati", "kpj": "2613300001"}
    path = csv(tmp_path / "kepesertaan.csv", delivered)
    assert main(["inspect", str(path), "--json"]) == 3
    printed = capsys.readouterr()
    assert json.loads(printed.out)["rejected"] == 1
    for secret in (nik(1)[:-1], "Siti", "2613300001", nik(2)):
        assert secret not in printed.out + printed.err + text(inspected(path)) + json.dumps(as_data(inspected(path)))


def test_a_path_that_is_no_file_is_an_error_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="file_missing"):
        inspected(tmp_path / "nothing.csv")
