"""Memberships of a file, whole columns at a time: every row is a pure function of its regency and number.

Most rows are the one membership of a person; some are one more of a person who lives next door, far away or here.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from bench.world import MONTH, SEEN, Part
from warehouse.calendar import last_day
from warehouse.synthetic.clock import NO_DAY, day_number
from warehouse.synthetic.dice import Bools, Dice, Ints
from warehouse.synthetic.employers import Employers, employer_of, employers
from warehouse.synthetic.lives import BPU, DISTRICTS, JAKON, LAGS, PU, RESIDUES, SERIALS, VULNERABLE, grace
from warehouse.synthetic.memberships import BASIC, DONOR_WEIGHTS, LOWEST_INCOME, PAYERS, SAVING
from warehouse.synthetic.people import COMMUTES, MOVED
from warehouse.synthetic.places import distant, minimum_wages, neighbours, regencies
from warehouse.synthetic.plan import RURAL, URBAN, Plan

SECOND, ROWS_OF_A_REGENCY = 0.025, 1 << 24
OLDEST, YOUNGEST, OPENED = date(1961, 1, 1), date(2006, 12, 1), date(2015, 1, 1)
REFERENCE = day_number(min(SEEN, last_day(MONTH)))


class People:
    """The memberships of a part, as arrays."""

    def __init__(self, plan: Plan, part: Part) -> None:
        self.plan, self.place, self.number = plan, part.place, part.number
        self.dice = Dice(plan.seed, 1 << 60 | part.place << 40 | part.number)
        self._set_person()
        urban = np.array([place.is_urban for place in regencies()])[self.place]
        self.segment = np.where(urban, self.dice.pick("segment", URBAN), self.dice.pick("segment", RURAL))
        shares = np.where(urban, VULNERABLE[True], VULNERABLE[False])
        self.vulnerable = (self.segment == BPU) & (self.dice.share("vulnerable") < shares)
        self.employed = (self.segment == PU) | (self.segment == JAKON)
        self._set_places()
        self.employer = self._employers()
        self._set_dates()

    def _set_person(self) -> None:
        guest, size = self.dice.chance("second", SECOND), self.plan.sizes.active
        homes = np.stack([self.place, neighbours()[self.place], distant()[self.place]])
        chosen = np.take_along_axis(homes, self.dice.pick("whose", (0.4, 0.3, 0.3))[None], axis=0)[0]
        other = np.asarray(self.dice.share("who") * size[chosen], dtype=np.int64)
        self.guest = guest & (size[chosen] > 0)
        self.home = np.where(self.guest, chosen, self.place)
        self.person = np.where(self.guest, other, self.number)
        self.who = Dice(self.plan.seed, self.home << 40 | self.person)
        self.woman = self.who.chance("woman", 0.42)
        first, last = day_number(OLDEST) // RESIDUES, day_number(YOUNGEST) // RESIDUES
        residue = self.person // (DISTRICTS * SERIALS) % RESIDUES
        self.birth = (first + self.who.roll("block of birth", last - first)) * RESIDUES + residue

    def _set_places(self) -> None:
        moved = self.guest & self.dice.chance("moved", MOVED)
        self.residence = np.where(moved, self.place, self.home)
        turn = self.dice.pick("commutes", COMMUTES)
        choices = np.stack([self.place, neighbours()[self.place], distant()[self.place]])
        elsewhere = np.take_along_axis(choices, turn[None], axis=0)[0]
        self.workplace = np.where((self.segment == PU) & ~self.guest, elsewhere, self.place)

    def _employers(self) -> Employers:
        turn = self.dice.share("employer")
        at_work = employer_of(self.plan, self.workplace, turn, contractor=False)
        on_site = employer_of(self.plan, self.workplace, turn, contractor=True)
        return employers(self.plan, self.workplace, np.where(self.segment == JAKON, on_site, at_work))

    def _set_dates(self) -> None:
        opened, seen = day_number(OPENED), day_number(SEEN)
        self.start = opened + self.dice.roll("start", REFERENCE - 100 - opened)
        late = self.dice.chance("starts after", 0.005)
        self.start = np.where(late, REFERENCE + 1 + self.dice.roll("start after", seen - REFERENCE), self.start)
        ended = REFERENCE - 60 + self.dice.roll("ended", 60)
        ends = REFERENCE + self.dice.roll("ends", 700)
        fate = self.dice.pick("fate", (0.86, 0.04, 0.10))
        fate = np.where((self.segment >= JAKON) & (fate == 0), 2, fate)
        self.end = np.where(fate == 0, NO_DAY, np.maximum(np.where(fate == 1, ended, ends), self.start))
        self.lag = np.where(self.vulnerable, 0, self.dice.pick("lag", LAGS))
        paid_up = (self.segment != BPU) | (self.lag <= grace(MONTH))
        self.in_force = (self.start <= REFERENCE) & ((self.end == NO_DAY) | (self.end >= REFERENCE)) & paid_up

    @property
    def programmes(self) -> Ints:
        """Return the programmes held, as bits."""
        saves = (self.segment == BPU) & ~self.vulnerable & self.dice.chance("saves", 0.2)
        return np.where(self.segment == PU, self.employer.programmes, np.where(saves, SAVING, BASIC))

    @property
    def payer(self) -> Ints:
        """Return the place of the payer in PAYERS."""
        donor = self.dice.pick("donor", DONOR_WEIGHTS)
        own = np.where(self.vulnerable, donor, PAYERS.index("SELF"))
        return np.where(self.employed, PAYERS.index("EMPLOYER"), own)

    def wages(self) -> Ints:
        """Return the wage or the declared income in rupiah."""
        minimum, spread = minimum_wages(MONTH.year)[self.workplace], self.dice.share("wage")
        fair = -(-minimum * (1.0 + 0.05 * spread + 2.5 * spread**8) // 1000) * 1000
        low = minimum * (0.60 + 0.35 * spread) // 1000 * 1000
        underpaid = (self.segment == PU) & self.employer.low_wages & self.dice.chance("underpaid", 0.7)
        income = np.where(self.dice.chance("declares more", 0.15) & ~self.vulnerable, 1.1 + 2.4 * spread, 1.0)
        own, abroad = np.floor(income * 10) * (LOWEST_INCOME // 10), 4_000_000 + np.floor(spread * 50) * 100_000
        each = np.choose(self.segment, [fair, own, fair, abroad])
        return np.asarray(np.where(underpaid, low, each), dtype=np.int64)

    def membership(self) -> pl.Series:
        """Return a number for every membership, never shared."""
        return pl.Series(self.place * ROWS_OF_A_REGENCY + self.number)

    def nik(self) -> pl.Series:
        """Return the national id of every row's person: one per person and never shared."""
        moved = self.who.pick("first registered", (0.86, 0.10, 0.04))
        homes = np.stack([self.home, neighbours()[self.home], distant()[self.home]])
        codes = np.array([place.first_code for place in regencies()])
        first = codes[np.take_along_axis(homes, moved[None], axis=0)[0]]
        place = first * 100 + 1 + self.person % DISTRICTS
        serial = 1 + 3 * (self.person // DISTRICTS % SERIALS) + moved
        return pl.Series((place * 1_000_000 + _birth_digits(self.birth, self.woman)) * 10_000 + serial).cast(pl.String)


def _birth_digits(birth: Ints, woman: Bools) -> Ints:
    days = birth.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day = (days - months).astype(np.int64) + 1 + np.where(woman, 40, 0)
    month, year = months.astype(np.int64) % 12 + 1, (months.astype(np.int64) // 12 + 1970) % 100
    return np.asarray(day * 10_000 + month * 100 + year, dtype=np.int64)
