"""Whatever is sent, answered and sent again, in whatever order: rows ever rejected = resolved + open, and nobody counts twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import polars as pl
import pytest

from flows.quarantine.answers import MARK, mark
from flows.quarantine.list import by_rule, totals
from flows.quarantine.state import OPEN, STATES
from tests.endtoend import SHOWING
from tests.extracts import Row
from tests.quarantined import Desk, people

SEEDS = range(int(os.environ.get("CAKUPAN_EXAMPLES", "1")))
STEPS = 7
NAMES = ("kepesertaan_a_202502.csv", "kepesertaan_b_202502.csv")
FIRST = {NAMES[0]: 1, NAMES[1]: 1000}
MOST_BAD = 3


@dataclass
class Sender:
    """What the sender of one file believes: the good people of the content that stands, and the bad rows by person."""

    good: set[int] = field(default_factory=set)
    bad: dict[int, Row] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)
    resolved: int = 0
    ever: int = 0

    def sends(self, good: set[int], bad: dict[int, Row]) -> None:
        """Send a whole content: what waits and is not in it is settled, what waits and is in it goes on waiting."""
        self.ever += len(bad.keys() - self.waiting)
        self.resolved += len(self.waiting - bad.keys())
        self.good, self.bad, self.waiting, self.answered = good, bad, set(bad), set()

    def mends(self, people: set[int]) -> None:
        """Send mended rows: they are settled and count as people."""
        self.resolved += len(people)
        self.waiting -= people
        self.answered |= people


def person(number: int, **written: str) -> Row:
    """Return the row of a person; the day it begins tells the rows of different people apart, also masked."""
    return people(number, number, "BPU", tgl_mulai=f"2020-{1 + number % 12:02}-{1 + number % 28:02}", **written)[0]


def whole(sender: Sender) -> list[Row]:
    """Return the content that a sender sends, bad rows last."""
    return [*(person(one) for one in sorted(sender.good)), *(sender.bad[one] for one in sorted(sender.bad))]


def marked(desk: Desk, sender: Sender, name: str, chosen: Sequence[int], wages: Sequence[str]) -> list[Row]:
    """Return open rows of the newest content of a file with other wages, as they come back."""
    found = desk.rows().filter((pl.col("name") == name) & (pl.col("state") == OPEN))
    sha256 = found["sha256"][-1]
    lines = {one: len(sender.good) + 2 + place for place, one in enumerate(sorted(sender.bad))}
    return [
        sender.bad[one] | {"upah": wage, MARK: mark(sha256, lines[one])}
        for one, wage in zip(chosen, wages, strict=True)
    ]


def step(dice: Random, desk: Desk, senders: dict[str, Sender], files: dict[str, list[Row]], place: int) -> None:
    """Do one thing at random at the desk, and believe what should come of it."""
    name = dice.choice(NAMES)
    sender = senders[name]
    action = dice.choice(["whole", "marked", "unmarked"]) if len(sender.waiting) > 1 else "whole"
    if action == "whole":
        start = FIRST[name]
        good = set(range(start, start + 80)) - {start + dice.randrange(80)}
        known = [one for one in sender.bad if dice.random() < 0.5]
        new = dice.sample(range(start + 100, start + 300), dice.randint(0, MOST_BAD - len(known[:MOST_BAD])))
        sender.sends(good, {one: sender.bad.get(one) or person(one, upah="-1") for one in {*known[:MOST_BAD], *new}})
        files[name] = whole(sender)
    else:
        chosen = dice.sample(sorted(sender.waiting), len(sender.waiting) - 1)
        wages = [dice.choice(["-7", f"{2_000_000 + place}"]) for _ in chosen]
        mended = {one for one, wage in zip(chosen, wages, strict=True) if wage != "-7"}
        if action == "marked":
            files[f"kepesertaan_jawaban_{place}.csv"] = marked(desk, sender, name, chosen, wages)
        else:
            files[name] = [sender.bad[one] | {"upah": wage} for one, wage in zip(chosen, wages, strict=True)]
        sender.mends(mended)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_ever_rejected_are_the_resolved_and_the_open_ones_after_every_delivery(seed: int, tmp_path: Path) -> None:
    dice, desk = Random(seed), Desk(tmp_path / "source", tmp_path / "home", without=SHOWING)
    senders, files = {name: Sender() for name in NAMES}, dict[str, list[Row]]()
    for place in range(STEPS):
        step(dice, desk, senders, files, place)
        result = desk.send(files)
        assert (result["stopped_files"], result["stopped_months"]) == ({}, {})
        found = desk.rows()
        told = totals(found)
        assert told["rows"] == sum(told[state] for state in STATES) == sum(one.ever for one in senders.values())
        assert told["open"] == sum(len(one.waiting) for one in senders.values())
        assert told["accepted"] + told["replaced"] == sum(one.resolved for one in senders.values())
        entries = by_rule(found)
        assert (entries["rows"] == entries.select(pl.sum_horizontal(*STATES)).to_series()).all()
        assert (found["resolved_at"].is_null() == (found["state"] == OPEN)).all()
        assert desk.active() == sum(len(one.good | one.answered) for one in senders.values())
