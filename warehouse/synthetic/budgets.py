"""The extract anggaran: what public budgets set aside for the vulnerable workers of a province, by invention."""

from __future__ import annotations

import polars as pl

from warehouse.seeds import seed_rows
from warehouse.synthetic.dice import Dice
from warehouse.synthetic.lives import BPU, VULNERABLE
from warehouse.synthetic.memberships import DONOR_WEIGHTS, DONORS
from warehouse.synthetic.places import Regency
from warehouse.synthetic.plan import RURAL, URBAN, Plan
from warehouse.synthetic.reference import SYNTHETIC

PACKAGE = "bpu_minimum_package"
OWN, PASSED, SILENT, RESERVE = "APBD_REGENCY", 0.7, 0.2, 0.2
ROUND_IDR = 1_000_000


def budgets(plan: Plan, places: list[Regency], year: int) -> pl.DataFrame:
    """Return the budgets of `year`: every regency has one of its own, others passed some, and some name no workers.

    A budget pays the workers it is meant for a whole year at the lowest contribution by law, with a reserve.
    """
    rows: list[tuple[object, ...]] = []
    premium = 12 * _package(year)
    public = {row["funding_source"] for row in seed_rows("funding_sources.csv") if row["is_government"] == "Y"}
    indices = pl.Series([place.index for place in places], dtype=pl.Int64).to_numpy()
    for number, (source, weight) in enumerate(zip(DONORS, DONOR_WEIGHTS, strict=True)):
        dice = Dice(plan.seed, (indices << 8 | number) << 12 | year)
        told = zip(
            places, dice.chance("passed", PASSED), dice.chance("silent", SILENT), dice.share("reserve"), strict=True
        )
        for place, passed, silent, reserve in told:
            if source in public and (passed or source == OWN):
                workers = max(1, round(_vulnerable(plan, place) * weight / sum(DONOR_WEIGHTS)))
                budget = -(-round(workers * premium * (1 + RESERVE * reserve)) // ROUND_IDR) * ROUND_IDR
                rows.append((place.code, year, source, budget, None if silent else workers, SYNTHETIC))
    names = ("kode_kab", "tahun", "sumber_dana", "pagu", "tenaga_kerja", "dasar")
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("pagu", "tenaga_kerja").cast(pl.Int64))


def _vulnerable(plan: Plan, place: Regency) -> float:
    shares = URBAN if place.is_urban else RURAL
    return int(plan.sizes.active[place.index]) * shares[BPU] * VULNERABLE[place.is_urban]


def _package(year: int) -> int:
    rows = [row for row in seed_rows("contribution_parameters.csv") if row["parameter"] == PACKAGE]
    begun = [row for row in rows if row["effective_from"] <= f"{year}-01-01"] or rows[:1]
    return int(max(begun, key=lambda row: row["effective_from"])["value"])
