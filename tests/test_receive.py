"""Receiving: content decides what is new, not its name and not its date."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.receive.receiving import receive
from flows.settings import Settings
from warehouse import ledger
from warehouse.errors import Stop
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


def deliver(home: Home, files: dict[str, str]) -> list[tuple[str, str]]:
    """Return every delivery so far as (name, content), after the folder with `files` was received."""
    folder = home.root.with_name("source")
    for old in sorted(folder.rglob("*"), reverse=True):
        old.unlink() if old.is_file() else old.rmdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    receive(home, folder, Settings(), "run")
    return [(one.name, home.landed(one.sha256).read_text(encoding="utf-8")) for one in ledger.deliveries(home)]


def test_extracts_are_found_at_any_depth_and_other_files_are_named(home: Home) -> None:
    folder = home.root.with_name("source")
    deliver(home, {"2025/03/iuran.csv": "a", "umk.csv": "b", "umk.csv.control.json": "{}", "catatan.txt": "c"})
    found = receive(home, folder, Settings(), "run")
    assert (found.names, found.ignored, found.failed) == (["2025/03/iuran.csv", "umk.csv"], ["catatan.txt"], {})


def test_the_same_folder_again_brings_nothing(home: Home) -> None:
    deliver(home, {"iuran.csv": "a"})
    assert deliver(home, {"iuran.csv": "a"}) == [("iuran.csv", "a")]


def test_the_same_content_under_another_name_brings_nothing(home: Home) -> None:
    deliver(home, {"iuran.csv": "a"})
    assert deliver(home, {"iuran_lagi.csv": "a"}) == [("iuran.csv", "a")]


def test_other_content_under_the_same_name_is_a_delivery_and_so_is_the_way_back(home: Home) -> None:
    deliver(home, {"iuran.csv": "a"})
    deliver(home, {"iuran.csv": "b"})
    assert deliver(home, {"iuran.csv": "a"}) == [("iuran.csv", "a"), ("iuran.csv", "b"), ("iuran.csv", "a")]


def test_a_new_control_file_is_a_new_delivery_of_the_same_content(home: Home) -> None:
    deliver(home, {"iuran.csv": "a"})
    deliver(home, {"iuran.csv": "a", "iuran.csv.control.json": '{"rows": 1}'})
    assert [bool(one.control) for one in ledger.deliveries(home)] == [False, True]


def test_a_landed_file_is_read_only_and_named_by_its_content(home: Home) -> None:
    deliver(home, {"iuran.csv": "a"})
    (one,) = ledger.deliveries(home)
    assert home.landed(one.sha256).stat().st_mode & 0o777 == 0o440
    assert one.bytes == 1


def test_a_journal_line_cut_off_by_a_crash_is_no_delivery(home: Home) -> None:
    deliver(home, {"iuran.csv": "a"})
    journal = home.landing / "deliveries.jsonl"
    journal.write_text(journal.read_text(encoding="utf-8") + '{"name": "umk', encoding="utf-8")
    assert [one.name for one in ledger.deliveries(home)] == ["iuran.csv"]


def test_a_source_that_is_no_folder_is_refused(home: Home) -> None:
    with pytest.raises(Stop, match="source_missing"):
        receive(home, home.root / "absent", Settings(), "run")
