"""Working lives: who a person is, which never changes, and where in that life a month falls.

A life is a pure function of seed, regency and person number, so that the same person joins, pauses, returns and
leaves in the same months whatever else is generated.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import date

import numpy as np

from warehouse.calendar import last_day
from warehouse.synthetic.clock import NEVER, NO_DAY, day_number, first_days, last_days, month_number, months_of
from warehouse.synthetic.dice import Bools, Dice, Ints
from warehouse.synthetic.places import Regency, seed_rows
from warehouse.synthetic.plan import RURAL, URBAN

PU, BPU, JAKON, PMI = range(4)
MONTHLY, QUARTERLY, YEARLY = range(3)
LISTED_ARREARS = 5
OPENING, SURGE, HORIZON = (month_number(date(year, 1, 1)) for year in (2015, 2024, 2030))
FIRST_LEAVING = month_number(date(2022, 1, 1))
VULNERABLE = {False: 0.62, True: 0.40}
LAGS, RENEWALS, YEARLY_PAYMENTS = (
    (0.58, 0.17, 0.09, 0.06, 0.06, 0.04),
    (0.25, 0.45, 0.30),
    (0.60, 0.20, 0.10, 0.0, 0.10),
)
YOUNGEST, OLDEST, RESIDUES = date(2006, 12, 1), date(1964, 1, 1), 64
STARTING_AGE_MONTHS = 17 * 12
DISTRICTS, SERIALS = 25, 2999


@dataclass(frozen=True)
class Moment:
    """A month in the lives: `listed` in the extract, `in_force` on the reference day, and the dates a row shows.

    Months and days are numbers; `paid_in` is the month in which this month's contribution is paid, `spell`
    counts engagements.
    """

    listed: Bools
    in_force: Bools
    start: Ints
    end: Ints
    paid_through: Ints
    paid_in: Ints
    spell: Ints

    def take(self, places: Ints) -> Moment:
        """Return the moment of the persons at `places`."""
        return Moment(**{name: column[places] for name, column in vars(self).items()})


class Lives:
    """The lives of the persons `numbers` whose home is `home`."""

    def __init__(self, seed: int, home: Regency, numbers: Ints) -> None:
        self.home, self.numbers = home, numbers
        self.dice = dice = Dice(seed, home.index << 40 | numbers)
        self.segment = dice.pick("segment", URBAN if home.is_urban else RURAL)
        self.vulnerable = (self.segment == BPU) & dice.chance("vulnerable", VULNERABLE[home.is_urban])
        self.woman = dice.chance("woman", 0.42)
        self.birth = self._births(seed)
        self._set_career()
        self.pays = np.where(self.vulnerable, MONTHLY, dice.pick("pays", (0.77, 0.15, 0.08)))
        self.lag = np.where(self.vulnerable, 0, dice.pick("lag", LAGS))

    def take(self, places: Ints) -> Lives:
        """Return the lives at `places`."""
        taken = copy(self)
        taken.dice = self.dice.take(places)
        for name, column in vars(self).items():
            if isinstance(column, np.ndarray):
                setattr(taken, name, column[places])
        return taken

    def _births(self, seed: int) -> Ints:
        """Return days of birth; persons who share district and serial of a NIK differ in the day modulo RESIDUES."""
        cell = self.numbers % (DISTRICTS * SERIALS)
        residue = self.numbers // (DISTRICTS * SERIALS) + Dice(seed, cell).roll("day of birth", RESIDUES)
        first, last = day_number(OLDEST) // RESIDUES, day_number(YOUNGEST) // RESIDUES
        block = first + self.dice.roll("block of birth", last - first)
        old = self.dice.chance("old", 0.0015)
        block = np.where(old, first - 100 + self.dice.roll("block of birth", 50), block)
        return block * RESIDUES + residue % RESIDUES

    def _set_career(self) -> None:
        dice = self.dice
        early = OPENING + dice.roll("start early", SURGE - OPENING)
        late = SURGE + dice.roll("start late", HORIZON - SURGE)
        chosen = np.where(dice.chance("starts late", 0.36), late, early)
        self.start = np.maximum(chosen, months_of(self.birth) + STARTING_AGE_MONTHS)
        leaves = FIRST_LEAVING + dice.roll("leave", HORIZON - FIRST_LEAVING)
        self.leave = np.where(dice.chance("leaves", 0.25) & (leaves > self.start), leaves, NEVER)
        pause = FIRST_LEAVING + dice.roll("pause", HORIZON - FIRST_LEAVING)
        length = np.where(self.segment == BPU, 5, 2) + dice.roll("pause length", 4)
        pauses = (
            dice.chance("pauses", 0.05) & (pause > self.start + 1) & (pause + length < self.leave) & ~self.vulnerable
        )
        self.pause = np.where(pauses, pause, NEVER)
        self.resume = np.where(pauses, pause + length, NEVER)
        self.start_in_month = np.where(dice.chance("mid-month", 0.4), dice.roll("start in month", 28), 0)

    def at(self, month: date, seen: date) -> Moment:
        """Return where `month`, seen on the day `seen`, falls in the lives."""
        m, day = month_number(month), day_number(seen)
        reference = min(day, day_number(last_day(month)))
        start, end, listed, spell = _by_segment(
            self.segment,
            self._employed(m),
            self._own_account(m),
            self._contract(m, 9, 9, 3),
            self._contract(m, 25, 1, 1),
        )
        listed &= (start <= day) & (self.start <= m)
        paid_through, paid_in = self._payments(m)
        paid_through = np.where(end == NO_DAY, paid_through, np.minimum(paid_through, months_of(end)))
        listed &= (self.segment != BPU) | (m - paid_through <= LISTED_ARREARS)
        ended = (end != NO_DAY) & (end < reference)
        in_arrears = (self.segment == BPU) & (paid_through < m - grace(month))
        in_force = listed & (start <= reference) & ~ended & ~in_arrears
        own = self.segment == BPU
        through, when_paid = np.where(own, paid_through, NO_DAY), np.where(own, paid_in, m)
        return Moment(listed, in_force, start, end, through, when_paid, spell)

    def _employed(self, m: int) -> tuple[Ints, Ints, Bools, Ints]:
        """Wage earners: a second engagement after a pause; an ended one is listed for one month more."""
        resumed, paused = m >= self.resume, (m >= self.pause) & (m < self.resume)
        left = m >= self.leave
        start = np.where(resumed, first_days(self.resume), self._first_start())
        end = np.where(paused, first_days(self.pause) - 1, NO_DAY)
        end = np.where(left, first_days(self.leave) + self.dice.roll("last day", 28), end)
        listed = np.where(paused, m == self.pause, m <= self.leave + 1)
        return start, end, listed, resumed.astype(np.int64)

    def _own_account(self, m: int) -> tuple[Ints, Ints, Bools, Ints]:
        """Own-account workers: open-ended, but budgets pay for a calendar year and some renew only by March."""
        january = m - m % 12
        yearly = self.vulnerable & self.dice.chance("yearly contract", 0.30)
        old = self.start < january
        renewal = january + self.dice.pick(f"renewal {january}", RENEWALS)
        waiting = yearly & old & (m < renewal)
        before = january - 12 + self.dice.pick(f"renewal {january - 12}", RENEWALS)
        begins = np.where(
            old, np.where(waiting, np.where(self.start < january - 12, before, self.start), renewal), self.start
        )
        fixed = yearly & (begins > self.start)
        start = np.where(fixed, first_days(begins), self._first_start())
        last = first_days(np.where(waiting, january, january + 12)) - 1
        end = np.where(yearly, last, NO_DAY)
        left = self.vulnerable & (m >= self.leave)
        end = np.where(left, first_days(self.leave) - 1, end)
        return (
            start,
            end,
            (~left | (m == self.leave)) & (start <= np.where(end == NO_DAY, start, end)),
            np.zeros_like(self.start),
        )

    def _contract(self, m: int, shortest: int, spread: int, breaks: int) -> tuple[Ints, Ints, Bools, Ints]:
        """Contract workers: one contract after another with a break between; an ended one is listed for a month."""
        cycle = shortest + self.dice.roll("cycle", spread)
        work = cycle - 1 - self.dice.roll("break", breaks)
        since = np.maximum(m - self.start, 0)
        begin = m - since % cycle
        start = first_days(begin) + self.start_in_month % 10
        listed = (since % cycle <= work) & (begin < self.leave)
        return start, last_days(begin + work - 1), listed, since // cycle

    def _payments(self, m: int) -> tuple[Ints, Ints]:
        """Own-account workers: the month paid through as seen in `m`, and the month in which `m` itself is paid."""
        paused = (m >= self.pause) & (m < self.resume)
        active = np.where(m >= self.leave, self.leave - 1, np.where(paused, self.pause - 1, m))
        year = active - active % 12
        paying = year + self._paying_month(year)
        yearly = np.where(active >= paying, year + 11, year - 1)
        quarterly = active - active % 3 + 2
        through = np.choose(self.pays, [active - self.lag, quarterly, yearly])
        through = np.maximum(through, np.minimum(self.start, active))
        month = np.full_like(active, m)
        paid_in = np.choose(self.pays, [month + self.lag, month - month % 3, np.maximum(paying, self.start)])
        return through, np.where((active < m) & (through < m), NEVER, np.maximum(paid_in, self.start))

    def _paying_month(self, years: Ints) -> Ints:
        found = np.zeros_like(years)
        for year in np.unique(years[self.pays == YEARLY]):
            found = np.where(years == year, self.dice.pick(f"pays in {year}", YEARLY_PAYMENTS), found)
        return found

    def _first_start(self) -> Ints:
        return first_days(self.start) + self.start_in_month


def grace(month: date) -> int:
    """Return the months of arrears after which an own-account membership is no longer in force, from the dated rules."""
    day = month.isoformat()
    rules = [row for row in seed_rows("membership_rules.csv") if row["parameter"] == "arrears_grace_months"]
    return next(int(row["value"]) for row in rules if row["effective_from"] <= day <= (row["effective_to"] or day))


def _by_segment(segment: Ints, *each: tuple[Ints, Ints, Bools, Ints]) -> tuple[Ints, Ints, Bools, Ints]:
    start, end, listed, spell = (np.choose(segment, list(column)) for column in zip(*each, strict=True))
    return start, end, listed.astype(np.bool_), spell
