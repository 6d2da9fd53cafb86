"""The budget fact: what is set aside for contributions, and how much of it is spent."""

from __future__ import annotations

import polars as pl

from transforms.graph import transform
from warehouse.schema import Lazy, conform
from warehouse.tables.budget import Budget, FactBudget, FactMinimumPremium, Spending
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.dimensions import DimFundingSource, DimMonth
from warehouse.tables.reference import ContributionParameter

PACKAGE = "bpu_minimum_package"
KEY = ("region_code", "year", "funding_source")


@transform
def spending(contributions: Lazy[ContributionHistory]) -> Lazy[Spending]:
    """Return what was paid for each month of `contributions`, per regency and funding source."""
    paid = contributions.group_by("region_code", "month", "funding_source").agg(pl.col("paid_idr").sum())
    return conform(paid, Spending)


@transform
def fact_budget(budgets: Lazy[Budget], spent: Lazy[Spending], sources: Lazy[DimFundingSource]) -> Lazy[FactBudget]:
    """Return every budget, and every public funding source that was billed without one, beside what was paid.

    `spent` holds each month once, in its newest version. A budget of a year with known contributions has spent 0 at
    least; of a year without any, null.
    """
    by_year = spent.group_by("region_code", "funding_source", year=pl.col("month").dt.year()).agg(
        pl.col("paid_idr").sum().alias("spent_idr")
    )
    known = by_year.select("year").unique().with_columns(is_known=pl.lit(True))
    planned = _beside(budgets, by_year, known)
    public = by_year.join(sources.filter("is_government"), on="funding_source", how="semi")
    unplanned = public.join(budgets, on=KEY, how="anti")
    return conform(pl.concat([planned, unplanned], how="diagonal"), FactBudget)


def _beside(budgets: pl.LazyFrame, by_year: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    joined = budgets.join(by_year, on=KEY, how="left").join(known, on="year", how="left")
    spent = pl.col("spent_idr").fill_null(pl.when(pl.col("is_known")).then(0))
    return joined.select(*KEY, "budget_idr", "budget_workers", spent)


@transform
def minimum_premium(parameters: Lazy[ContributionParameter], months: Lazy[DimMonth]) -> Lazy[FactMinimumPremium]:
    """Return the lowest yearly contribution of every year in whose twelve months a package was in effect."""
    package = parameters.filter(pl.col("parameter") == PACKAGE)
    begun = pl.col("effective_from") <= pl.col("month")
    ended = (pl.col("effective_to") < pl.col("month")).fill_null(False)
    by_year = months.join(package, how="cross").filter(begun, ~ended).group_by("year")
    whole_years = by_year.agg(
        pl.len().alias("months"),
        pl.col("value").cast(pl.Int64).sum().alias("yearly_premium_idr"),
        pl.col("legal_ref").unique().sort().str.join("; ").alias("legal_reference"),
    )
    return conform(whole_years.filter(pl.col("months") == 12), FactMinimumPremium)
