"""The ledger of the warehouse: what it holds after every order of events, and how a crash is settled by the file."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from warehouse import commits
from warehouse.commits import COMMITTED, LOST, PREPARED, PUBLISHED, STANDS, VOID, Entry, enter, entries, mark_of
from warehouse.seals import Damaged

LETTERS = {"p": PREPARED, "c": COMMITTED, "v": VOID, "l": LOST, "u": PUBLISHED, "s": STANDS}


def told(letters: str) -> list[Entry]:
    """Return an entry for every letter, numbered from 0."""
    return [
        Entry(LETTERS[letter], "", {"number": number, "version": f"v{number}"}) for number, letter in enumerate(letters)
    ]


def numbers(found: list[Entry]) -> list[int]:
    """Return which entries these are."""
    return [one.told["number"] for one in found]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Return a warehouse file, which is bytes to the ledger."""
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"new")
    return path


def mark(content: bytes, folder: Path) -> dict[str, Any]:
    """Return what the ledger says of a warehouse of this content."""
    (folder / "other").write_bytes(content)
    return {"warehouse": mark_of(folder / "other")}


@pytest.mark.parametrize(
    ("letters", "held", "begun"),
    [
        ("", [], None),
        ("p", [], 0),
        ("pc", [1], None),
        ("pcpc", [1, 3], None),
        ("pcp", [1], 2),
        ("pcpu", [1], 2),
        ("pcpv", [1], None),
        ("pcus", [1], None),
        ("cpcl", [], None),
        ("l", [], None),
        ("lc", [1], None),
        ("ccc", [0, 1, 2], None),
        ("clcc", [2, 3], None),
        ("clclpc", [5], None),
        ("clclp", [], 4),
        ("pl", [], None),
    ],
)
def test_the_warehouse_holds_what_was_committed_after_it_was_last_lost(
    letters: str, held: list[int], begun: int | None
) -> None:
    found = told(letters)
    assert numbers(commits.committed(found)) == held
    assert commits.prepared(found) == (None if begun is None else found[begun])


def test_every_published_version_has_its_entry() -> None:
    found = told("pcuspcus")
    assert commits.published(found) == {"v2": found[2], "v6": found[6]}


def test_an_entry_is_kept_with_its_moment_in_utc_and_is_not_changed(tmp_path: Path) -> None:
    ledger = commits.of(tmp_path / "warehouse.duckdb")
    assert ledger == tmp_path / "ledger.jsonl"
    enter(ledger, PREPARED, {"run": "r1"})
    enter(ledger, COMMITTED, {"run": "r1", "rows": {}})
    first, second = entries(ledger)
    assert (first.event, first.told, second.event, second.told) == (
        PREPARED, {"run": "r1"}, COMMITTED, {"run": "r1", "rows": {}},
    )  # fmt: skip
    assert (first.at[-1], first.at <= second.at) == ("Z", True)
    with pytest.raises(FrozenInstanceError):
        first.event = VOID  # type: ignore[misc]


def test_a_file_is_marked_by_its_bytes_and_sha256(warehouse: Path) -> None:
    sha256 = "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"
    assert mark_of(warehouse) == {"bytes": 3, "sha256": sha256}


@pytest.mark.parametrize(
    ("before", "file", "says", "after"),
    [
        ("", "", "", ""),
        ("p:new", "", "was gone", "p l"),
        ("c:old", "", "was gone", "c l"),
        ("c:old p:new", "", "was gone", "c p l"),
        ("c:old l:", "", "", "c l"),
        ("", "new", "ledger begins", "c"),
        ("c:old l:", "new", "ledger begins", "c l c"),
        ("c:new", "new", "", "c"),
        ("c:old c:new", "new", "", "c c"),
        ("p:new", "new", "crash came between", "p c"),
        ("c:old p:new", "new", "crash came between", "c p c"),
        ("c:new p:next", "new", "cut off", "c p v"),
        ("p:next", "new", "cut off", "p v"),
        ("c:new p:new c:new", "new", "", "c p c"),
        ("c:old", "new", None, "c"),
        ("c:new c:old", "new", None, "c c"),
        ("c:old p:next", "new", None, "c p"),
    ],
)
def test_ledger_and_warehouse_are_settled_by_the_file_that_is_there(
    before: str, file: str, says: str | None, after: str, warehouse: Path
) -> None:
    """`before` are the events with the content of the warehouse that they name; None is damage."""
    for event, _, content in (one.partition(":") for one in before.split()):
        enter(commits.of(warehouse), LETTERS[event], mark(content.encode(), warehouse.parent) if content else {})
    if not file:
        warehouse.unlink()
    if says is None:
        with pytest.raises(Damaged, match="warehouse_differs_from_ledger"):
            commits.reconcile(warehouse)
    else:
        said = commits.reconcile(warehouse)
        assert says in said
        assert bool(says) == bool(said)
    found = entries(commits.of(warehouse))
    assert [one.event for one in found] == [LETTERS[letter] for letter in after.split()]
    if file and says:
        marked = mark_of(warehouse) if found[-1].event == COMMITTED else found[-2].told["warehouse"]
        assert found[-1].told == {"warehouse": marked} | ({"adopted": True} if found[-1].event == COMMITTED else {})
    if file and "c" in after and says is not None:
        assert commits.reconcile(warehouse) == ""
