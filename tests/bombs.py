"""Twelve bombs, each offered to the real command: `python -m tests.bombs`.

Prints by which rule each is refused, how long that took, and the most memory of the whole process tree; returns 1 when one
is not refused, takes ten seconds or more, or holds a GiB. Seconds in which its processes only queued for a processor that
others used do not count: they are shown apart. All twelve are of `tests.malformed`, whose reading is part of every test run.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.measure import Cost, measured
from tests.malformed import Malformed, corpus

BOMBS = (
    "archives: gzip bomb",
    "archives: zip bomb",
    "archives: zip bomb that lies about its size",
    "archives: zip of 20,000 files",
    "books: a bomb of a sheet",
    "books: a bomb of shared texts",
    "books: entities that expand",
    "books: a cell in the last corner",
    "books: an ODS with cells repeated a billion times",
    "parquets: a bomb of nulls",
    "texts: a line of 1 GB",
    "texts: a million columns",
)
MOST_SECONDS, MOST_BYTES, MIB, STOPPED = 10, 1 << 30, 1 << 20, 4


class Offer(NamedTuple):
    """What became of a bomb: the rule that refused it, empty when none did, and what that cost."""

    name: str
    size: int
    rule: str
    cost: Cost

    @property
    def complaints(self) -> list[str]:
        """Return what is wrong with how it was taken."""
        return [
            *([] if self.rule and self.cost.code == STOPPED else [f"not refused by name: exit code {self.cost.code}"]),
            *([] if self.cost.wall_s - self.cost.queued_s < MOST_SECONDS else ["too slow"]),
            *([] if self.cost.peak_bytes < MOST_BYTES else ["too much memory"]),
        ]


def declared() -> list[Malformed]:
    """Return the bombs, in the order of their list."""
    known = {one.name: one for one in corpus()}
    return [known[name] for name in BOMBS]


def offered(bomb: Malformed, folder: Path) -> Offer:
    """Return what `cakupan run --plain` makes of a bomb in an otherwise empty folder of extracts."""
    source, home, log = folder / "in", folder / "home", folder / "log"
    source.mkdir()
    path = source / "umk_2025"
    bomb.make(path)
    command = [sys.executable, "-m", "flows", "run", "--source", str(source), "--home", str(home), "--plain", "--json"]
    cost = measured(command, log)
    return Offer(bomb.name, path.stat().st_size, _rule(home, bomb.rules), cost)


def _rule(home: Path, foreseen: Sequence[str]) -> str:
    try:
        told = json.loads((home / "reports" / "last-run.json").read_text(encoding="utf-8"))["stopped_files"]
    except (OSError, ValueError, KeyError):
        return ""
    found = {why.partition(":")[0] for reasons in told.values() for why in reasons} & set(foreseen)
    return min(found, default="")


def main() -> int:
    """Return 1 when a bomb is not refused as promised."""
    wrong = 0
    print(f"{'bomb':52} {'on disk':>9} {'refused by':20} {'s':>6} {'queued':>7} {'CPU s':>6} {'MiB':>6}")
    for bomb in declared():
        with tempfile.TemporaryDirectory() as folder:
            one = offered(bomb, Path(folder))
        cost, bad = one.cost, one.complaints
        wrong += bool(bad)
        seconds = cost.wall_s - cost.queued_s
        print(
            f"{one.name:52} {one.size / MIB:7.1f} M {one.rule or '-':20} {seconds:6.1f} {cost.queued_s:7.1f} {cost.cpu_s:6.1f}"
            f" {cost.peak_bytes / MIB:6.0f}" + "".join(f"  {complaint}" for complaint in bad), flush=True,
        )  # fmt: skip
    print(f"{len(BOMBS) - wrong} of {len(BOMBS)} refused within {MOST_SECONDS} seconds and {MOST_BYTES // MIB} MiB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
