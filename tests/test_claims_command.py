"""Published figures from the file to the printed verdict: delivered, gathered, replaced, and asked for."""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from tests.endtoend import ask, load_unshown
from tests.extracts import memberships

SEED = resources.files("warehouse.seeds") / "published_figures.csv"
PEOPLE = "| orang | segmen | kode_kab_domisili |\n| 1-64 | PU | 15.03 |"
DELIVERED = """
row_id;as_of;level;kode_kemendagri;name;scope;coverage_pct;workers_covered;denominator_stated;gap_workers;source_url
1;2025-02-28;regency;1503;Sarolangun;UCJ total;52,00;64;;;https://surat.example/read/2025/02/28/510/1122312
1000;2025-02;regency;15.03;;UCJ total;;1.064;;;
1001;2025;regency;91.01;;UCJ total;151,5%;;;;
1002;Maret 2025;regency;15.03;;UCJ total;52;;;;
1003;2025-03;regency;Bandung;;UCJ total;52;;;;
1004;2025-03;;;Kabupaten Merangin;;x;;;;
1005;2025-03;;;Kabupaten Merangin;;;;;-3;
"""
INDONESIAN = '[dialect]\ndecimal = ","\nthousands = "."\n'
Told = list[dict[str, Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with a month of Sarolangun and a file of claims."""
    place = tmp_path_factory.mktemp("claims")
    source = place / "source"
    source.mkdir()
    (source / "angka_publikasi_2025.csv").write_text(DELIVERED.lstrip(), encoding="utf-8")
    with (source / "kepesertaan_202502.csv").open("w", encoding="utf-8", newline="") as target:
        people = memberships("2025-02", "2025-02-28", PEOPLE, upah="3200000")
        writer = csv.DictWriter(target, list(people[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(people)
    config = place / "cakupan.toml"
    config.write_text(f"most_rejected = 0.9\n{INDONESIAN}", encoding="utf-8")
    assert (
        main(["run", "--source", str(source), "--home", str(place / "home"), "--config", str(config), "--plain"]) == 3
    )
    return place / "home"


def told(capsys: pytest.CaptureFixture[str], home: Path, *options: str) -> Told:
    """Return what the command prints as JSON."""
    capsys.readouterr()
    assert main(["claims", "--home", str(home), "--json", *options]) == 0
    found: Told = json.loads(capsys.readouterr().out)
    return found


def test_a_delivered_claim_replaces_the_gathered_one_of_its_id_and_no_other(home: Path) -> None:
    gathered = len(SEED.read_text(encoding="utf-8").splitlines()) - 1
    standing = "FROM mart.fact_published_figure WHERE superseded_at IS NULL"
    assert ask(home, f"SELECT count(*) {standing}") == [(gathered + 3,)]
    columns = "as_of, region_code, coverage_ratio_stated, workers_covered, target_workers, source_url"
    assert ask(home, f"SELECT {columns} {standing} AND row_id = '1'") == [
        ("2025-02-28", "15.03", 0.52, 64, None, "https://surat.example/read/2025/02/28/510/1122312")
    ]
    assert ask(home, f"SELECT target_ratio_stated {standing} AND row_id = '2'") == [(0.962,)]


def test_numbers_are_read_by_the_dialect_and_regions_become_those_of_today(home: Path) -> None:
    found = ask(
        home,
        "SELECT row_id, region_code, coverage_ratio_stated, workers_covered, gap_workers FROM mart.fact_published_figure"
        " WHERE superseded_at IS NULL AND row_id > '1' AND length(row_id) = 4 ORDER BY row_id",
    )
    assert found == [
        ("1000", "15.03", None, 1_064, None), ("1001", "93.01", 1.515, None, None), ("1005", "15.02", None, None, -3),
    ]  # fmt: skip


def test_an_unreadable_claim_goes_to_quarantine_with_its_reason(home: Path) -> None:
    found = ask(home, "SELECT line_no, rules FROM ops.rejection WHERE kind = 'angka_publikasi' ORDER BY line_no")
    assert [(line, rules.split(",")[0]) for line, rules in found] == [
        (5, "as_of_format"), (6, "kode_kemendagri_ambiguous"), (7, "coverage_pct_unreadable"),
    ]  # fmt: skip


def test_the_gathered_file_delivered_as_an_extract_is_the_same_to_the_letter(tmp_path: Path) -> None:
    figures = "SELECT * EXCLUDE (loaded_at, superseded_at, run_id) FROM mart.fact_published_figure ORDER BY row_id"
    source = tmp_path / "source"
    source.mkdir()
    (source / "umk_15.csv").write_text("kode_kab,tahun,upah_minimum,dasar\n15.03,2025,3000000,SK\n", encoding="utf-8")
    load_unshown(source, tmp_path / "home")
    gathered = ask(tmp_path / "home", figures)
    (source / "angka_publikasi.csv").write_text(SEED.read_text(encoding="utf-8"), encoding="utf-8")
    result = load_unshown(source, tmp_path / "home")
    assert (result["rows_rejected"], result["stopped_files"]) == (0, {})
    assert ask(tmp_path / "home", figures) == gathered
    assert len(gathered) == 84


def test_the_command_tells_who_said_what_and_when_with_verdict_and_reason(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["claims", "--home", str(home), "--region", "Kab. Sarolangun"]) == 0
    text = capsys.readouterr().out
    first = text.split("\n\n")[0]
    assert first.startswith("1  2025-02-28  15.03 Kabupaten Sarolangun  ")
    assert "52%, 64 pekerja/workers" in first
    assert "(surat.example)" in first
    assert len(first.splitlines()) == 4
    assert [line.split()[0] for line in text.splitlines() if line[:1].isdigit()] == ["1", "2", "3", "4", "1000", "5"]
    assert text.splitlines()[-1].startswith("5 angka / claims: ")


def test_claims_are_chosen_by_region_and_verdict(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {one["region_code"] for one in told(capsys, home, "--region", "15")} == {"15.02", "15.03"}
    assert {one["region_code"] for one in told(capsys, home, "--region", "00")} == {"00"}
    chosen = told(capsys, home, "--verdict", "percent_of_target")
    assert [one["row_id"] for one in chosen] == ["111"]
    assert told(capsys, home, "--region", "Merangin", "--verdict", "AGREES") == []
    assert len(told(capsys, home)) == 87


def test_the_answer_comes_as_csv_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["claims", "--home", str(home), "--csv", "--region", "34"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert {row["row_id"]: row["verdict"] for row in rows} == {"40": "NOT_CHECKABLE", "41": "INCONSISTENT_IN_ITSELF"}


@pytest.mark.parametrize(("option", "value"), [("--verdict", "WRONG"), ("--region", "Bandung")])
def test_a_word_that_is_not_known_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert main(["claims", "--home", str(home), option, value]) == 1
    assert value in capsys.readouterr().err


def test_what_is_published_is_judged_as_in_the_warehouse(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = ask(home, "SELECT row_id, verdict FROM mart.claim_check ORDER BY ALL")
    assert sorted((one["row_id"], one["verdict"]) for one in told(capsys, home)) == inside
