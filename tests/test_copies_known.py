"""Which rows stand in several files is taken from a month that was computed of the same files, and from no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.context import Load, code_version
from flows.copies_known import copies_known
from flows.planning import Judged, named
from flows.settings import Settings
from tests.world import CLOSED_MARCH, MID_MARCH
from transforms.identity import Pseudonyms
from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.ledger import Delivery, Verdict
from warehouse.seals import put_json
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

DAY = CLOSED_MARCH.as_of_date.isoformat()
READ = {named(Membership, CLOSED_MARCH): ["a", "b", "c"]}
COPIES = {"b": [3, 5], "c": [], "other": [1]}
NOTED: dict[str, Any] = {
    "made_of": ["2025-03-01", code_version()],
    "versions": {DAY: {"read": READ}},
    "repeated": COPIES,
}


def file(gate: str, *versions: Version) -> Judged:
    """Return a file of a gating that feeds these versions."""
    fed = tuple((one.month.isoformat(), one.as_of_date.isoformat(), 9) for one in versions or (CLOSED_MARCH,))
    return Judged(
        Delivery(f"{gate}.csv", "kepesertaan", gate, 1, "", "", "run"), Verdict(gate, gate, "kepesertaan", versions=fed)
    )


FILES = [file("a"), file("b"), file("c")]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return a load of a home in which a month was computed of three files, after it was of two, and of two of which one stood twice."""
    load = Load(Home(tmp_path), Settings(), Pseudonyms(bytes(32)), "run")
    two = {**NOTED, "versions": {DAY: {"read": {named(Membership, CLOSED_MARCH): ["a", "b"]}}}, "repeated": {"b": [4]}}
    double = {**NOTED, "versions": {DAY: {"read": {named(Membership, CLOSED_MARCH): ["a", "a", "b"]}}}}
    for name, content in (("double", double), ("first", two), ("second", NOTED)):
        put_json(tmp_path / f"lake/facts/2025-03/{name}.json", content)
    return load


def test_the_lines_are_those_that_the_month_of_the_same_files_left_out(load: Load) -> None:
    assert copies_known(load, FILES, Membership, CLOSED_MARCH) == {1: [3, 5]}
    assert copies_known(load, FILES[:2], Membership, CLOSED_MARCH) == {1: [4]}


@pytest.mark.parametrize(
    "files",
    [
        [FILES[1], FILES[0], FILES[2]],
        FILES[1:],
        [*FILES, file("d")],
        [*FILES[:2], file("c", MID_MARCH, CLOSED_MARCH)],
        [FILES[0], *FILES[:2]],
    ],
    ids=["another order", "fewer", "more", "one feeds two versions", "one stands twice"],
)
def test_other_files_are_told_nothing_of(load: Load, files: list[Judged]) -> None:
    assert copies_known(load, files, Membership, CLOSED_MARCH) is None


def test_another_kind_or_version_is_told_nothing_of(load: Load) -> None:
    assert copies_known(load, FILES, Employer, CLOSED_MARCH) is None
    assert copies_known(load, FILES, Membership, MID_MARCH) is None


def test_a_month_that_other_code_computed_tells_nothing(load: Load) -> None:
    put_json(load.home.lake / "facts/2025-03/second.json", {**NOTED, "made_of": ["2025-03-01", "other"]})
    assert copies_known(load, FILES, Membership, CLOSED_MARCH) is None
