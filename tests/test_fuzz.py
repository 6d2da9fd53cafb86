"""Bad input of every kind: an answer or an error with a name; the long hunt is `python -m tests.fuzz`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import strategies as st

from tests.fuzz.__main__ import _ended
from tests.fuzz.drawing import packed
from tests.fuzz.hunting import Find, hunted, kept, tried
from tests.fuzz.mutating import mutated
from tests.fuzz.people import NIK, Leak, require_discreet
from tests.fuzz.targets import Target, targets
from warehouse.reading import scan
from warehouse.sandbox import SANDBOX

SEED, DEAR = 7, {"load": 1, "values": 5, "recipe": 8, "book": 8, "command": 10}
CASES = 12


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Target]]:
    """Return every target; the command line asks a home that holds nothing."""
    yield targets(tmp_path_factory.mktemp("home"))
    SANDBOX.close()


def _nothing(*_: object) -> None:
    """Keep no case: the process that could die of it is ours."""


def test_what_was_found_before_is_mended(known: list[Target]) -> None:
    found = list(kept(known))
    assert len(found) >= 5
    assert [find for target, content in found if (find := tried(target, content))] == []


def test_good_input_and_a_short_hunt_find_nothing(known: list[Target]) -> None:
    assert [find for target in known for good in target.good if (find := tried(target, good))] == []
    for target in known:
        cases, find = hunted(target, SEED, set(), _nothing, DEAR.get(target.name, CASES))
        assert find is None, find
        assert cases > 0


def test_the_same_seed_gives_the_same_cases_and_the_smallest_find_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mutated([b"abc", b"def"], Random(3)) == mutated([b"abc", b"def"], Random(3)) != mutated([b"abc"], Random(4))
    monkeypatch.setattr("tests.fuzz.hunting.KEPT", tmp_path)
    fragile = Target("fragile", (), lambda content: print(1 // (len(content) < 5)), st.binary(max_size=50))
    tried_first, tried_again = list[bytes](), list[bytes]()
    _, find = hunted(fragile, 1, set(), lambda _, content: tried_first.append(content))
    hunted(fragile, 1, set(), lambda _, content: tried_again.append(content))
    assert tried_first == tried_again
    assert isinstance(find, Find) and find.told.startswith("ZeroDivisionError") and find.content == bytes(5)
    assert find.keep().read_bytes() == find.content
    assert hunted(fragile, 1, {find.place}, _nothing)[1] is None
    assert tried(fragile, b"1234") is None


def test_a_process_that_dies_or_does_not_come_back_is_a_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = tmp_path / "case"
    monkeypatch.setattr("tests.fuzz.__main__.LOOK", 0.2)
    for code, patience, told in (
        ("import os; os.abort()", 60, "ended with -6"), ("1 + 1", 60, ""), ("import time; time.sleep(60)", 0, "no end"),
    ):  # fmt: skip
        monkeypatch.setattr("tests.fuzz.__main__.PATIENCE", patience)
        case.touch()
        running = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        found = _ended(running, case, time.monotonic())
        assert told in found and bool(told) == bool(found)


def test_a_row_that_is_lost_or_changed_is_a_find(known: list[Target], monkeypatch: pytest.MonkeyPatch) -> None:
    (target,) = [one for one in known if one.name == "recipe"]
    rows = [["15.03", "2025", "1", "SK"], ["15.04", "2025", "2", "SK"]]
    plain = {"quoting": 0, "newline": "\n", "encoding": "utf-8", "packing": "", "ends": True, "separator": ","}
    recipe = packed({"kind": "umk", "headers": ["kode_kab", "tahun", "upah_minimum", "dasar"], "rows": rows, **plain})
    assert tried(target, recipe) is None
    for changed in (lambda frame: frame.head(1), lambda frame: frame.with_columns(raw_dasar=pl.lit("S"))):

        def wrongly(*given: Any, changed: Any = changed) -> Any:
            read = scan(*given)
            return read._replace(frame=changed(read.frame))

        monkeypatch.setattr("tests.fuzz.taking.scan", wrongly)
        find = tried(target, recipe)
        assert find and find.told.startswith("Lost")


def test_an_error_of_a_command_that_could_only_be_told_by_its_place_is_a_find(
    known: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    (target,) = [one for one in known if one.name == "command"]
    assert tried(target, b"tables") is None
    monkeypatch.setattr("flows.asking.cli.listing", lambda given: {}[given])
    find = tried(target, b"tables")
    assert find and find.told.startswith("Unnamed")


def test_a_message_that_holds_a_person_is_a_find_and_does_not_repeat_it() -> None:
    require_discreet(["15.03", "no value of a row"])
    with pytest.raises(Leak) as told:
        require_discreet([f"column {NIK} stands twice"])
    assert NIK not in str(told.value)
