"""The extract kepesertaan of a file, from the people in it."""

from __future__ import annotations

import numpy as np
import polars as pl

from bench.people import People
from bench.world import MONTH, SEEN
from warehouse.synthetic.clock import NO_DAY, dates, first_days, month_number
from warehouse.synthetic.dice import Bools, Ints
from warehouse.synthetic.employers import programme_sets
from warehouse.synthetic.identity import LAST, MEN, WOMEN, kpj
from warehouse.synthetic.lives import BPU, JAKON, PMI
from warehouse.synthetic.memberships import PAYERS, TRADES
from warehouse.synthetic.places import minimum_wages, regencies
from warehouse.vocabulary import SEGMENTS

NAMES = pl.Series([f"{first} {last}" for first in (*MEN, *WOMEN) for last in LAST])


def memberships(people: People) -> pl.DataFrame:
    """Return the extract kepesertaan of a part under its source names, typed, and minimum_wage_idr of the workplace."""
    dice, segment, codes = people.dice, people.segment, tuple(place.code for place in regencies())
    own = segment == BPU
    nowhere = (segment == PMI) | (own & dice.chance("workplace unknown", 0.1))
    known = np.isin(people.workplace, [place.index for place in people.plan.regencies])
    wrong = dice.chance("birth date wrong", 0.003)
    value = np.asarray(np.floor(10.0 ** (1.7 + 2.3 * dice.share("contract value"))) * 1_000_000, dtype=np.int64)
    paid = np.where(own, first_days(month_number(MONTH) - people.lag), NO_DAY)
    trade = np.where(own, dice.pick("trade", (0.5, 0.25, 0.1, 0.08, 0.07)), len(TRADES))
    first = dice.roll("name", len(NAMES) // 2)
    return pl.DataFrame(
        {
            "nik": people.nik(),
            "kpj": kpj(people.membership(), people.plan.seed),
            "npp": kept(people.employer.npp, people.employed).cast(pl.String),
            "segmen": coded(SEGMENTS, segment),
            "sub_sektor": coded((*TRADES, None), trade),
            "program": programme_sets().gather(pl.Series(people.programmes)),
            "kode_kab_domisili": coded(codes, people.residence),
            "kode_kab_kerja": coded((*codes, None), np.where(nowhere, len(codes), people.workplace)),
            "tgl_lahir": dates(np.where(dice.chance("birth date unknown", 0.02), NO_DAY, people.birth + wrong)),
            "jk": coded(("L", "P", None), np.where(dice.chance("sex unknown", 0.01), 2, people.woman)),
            "upah": pl.Series(people.wages()),
            "tgl_mulai": dates(people.start),
            "tgl_akhir": dates(people.end),
            "lunas_sd": dates(paid),
            "sumber_dana": coded(PAYERS, people.payer),
            "rentan": coded(("T", "Y"), people.vulnerable),
            "nilai_kontrak": kept(value, segment == JAKON),
            "nama": NAMES.gather(pl.Series(np.where(people.woman, first + len(NAMES) // 2, first))),
            "minimum_wage_idr": kept(minimum_wages(MONTH.year)[people.workplace], known & ~nowhere),
        }
    ).with_columns(blth=pl.lit(MONTH), tgl_data=pl.lit(SEEN))


def coded(names: tuple[str | None, ...], places: Ints | Bools) -> pl.Series:
    """Return the name at every place."""
    return pl.Series(names, dtype=pl.String).gather(pl.Series(places.astype(np.int64)))


def kept(numbers: Ints, where: Bools) -> pl.Series:
    """Return the numbers, null where not."""
    return pl.Series(numbers).set(~pl.Series(where), None)
