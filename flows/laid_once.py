"""Rows that several gatings of one content left alike lie in the lake once, under a name for each.

Other settings or other code judge every file anew, and most of them as before: without this each change would add a lake to the lake.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from warehouse import gatings, lake
from warehouse.files import placed_together
from warehouse.home import Home
from warehouse.ledger import Verdict
from warehouse.seals import Damaged, stated, whole


def lay_once(home: Home, found: Iterable[Verdict]) -> None:
    """Let what was accepted and rejected by new verdicts be one file with what the last gating of the same content left, if it is the same.

    Where the file system knows no second names, or the older file is damaged, each stays as it is.
    """
    last = {(one.kind, one.sha256): one.gate_id for one in gatings.gatings(home)}
    judged = ((one, last.get((one.kind, one.sha256))) for one in found)
    pairs = [pair for one, before in judged if before for pair in _alike(home, one, before)]
    with suppress(OSError), placed_together([mine for mine, _ in pairs]) as besides:
        for beside, (_, other) in zip(besides, pairs, strict=True):
            os.link(other, beside)


def _alike(home: Home, one: Verdict, before: str) -> Iterator[tuple[Path, Path]]:
    """Yield each file of a gating with that of the one before it, where both hold the same and are two."""
    for place in (lake.accepted_path, lake.rejected_path):
        mine, other = place(home, one.kind, one.gate_id), place(home, one.kind, before)
        if mine.exists() and other.exists() and stated(mine) == stated(other) != [] and not mine.samefile(other):
            with suppress(Damaged):
                yield mine, whole(other)
