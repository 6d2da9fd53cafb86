"""What is searched, for whom, and what came of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.asking.line import history_file
from flows.scanning.landed import Landed, people_of
from flows.settings import Settings
from warehouse.home import Home
from warehouse.scanning.sweep import Sweep
from warehouse.scanning.wanted import People, Wanted
from warehouse.seeds import seed_rows
from warehouse.tables.dimensions import DimRegion, DimRegionCode

FOUND, NOT_ALL_SEARCHED = 1, 4
SYSTEM = "kemendagri"


@dataclass(frozen=True)
class Scan:
    """A sweep that is over, and whom it looked for."""

    roots: list[Path]
    landed: Landed
    sweep: Sweep
    sample: int

    @property
    def exit_code(self) -> int:
        """Return 0 when nothing was found, 1 when something was, 4 when nothing was found and not everything searched."""
        if self.sweep.findings:
            return FOUND
        return NOT_ALL_SEARCHED if self.sweep.unread or self.landed.unread else 0

    def data(self) -> dict[str, Any]:
        """Return everything as plain values; nobody can be read from them."""
        people = self.landed.people
        return {
            "searched": {
                "roots": list(map(str, self.roots)), "files": self.sweep.files, "bytes": self.sweep.bytes,
            },
            "looked_for": {
                "words": len(self.sweep.wanted.words), "nik": len(people.niks), "kpj": len(people.kpjs),
                "names": len(people.names), "names_left_out": self.landed.names_left_out, "one_of": self.sample,
            },
            "found": [one.data() for one in self.sweep.findings],
            "unread": self.sweep.unread,
            "landing_unread": self.landed.unread,
        }  # fmt: skip


def scan(
    home: Home,
    settings: Settings,
    paths: Sequence[Path],
    words: Sequence[str],
    sample: int,
    say: Callable[[str], None],
) -> Scan:
    """Return what was found of `words`, of the people who landed and of numbers like a NIK, in the usual places and `paths`.

    `sample` N looks for one person of N; 0 for none of those who landed. Raises Stop when a word is too short.
    """
    say("membaca landing / reading landing")
    landed = people_of(home, settings, sample) if sample else Landed(People())
    roots = [*usual_places(home), *(path.resolve() for path in paths)]
    sweep = Sweep(Wanted(words, landed.people, region_codes().__contains__))
    for root in roots:
        say(f"mencari / searching {root}")
        sweep.through([root], {home.landing})
    return Scan(roots, landed, sweep, sample)


def usual_places(home: Home) -> list[Path]:
    """Return where cakupan and what it uses may leave something: the home, Prefect's own, the history, spilled rows."""
    prefect = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    places = [home.root, prefect, history_file(), Path(tempfile.gettempdir()) / f"cakupan-{os.getuid()}"]
    return [place for place in places if place.exists() and (place == home.root or home.root not in place.parents)]


def region_codes() -> frozenset[str]:
    """Return the code of every regency, of today and of former editions: a NIK begins with that of its first place."""
    former = {row["code"] for row in seed_rows(DimRegionCode.seed) if row["system"] == SYSTEM}
    return frozenset({*former, *(row["region_code"] for row in seed_rows(DimRegion.seed))})
