"""Rows that a file leaves alike however often it is judged lie in the lake once, and other rows never share a file."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import polars as pl
import pytest

from flows.entry import load_folder
from flows.laid_once import lay_once
from tests.endtoend import ask, left_out
from tests.extracts import memberships, write
from warehouse import gatings, lake
from warehouse.gatings import Gating
from warehouse.home import Home
from warehouse.ledger import Verdict
from warehouse.seals import whole

FIRST, AGAIN = Verdict("first", "ab", "iuran"), Verdict("again", "ab", "iuran")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with a content that was judged once, on record, and once more: alike as to what was accepted only."""
    home = Home(tmp_path)
    home.create()
    for verdict, rejected in ((FIRST, 1), (AGAIN, 2)):
        lake.write(pl.LazyFrame({"npp": ["A", "B"]}), accepted(home, verdict))
        lake.write(pl.LazyFrame({"line_no": [rejected]}), lake.rejected_path(home, "iuran", verdict.gate_id))
    gatings.record(home, [Gating("a.csv", "ab", "iuran", "first", "run", "2025-03-02")])
    return home


def accepted(home: Home, one: Verdict) -> Path:
    """Return where the accepted rows of a verdict lie."""
    return lake.accepted_path(home, "iuran", one.gate_id)


def is_one(home: Home) -> bool:
    """Return whether what both gatings accepted is one file."""
    return accepted(home, FIRST).samefile(accepted(home, AGAIN))


def test_what_is_the_same_becomes_one_file_with_two_names_and_what_is_not_stays_two(home: Home) -> None:
    lay_once(home, [AGAIN])
    assert is_one(home)
    assert lake.read(accepted(home, AGAIN))["npp"].to_list() == ["A", "B"]
    rejected = [lake.rejected_path(home, "iuran", one.gate_id) for one in (FIRST, AGAIN)]
    assert [lake.read(path)["line_no"].to_list() for path in rejected] == [[1], [2]]


def test_removing_one_name_leaves_the_other_whole(home: Home) -> None:
    lay_once(home, [AGAIN])
    lake.remove([accepted(home, FIRST)])
    assert whole(accepted(home, AGAIN)).exists()
    assert lake.read(accepted(home, AGAIN))["npp"].to_list() == ["A", "B"]


def test_a_damaged_older_file_does_not_take_the_place_of_a_whole_one(home: Home) -> None:
    with accepted(home, FIRST).open("r+b") as file:
        file.seek(20)
        file.write(b"?")
    lay_once(home, [AGAIN])
    assert not is_one(home)
    assert lake.read(accepted(home, AGAIN))["npp"].to_list() == ["A", "B"]


def test_a_content_of_another_name_or_kind_is_none_of_it(home: Home) -> None:
    other = Verdict("again", "cd", "iuran")
    lay_once(home, [other, Verdict("again", "ab", "umk")])
    assert not is_one(home)


@pytest.mark.parametrize("code", [errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP])
def test_a_file_system_without_second_names_keeps_both(home: Home, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    lay_once(home, [AGAIN])
    assert not is_one(home)
    assert sorted(path.name for path in accepted(home, AGAIN).parent.iterdir()) == [
        "again.parquet", "again.parquet.sha256", "first.parquet", "first.parquet.sha256",
    ]  # fmt: skip


def test_other_settings_add_no_rows_to_the_lake_that_are_as_before(tmp_path: Path) -> None:
    text = "| orang | segmen | npp | kode_kab_domisili | kode_kab_kerja |\n| 1-9 | PU | NPP1 | 15.03 | 15.03 |"
    write(tmp_path / "source", {"kepesertaan_1503_202503.csv": memberships("2025-03", "2025-03-31", text)})
    inodes = []
    for number, settings in enumerate(("most_rejected = 0.1", "most_rejected = 0.2", "most_rejected = 0.3")):
        config = tmp_path / f"{number}.toml"
        config.write_text(settings, encoding="utf-8")
        with left_out("audit", "compare", "publish", "pages") as call:
            load_folder(str(tmp_path / "source"), str(tmp_path / "home"), config=str(config), call=call)
        files = sorted((tmp_path / "home/lake/kepesertaan").glob("*.parquet"))
        inodes.append((len(files), len({path.stat().st_ino for path in files})))
    assert inodes == [(1, 1), (2, 1), (3, 1)]
    assert ask(tmp_path / "home", "SELECT count(*) FROM mart.fact_coverage WHERE superseded_at IS NULL")[0][0] > 0
