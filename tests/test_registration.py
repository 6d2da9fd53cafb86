"""Workers whom employers register as new: counted as persons, placed by the sheet or the employer, compared with members."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from flows.entry import load_folder
from tests.asciitable import assert_table, table
from tests.endtoend import ask, load_unshown
from tests.extracts import Files, Row, memberships, nik, rows, write
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.employer import Employer
from warehouse.tables.in_force import InForce
from warehouse.tables.registration import FactRegistration, RegistrationHistory

MID_MARCH = Version(date(2025, 3, 1), date(2025, 3, 16))
EMPLOYERS = table(
    Employer,
    """
    | npp  | region_code |
    | one  | 15.03       |
    | two  | 15.04       |
    | many | 15.03       |
    | many | 16.01       |
    """,
)
STANDING = """
    SELECT region_code, strftime(month, '%Y-%m'), as_of_date::TEXT, registered_workers, member_workers, employer_member_workers, not_yet_workers
    FROM mart.fact_registration WHERE superseded_at IS NULL AND region_code <> '15' ORDER BY ALL
"""


def counted(asked: str, members: str | None = None, employers: pl.LazyFrame = EMPLOYERS) -> pl.LazyFrame:
    """Return the fact of registrations written as text, beside members in force."""
    inputs: dict[type[Table], pl.LazyFrame] = {
        RegistrationHistory: table(RegistrationHistory, asked),
        Employer: employers,
    }
    if members is not None:
        inputs[InForce] = table(InForce, members)
    return build([FactRegistration], inputs, MID_MARCH)[FactRegistration]


def test_a_worker_registered_by_two_employers_counts_once_in_a_region_and_once_in_the_nation() -> None:
    asked = """
        | worker_key | employer_key | region_code |
        | budi       | one          | 15.03       |
        | budi       | two          | 15.03       |
        | budi       | two          | 15.04       |
        | siti       | one          | 15.03       |
    """
    assert_table(
        counted(asked),
        """
        | region_code | registering_employers | registered_workers | member_workers |
        | 15.03       | 2                     | 2                  | -              |
        | 15.04       | 1                     | 1                  | -              |
        | 15          | 2                     | 2                  | -              |
        | 00          | 2                     | 2                  | -              |
        """,
        FactRegistration,
    )


def test_a_sheet_without_a_region_counts_where_its_employer_is_and_one_of_several_seats_only_in_the_nation() -> None:
    asked = """
        | worker_key | employer_key | region_code |
        | budi       | two          | -           |
        | siti       | two          | 16.01       |
        | agus       | many         | -           |
        | dewi       | unknown      | -           |
    """
    assert_table(
        counted(asked),
        """
        | region_code | registered_workers |
        | 15.04       | 1                  |
        | 15          | 1                  |
        | 16.01       | 1                  |
        | 16          | 1                  |
        | 00          | 4                  |
        """,
        FactRegistration,
    )


def test_members_are_told_by_their_token_and_apart_from_members_at_the_registering_employer() -> None:
    asked = """
        | worker_key | employer_key | region_code |
        | budi       | one          | 15.03       |
        | siti       | one          | 15.03       |
        | agus       | one          | 15.03       |
        | agus       | two          | 15.03       |
    """
    members = """
        | worker_key | employer_key |
        | budi       | one          |
        | budi       | elsewhere    |
        | siti       | elsewhere    |
        | joko       | one          |
    """
    found = counted(asked, members).filter(pl.col("region_code") == "15.03")
    assert_table(
        found,
        """
        | region_code | registered_workers | member_workers | employer_member_workers |
        | 15.03       | 3                  | 2              | 1                       |
        """,
        FactRegistration,
    )


def sheet(people: range, day: str, **same: str) -> list[Row]:
    """Return the registrations of people on a day."""
    text = "\n".join(["| nik |", *(f"| {nik(person)} |" for person in people)])
    return rows("tk_baru", text, tgl_data=day, **same)


def loaded(place: Path, files: Files) -> dict[str, Any]:
    """Return the result of a load of these files into the home of a place."""
    return load_unshown(write(place / "source", files), place / "home")


def test_sheets_of_a_month_add_up_and_memberships_of_the_month_say_who_is_a_member(tmp_path: Path) -> None:
    files = {
        "tk_baru_a.csv": sheet(range(1, 6), "2025-03-05", kode_kab="15.03"),
        "tk_baru_b.csv": sheet(range(5, 9), "2025-03-20", kode_kab="15.03", npp="NPP2"),
        "tk_baru_c.csv": sheet(range(20, 22), "2025-04-02", kode_kab="15.03"),
    }
    told = loaded(tmp_path, files)
    assert (told["state"], list(told["months_loaded"])) == ("LOADED", ["2025-03", "2025-04"])
    early = [(code, "2025-03", "2025-03-05", 5, None, None, None) for code in ("00", "15.03")]
    late = [(code, "2025-03", "2025-03-20", 8, None, None, None) for code in ("00", "15.03")]
    april = [(code, "2025-04", "2025-04-02", 2, None, None, None) for code in ("00", "15.03")]
    assert ask(tmp_path / "home", STANDING) == sorted([*early, *late, *april])
    people = "| orang | segmen | npp |\n| 3-4 | PU | NPP1 |\n| 7 | PU | NPP1 |\n"
    loaded(tmp_path, files | {"kepesertaan_202503.csv": memberships("2025-03", "2025-03-31", people)})
    shown = """
        SELECT region_name, registered_workers, member_workers, employer_member_workers
        FROM mart.registration WHERE region_code = '15.03' AND month = '2025-03-01'
    """
    assert ask(tmp_path / "home", shown) == [("Kabupaten Sarolangun", 8, 3, 2)]


BAD = {
    "nik_missing": {"nik": ""},
    "nik_format": {"nik": "150301450290000A"},
    "nik_province": {"nik": "9903010502900001"},
    "npp_missing": {"npp": ""},
    "upah_unreadable": {"upah": "tiga juta"},
    "tgl_kepesertaan_missing": {"tgl_kepesertaan": ""},
    "start_after_end": {"tgl_akhir": "2025-02-28"},
    "kode_kab_unknown": {"kode_kab": "15.99"},
    "jk_unknown": {"jk": "X"},
    "duplicate_row": {"nik": nik(1)},
}


def test_a_bad_registration_is_rejected_by_the_one_rule_it_breaks(tmp_path: Path) -> None:
    good = sheet(range(1, 400), "2025-03-05")
    bad = [good[0] | {"nik": nik(1000 + place)} | wrong for place, wrong in enumerate(BAD.values())]
    loaded(tmp_path, {"tk_baru.csv": [*good, *bad]})
    found = ask(tmp_path / "home", "SELECT rules FROM ops.rejection ORDER BY line_no")
    assert [rules for (rules,) in found] == list(BAD)
    texts = ask(tmp_path / "home", "SELECT masked_row FROM ops.rejection")
    assert not [text for (text,) in texts if nik(1)[:12] in text or nik(1005)[:12] in text]


def test_a_sheet_of_sipp_online_loads_as_it_comes_out_of_the_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    book = xlsxwriter.Workbook(tmp_path / "source" / "sipp_2025-03-16.xlsx")
    page = book.add_worksheet("data_tk_baru")
    headers = (
        "NO_PEGAWAI NAMA_LENGKAP NOMOR_IDENTITAS TANGGAL_LAHIR JENIS_KELAMIN TANGGAL_KEPESERTAAN UPAH TGL_AKHIR_KONTRAK"
    )
    for place, header in enumerate(headers.split()):
        page.write(0, place, header)
    for person in range(1, 31):
        cells = [f"P{person}", f"PEKERJA {person}", nik(person), "05/02/1990", "Laki-laki", "01-03-2025", "3200000", ""]
        for place, cell in enumerate(cells):
            page.write_string(person, place, cell)
    book.close()
    config = tmp_path / "cakupan.toml"
    config.write_text(
        '[sources.sipp]\nglob = "sipp_*.xlsx"\nkind = "tk_baru"\nconstants = { npp = "JJ123" }\n'
        "constants_from_name = '(?P<tgl_data>\\d{4}-\\d{2}-\\d{2})'\n",
        encoding="utf-8",
    )
    told = load_folder(str(tmp_path / "source"), str(tmp_path / "home"), config=str(config))
    assert told["state"] == "LOADED", told
    assert any("sipp_30" in note for note in told["notes"]["sipp_2025-03-16.xlsx"])
    assert ask(tmp_path / "home", STANDING) == [("00", "2025-03", "2025-03-16", 30, None, None, None)]


def test_a_registration_leaves_the_other_facts_of_its_month_alone(tmp_path: Path) -> None:
    files = {"iuran_202503.csv": rows("iuran", "| tgl_bayar |\n| 2025-03-20 |", blth="2025-03", tgl_data="2025-03-31")}
    loaded(tmp_path, files)
    before = ask(tmp_path / "home", "SELECT count(*), max(loaded_at) FROM mart.fact_premium")
    loaded(tmp_path, files | {"tk_baru.csv": sheet(range(1, 3), "2025-03-05")})
    assert ask(tmp_path / "home", "SELECT count(*), max(loaded_at) FROM mart.fact_premium") == before
