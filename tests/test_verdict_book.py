"""The book of verdicts says what the ledger says, opens no verdict a second time, and is believed over none that changed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from flows.receive import folder
from tests.endtoend import load_unshown
from tests.extracts import memberships, write
from tests.test_ledger import FULL
from warehouse import lake, ledger
from warehouse.home import Home
from warehouse.ledger import Verdict
from warehouse.verdict_book import KEPT, VerdictBook

BRIEF = replace(FULL, checks=(), columns=(), drift=(), made_with={})
STOPPED = Verdict("g2", "cd", "iuran", stops=FULL.stops, notes=("a", "b"), answers="ab")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with two verdicts, which its book has read."""
    home = Home(tmp_path)
    home.create()
    ledger.save(home, FULL)
    ledger.save(home, STOPPED)
    book = VerdictBook(home)
    assert [book.find(gate) for gate in ("g1", "g2", "g3")] == [BRIEF, STOPPED, None]
    book.write()
    return home


def test_what_the_book_keeps_is_what_the_ledger_says(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ledger, "find")
    book = VerdictBook(home)
    found = [book.find(gate) for gate in ("g1", "g2")]
    assert found == [BRIEF, STOPPED]
    assert found[0] is not None
    assert found[0].fed() == FULL.fed()
    assert {type(getattr(found[0], name)) for name in KEPT} == {type(getattr(FULL, name)) for name in KEPT}
    assert (book.gated(), list(book.everything())) == ({"g1", "g2"}, found)


def test_everything_comes_the_oldest_first(home: Home) -> None:
    for gate_id, age in (("g0", 1), ("g1", 2), ("g2", 3)):
        ledger.save(home, replace(FULL, gate_id=gate_id))
        os.utime(ledger.verdict_path(home, gate_id), ns=(0, 10**18 - age * 10**9))
    assert [one.gate_id for one in VerdictBook(home).everything()] == ["g2", "g1", "g0"]


def test_a_verdict_that_was_written_anew_or_is_gone_is_not_told_from_the_book(home: Home) -> None:
    ledger.save(home, replace(FULL, rows=8))
    ledger.verdict_path(home, "g2").unlink()
    book = VerdictBook(home)
    assert (book.find("g1"), book.find("g2")) == (replace(BRIEF, rows=8), None)


def test_one_that_came_after_the_book_was_opened_is_none_of_it_yet(home: Home) -> None:
    book = VerdictBook(home)
    ledger.save(home, replace(FULL, gate_id="g4"))
    assert (book.find("g4"), book.gated()) == (None, {"g1", "g2"})
    assert VerdictBook(home).find("g4") == replace(BRIEF, gate_id="g4")


def test_a_night_opens_nothing_that_an_earlier_one_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    months = (("2025-02", "2025-02-28"), ("2025-03", "2025-03-31"))
    people = "| orang | kode_kab_domisili |\n| 1-4   | 15.03             |"
    files = {f"kepesertaan_1503_{month}.csv": memberships(month, day, people) for month, day in months}
    source, home = write(tmp_path / "source", files), tmp_path / "home"
    monkeypatch.setattr(folder, "SETTLED_SECONDS", -1)
    for _ in range(2):
        load_unshown(source, home)
    opened: list[object] = []
    for place, name in ((ledger, "find"), (lake, "key_of"), (lake, "read")):
        monkeypatch.setattr(place, name, opened.append)
    found = load_unshown(source, home)
    assert (found["months_unchanged"], found["files"], found["rows_in"], opened) == (2, 2, 8, [])
    told = json.loads((home / f"landing/manifests/{found['run_id']}.json").read_text(encoding="utf-8"))
    assert (told["files"], told["unread"]) == ([], 2)
