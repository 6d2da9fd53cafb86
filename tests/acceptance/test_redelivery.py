"""What arrives again: the same files, the same content under another name, a restatement, and files that must be stopped."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.comparing import COLUMNS, Rows, Run, ask, differences, oracle, run
from tests.acceptance.generator import Files, good_files, write
from tests.acceptance.people import Row
from tests.acceptance.plants import GOOD

FEBRUARY = "kepesertaan_jambi_202502_20250228"
JANUARY = "kepesertaan_jambi_202501_20250131"
MARCH = "kepesertaan_lain_202503_20250430"
FACTS = ("mart.fact_coverage", "mart.fact_programme_coverage", "mart.fact_workforce")
STANDING = "select * exclude (run_id, loaded_at, superseded_at) from mart.fact_coverage where superseded_at is null"


@dataclass(frozen=True)
class Delivered:
    """A home after a first delivery, the same delivery again, and a third with one month restated and one broken."""

    source: Path
    home: Path
    first: Run
    again: Run
    third: Run
    versions: tuple[str, str, str]
    rows: tuple[int, int]
    before: Rows
    oracle: duckdb.DuckDBPyConnection


def _restated(rows: list[Row]) -> list[Row]:
    """Return a delivery of the month in which ten memberships are gone and every fourth worker has become vulnerable."""
    return [
        row | {"rentan": "Y"} if number % 4 == 0 else row for number, row in enumerate(rows) if not 20 <= number < 30
    ]


def _delivery() -> Files:
    """Return three closed months of memberships and the workforce: enough for coverage and how it changes."""
    days = ("20250131", "202502_20250228", "20250430")
    files = {
        name: rows for name, rows in good_files().items() if name.startswith("kepesertaan") and name.endswith(days)
    }
    return files | {"penduduk_bekerja": good_files()["penduduk_bekerja"]}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    folder = tmp_path_factory.mktemp("redelivery")
    source, home, files = folder / "in", folder / "home", _delivery()
    current, count = home / "published" / "current", "select count(*) from mart.fact_coverage"
    write(source, files)
    first = run(source, home)
    before, version, rows = ask(home, STANDING), str(current.readlink()), ask(home, count)[0][0]
    shutil.copy(source / f"{MARCH}.csv", source / "kepesertaan_salinan.csv")
    (source / "penduduk_bekerja.csv").rename(source / "penduduk_bekerja_dikirim_ulang.csv")
    again = run(source, home)
    second_version, second_rows = str(current.readlink()), ask(home, count)[0][0]
    write(source, {FEBRUARY: _restated(files[FEBRUARY]), JANUARY: [row | {"segmen": "PBI"} for row in files[JANUARY]]})
    third = run(source, home)
    others = {name: rows for name, rows in good_files().items() if not name.startswith("kepesertaan")}
    write(folder / "meant", files | others | {FEBRUARY: _restated(files[FEBRUARY])})
    versions = (version, second_version, str(current.readlink()))
    return Delivered(source, home, first, again, third, versions, (rows, second_rows), before, oracle(folder / "meant"))


def test_the_same_files_and_the_same_content_under_another_name_add_nothing(delivered: Delivered) -> None:
    assert (delivered.first.exit_code, delivered.again.exit_code) == (0, 0), delivered.first.talk + delivered.again.talk
    assert delivered.again.result["months_loaded"] == {}
    assert delivered.rows[0] == delivered.rows[1]
    assert delivered.versions[0] == delivered.versions[1]


def test_a_delivery_with_a_stopped_file_says_so_and_publishes_the_other_months(delivered: Delivered) -> None:
    assert delivered.third.exit_code == 4, delivered.third.talk
    assert list(delivered.third.result["stopped_files"]) == [f"{JANUARY}.csv"]
    assert list(delivered.third.result["stopped_months"]) == ["2025-01"]
    assert delivered.versions[2] != delivered.versions[1]


@pytest.mark.parametrize("table", FACTS)
def test_after_a_restatement_and_a_stopped_file_the_facts_are_those_of_the_files_that_stand(
    delivered: Delivered, table: str
) -> None:
    assert differences(delivered.oracle, delivered.home, table, COLUMNS[table]) == []


def test_a_restatement_closes_the_rows_it_replaces_and_loses_none(delivered: Delivered) -> None:
    closed = set(ask(delivered.home, STANDING.replace("is null", "is not null")))
    replaced = set(delivered.before) - set(ask(delivered.home, STANDING))
    assert replaced
    assert replaced <= closed <= set(delivered.before)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """One good month, and four months with a file to stop beside a good one; the good month has a row in two files."""
    folder = tmp_path_factory.mktemp("stopped")
    source = folder / "in"
    months = ("01", "02", "03", "04", "05")
    write(source, {f"kepesertaan_{part}_2025{month}": _small(month, part) for month in months for part in ("a", "b")})
    _edit(source / "kepesertaan_b_202501.csv", ",PU,", ",PBI,")
    _edit(source / "kepesertaan_b_202502.csv", "upah", "gaji")
    (source / "kepesertaan_b_202503.csv.control.json").write_text(
        json.dumps({"rows": 30, "sums": {"upah": 1}}), encoding="utf-8"
    )
    broken = source / "kepesertaan_b_202504.csv"
    broken.write_text(broken.read_text(encoding="utf-8").replace("\n2025", '\n"2025', 1), encoding="utf-8")
    shared, short = _small("05", "a")[0], _small("05", "b")[1]
    write(source, {"kepesertaan_b_202505": [*_small("05", "b")[2:], short | {"kpj": short["kpj"].lstrip("0")}, shared]})
    return folder / "home", run(source, folder / "home")


def _small(month: str, part: str) -> list[Row]:
    held = GOOD["kepesertaan"] | {"blth": f"2025-{month}", "tgl_data": "2025-06-02"}
    first = 1 if part == "a" else 501
    keys = [
        {"nik": f"150301010190{number:04d}", "kpj": f"0{number:010d}".replace("00", "01", 1)}
        for number in range(first, first + 30)
    ]
    return [{"blth": "", "tgl_data": "", **key, **held} for key in keys]


def _edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_each_stopped_file_stops_its_own_month(stopped: tuple[Path, Run]) -> None:
    home, ended = stopped
    assert ended.exit_code == 4, ended.talk
    assert sorted(ended.result["stopped_files"]) == [f"kepesertaan_b_20250{month}.csv" for month in (1, 2, 3, 4)]
    assert ask(home, "select distinct month::varchar from mart.fact_coverage", published=True) == [("2025-05-01",)]


def test_the_stop_of_a_file_names_what_is_wrong_with_it(stopped: tuple[Path, Run]) -> None:
    reasons = {name[-6:-4]: " ".join(reason) for name, reason in stopped[1].result["stopped_files"].items()}
    assert "30" in reasons["01"]
    assert "upah" in reasons["02"]
    assert "upah = 1" in reasons["03"]
    assert "2" in reasons["04"]


def test_a_number_that_lost_its_leading_zero_is_rejected_by_name_and_not_repaired(stopped: tuple[Path, Run]) -> None:
    rules = ask(stopped[0], "select rules from ops.rejection where kind = 'kepesertaan' and rules like 'kpj%'")
    assert rules == [("kpj_format,kpj_lost_zeros",)]


def test_a_row_that_stands_in_two_files_of_a_month_is_rejected_once_in_every_account(stopped: tuple[Path, Run]) -> None:
    home, _ = stopped
    listed = ask(
        home,
        "select count(*) from ops.rejection join ops.source_file using (sha256) where uri like '%202505%' and rules = 'duplicate_row'",
    )
    of_files = ask(home, "select sum(rows_accepted), sum(rows_rejected) from ops.source_file")
    of_run = ask(home, "select rows_accepted, rows_rejected from ops.run")
    assert listed == [(1,)]
    assert of_run == of_files
