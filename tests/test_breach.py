"""The breach report counts persons as the files do, says where copies lie, and shows nobody."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flows import settings
from flows.cli import main
from flows.quarantine.export import export
from tests.endtoend import load
from tests.extracts import kpj, nik, write
from tests.keyed import people_in_four_tables
from tests.scanner import Words
from warehouse.home import Home

MEMBERS = "kepesertaan_15_202503.csv"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a folder of extracts, one of them with a payer who stands nowhere else, and a home into which it was loaded."""
    place = tmp_path_factory.mktemp("breach")
    files = people_in_four_tables()
    files["iuran_15_202503.csv"].append(files["iuran_15_202503.csv"][-1] | {"kpj": kpj(700, "BPU")})
    source = write(place / "source", files)
    load(source, place / "home")
    export(Home(place / "home"), settings.load(None), MEMBERS, None)
    return source, place / "home"


def reported(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["breach-report", "--home", str(home), "--json", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def of_column(source: Path, glob: str, name: str) -> set[str]:
    """Return the values of a column in the sent files, without the rejected rows, whose wage is -1."""
    found = set()
    for path in source.glob(glob):
        with path.open(encoding="utf-8", newline="") as text:
            found |= {row[name] for row in csv.DictReader(text, delimiter=";") if row[name] and row.get("upah") != "-1"}
    return found


def test_persons_are_counted_once_whatever_files_they_stand_in(
    scene: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    source, home = scene
    niks = of_column(source, "kepesertaan*", "nik") | of_column(source, "tk_baru*", "nik")
    cards = (of_column(source, "iuran*", "kpj") | of_column(source, "klaim*", "kpj")) - of_column(
        source, "kepesertaan*", "kpj"
    )
    told = reported(home, capsys)["persons"]
    assert (told["by_nik"], told["by_kpj_only"]) == (len(niks), len(cards)) == (44, 1)
    assert (told["persons"], told["rows_rejected"]) == (45, 1)


def test_one_file_or_one_run_is_told_alone(scene: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    source, home = scene
    one = reported(home, capsys, "--file", MEMBERS)
    assert one["persons"]["persons"] == len(of_column(source, MEMBERS, "nik"))
    assert one["periods"] == [{"kind": "kepesertaan", "month": "2025-03", "as_of_date": "2025-03-31", "rows": 42}]
    assert [file["name"] for file in one["files"]] == [MEMBERS]
    assert reported(home, capsys, "--file", one["files"][0]["sha256"][:8])["persons"] == one["persons"]
    everything = reported(home, capsys)
    assert reported(home, capsys, "--run", one["files"][0]["run_id"])["persons"] == everything["persons"]
    assert main(["breach-report", "--home", str(home), "--file", "nothing.csv"]) == 1
    assert "breach_of_nothing" in capsys.readouterr().err


def test_columns_copies_and_accesses_are_told(scene: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    found = reported(scene[1], capsys, "--file", MEMBERS)
    forms = {one["column"]: one["lake"] for one in found["columns"] if one["identifies"]}
    assert forms == {"nik": "token", "kpj": "token", "tgl_lahir": "clear", "nama": "dropped"}
    assert {"upah", "kode_kab_domisili"} <= {one["column"] for one in found["columns"] if not one["identifies"]}
    forms = {one["place"]: one["form"] for one in found["copies"]}
    assert forms["landing"] == forms["landing/outbox"] == "clear"
    assert (forms["lake"], forms["lake/presence"], forms["lake/rejected"]) == ("token", "token", "masked")
    assert {one["what"] for one in found["accesses"]} == {"received", "judged", "run", "exported"}


def test_no_person_stands_in_the_report(scene: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["breach-report", "--home", str(scene[1])]) == 0
    told = capsys.readouterr().out + json.dumps(reported(scene[1], capsys))
    people = [word for person in range(1, 50) for word in (nik(person), kpj(person), f"PEKERJA NOMOR {person}")]
    assert Words(people).in_text(told) == set()
    assert "pasal 46" in told


def test_a_file_that_could_not_be_read_is_named_as_not_counted(
    scene: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = shutil.copytree(scene[1], tmp_path / "home", symlinks=True)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "kepesertaan_15_202504.csv").write_text("\n\n", encoding="utf-8")
    load(tmp_path / "source", home)
    assert reported(home, capsys)["persons"]["files_not_counted"] == ["kepesertaan_15_202504.csv"]
