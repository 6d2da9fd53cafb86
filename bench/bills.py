"""Contributions of the month: employers by programme, donors by regency, members one by one."""

from __future__ import annotations

import numpy as np
import polars as pl

from bench.memberships import coded
from bench.people import People
from bench.world import MONTH, SEEN, World
from warehouse.synthetic.clock import NEVER, dates, day_number
from warehouse.synthetic.dice import Dice, Ints
from warehouse.synthetic.employers import JKP, PAYER, employers, regency_of
from warehouse.synthetic.identity import kpj
from warehouse.synthetic.lives import BPU, JAKON, PMI
from warehouse.synthetic.memberships import LOWEST_INCOME, PAYERS
from warehouse.synthetic.places import regencies
from warehouse.synthetic.tariff import emigrant_amount, own_contribution, wage_rates
from warehouse.vocabulary import PROGRAMMES

PARTS, OF_A_BUILDER = 1_000_000, 20_000
CODES = pl.Series([place.code for place in regencies()])
SUMS = ("workers", "wages", "builds")


def employed(people: People, wages: pl.Series) -> pl.DataFrame:
    """Return the workers in force and the wages of every employer: npp, workers, wages, builds."""
    rows = pl.DataFrame(
        {"npp": people.employer.npp, "wages": wages, "builds": people.segment == JAKON, "mine": people.employed & people.in_force}
    )  # fmt: skip
    return added(rows.filter("mine").with_columns(workers=pl.lit(1, pl.Int64), builds=pl.col("builds").cast(pl.Int64)))


def added(employers: pl.DataFrame) -> pl.DataFrame:
    """Return one row per employer, its numbers added up."""
    return employers.group_by("npp").agg(pl.col(SUMS).sum()).sort("npp")


def given(people: People) -> pl.DataFrame:
    """Return how many workers every donor pays for in every regency: place, payer, workers."""
    mine = people.vulnerable & people.in_force
    rows = pl.DataFrame({"place": people.residence[mine], "payer": people.payer[mine]})
    return rows.group_by("place", "payer").len("workers").with_columns(pl.col("workers").cast(pl.Int64))


def of_members(people: People, wages: pl.Series) -> pl.DataFrame:
    """Return the extract iuran of those who pay for themselves, one row per programme."""
    mine = ((people.segment == BPU) & ~people.vulnerable) | (people.segment == PMI)
    rows = np.flatnonzero(mine)
    dice, held, segment = people.dice.take(rows), people.programmes[rows], people.segment[rows]
    lag, incomes = people.lag[rows], wages.gather(pl.Series(rows)).to_numpy()
    behind = (segment == BPU) & (lag > 0)
    paid_on = np.where(behind, NEVER, day_number(MONTH) + dice.roll("pay day", day_number(SEEN) - day_number(MONTH)))
    member = pl.DataFrame(
        {
            "kpj": kpj(people.membership().gather(pl.Series(rows)), people.plan.seed),
            "segmen": coded(("PU", "BPU", "JAKON", "PMI"), segment),
            "kode_kab": CODES.gather(pl.Series(people.residence[rows])),
            "_paid_on": paid_on,
            "_row": people.place[rows] * (1 << 24) + people.number[rows],
        }
    )
    each = []
    for bit, programme in enumerate(PROGRAMMES[:3]):
        owed = own_contribution(incomes, MONTH, programme, "SELF", "")
        billed = np.where(segment == PMI, emigrant_amount(MONTH) if programme == "JKK" else -1, owed)
        billed = np.where(held >> bit & 1, billed, -1)
        each.append(
            member.with_columns(program=pl.lit(programme), tagihan=pl.Series(billed)).filter(pl.col("tagihan") >= 0)
        )
    rows_of_all = pl.concat(each).with_columns(
        npp=pl.lit(None, pl.String), sumber_dana=pl.lit("SELF"), jumlah_tk=pl.lit(1, pl.Int64), _pays=pl.col("tagihan")
    )
    return _extract(rows_of_all, pl.col("_row"))


def of_payers(world: World, sums: pl.DataFrame, donors: pl.DataFrame) -> pl.DataFrame:
    """Return the extract iuran of employers and donors."""
    rows = pl.concat([_of_employers(world, sums), _of_donors(world, donors)], how="diagonal")
    return _extract(rows.with_columns(kpj=pl.lit(None, pl.String)), pl.int_range(pl.len()))


def _of_employers(world: World, sums: pl.DataFrame) -> pl.DataFrame:
    npp, workers, wages = (sums[name].to_numpy() for name in ("npp", "workers", "wages"))
    builds = sums["builds"].to_numpy() > 0
    found = employers(world.plan, regency_of(npp), npp % 1_000_000 - 1)
    behaviour = found.dice.pick("behaviour", (0.80, 0.12, 0.04, 0.04))
    day = day_number(MONTH) + 31
    paid_on = np.choose(
        behaviour, [day + found.dice.roll("pays", 13), day + 15 + found.dice.roll("pays", 14), day + 5, NEVER]
    )
    each = []
    for bit, programme in enumerate(PROGRAMMES):
        rates, _ = wage_rates(MONTH, programme)
        rate = rates[found.risk, (found.programmes & JKP > 0).astype(np.int64), found.labour_intensive.astype(np.int64)]
        billed = np.where(builds, workers * OF_A_BUILDER, wages * rate // PARTS)
        holds = np.where(builds, bit < 2, found.programmes >> bit & 1 > 0)
        rows = pl.DataFrame(
            {
                "npp": npp,
                "jumlah_tk": workers,
                "tagihan": billed,
                "_paid_on": paid_on,
                "_holds": holds,
                "_part": behaviour == 2,
            }
        )
        each.append(
            rows.with_columns(program=pl.lit(programme), segmen=coded(("PU", "JAKON"), builds)).filter("_holds")
        )
    part = pl.when("_part").then(pl.col("tagihan") * 6 // 10).otherwise("tagihan")
    return pl.concat(each).with_columns(
        kode_kab=CODES.gather(pl.Series(regency_of(np.concatenate([one["npp"].to_numpy() for one in each])))),
        npp=pl.col("npp").cast(pl.String), sumber_dana=pl.lit("EMPLOYER"), _pays=part,
    ).drop("_holds", "_part")  # fmt: skip


def _of_donors(world: World, donors: pl.DataFrame) -> pl.DataFrame:
    rows = donors.group_by("place", "payer").agg(pl.col("workers").sum()).sort("place", "payer")
    place, payer, workers = (rows[name].to_numpy() for name in ("place", "payer", "workers"))
    late = Dice(world.seed, place << 8 | payer).chance("pays late", 0.3)
    digits = np.array([int(one.digits) for one in regencies()], dtype=np.int64)[place]
    lowest: Ints = np.array([LOWEST_INCOME], dtype=np.int64)
    each = [
        pl.DataFrame(
            {
                "npp": pl.Series(digits * 1_000_000 + PAYER + payer).cast(pl.String),
                "segmen": "BPU",
                "program": programme,
                "sumber_dana": coded(PAYERS, payer),
                "kode_kab": CODES.gather(pl.Series(place)),
                "jumlah_tk": workers,
                "tagihan": workers * int(own_contribution(lowest, MONTH, programme, "APBD_REGENCY", "")[0]),
                "_paid_on": np.where(late, NEVER, day_number(MONTH) + 40),
            }
        ).with_columns(_pays=pl.col("tagihan"))
        for programme in ("JKK", "JKM")
    ]
    return pl.concat(each)


def _extract(rows: pl.DataFrame, number: pl.Expr) -> pl.DataFrame:
    paid_on = rows["_paid_on"].to_numpy()
    paid = paid_on <= day_number(SEEN)
    days = dates(np.where(paid, paid_on, -100_000))
    receipt = pl.format("R{}{}", pl.lit(f"{MONTH:%Y%m}"), number.cast(pl.String).str.zfill(11))
    return rows.with_columns(
        blth=pl.lit(MONTH), tgl_data=pl.lit(SEEN), dibayar=pl.when(pl.Series(paid)).then("_pays").otherwise(0), tgl_bayar=days,
        no_bukti=pl.when(pl.Series(paid)).then(receipt),
    )  # fmt: skip
