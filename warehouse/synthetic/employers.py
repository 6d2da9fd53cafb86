"""Employers: what each of them is, by the regency it works in and its number there, and the extract of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from warehouse.synthetic.clock import dates, day_number
from warehouse.synthetic.dice import Bools, Dice, Floats, Ints
from warehouse.synthetic.places import Regency, regencies, seed_rows
from warehouse.synthetic.plan import WORKERS_PER_CONTRACTOR, Plan
from warehouse.vocabulary import EMPLOYER_SCALES, PROGRAMMES, RISK_CLASSES

CONTRACTOR, UNREGISTERED, PAYER = 800_000, 900_000, 990_000
CONTRACTOR_SHIFT = 1 << 36
SKEW = 3
JP, JKP = (1 << PROGRAMMES.index(name) for name in ("JP", "JKP"))
SCALE_FROM = (6, 20, 100)
LINES = (
    ("01262", 2, False), ("10431", 3, False), ("10792", 1, True), ("14111", 1, True), ("31001", 2, True), ("05100", 4, False),
    ("45200", 2, False), ("46100", 1, False), ("47111", 0, False), ("49431", 3, False), ("55110", 1, False), ("56101", 1, False),
    ("62019", 0, False), ("64121", 0, False), ("85133", 0, False), ("86101", 1, False),
)  # fmt: skip
BUILDING = (("41011", 3, False), ("42101", 4, False))
FORMS = ("PT", "CV", "UD", "KOPERASI", "TOKO")
FIRST_WORDS = ("SUMBER", "MITRA", "KARYA", "CAHAYA", "SINAR", "BERKAH", "MAJU", "PUTRA", "TUNAS", "BINTANG")
LAST_WORDS = ("ABADI", "SENTOSA", "MANDIRI", "JAYA", "UTAMA", "SEJAHTERA", "LESTARI", "MAKMUR", "PERKASA", "BERSAMA")
WORDS = {"form": FORMS, "first word": FIRST_WORDS, "last word": LAST_WORDS}
UNREGISTERED_SHARE = 0.12


@dataclass(frozen=True)
class Employers:
    """Employers as columns: `npp` is a number of ten digits, `programmes` a bitmask, `pays` the way they pay."""

    npp: Ints
    scale: Ints
    line: Ints
    risk: Ints
    labour_intensive: Bools
    programmes: Ints
    low_wages: Bools
    dice: Dice


def employer_of(plan: Plan, workplaces: Ints, shares: Floats, *, contractor: bool) -> Ints:
    """Return the number of an employer at every workplace: few are large and many are small."""
    counts = plan.sizes.contractors if contractor else plan.sizes.employers
    numbers = np.asarray(counts[workplaces] * shares**SKEW, dtype=np.int64)
    return numbers + CONTRACTOR if contractor else numbers


def employers(plan: Plan, workplaces: Ints, numbers: Ints) -> Employers:
    """Return what the employers `numbers` of `workplaces` are; numbers from CONTRACTOR on build."""
    builds = numbers >= CONTRACTOR
    dice = Dice(plan.seed, workplaces | numbers << 10 | CONTRACTOR_SHIFT)
    scale = _scales(plan, workplaces, np.where(builds, numbers - CONTRACTOR, numbers), builds)
    line = np.where(builds, len(LINES) + dice.roll("line", len(BUILDING)), dice.roll("line", len(LINES)))
    kinds = LINES + BUILDING
    owed = obligations()[scale]
    missing = dice.chance("programme missing", 0.08) & ~builds
    insured = (owed & JP > 0) & dice.chance("job loss insurance", 0.8) & ~missing
    held = np.asarray(np.where(missing, owed & ~_highest(owed), owed) + np.where(insured, JKP, 0), dtype=np.int64)
    return Employers(
        npp=_digits()[workplaces] * 1_000_000 + numbers + 1,
        scale=scale,
        line=line,
        risk=np.array([kind[1] for kind in kinds])[line],
        labour_intensive=np.array([kind[2] for kind in kinds])[line] & (scale >= 1),
        programmes=held,
        low_wages=dice.chance("low wages", 0.06) & ~builds,
        dice=dice,
    )


def _scales(plan: Plan, workplaces: Ints, numbers: Ints, builds: Bools) -> Ints:
    crews = plan.sizes.contractors[workplaces]
    count = np.where(builds, crews, plan.sizes.employers[workplaces])
    workers = np.where(builds, crews * WORKERS_PER_CONTRACTOR, plan.sizes.wage_earners[workplaces])
    ends = np.minimum(np.stack([numbers, numbers + 1]) / count, 1.0) ** (1 / SKEW)
    sizes = np.asarray(workers * (ends[1] - ends[0]), dtype=np.float64)
    return np.searchsorted(np.array(SCALE_FROM), sizes, side="right").astype(np.int64)


@cache
def obligations() -> Ints:
    """Return the programmes owed by scale as bitmasks, by the rule that stands now."""
    owed = {
        row["scale"]: row["programmes"].split(",")
        for row in seed_rows("employer_obligations.csv")
        if not row["effective_to"]
    }
    return np.array([sum(1 << PROGRAMMES.index(name) for name in owed[scale]) for scale in EMPLOYER_SCALES])


def _highest(bits: Ints) -> Ints:
    return np.asarray(1 << np.floor(np.log2(bits)).astype(np.int64), dtype=np.int64)


def regency_of(npps: Ints) -> Ints:
    """Return the index of the regency that issued each NPP."""
    return np.searchsorted(_digits(), npps // 1_000_000).astype(np.int64)


@cache
def _digits() -> Ints:
    return np.array([int(place.digits) for place in regencies()], dtype=np.int64)


@cache
def programme_sets() -> pl.Series:
    """Return the text of every bitmask of programmes, by its number."""
    return pl.Series(
        ["+".join(name for bit, name in enumerate(PROGRAMMES) if mask >> bit & 1) or None for mask in range(32)]
    )


def extract(plan: Plan, places: list[Regency], month: date, workers: pl.DataFrame) -> pl.DataFrame:
    """Return the extract badan_usaha of `places`: who has workers in force, and who is obliged and not registered.

    `workers` counts the workers in force by `npp`.
    """
    digits = [int(place.digits) for place in places]
    mine = workers.filter((pl.col("npp") // 1_000_000).is_in(digits)).sort("npp")
    npp = mine["npp"].to_numpy()
    found = employers(plan, regency_of(npp), npp % 1_000_000 - 1)
    active = mine["workers"].to_numpy()
    hides = found.dice.chance("workers missing", 0.15)
    declared = active + np.where(hides, 1 + found.dice.roll("workers hidden", 10) * active // 20, 0)
    first = day_number(date(2015, 1, 1)) + found.dice.roll("registered", 3000)
    registered = _rows(plan, month, found, declared).with_columns(
        npp=pl.Series(found.npp).cast(pl.String),
        program=programme_sets().gather(pl.Series(found.programmes)),
        tgl_daftar=dates(first),
    )
    return pl.concat([registered, _unregistered(plan, places, month)])


def _unregistered(plan: Plan, places: list[Regency], month: date) -> pl.DataFrame:
    index = np.array([place.index for place in places], dtype=np.int64)
    counts = np.asarray(plan.sizes.employers[index] * UNREGISTERED_SHARE, dtype=np.int64)
    workplaces = np.repeat(index, counts)
    numbers = np.arange(len(workplaces), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
    place = Dice(plan.seed, workplaces << 20 | numbers).share("size") * plan.sizes.employers[workplaces]
    found = employers(plan, workplaces, np.asarray(place, dtype=np.int64))
    apart = replace(found, npp=_digits()[workplaces] * 1_000_000 + UNREGISTERED + numbers)
    return _rows(plan, month, apart, 1 + Dice(plan.seed, apart.npp).roll("declared", 30)).with_columns(
        npp=pl.lit(None, pl.String), program=pl.lit(None, pl.String), tgl_daftar=pl.lit(None, pl.Date)
    )


def _rows(plan: Plan, month: date, found: Employers, declared: Ints) -> pl.DataFrame:
    kinds = pl.Series([kind[0] for kind in LINES + BUILDING])
    dice = Dice(plan.seed, found.npp)
    words = [pl.Series(each).gather(pl.Series(dice.roll(what, len(each)))) for what, each in WORDS.items()]
    codes = pl.Series([place.code for place in regencies()])
    named = pl.DataFrame({"form": words[0], "first": words[1], "last": words[2], "number": found.npp % 1_000_000})
    return named.select(
        tgl_data=pl.lit(plan.seen(month)),
        npp=pl.lit(None, pl.String),
        nib=pl.format("9{}", pl.Series(found.npp * 97 % 1_000_000_000_000).cast(pl.String).str.zfill(12)),
        nama=pl.format("{} {} {} {}", "form", "first", "last", "number"),
        kbli=kinds.gather(pl.Series(found.line)),
        skala=pl.Series(EMPLOYER_SCALES).gather(pl.Series(found.scale)),
        kelas_risiko=pl.Series(RISK_CLASSES).gather(pl.Series(found.risk)),
        padat_karya=pl.Series(["T", "Y"]).gather(pl.Series(found.labour_intensive.astype(np.int64))),
        kode_kab=codes.gather(pl.Series(regency_of(found.npp))),
        tk_wlkp=pl.Series(declared),
        program=pl.lit(None, pl.String),
        tgl_daftar=pl.lit(None, pl.Date),
    )
