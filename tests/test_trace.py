"""A labour office's question: which rows of which files say so? Answered from the lake, for the version that stands."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.trace import trace
from flows.trace_text import text
from tests.extracts import Files, kpj, memberships, nik, rows
from tests.timeline import load_on
from warehouse import lake
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.store import query

MARCH = date(2025, 3, 1)
PEOPLE = """
    | orang | npp  | segmen | upah    | kode_kab_kerja | program |
    | 1-2   | NPP1 | PU     | 3200000 | 15.03          | JKK,JKM |
    | 3     | NPP1 | PU     | 2999999 | 15.03          | JKK,JKM |
    | 4     | NPP1 | PU     | 2999999 | -              | JKK,JKM |
    | 5     | NPP2 | PU     | 3200000 | 15.03          | JKK,JKM |
"""
LISTED = """
    | npp  | nib | nama     | skala | tk_wlkp | program |
    | NPP1 | -   | PT Satu  | KECIL | 12      | JKK,JKM |
    | NPP2 | -   | PT Dua   | MIKRO | 1       | JKK,JKM |
    | -    | 777 | CV Tiga  | MIKRO | 5       | -       |
"""
BILLS = """
    | npp  | blth    | tagihan | dibayar | tgl_bayar  | program |
    | NPP2 | 2025-03 | 9000    | 9000    | 2025-04-10 | JKK     |
    | NPP1 | 2025-01 | 120000  | 0       | -          | JKK     |
    | NPP1 | 2025-03 | 50000   | 50000   | 2025-04-21 | JKM     |
"""


def delivered(people: str = PEOPLE) -> Files:
    """Return every kind of extract for three employers."""
    seen = "2025-04-30"
    return {
        "badan_usaha.csv": rows("badan_usaha", LISTED, tgl_data=seen),
        "iuran.csv": rows("iuran", BILLS, tgl_data=seen),
        "kepesertaan.csv": memberships("2025-03", seen, people),
        "umk.csv": rows("umk", "| kode_kab |\n| 15.03 |"),
    }


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home and its source folders: loaded once, then with the low wages mended."""
    place = tmp_path_factory.mktemp("trace")
    for day, name, wage in ((1, "first", "2999999"), (8, "second", "3000000")):
        files = delivered(PEOPLE.replace("2999999", wage))
        load_on(date(2025, 5, day), files, place / name, place / "home", ("audit", "compare", "pages"))
    return place


def found(loaded: Path, employer: str, as_of: date | None = None, **options: Any) -> dict[str, Any]:
    """Return the findings of an employer in March."""
    (one,) = trace(Home(loaded / "home"), employer, MARCH, as_of, **options)
    return one


def lines(one: dict[str, Any]) -> dict[str, list[tuple[str, int]]]:
    """Return the rows of every finding as file and line."""
    return {name: [(row["name"], row["line_no"]) for row in rows] for name, rows in one["findings"].items()}


def test_every_finding_leads_to_the_lines_that_raised_it(loaded: Path) -> None:
    assert lines(found(loaded, "NPP1", date(2025, 5, 2))) == {
        "PDS_TK": [("badan_usaha.csv", 2)],
        "PDS_UPAH": [("kepesertaan.csv", 4), ("kepesertaan.csv", 5)],
        "PDS_PROGRAM": [("badan_usaha.csv", 2)],
        "TUNGGAKAN": [("iuran.csv", 3)],
        "TERLAMBAT": [("iuran.csv", 4)],
    }
    assert lines(found(loaded, "NIB:777")) == {"PWBD": [("badan_usaha.csv", 4)]}
    assert lines(found(loaded, "NPP2")) == {}


def test_a_trace_shows_the_version_that_stands_unless_a_day_is_asked_for(loaded: Path) -> None:
    assert "PDS_UPAH" not in lines(found(loaded, "NPP1"))
    old = found(loaded, "NPP1", date(2025, 5, 2))["findings"]["PDS_UPAH"][0]
    delivered_first = (loaded / "first" / "kepesertaan.csv").read_bytes()
    assert old["sha256"] == hashlib.sha256(delivered_first).hexdigest()


def test_the_line_in_the_file_holds_what_the_finding_says(loaded: Path) -> None:
    one = found(loaded, "NPP1", date(2025, 5, 2))
    for name, inside in {
        "PDS_UPAH": "2999999",
        "TUNGGAKAN": "120000",
        "PDS_TK": "PT Satu",
        "TERLAMBAT": "2025-04-21",
    }.items():
        for row in one["findings"][name]:
            assert inside in (loaded / "first" / row["name"]).read_text().splitlines()[row["line_no"] - 1]


def test_the_answer_for_people_says_why_in_numbers_and_shows_no_wage_and_no_person(loaded: Path) -> None:
    told = text([found(loaded, "NPP1", date(2025, 5, 2))])
    for said in (
        "tk_wlkp 12, berlaku / in force 4, kurang / missing 8",
        "upah di bawah / wage below 3,000,000 (15.03, 2025)",
        "KECIL: wajib / owed JKK,JKM,JHT; diikuti / followed JKK,JKM",
        "JKK PU EMPLOYER 15.03, 2025-01: jatuh tempo / due 2025-02-17, belum dibayar / unpaid 120,000 (tagihan / billed 120,000)",
        "jatuh tempo / due 2025-04-15, dibayar / paid 2025-04-21, 50,000",
    ):
        assert said in told
    assert "2,999,999" not in told and "2999999" not in told
    for person in range(1, 6):
        assert nik(person) not in told and kpj(person) not in told
    assert "PEKERJA" not in told


def test_flags_and_rows_agree_so_there_is_nothing_to_note(loaded: Path) -> None:
    for employer in ("NPP1", "NPP2", "NIB:777"):
        assert found(loaded, employer)["notes"] == []
        assert found(loaded, employer, date(2025, 5, 2))["notes"] == []


def test_the_command_answers_as_text_and_as_json_and_names_the_nearest_employer(
    loaded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--month", "2025-03", "--home", str(loaded / "home")]
    assert main(["trace", "NPP2", *asked]) == 0
    assert "tanpa temuan / no finding" in capsys.readouterr().out
    assert main(["trace", "NPP1", *asked, "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["employer_name"], one["findings"]["PDS_TK"][0]["declared_workers"]) == ("PT Satu", 12)
    assert main(["trace", "NPP3", *asked]) == 1
    assert "nearest: NPP" in capsys.readouterr().err


def test_a_region_without_the_employer_and_a_lake_without_the_rows_are_said(loaded: Path) -> None:
    with pytest.raises(Stop, match=r"region_code=15\.04"):
        found(loaded, "NPP1", region="15.04")
    home = Home(loaded / "home")
    gates = query(home.warehouse, "SELECT gate_id FROM ops.lineage_file WHERE name = 'badan_usaha.csv'")["gate_id"]
    paths = [lake.accepted_path(home, "badan_usaha", gate_id) for gate_id in gates]
    kept = [path.rename(path.with_suffix(".gone")) for path in paths]
    try:
        with pytest.raises(Stop, match=r"badan_usaha\.csv"):
            found(loaded, "NPP1")
    finally:
        for path, away in zip(paths, kept, strict=True):
            away.rename(path)
