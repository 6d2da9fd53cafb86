"""Which rows do not count because another file has their key is the same, found of all rows and of those that a change can concern."""

from __future__ import annotations

from pathlib import Path
from random import Random
from types import SimpleNamespace

import polars as pl
import pytest

from flows import copies_since as module
from flows.copies import copies
from flows.copies_since import Lying, copies_since
from flows.near import TooManyError
from tests.asciitable import key, table
from tests.world import CLOSED_MARCH, MID_MARCH
from warehouse.rules import LINE_NO
from warehouse.schema import Extract
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

CHOICES: dict[type[Extract], dict[str, list[object]]] = {
    Membership: {
        "membership_key": [*(key(f"card {number}") for number in range(60)), None],
        "employer_key": ["one", "two", None],
        "segment": ["PU", "BPU"],
    },
    Employer: {
        "npp": [*(f"npp {number}" for number in range(40)), None],
        "nib": [*(f"nib {number}" for number in range(3)), None],
        "region_code": ["15.03", "15.04"],
    },
}


def write(path: Path, kind: type[Extract], dice: Random) -> Path:
    """Write a lake file of some rows of two versions, and return its path."""
    one = table(kind, "| as_of_date |\n| 2025-04-30 |").collect()
    found = pl.concat([one] * dice.randrange(1, 40))
    drawn = {name: [dice.choice(values) for _ in range(found.height)] for name, values in CHOICES[kind].items()}
    drawn["as_of_date"] = [dice.choice([CLOSED_MARCH, CLOSED_MARCH, MID_MARCH]).as_of_date for _ in range(found.height)]
    if kind.monthly:
        drawn["month"] = [CLOSED_MARCH.month] * found.height
    rows = found.with_columns(pl.Series(name, values, found.schema[name]) for name, values in drawn.items())
    once = rows.unique(kind.unique, keep="first", maintain_order=True)
    once.with_row_index(LINE_NO, 1).with_columns(pl.col(LINE_NO).cast(pl.Int64)).write_parquet(path)
    return path


@pytest.mark.parametrize("kind", CHOICES)
def test_copies_since_a_change_are_the_copies_of_all_rows(kind: type[Extract], tmp_path: Path) -> None:
    copied = 0
    for seed in range(30):
        dice = Random(seed)
        files = [write(tmp_path / f"it's {seed}-{number}.parquet", kind, dice) for number in range(7)]
        left, came = [(1, 0), (0, 1), (1, 2)][seed % 3]
        stayed, gone, come = files[:4], files[4 : 4 + left], files[5 : 5 + came]
        before, now = ([*stayed, *others] for others in (gone, come))
        for several in (before, now):
            place = dice.randrange(4)
            several[place:] = [*reversed(several[4:]), *several[place:4]]
        found = copies(before, kind, CLOSED_MARCH)
        left_out = {before[place]: lines for place, lines in found.items() if before[place] in stayed}
        told = copies_since(Lying(now, come, gone, left_out), kind, CLOSED_MARCH, most=1_000)
        wanted = {place: sorted(lines) for place, lines in copies(now, kind, CLOSED_MARCH).items()}
        assert told == wanted, seed
        copied += sum(map(len, wanted.values()))
    assert copied > 100


def test_more_rows_than_may_be_held_are_not_looked_at(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{number}.parquet", Membership, Random(1)) for number in range(3)]
    with pytest.raises(TooManyError):
        copies_since(Lying(files, files[:1], [], {}), Membership, CLOSED_MARCH, most=0)


CHANGED = {Membership: True, Contribution: True, Employer: True}
ASKED = {"Membership", "Employer"}


@pytest.mark.parametrize(
    ("told", "changed", "unknown", "too_many", "known"),
    [
        ({}, CHANGED, (), (), ASKED),
        ({"is_there": False}, CHANGED, (), (), set()),
        ({"is_whole": False}, CHANGED, (), (), set()),
        ({"is_small": False}, CHANGED, (), (), set()),
        ({}, CHANGED | {Membership: False}, (), (), {"Employer"}),
        ({}, CHANGED, (Membership,), (), {"Employer"}),
        ({}, CHANGED, (), (Membership,), {"Employer"}),
    ],
    ids=[
        "all",
        "nothing changed",
        "a file is gone",
        "much changed",
        "own files stayed",
        "order is other",
        "too many rows",
    ],
)
def test_it_is_asked_of_changed_files_whose_rows_tell_it_and_one_kind_that_cannot_be_asked_keeps_no_other(
    told: dict[str, bool], changed: dict[type[Extract], bool], unknown: tuple[type[Extract], ...],
    too_many: tuple[type[Extract], ...], known: set[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def since(_: object, table: type[Extract], *__: object) -> dict[int, list[int]]:
        if table in too_many:
            raise TooManyError
        return {0: [1]}

    monkeypatch.setattr(module, "copies_since", since)
    monkeypatch.setattr(module, "_lying", lambda *_: None)
    seen = {"is_there": True, "is_whole": True, "is_small": True} | told
    change = SimpleNamespace(
        is_there=seen["is_there"], is_whole=seen["is_whole"], is_small=lambda *_: seen["is_small"],
        files={
            table: SimpleNamespace(table=table, version=CLOSED_MARCH, changed=["a"] if is_other else [])
            for table, is_other in changed.items()
        },
        keeps_copies=lambda files: files.table not in unknown, assembly=SimpleNamespace(copied={}),
    )  # fmt: skip
    module.know_copies(change, 10, 0.5)  # type: ignore[arg-type]
    assert {table.__name__ for table, _ in change.assembly.copied} == known
    assert set(map(str, change.assembly.copied.values())) <= {"{0: [1]}"}
