"""Bad input of every kind: an answer or an error with a name; the long hunt is `python -m tests.fuzz`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.hunting import Find, hunted, kept, tried
from tests.fuzz.mutating import mutated
from tests.fuzz.targets import Target, targets
from warehouse.sandbox import SANDBOX

SEED, CASES = 7, 150


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Target]]:
    """Return every target; the command line asks a home that holds nothing."""
    yield targets(tmp_path_factory.mktemp("home"))
    SANDBOX.close()


def test_what_was_found_before_is_mended(known: list[Target]) -> None:
    found = list(kept(known))
    assert found
    assert [find for target, content in found if (find := tried(target, content))] == []


def test_good_input_and_a_short_hunt_find_nothing(known: list[Target]) -> None:
    assert [find for target in known for good in target.good if (find := tried(target, good))] == []
    assert [find for _, find in islice(hunted(known, SEED), CASES) if find] == []


def test_the_same_seed_gives_the_same_cases_and_what_is_raised_is_a_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mutated([b"abc", b"def"], Random(3)) == mutated([b"abc", b"def"], Random(3)) != mutated([b"abc"], Random(4))
    monkeypatch.setattr("tests.fuzz.hunting.KEPT", tmp_path)
    find = tried(Target("fragile", [b"1"], lambda content: print(int(content))), b"x")
    assert find and find.told.startswith("ValueError")
    assert find.keep().read_bytes() == b"x"
    assert tried(Target("fragile", [b"1"], lambda content: print(int(content))), b"1") is None
    assert isinstance(find, Find)
