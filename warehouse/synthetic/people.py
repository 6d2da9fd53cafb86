"""The persons of a regency, and who from elsewhere has a second job there."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from warehouse.synthetic.clock import day_number
from warehouse.synthetic.dice import Bools, Dice, Ints
from warehouse.synthetic.lives import PMI, PU, Lives, Moment
from warehouse.synthetic.places import Regency, distant, neighbours, sender
from warehouse.synthetic.plan import CALIBRATED, CALIBRATED_SEEN, Plan

SECOND_JOBS, FAR, MOVED = 0.015, 0.3, 0.10
SECOND_JOB_AFTER = 190
COMMUTES = (0.90, 0.08, 0.02)


def residents(plan: Plan, place: Regency) -> Lives:
    """Return the persons of a regency: as many as it takes for its workers in UCJ scope to be in force when calibrated.

    Guests who moved in count towards them.
    """
    settled = sum(_settled(people) for people in guests(plan, place))
    return _first_persons(plan.seed, place, int(plan.sizes.active[place.index]) - settled)


def guests(plan: Plan, place: Regency) -> tuple[Lives, Lives]:
    """Return the wage earners of the neighbouring and of a distant regency who have a second employer in `place`."""
    near, far = (sender(place, partners) for partners in (neighbours(), distant()))
    return (
        _second_jobs(plan.seed, near, int(plan.sizes.surely[near.index]), False),
        _second_jobs(plan.seed, far, int(plan.sizes.surely[far.index]), True),
    )


def has_second_job(moment: Moment, seen: int) -> Bools:
    """Return which of the guests hold the second job on the day `seen`: the first one in force, the second begun."""
    return moment.in_force & (moment.start + SECOND_JOB_AFTER <= seen)


def moved(lives: Lives) -> Bools:
    """Return who of `guests` lives at the second job by its employer's record."""
    return lives.dice.chance("moved", MOVED)


def workplaces(lives: Lives) -> Ints:
    """Return the index of the regency of the first job: home, its neighbour or a distant one."""
    return _workplaces(lives.dice, lives.home)


def _workplaces(dice: Dice, home: Regency) -> Ints:
    choices = np.array([home.index, neighbours()[home.index], distant()[home.index]])
    return np.asarray(choices[dice.pick("commutes", COMMUTES)])


@lru_cache(maxsize=64)
def _second_jobs(seed: int, home: Regency, persons: int, far: bool) -> Lives:
    numbers = np.arange(persons, dtype=np.int64)
    dice = Dice(seed, home.index << 40 | numbers)
    chosen = dice.chance("second job", SECOND_JOBS) & (dice.chance("second job far away", FAR) == far)
    chosen &= _workplaces(dice, home) == home.index
    lives = Lives(seed, home, numbers[chosen])
    return lives.take(np.flatnonzero(lives.segment == PU))


def _settled(people: Lives) -> int:
    moment = people.at(CALIBRATED, CALIBRATED_SEEN)
    return int((has_second_job(moment, day_number(CALIBRATED_SEEN)) & moved(people)).sum())


@lru_cache(maxsize=2)
def _first_persons(seed: int, place: Regency, wanted: int) -> Lives:
    return Lives(seed, place, np.arange(_how_many(seed, place, wanted), dtype=np.int64))


@cache
def _how_many(seed: int, place: Regency, wanted: int) -> int:
    supply = max(wanted, 0) * 2 + 100
    people = Lives(seed, place, np.arange(supply, dtype=np.int64))
    found = np.flatnonzero(people.at(CALIBRATED, CALIBRATED_SEEN).in_force & (people.segment != PMI))
    return int(found[wanted - 1]) + 1 if wanted > 0 else 0
