"""The extract kepesertaan of a regency and month: the memberships of those who live there, and of guests.

Who lives in the regency stands in its file, wherever the work is; so does the second membership of a person from
elsewhere with an employer there. A file depends on the seed, the sizes and its month only.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.calendar import last_day
from warehouse.synthetic.clock import NO_DAY, dates, day_number, first_days, month_number, months_of
from warehouse.synthetic.dice import Bools, Dice, Ints
from warehouse.synthetic.employers import Employers, employer_of, employers, programme_sets
from warehouse.synthetic.identity import kpj, membership, names, nik
from warehouse.synthetic.lives import BPU, JAKON, PMI, PU, Lives, Moment
from warehouse.synthetic.people import SECOND_JOB_AFTER, guests, has_second_job, moved, residents, workplaces
from warehouse.synthetic.places import Regency, minimum_wages, regencies
from warehouse.synthetic.plan import Plan
from warehouse.vocabulary import SEGMENTS

FIRST, SECOND_JOB, OWN_ACCOUNT, SECOND_DONOR = range(4)
BEGINS_AFTER = {FIRST: 0, SECOND_JOB: SECOND_JOB_AFTER, OWN_ACCOUNT: 90, SECOND_DONOR: 60}
DONORS = ("APBD_REGENCY", "APBD_PROVINCE", "DBH_SAWIT", "VILLAGE_FUND", "CSR", "BAZNAS", "DONOR")
DONOR_WEIGHTS = (70.0, 12.0, 8.0, 6.0, 2.0, 1.5, 0.5)
PAYERS = (*DONORS, "SELF", "EMPLOYER")
TRADES = ("PERTANIAN", "PERDAGANGAN", "NELAYAN", "TRANSPORTASI", "JASA")
BASIC, SAVING = 0b00011, 0b00111
LOWEST_INCOME = 1_000_000
GOLDEN_TURN = 0.618


def memberships(plan: Plan, place: Regency, month: date) -> pl.DataFrame:
    """Return the extract of `place` and `month` under its source names, typed, with helper columns before them.

    Helpers: _in_force; _employer (npp as a number) and _risk, _labour, _programmes of a wage earner's employer;
    _paid_in (number of the month of payment); _person; minimum_wage_idr of the workplace where the plan delivers it.
    """
    seen = day_number(plan.seen(month))
    lives = residents(plan, place)
    moment = lives.at(month, plan.seen(month))
    beside = moment.in_force & (lives.segment == PU) & lives.dice.chance("own account too", 0.02)
    twice = moment.in_force & lives.vulnerable & lives.dice.chance("two donors", 0.005)
    parts = [
        _Rows(plan, place, month, lives, moment, wanted & (moment.start + BEGINS_AFTER[which] <= seen), which).frame()
        for which, wanted in ((FIRST, moment.listed), (OWN_ACCOUNT, beside), (SECOND_DONOR, twice))
    ]
    for people in guests(plan, place):
        there = people.at(month, plan.seen(month))
        parts.append(_Rows(plan, place, month, people, there, has_second_job(there, seen), SECOND_JOB).frame())
    return pl.concat(parts)


class _Rows:
    """Rows of one kind of membership: FIRST, or one of those a person may have beside it."""

    def __init__(
        self, plan: Plan, place: Regency, month: date, lives: Lives, moment: Moment, wanted: Bools, which: int
    ) -> None:
        self.plan, self.place, self.month, self.which = plan, place, month, which
        rows = np.flatnonzero(wanted)
        self.lives, self.moment = lives.take(rows), moment.take(rows)
        self.dice = self.lives.dice
        self.segment = self._segment()
        self.workplace = self._workplace()
        self.employed = (self.segment == PU) | (self.segment == JAKON)
        self.employer = self._employers()

    def frame(self) -> pl.DataFrame:
        """Return the rows, with the same columns whatever their kind."""
        return pl.DataFrame(self._helpers() | self._who() | self._where() | self._what())

    def _segment(self) -> Ints:
        kind = {SECOND_JOB: PU, OWN_ACCOUNT: BPU, SECOND_DONOR: BPU}.get(self.which)
        return self.lives.segment if kind is None else np.full(len(self.lives.numbers), kind)

    def _workplace(self) -> Ints:
        if self.which == SECOND_JOB:
            return np.full(len(self.lives.numbers), self.place.index)
        return np.where(self.segment == PU, workplaces(self.lives), self.lives.home.index)

    def _employers(self) -> Employers:
        turn = self.dice.share("second employer" if self.which == SECOND_JOB else "employer")
        turn = (turn + GOLDEN_TURN * self.moment.spell) % 1.0
        at_work = employer_of(self.plan, self.workplace, turn, contractor=False)
        on_site = employer_of(self.plan, self.workplace, turn, contractor=True)
        return employers(self.plan, self.workplace, np.where(self.segment == JAKON, on_site, at_work))

    def _helpers(self) -> dict[str, pl.Series]:
        own = self.which in (OWN_ACCOUNT, SECOND_DONOR)
        paid_in = np.full_like(self.segment, month_number(self.month)) if own else self.moment.paid_in
        delivered = np.isin(self.workplace, [place.index for place in self.plan.regencies]) & (self.segment == PU)
        return {
            "_in_force": pl.Series(self.moment.in_force & (self._begins() <= day_number(last_day(self.month)))),
            "_employer": _kept(self.employer.npp, self.employed),
            "_risk": pl.Series(self.employer.risk),
            "_labour": pl.Series(self.employer.labour_intensive.astype(np.int64)),
            "_programmes": pl.Series(self._programmes()),
            "_paid_in": pl.Series(paid_in),
            "_begins_in": pl.Series(months_of(self._begins())),
            "_membership": pl.Series(membership(self.lives, self.which)),
            "_pay_day": pl.Series(self.dice.roll("pay day", 14)),
            "minimum_wage_idr": _kept(minimum_wages(self.month.year)[self.workplace], delivered),
        }

    def _who(self) -> dict[str, pl.Series]:
        wrong = self.dice.chance("birth date wrong", 0.3 * self.plan.defects)
        birth = np.where(self.dice.chance("birth date unknown", 0.02), NO_DAY, self.lives.birth + wrong)
        return {
            "nik": pl.Series(nik(self.lives)).cast(pl.String),
            "kpj": kpj(pl.Series(membership(self.lives, self.which)), self.plan.seed),
            "tgl_lahir": dates(birth),
            "jk": _coded(("L", "P", None), np.where(self.dice.chance("sex unknown", 0.01), 2, self.lives.woman)),
            "nama": names(self.lives),
        }

    def _where(self) -> dict[str, pl.Series]:
        codes = tuple(place.code for place in regencies())
        home = np.full_like(self.segment, self.lives.home.index)
        residence = np.where(moved(self.lives), self.place.index, home) if self.which == SECOND_JOB else home
        nowhere = (self.segment == PMI) | ((self.segment == BPU) & self.dice.chance("workplace unknown", 0.1))
        return {
            "blth": _constant(self.month, len(home)),
            "tgl_data": _constant(self.plan.seen(self.month), len(home)),
            "kode_kab_domisili": _coded(codes, residence),
            "kode_kab_kerja": _coded((*codes, None), np.where(nowhere, len(codes), self.workplace)),
            "npp": _kept(self.employer.npp, self.employed).cast(pl.String),
        }

    def _what(self) -> dict[str, pl.Series]:
        own = self.segment == BPU
        trade = np.where(own, self.dice.pick("trade", (0.5, 0.25, 0.1, 0.08, 0.07)), len(TRADES))
        ends = np.where(self.which == FIRST, self.moment.end, NO_DAY)
        through = (
            np.full_like(own, month_number(self.month), dtype=np.int64)
            if self.which != FIRST
            else self.moment.paid_through
        )
        vulnerable = own & (self.lives.vulnerable if self.which == FIRST else self.which == SECOND_DONOR)
        return {
            "segmen": _coded(SEGMENTS, self.segment),
            "sub_sektor": _coded((*TRADES, None), trade),
            "program": programme_sets().gather(pl.Series(self._programmes())),
            "upah": pl.Series(self._wages()),
            "tgl_mulai": dates(self._begins()),
            "tgl_akhir": dates(ends),
            "lunas_sd": dates(np.where(own, first_days(np.where(own, through, 0)), NO_DAY)),
            "sumber_dana": _coded(PAYERS, self._payers(vulnerable)),
            "rentan": _coded(("T", "Y"), vulnerable),
            "nilai_kontrak": self._contract_values(),
        }

    def _begins(self) -> Ints:
        return self.moment.start + BEGINS_AFTER[self.which]

    def _programmes(self) -> Ints:
        saves = (self.segment == BPU) & ~self.lives.vulnerable & self.dice.chance("saves", 0.2)
        return np.where(self.segment == PU, self.employer.programmes, np.where(saves, SAVING, BASIC))

    def _payers(self, vulnerable: Bools) -> Ints:
        donor = self.dice.pick("donor", DONOR_WEIGHTS)
        donor = (donor + 1) % len(DONORS) if self.which == SECOND_DONOR else donor
        return np.where(self.employed, PAYERS.index("EMPLOYER"), np.where(vulnerable, donor, PAYERS.index("SELF")))

    def _wages(self) -> Ints:
        minimum = minimum_wages(self.month.year)[self.workplace]
        spread = self.dice.share("wage")
        fair = -(-minimum * (1.0 + 0.05 * spread + 2.5 * spread**8) // 1000) * 1000
        low = minimum * (0.60 + 0.35 * spread) // 1000 * 1000
        underpaid = (self.segment == PU) & self.employer.low_wages & self.dice.chance("underpaid", 0.7)
        income = np.where(self.dice.chance("declares more", 0.15) & ~self.lives.vulnerable, 1.1 + 2.4 * spread, 1.0)
        own = np.floor(income * 10) * (LOWEST_INCOME // 10)
        abroad = 4_000_000 + np.floor(spread * 50) * 100_000
        wages = np.where(underpaid, low, np.choose(self.segment, [fair, own, fair, abroad]))
        return np.asarray(wages, dtype=np.int64)

    def _contract_values(self) -> pl.Series:
        dice = Dice(self.plan.seed, self.employer.npp << 12 | months_of(self._begins()))
        value = np.floor(10.0 ** (1.7 + 2.3 * dice.share("contract value"))) * 1_000_000
        return _kept(np.asarray(value, dtype=np.int64), self.segment == JAKON)


def _constant(day: date, count: int) -> pl.Series:
    return pl.Series([day], dtype=pl.Date).new_from_index(0, count)


def _coded(names: tuple[str | None, ...], places: Ints | Bools) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(pl.Series(places.astype(np.int64)))


def _kept(numbers: Ints, where: Bools) -> pl.Series:
    return pl.Series(numbers).set(~pl.Series(where), None)
