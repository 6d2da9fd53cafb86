"""The month of the bench: how many memberships every regency has, and in which files they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from warehouse.synthetic.dice import Ints
from warehouse.synthetic.places import Regency
from warehouse.synthetic.plan import Plan

MONTH, SEEN = date(2025, 3, 1), date(2025, 4, 30)
SIZES = {"20k": 20_000, "1M": 1_000_000, "5M": 5_000_000, "20M": 20_000_000, "45M": 45_000_000}
ROWS_OF_A_FILE = 500_000
Format = Literal["parquet", "csv", "typed"]


@dataclass(frozen=True)
class Part:
    """The rows of one file: `place` is the index of the regency of each, `number` its number there."""

    name: str
    place: Ints
    number: Ints


@dataclass(frozen=True)
class World:
    """What to generate: `size` memberships in `regions`, a share of `defects` beside them, into the folder `out`.

    `format` parquet holds texts, as the csv of the same rows does; typed holds dates and numbers, and so no
    unreadable ones.
    """

    out: Path
    size: int
    format: Format = "parquet"
    regions: tuple[str, ...] = ("00",)
    defects: float = 0.01
    seed: int = 1

    @cached_property
    def plan(self) -> Plan:
        """Return the plan that shares the memberships out, as workers are in reality."""
        return Plan(
            self.out, (MONTH,), self.regions, self.size, self.defects, self.seed,
            "parquet" if self.format == "typed" else "csv", {MONTH: SEEN},
        )  # fmt: skip

    @cached_property
    def provinces(self) -> dict[str, list[Regency]]:
        """Return the regencies by the code of their province."""
        found: dict[str, list[Regency]] = {}
        for place in self.plan.regencies:
            found.setdefault(place.province, []).append(place)
        return found

    def parts(self) -> Iterator[Part]:
        """Yield the files of memberships: one per province, or several where it has many."""
        for province, places in self.provinces.items():
            index = np.array([place.index for place in places], dtype=np.int64)
            ends = np.cumsum(self.plan.sizes.active[index])
            total, files = int(ends[-1]), -(-int(ends[-1]) // ROWS_OF_A_FILE)
            for file in range(files):
                row = np.arange(total * file // files, total * (file + 1) // files, dtype=np.int64)
                at = np.searchsorted(ends, row, side="right")
                first = ends[at] - self.plan.sizes.active[index][at]
                yield Part(f"{province}_{MONTH:%Y%m}_{file + 1:02}", index[at], row - first)
