"""The extract klaim: what was paid in a month to memberships of the synthetic country, or to their heirs."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.calendar import last_day
from warehouse.seeds import seed_rows
from warehouse.synthetic.clock import NO_DAY, dates, day_number, month_number
from warehouse.synthetic.dice import Bools, Dice, Ints
from warehouse.synthetic.places import Regency
from warehouse.synthetic.plan import Plan
from warehouse.vocabulary import PROGRAMMES

DIES, HAS_CHILDREN, ACCIDENT, LEAVES, RETIRES, DISMISSED = 0.0004, 0.4, 0.0008, 0.004, 0.0003, 0.0004
DEATH = {
    "SANTUNAN": "santunan sekaligus (lump sum)",
    "BERKALA": "santunan berkala 24 months, paid at once",
    "PEMAKAMAN": "biaya pemakaman (funeral)",
}
SCHOOL_YEAR, TREATMENT = 1_500_000, 250_000
SAVED_PER_MILLE = 57


def claims(plan: Plan, place: Regency, month: date, members: pl.DataFrame) -> pl.DataFrame:
    """Return what was paid in `month`, up to the day it is seen, for the memberships of the file of `place`.

    A death is three claims, a fourth where there are children. Amounts that the seeds state are those; others are invented.
    """
    paid = _Paid(plan, month, members.filter("_in_force"))
    parts = [*_deaths(paid), *_others(paid)]
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    return pl.concat(parts).select(
        pl.format("KL/{}/{}/{}", pl.lit(place.digits), pl.lit(f"{month:%Y%m}"), number).alias("no_klaim"), pl.all()
    )


class _Paid:
    """The memberships that benefits may be paid for, and the day of payment of each."""

    def __init__(self, plan: Plan, month: date, held: pl.DataFrame) -> None:
        self.held, self.seen = held, plan.seen(month)
        self.dice = Dice(plan.seed, held["_membership"].to_numpy() << 12 | month_number(month))
        days = (min(self.seen, last_day(month)) - month).days + 1
        self.on = day_number(month) + self.dice.roll("benefit paid on", days)
        self.after = 3 + self.dice.roll("benefit paid after", 60)

    def rows(self, programme: str, benefit: str, wanted: Bools, amounts: Ints, *, event: bool = True) -> pl.DataFrame:
        """Return one claim for every membership that is `wanted` and holds the programme."""
        holds = self.held["_programmes"].to_numpy() >> PROGRAMMES.index(programme) & 1 > 0
        places = np.flatnonzero(wanted & holds)
        happened = self.on - self.after if event else np.full_like(self.on, NO_DAY)
        return self.held[places].select(
            tgl_data=pl.lit(self.seen), kpj="kpj", program=pl.lit(programme), jenis_manfaat=pl.lit(benefit),
            tgl_kejadian=dates(happened[places]), tgl_bayar=dates(self.on[places]), jumlah=pl.Series(amounts[places], dtype=pl.Int64),
            kode_kab="kode_kab_domisili",
        )  # fmt: skip

    def amounts(self, amount: int) -> Ints:
        """Return the same amount for every membership."""
        return np.full_like(self.on, amount)


def _deaths(paid: _Paid) -> list[pl.DataFrame]:
    died = paid.dice.chance("dies", DIES)
    parts = [paid.rows("JKM", benefit, died, paid.amounts(_by_law("JKM", name))) for benefit, name in DEATH.items()]
    school = SCHOOL_YEAR * (1 + paid.dice.roll("school", 8))
    return [*parts, paid.rows("JKM", "BEASISWA", died & paid.dice.chance("children", HAS_CHILDREN), school)]


def _others(paid: _Paid) -> list[pl.DataFrame]:
    dice, wages = paid.dice, paid.held["upah"].to_numpy()
    least, most = (_by_law("JP", f"{end} monthly pension") for end in ("minimum", "maximum"))
    pension = least + dice.roll("pension", most - least)
    cash = _by_law("JKP", "cash")
    saved = wages * SAVED_PER_MILLE // 1000 * (3 + dice.roll("months saved", 60))
    treated = TREATMENT * (1 + np.asarray(80 * dice.share("treatment") ** 4, dtype=np.int64))
    return [
        paid.rows("JKK", "PENGOBATAN", dice.chance("accident", ACCIDENT), treated),
        paid.rows("JHT", "JHT", dice.chance("takes out savings", LEAVES), saved, event=False),
        paid.rows("JP", "PENSIUN", dice.chance("retires", RETIRES), pension, event=False),
        paid.rows("JKP", "TUNAI", dice.chance("dismissed", DISMISSED), cash // 2 + dice.roll("cash", cash // 2)),
    ]


def _by_law(programme: str, benefit: str) -> int:
    rows = seed_rows("benefits.csv")
    return next(int(row["amount_idr"]) for row in rows if (row["programme"], row["benefit"]) == (programme, benefit))
