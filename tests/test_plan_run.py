"""What a run would do is what it then does; nothing is written before, and the reasons are named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.cli import main
from flows.receive.regions import is_of_others
from tests.endtoend import ROOT, load_unshown
from tests.extracts import memberships, write

PEOPLE = """
    | orang | kode_kab_domisili |
    | 1-5   | 15.03             |
"""
FEBRUARY, MARCH = "kepesertaan_1503_202502.csv", "kepesertaan_1503_202503.csv"
OTHER = "kepesertaan_1601_202502.csv"


def months() -> dict[str, Any]:
    return {
        FEBRUARY: memberships("2025-02", "2025-02-28", PEOPLE),
        MARCH: memberships("2025-03", "2025-03-31", PEOPLE),
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with extracts of two months and the home that both were loaded into."""
    return loaded(tmp_path_factory.mktemp("both"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return such a folder of which the first month alone was loaded."""
    return loaded(tmp_path_factory.mktemp("first"), "2025-02")


def loaded(folder: Path, month: str | None = None) -> Path:
    load_unshown(write(folder / "source", months()), folder / "home", month)
    return folder


def own(folder: Path, place: Path) -> tuple[Path, Path]:
    """Return the source and the home of a copy of a folder, to be changed."""
    shutil.copytree(folder, place, symlinks=True, dirs_exist_ok=True)
    return place / "source", place / "home"


def planned(source: Path, home: Path, *more: str) -> dict[str, Any]:
    said = StringIO()
    with redirect_stdout(said):
        assert main(["plan-run", "--source", str(source), "--home", str(home), "--json", *more]) == 0
    told: dict[str, Any] = json.loads(said.getvalue())
    return told


def reasons(told: dict[str, Any]) -> dict[str, list[str]]:
    return {step["name"]: step["why"] for step in told["files"]}


def test_everything_is_new_to_a_home_that_is_not_there_and_it_is_not_made(tmp_path: Path) -> None:
    told = planned(write(tmp_path / "source", months()), tmp_path / "home")
    assert reasons(told) == {FEBRUARY: ["new file"], MARCH: ["new file"]}
    assert list(told["months"]) == ["2025-02", "2025-03"]
    assert not (tmp_path / "home").exists()


def test_a_loaded_home_has_nothing_to_do_until_something_changes(both: Path, tmp_path: Path) -> None:
    source, home = own(both, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    told = planned(source, home)
    assert (told["files"], told["months"], told["unchanged_files"], told["unchanged_months"]) == ([], {}, 2, 2)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before
    write(source, {FEBRUARY: memberships("2025-02", "2025-02-28", PEOPLE)[1:]})
    told = planned(source, home)
    assert reasons(told) == {FEBRUARY: ["changed content"]}
    assert told["months"]["2025-02"] == [f"{FEBRUARY}: changed content"]
    assert told["months"]["2025-03"] == ["a month before it may change"]


def test_a_month_tells_what_it_reads_of_the_lake_before_it_does(first: Path, tmp_path: Path) -> None:
    source, home = own(first, tmp_path)
    (february, march) = (path for path in sorted((home / "lake/kepesertaan").glob("*.parquet"), key=_month_of))
    (words,) = (home / "lake/presence").glob("2025-02*.parquet")
    told = planned(source, home)["reads"]
    size = march.stat().st_size + words.stat().st_size
    assert told == {"2025-03": {"files": 1, "rows": 5, "bytes": size, "to_be_made": 0, "by_keys": False}}
    words.unlink()
    told = planned(source, home)["reads"]
    only = march.stat().st_size
    assert told["2025-03"] == {"files": 1, "rows": 5, "bytes": only, "to_be_made": 1, "by_keys": False}
    write(source, {FEBRUARY: memberships("2025-02", "2025-02-28", PEOPLE)[1:]})
    told = planned(source, home)["reads"]
    only = february.stat().st_size
    assert told["2025-02"] == {"files": 1, "rows": 5, "bytes": only, "to_be_made": 0, "by_keys": False}


def test_what_is_read_is_told_in_the_text_too(first: Path, tmp_path: Path) -> None:
    source, home = own(first, tmp_path)
    command = [sys.executable, "-m", "flows", "plan-run", "--source", str(source), "--home", str(home)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "dibaca dari lake / read of the lake: 1 berkas / files, 5 baris / rows, 0.0 MB" in told


def _month_of(path: Path) -> str:
    return str(pl.read_parquet(path)["month"].min())


def test_changed_settings_and_an_unfinished_month_are_named(first: Path, tmp_path: Path) -> None:
    (source, home), settings = own(first, tmp_path), tmp_path / "cakupan.toml"
    assert planned(source, home)["months"] == {"2025-03": ["not loaded yet"]}
    settings.write_text("most_rejected = 0.5\n")
    assert reasons(planned(source, home, "--config", str(settings))) == {
        FEBRUARY: ["changed settings: limits"],
        MARCH: ["changed settings: limits"],
    }


def test_a_changed_control_file_beside_the_same_content_is_told(both: Path, tmp_path: Path) -> None:
    source, home = own(both, tmp_path)
    (source / f"{FEBRUARY}.control.json").write_text('{"rows": 5}')
    assert reasons(planned(source, home)) == {FEBRUARY: ["changed control file"]}


def test_the_same_content_under_another_name_is_nothing_new(both: Path, tmp_path: Path) -> None:
    source, home = own(both, tmp_path)
    (source / FEBRUARY).rename(source / "kepesertaan_salinan.csv")
    assert planned(source, home)["files"] == []


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("kepesertaan_1503_202503.csv", False),
        ("kepesertaan_15.03_202503.csv", False),
        ("kepesertaan_1504_202503.csv", True),
        ("klaim_15_202503.csv", False),
        ("klaim_16_202503.csv", True),
        ("iuran-2025-03.parquet", False),
        ("kepesertaan_202503.csv", False),
        ("umk_2025.csv", False),
    ],
)
def test_a_file_is_of_other_regions_only_by_the_codes_in_its_name(name: str, others: bool) -> None:
    assert is_of_others(name, ("15.03",)) is others


def test_a_backfill_of_some_months_and_regions_leaves_the_others(tmp_path: Path) -> None:
    source, home = (
        write(tmp_path / "source", months() | {OTHER: memberships("2025-02", "2025-02-28", PEOPLE)}),
        tmp_path / "home",
    )
    command = [sys.executable, "-m", "flows", "backfill", "--plain", "--source", str(source), "--home", str(home)]
    options = ["--months", "2025-01..2025-02", "--regions", "Sarolangun", "--json"]
    done = subprocess.run([*command, *options], cwd=ROOT, check=False, capture_output=True, text=True)
    result = json.loads(done.stdout)
    assert list(result["months_loaded"]) == ["2025-02"]
    assert result["ignored"] == [OTHER]
    assert "2025-02 (1/1)" in done.stderr


def test_a_loaded_month_of_which_little_changes_is_told_to_read_keys(tmp_path: Path) -> None:
    many = PEOPLE.replace("1-5  ", "1-30 ")
    few = "| orang | kode_kab_domisili |\n| 41    | 16.01             |"
    files = {FEBRUARY: memberships("2025-02", "2025-02-28", many), OTHER: memberships("2025-02", "2025-02-28", few)}
    source, home = write(tmp_path / "source", files), tmp_path / "home"
    load_unshown(source, home)
    for name, people, by_keys in ((OTHER, few.replace("41", "42"), True), (FEBRUARY, many.replace("30", "29"), False)):
        write(source, {**files, name: memberships("2025-02", "2025-02-28", people)})
        told = planned(source, home)
        assert reasons(told) == {name: ["changed content"]}
        assert told["reads"]["2025-02"]["by_keys"] is by_keys
    new = "kepesertaan_1671_202502.csv"
    for people, by_keys in ((few.replace("41", "43"), True), (many.replace("1-30", "50-90"), False)):
        write(source, {**files, new: memberships("2025-02", "2025-02-28", people)})
        assert planned(source, home)["reads"]["2025-02"]["by_keys"] is by_keys
    (source / new).unlink()
    settings = tmp_path / "cakupan.toml"
    settings.write_text("most_rejected = 0.5\n")
    write(source, files)
    assert planned(source, home, "--config", str(settings))["reads"]["2025-02"]["by_keys"] is False
