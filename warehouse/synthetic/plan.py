"""What to generate: the plan, and how many workers it gives to every regency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from warehouse.calendar import last_day, shift
from warehouse.errors import Stop
from warehouse.synthetic.dice import Ints
from warehouse.synthetic.places import Regency, chosen, regencies

CALIBRATED = date(2025, 3, 1)
CALIBRATED_SEEN = date(2025, 3, 16)
SNAPSHOTS: Mapping[date, date] = {CALIBRATED: CALIBRATED_SEEN}
MOST_DEFECTS = 0.049
SURELY = 0.9
RURAL, URBAN = (0.45, 0.50, 0.04, 0.01), (0.70, 0.25, 0.04, 0.01)
WORKERS_PER_EMPLOYER, WORKERS_PER_CONTRACTOR = 14, 25


@dataclass(frozen=True)
class Plan:
    """What to write and where.

    `regions` are codes of regencies or provinces, 00 for all. `workers` is the number of workers in UCJ scope
    living in those regencies in March 2025, shared out as in reality; None: as many as in reality. `snapshots`
    names the day on which a month was seen, otherwise its last day. Contributions are seen `billing_lag` months
    later, when payments of the month are in, but never after the newest snapshot of the plan.
    """

    out: Path
    months: tuple[date, ...]
    regions: tuple[str, ...] = ("15",)
    workers: int | None = None
    defects: float = 0.01
    seed: int = 1
    format: Literal["csv", "parquet"] = "csv"
    snapshots: Mapping[date, date] = field(default_factory=lambda: SNAPSHOTS)
    billing_lag: int = 1

    def __post_init__(self) -> None:
        regencies = len(chosen(self.regions))
        if not self.months:
            raise Stop("months_missing", "no months are given", "bulan belum ditentukan", "give at least one month")
        if not 0 <= self.defects <= MOST_DEFECTS:
            text = f"{self.defects} is no share of defects", f"{self.defects} bukan porsi cacat"
            raise Stop("defects_out_of_range", *text, f"0 to {MOST_DEFECTS}")
        if any(self.seen(month) < month for month in self.months):
            raise Stop(
                "as_of_before_month",
                "a snapshot lies before its month",
                "tanggal data sebelum bulan iuran",
                "name a later day",
            )
        if self.workers is not None and self.workers < regencies:
            text = (
                f"{self.workers} workers for {regencies} regencies",
                f"{self.workers} tenaga kerja untuk {regencies} kabupaten/kota",
            )
            raise Stop("workers_too_few", *text, "give one worker to every regency at least")

    @cached_property
    def regencies(self) -> tuple[Regency, ...]:
        """Return the regencies of the plan in order of code."""
        return chosen(self.regions)

    def seen(self, month: date) -> date:
        """Return the day on which memberships and employers of `month` are seen."""
        return self.snapshots.get(month, last_day(month))

    def billing_seen(self, month: date) -> date:
        """Return the day on which contributions of `month` are seen."""
        newest = max(self.seen(each) for each in self.months)
        return max(self.seen(month), min(last_day(shift(month, self.billing_lag)), newest))

    @cached_property
    def sizes(self) -> Sizes:
        """Return how many workers and employers every regency has."""
        natural = np.array([place.active_workers for place in regencies()], dtype=np.int64)
        if self.workers is None:
            return Sizes(natural)
        mine = np.array([place.index for place in self.regencies])
        exact = natural * (self.workers / natural[mine].sum())
        active = np.floor(exact).astype(np.int64)
        largest = np.argsort(active[mine] - exact[mine], kind="stable")
        active[mine[largest[: self.workers - int(active[mine].sum())]]] += 1
        return Sizes(active)


@dataclass(frozen=True)
class Sizes:
    """Numbers per regency: `active` workers in UCJ scope in the calibrated month."""

    active: Ints

    @cached_property
    def surely(self) -> Ints:
        """Return how many persons a regency has at least."""
        return np.asarray(self.active * SURELY, dtype=np.int64)

    @cached_property
    def wage_earners(self) -> Ints:
        """Return roughly how many wage earners work there."""
        share = np.where([place.is_urban for place in regencies()], URBAN[0], RURAL[0])
        return np.asarray(self.active * share, dtype=np.int64)

    @cached_property
    def employers(self) -> Ints:
        """Return how many employers of wage earners there are, registered ones."""
        return _at_least(4, self.wage_earners // WORKERS_PER_EMPLOYER)

    @cached_property
    def contractors(self) -> Ints:
        """Return how many construction contractors there are."""
        return _at_least(2, np.asarray(self.active * RURAL[2], dtype=np.int64) // WORKERS_PER_CONTRACTOR)


def _at_least(least: int, numbers: Ints) -> Ints:
    return np.asarray(np.maximum(numbers, least), dtype=np.int64)
