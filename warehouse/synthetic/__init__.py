"""A synthetic country: extracts like the real ones, of persons who do not exist, with defects whose place is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from warehouse.synthetic import contributions, employers, reference
from warehouse.synthetic.budgets import budgets
from warehouse.synthetic.claims import claims
from warehouse.synthetic.contributions import Bills, bills
from warehouse.synthetic.generic import rows
from warehouse.synthetic.memberships import memberships
from warehouse.synthetic.places import Regency
from warehouse.synthetic.plan import Plan
from warehouse.synthetic.writing import Ledger, Writer
from warehouse.tables.benefit import Claim
from warehouse.tables.budget import Budget
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.target import Target
from warehouse.tables.workforce import Workforce

__all__ = ["Ledger", "Plan", "rows", "write"]


def _silent(_: str) -> None:
    return None


def write(plan: Plan, progress: Callable[[str], None] = _silent) -> Ledger:
    """Write the extracts of `plan` and return the ledger of planted defects, which also stands in `_ledger/`.

    The same plan writes the same bytes. Raises Stop when a file cannot be written as planned.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    writer = Writer(plan, progress)
    provinces = _provinces(plan.regencies)
    _write_reference(plan, writer, provinces)
    months = sorted(set(plan.months))
    paid = {month: _write_month(plan, writer, provinces, month) for month in months}
    for province, places in provinces.items():
        for month in months:
            writer.write(Claim, f"klaim_{province}_{month:%Y%m}", pl.concat([paid[month][place] for place in places]))
        for year in sorted({month.year for month in months}):
            writer.write(Budget, f"anggaran_{province}_{year}", budgets(plan, places, year))
    return writer.finish()


def _provinces(places: tuple[Regency, ...]) -> dict[str, list[Regency]]:
    provinces: dict[str, list[Regency]] = {}
    for place in places:
        provinces.setdefault(place.province, []).append(place)
    return provinces


def _write_reference(plan: Plan, writer: Writer, provinces: dict[str, list[Regency]]) -> None:
    for province, places in provinces.items():
        for year in reference.survey_years(plan):
            writer.write(Workforce, f"penduduk_bekerja_{province}_{year}08", reference.workforce(places, year))
        for year in sorted({month.year for month in plan.months}):
            writer.write(Target, f"target_{province}_{year}", reference.targets(places, year))
            writer.write(MinimumWage, f"umk_{province}_{year}", reference.wages(places, year))


def _write_month(
    plan: Plan, writer: Writer, provinces: dict[str, list[Regency]], month: date
) -> dict[Regency, pl.DataFrame]:
    """Return the claims of a month by regency, after the month was written.

    Memberships come first, because employers have workers from several files.
    """
    own: dict[Regency, Bills] = {}
    paid: dict[Regency, pl.DataFrame] = {}
    working = []
    for place in plan.regencies:
        frame = memberships(plan, place, month)
        own[place] = bills(frame, month)
        paid[place] = claims(plan, place, month, frame)
        working.append(
            frame.filter("_in_force", pl.col("_employer").is_not_null()).group_by(npp="_employer").len("workers")
        )
        writer.write(Membership, f"kepesertaan_{place.digits}_{month:%Y%m}", frame)
    billed = pl.concat([each.employers for each in own.values()])
    for place in plan.regencies:
        sums = billed.filter(pl.col("npp") // 1_000_000 == int(place.digits))
        writer.write(
            Contribution,
            f"iuran_{place.digits}_{month:%Y%m}",
            contributions.extract(plan, place, month, sums, own[place]),
        )
    workers = pl.concat(working).group_by("npp").agg(pl.col("workers").cast(pl.Int64).sum())
    for province, places in provinces.items():
        writer.write(Employer, f"badan_usaha_{province}_{month:%Y%m}", employers.extract(plan, places, month, workers))
    return paid
