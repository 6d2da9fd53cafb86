"""Compliance: every employer with its findings of the month, and how many employers have which."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.arrears import payment_record
from transforms.dated import in_effect, stamp
from transforms.graph import transform
from transforms.workers import low_wages, workers_record
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.compliance import EmployerMonth, FactCompliance
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.employer import Employer
from warehouse.tables.in_force import InForce
from warehouse.tables.minimum_wage import MinimumWageReference
from warehouse.tables.reference import ArrearsClass, EmployerObligation, SectorDivision
from warehouse.vocabulary import PROGRAMMES

GROUP = ("region_code", "month", "as_of_date", "scale", "sector")
FINDINGS = ("is_unregistered", "is_workers_missing", "is_wage_below_minimum", "is_programme_missing", "is_late")
ARREARS_COUNTS = {
    "LANCAR": "arrears_current_employers",
    "KURANG_LANCAR": "arrears_substandard_employers",
    "MACET": "arrears_bad_employers",
    "KONTINJENSI": "arrears_contingent_employers",
}


@dataclass(frozen=True)
class Observed:
    """What employers are judged by; rows may have more columns than their tables, such as where they were read."""

    employers: pl.LazyFrame
    in_force: pl.LazyFrame
    contributions: pl.LazyFrame
    minimum_wages: pl.LazyFrame | None
    months: pl.LazyFrame
    obligations: pl.LazyFrame
    classes: pl.LazyFrame
    sectors: pl.LazyFrame


@transform
def employer_month(
    employers: Lazy[Employer],
    in_force: Lazy[InForce],
    contributions: Lazy[ContributionHistory],
    minimum_wages: Lazy[MinimumWageReference] | None,
    months: Lazy[DimMonth],
    obligations: Lazy[EmployerObligation],
    classes: Lazy[ArrearsClass],
    sectors: Lazy[SectorDivision],
    version: Version,
) -> Lazy[EmployerMonth]:
    """Return every employer of every regency with its findings.

    `employers` is one snapshot. An NPP listed in two regencies is assessed in each, with the workers and the
    arrears of the whole NPP; listed twice in one regency, the row with the most declared workers stands.
    """
    observed = Observed(employers, in_force, contributions, minimum_wages, months, obligations, classes, sectors)
    return conform(assessed(observed, version).cache(), EmployerMonth)


def assessed(observed: Observed, version: Version) -> pl.LazyFrame:
    """Return the rows of `employer_month` with what they were judged by and every column of the employer's row."""
    once = _with_sector(_once_per_regency(observed.employers), observed.sectors)
    listed = _with_owed(once, in_effect(observed.obligations, version.month))
    workers = workers_record(observed.in_force, observed.minimum_wages, version)
    payments = payment_record(observed.contributions, observed.months, observed.classes, version)
    known = listed.join(workers, on="npp", how="left").join(payments, on="npp", how="left")
    found = _findings(low_wages(known, observed.minimum_wages, version))
    clean = ~pl.any_horizontal(FINDINGS) & pl.col("arrears_class").is_null()
    return found.with_columns(*stamp(version), is_compliant=clean)


@transform
def fact_compliance(employers: Lazy[EmployerMonth]) -> Lazy[FactCompliance]:
    """Return employers by finding, per regency, scale and sector; an employer may be in several findings."""
    registered = ~pl.col("is_unregistered")
    counts = {
        "registered_employers": registered,
        "unregistered_employers": pl.col("is_unregistered"),
        "workers_missing_employers": pl.col("is_workers_missing"),
        "wage_below_minimum_employers": pl.col("is_wage_below_minimum"),
        "programme_missing_employers": pl.col("is_programme_missing"),
        "late_employers": pl.col("is_late"),
        "compliant_employers": pl.col("is_compliant"),
    } | {name: (pl.col("arrears_class") == wanted).fill_null(False) for wanted, name in ARREARS_COUNTS.items()}
    totals = employers.group_by(GROUP).agg(
        pl.len().alias("obliged_employers"),
        *(condition.sum().alias(name) for name, condition in counts.items()),
        pl.col("missing_workers", "arrears_idr").sum(),
    )
    return conform(totals, FactCompliance)


def _once_per_regency(employers: pl.LazyFrame) -> pl.LazyFrame:
    key = pl.coalesce("npp", pl.format("NIB:{}", "nib")).alias("employer_key")
    ranked = employers.with_columns(key).sort("declared_workers", "nib", descending=[True, False])
    return ranked.unique(["employer_key", "region_code"], keep="first", maintain_order=True)


def _with_sector(employers: pl.LazyFrame, sectors: pl.LazyFrame) -> pl.LazyFrame:
    spans = sectors.drop_nulls(["division_from", "division_to"])
    divisions = spans.select("sector", division=pl.int_ranges("division_from", pl.col("division_to") + 1)).explode(
        "division", empty_as_null=False
    )
    division = pl.col("kbli").str.head(2).cast(pl.Int64, strict=False)
    known = employers.with_columns(division=division).join(divisions, on="division", how="left")
    return known.with_columns(pl.col("sector").fill_null("X"))


def _with_owed(employers: pl.LazyFrame, obligations: pl.LazyFrame) -> pl.LazyFrame:
    named = pl.col("programmes").str.split(",")
    bits = [
        named.list.contains(programme).cast(pl.UInt8) * (1 << number) for number, programme in enumerate(PROGRAMMES)
    ]
    owed = obligations.select("scale", owed_programmes=pl.sum_horizontal(bits).cast(pl.UInt8))
    return employers.join(owed, on="scale", how="left")


def _findings(known: pl.LazyFrame) -> pl.LazyFrame:
    registered = pl.col("npp").is_not_null()
    workers = pl.col("registered_workers").fill_null(0)
    missing = pl.when(registered).then((pl.col("declared_workers") - workers).clip(lower_bound=0)).otherwise(0)
    owed = pl.col("owed_programmes").fill_null(0)
    followed = pl.coalesce("programmes", "member_programmes", pl.lit(0, pl.UInt8))
    return known.with_columns(
        is_unregistered=~registered,
        registered_workers=workers,
        missing_workers=missing,
        is_workers_missing=missing > 0,
        followed_programmes=followed,
        is_programme_missing=registered & ((owed & followed) != owed),
        is_late=pl.col("is_late").fill_null(False),
        arrears_months=pl.col("arrears_months").fill_null(0),
        arrears_idr=pl.col("arrears_idr").fill_null(0),
        surplus_idr=pl.col("surplus_idr").fill_null(0),
    )
