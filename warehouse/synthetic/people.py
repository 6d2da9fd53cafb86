"""The extract kepesertaan of a regency and month: the memberships of those who live there, and of guests.

Who lives in the regency stands in its file, wherever the work is; so does the second membership of a person from
elsewhere with another employer in the regency. A file depends on the seed, the sizes and its month only.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from warehouse.synthetic.clock import NO_DAY, dates, day_number, first_days, last_day, month_number
from warehouse.synthetic.dice import Bools, Dice, Ints
from warehouse.synthetic.employers import employer_of, employers, programme_sets
from warehouse.synthetic.identity import kpj, names, nik
from warehouse.synthetic.lives import BPU, JAKON, PMI, PU, Lives, Moment
from warehouse.synthetic.places import Regency, distant, minimum_wages, neighbours, regencies, sender
from warehouse.synthetic.plan import CALIBRATED, CALIBRATED_SEEN, Plan
from warehouse.vocabulary import PROGRAMMES, SEGMENTS

FIRST_JOB, SECOND_JOB, OWN_ACCOUNT, SECOND_DONOR = range(4)
COMMUTERS, FAR_COMMUTERS = 0.08, 0.02
SECOND_JOBS, MOVED = 0.015, 0.10
DONORS: dict[str, float] = {
    "APBD_REGENCY": 70, "APBD_PROVINCE": 12, "DBH_SAWIT": 8, "VILLAGE_FUND": 6, "CSR": 2, "BAZNAS": 1.5, "DONOR": 0.5
}  # fmt: skip
TRADES = ("PERTANIAN", "PERDAGANGAN", "NELAYAN", "TRANSPORTASI", "JASA")
LOWEST_INCOME = 1_000_000
SELF, EMPLOYER = "SELF", "EMPLOYER"


def memberships(plan: Plan, place: Regency, month: date) -> pl.DataFrame:
    """Return the extract of `place` and `month` under its source names, typed, with helper columns.

    Helpers: in_force; employer (npp as a number, null without one); membership (kpj as a number); paid_in
    (number of the month of payment); minimum_wage_idr of the workplace where the plan delivers it; contract_begins.
    """
    seen = plan.seen(month)
    lives = residents(plan, place)
    moment = lives.at(month, seen)
    beside = moment.in_force & (lives.segment == PU) & lives.dice.chance("own account too", 0.02)
    twice = moment.in_force & lives.vulnerable & lives.dice.chance("two donors", 0.005)
    parts = [_rows(plan, month, lives, moment, moment.listed, FIRST_JOB, place)]
    parts += [_rows(plan, month, lives, moment, beside, OWN_ACCOUNT, place), _rows(plan, month, lives, moment, twice, SECOND_DONOR, place)]
    for guests in _guests(plan, place):
        here = guests.at(month, seen)
        works = here.in_force & (_second_start(guests, here) <= day_number(seen))
        parts.append(_rows(plan, month, guests, here, works, SECOND_JOB, place))
    return pl.concat(parts)


@lru_cache(maxsize=16)
def residents(plan_key: Plan, place: Regency) -> Lives:
    """Return the persons of a regency: as many as it takes for its workers in UCJ scope to be in force when calibrated."""
    plan = plan_key
    wanted = int(plan.sizes.active[place.index]) - sum(_settled(guests) for guests in _guests(plan, place))
    return Lives(plan.seed, place, np.arange(_how_many(plan.seed, place, wanted), dtype=np.int64))


def _how_many(seed: int, place: Regency, wanted: int) -> int:
    supply = wanted * 2 + 64
    counted = Lives(seed, place, np.arange(supply, dtype=np.int64))
    found = np.flatnonzero(counted.at(CALIBRATED, CALIBRATED_SEEN).in_force & (counted.segment != PMI))
    return int(found[wanted - 1]) + 1 if wanted > 0 else 0
