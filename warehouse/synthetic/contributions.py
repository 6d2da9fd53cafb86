"""The extract iuran: what the memberships of a month were billed, and what was paid by the day it is seen.

A bill goes to the employer in its regency per programme, to a donor per regency and programme, and to a member
who pays for himself per programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from warehouse.calendar import due_date, last_day, shift
from warehouse.synthetic.clock import NEVER, day_number, first_days, month_number
from warehouse.synthetic.dice import Dice, Ints
from warehouse.synthetic.employers import JKP, PAYER, employers, regency_of
from warehouse.synthetic.identity import kpj
from warehouse.synthetic.memberships import LOWEST_INCOME, PAYERS
from warehouse.synthetic.places import Regency, regencies
from warehouse.synthetic.plan import Plan
from warehouse.synthetic.tariff import (
    contract_contribution,
    emigrant_amount,
    own_contribution,
    wage_contribution,
    wage_rates,
)
from warehouse.vocabulary import PROGRAMMES

PUNCTUAL, OFTEN_LATE, PARTIAL, CHRONIC = range(4)
BEHAVIOUR = (0.80, 0.13, 0.03, 0.04)
CHRONIC_SINCE = date(2023, 1, 1)
RIDERS = "TRANSPORTASI"


@dataclass
class Bills:
    """Bills of a month in short form: of employers, of donors by regency and of members by regency."""

    employers: pl.DataFrame
    donors: pl.DataFrame
    members: pl.DataFrame


def bills(rows: pl.DataFrame, month: date) -> Bills:
    """Return the bills for the memberships `rows` of one file."""
    own = rows.filter((pl.col("segmen") == "BPU") & (pl.col("sumber_dana") == "SELF"))
    given = rows.filter((pl.col("segmen") == "BPU") & (pl.col("sumber_dana") != "SELF") & pl.col("_in_force"))
    emigrants = rows.filter((pl.col("segmen") == "PMI") & (pl.col("_begins_in") == month_number(month)))
    short = ("_membership", "segmen", "sub_sektor", "kode_kab_domisili", "upah", "_programmes", "_paid_in", "_pay_day")
    return Bills(
        pl.concat([_wage_bills(rows, month), _contract_bills(rows, month)]),
        given.group_by("kode_kab_domisili", "sumber_dana").len("workers").sort("kode_kab_domisili", "sumber_dana"),
        pl.concat([own, emigrants]).select(short),
    )


def _wage_bills(rows: pl.DataFrame, month: date) -> pl.DataFrame:
    earners = rows.filter((pl.col("segmen") == "PU") & pl.col("_in_force"))
    held = earners["_programmes"].to_numpy()
    wages, risk, labour = (earners[name].to_numpy() for name in ("upah", "_risk", "_labour"))
    owed = {}
    for bit, programme in enumerate(PROGRAMMES):
        rates, ceiling = wage_rates(month, programme)
        rate = rates[risk, (held & JKP > 0).astype(np.int64), labour]
        owed[programme] = pl.Series(np.where(held >> bit & 1, wage_contribution(wages, rate, ceiling), -1))
    wide = earners.select(npp="_employer").with_columns(**owed)
    billed = wide.unpivot(PROGRAMMES, index="npp", variable_name="program", value_name="billed")
    return _summed(billed.filter(pl.col("billed") >= 0).with_columns(segmen=pl.lit("PU"), workers=pl.lit(1, pl.UInt32)))


def _contract_bills(rows: pl.DataFrame, month: date) -> pl.DataFrame:
    begun = (pl.col("segmen") == "JAKON") & pl.col("_in_force") & (pl.col("_begins_in") == month_number(month))
    projects = rows.filter(begun).group_by(npp="_employer", value="nilai_kontrak").len("workers")
    values = projects["value"].to_numpy()
    billed = [
        projects.select(
            "npp", "workers", program=pl.lit(name), billed=pl.Series(contract_contribution(values, month, name))
        )
        for name in ("JKK", "JKM")
    ]
    return _summed(pl.concat(billed).with_columns(segmen=pl.lit("JAKON")))


def _summed(billed: pl.DataFrame) -> pl.DataFrame:
    grouped = billed.group_by("npp", "segmen", "program")
    return grouped.agg(pl.col("workers").cast(pl.Int64).sum(), pl.col("billed").cast(pl.Int64).sum())


def extract(plan: Plan, place: Regency, month: date, sums: pl.DataFrame, own: Bills) -> pl.DataFrame:
    """Return the extract of `place`: the bills `sums` of its employers from all files, and donors and members of `own`."""
    parts = [
        _of_employers(plan, month, sums),
        _of_donors(plan, month, own.donors),
        _of_members(plan, month, own.members),
    ]
    seen = plan.billing_seen(month)
    billed = pl.concat(parts).with_columns(
        pl.when(pl.col("_paid_on") <= day_number(seen)).then("_paid_on").alias("_paid_on")
    )
    paid = pl.col("_paid_on").is_not_null()
    receipt = pl.format(
        "R{}{}{}", pl.lit(place.digits), pl.lit(f"{month:%Y%m}"), pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
    )
    return billed.select(
        pl.lit(month).alias("blth"), pl.lit(seen).alias("tgl_data"), "npp", "kpj", "segmen", "program", "sumber_dana", "kode_kab",
        "jumlah_tk", "tagihan", pl.when(paid).then("_pays").otherwise(0).alias("dibayar"),
        pl.col("_paid_on").cast(pl.Int32).cast(pl.Date).alias("tgl_bayar"), pl.when(paid).then(receipt).alias("no_bukti"),
    )  # fmt: skip


def _of_employers(plan: Plan, month: date, sums: pl.DataFrame) -> pl.DataFrame:
    sums = _summed(sums).sort("npp", "segmen", "program")
    npp, billed = sums["npp"].to_numpy(), sums["billed"].to_numpy()
    places = regency_of(npp)
    dice = employers(plan, places, npp % 1_000_000 - 1).dice
    paid_on, behaviour = _payment_days(dice, month)
    pays = np.where(behaviour == PARTIAL, billed * 6 // 10, billed)
    pays = np.where(dice.chance(f"pays too much {month}", 0.1 * plan.defects), billed + 1000, pays)
    codes = pl.Series([place.code for place in regencies()])
    return sums.select(
        npp=pl.col("npp").cast(pl.String), kpj=pl.lit(None, pl.String), segmen="segmen", program="program", sumber_dana=pl.lit("EMPLOYER"),
        kode_kab=codes.gather(pl.Series(places)), jumlah_tk="workers", tagihan="billed", _pays=pl.Series(pays), _paid_on=pl.Series(paid_on),
    )  # fmt: skip


def _payment_days(dice: Dice, month: date) -> tuple[Ints, Ints]:
    behaviour = dice.pick("behaviour", BEHAVIOUR)
    before = day_number(shift(month, 1)) - 10 + dice.roll(f"pays {month}", 24)
    due = day_number(due_date(month))
    after = due + 1 + dice.roll(f"pays {month}", day_number(last_day(shift(month, 1))) - due)
    late = (behaviour == OFTEN_LATE) & dice.chance(f"late {month}", 0.6)
    since = month_number(CHRONIC_SINCE) + dice.roll("stops paying", 36)
    stopped = (behaviour == CHRONIC) & (month_number(month) >= since)
    forgets = dice.chance(f"forgets {month}", 0.02)
    return np.where(stopped | forgets, NEVER, np.where(late, after, before)), behaviour


def _of_donors(plan: Plan, month: date, donors: pl.DataFrame) -> pl.DataFrame:
    index = {place.code: place.index for place in regencies()}
    rows = donors.join(pl.DataFrame({"program": ["JKK", "JKM"]}), how="cross")
    places = np.array([index[code] for code in rows["kode_kab_domisili"]], dtype=np.int64)
    payers = np.array([PAYERS.index(name) for name in rows["sumber_dana"]], dtype=np.int64)
    lowest = np.array([LOWEST_INCOME], dtype=np.int64)
    billed_each = zip(rows["program"], rows["sumber_dana"], strict=True)
    amounts = [own_contribution(lowest, month, programme, payer, "")[0] for programme, payer in billed_each]
    billed = rows["workers"].to_numpy().astype(np.int64) * np.array(amounts, dtype=np.int64)
    months = month_number(month) + Dice(plan.seed, places << 8 | payers).pick("pays after months", (0.6, 0.3, 0.1))
    digits = np.array([int(place.digits) for place in regencies()], dtype=np.int64)[places]
    return rows.select(
        npp=pl.Series(digits * 1_000_000 + PAYER + payers).cast(pl.String), kpj=pl.lit(None, pl.String), segmen=pl.lit("BPU"),
        program="program", sumber_dana="sumber_dana", kode_kab="kode_kab_domisili", jumlah_tk=pl.col("workers").cast(pl.Int64),
        tagihan=pl.Series(billed), _pays=pl.Series(billed), _paid_on=pl.Series(first_days(months) + 9),
    )  # fmt: skip


def _of_members(plan: Plan, month: date, members: pl.DataFrame) -> pl.DataFrame:
    transport = members["sub_sektor"].fill_null("").to_numpy() == RIDERS
    paid_in, pay_day = members["_paid_in"].to_numpy(), members["_pay_day"].to_numpy()
    paid_on = np.where(paid_in == NEVER, NEVER, first_days(np.where(paid_in == NEVER, 0, paid_in)) + pay_day)
    known = members.with_columns(kpj=kpj(members["_membership"], plan.seed), _paid_on=pl.Series(paid_on))
    parts = []
    for bit, programme in enumerate(PROGRAMMES[:3]):
        owed, riding = (
            own_contribution(members["upah"].to_numpy(), month, programme, "SELF", trade) for trade in ("", RIDERS)
        )
        billed = np.where(transport, riding, owed)
        wanted = (pl.col("_programmes") & (1 << bit) != 0) & (pl.col("segmen") == "BPU")
        parts.append(known.with_columns(program=pl.lit(programme), tagihan=pl.Series(billed)).filter(wanted))
    emigrants = known.filter(pl.col("segmen") == "PMI")
    parts.append(emigrants.with_columns(program=pl.lit("JKK"), tagihan=pl.lit(emigrant_amount(month), pl.Int64)))
    return pl.concat(parts).select(
        npp=pl.lit(None, pl.String), kpj="kpj", segmen="segmen", program="program", sumber_dana=pl.lit("SELF"),
        kode_kab="kode_kab_domisili", jumlah_tk=pl.lit(1, pl.Int64), tagihan="tagihan", _pays="tagihan", _paid_on="_paid_on",
    )  # fmt: skip
