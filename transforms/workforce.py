"""The working population: every release, and the one that each coverage figure uses."""

from __future__ import annotations

import polars as pl

from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage_parts import EligibleWorkers
from warehouse.tables.dimensions import DimRegion
from warehouse.tables.workforce import FactWorkforce, Workforce
from warehouse.vocabulary import NATION

MIXED = "MIXED"


@transform
def fact_workforce(workforce: Lazy[Workforce]) -> Lazy[FactWorkforce]:
    """Return every release with its eligible workers: employed less civil servants, army and police."""
    eligible = pl.col("employed_workers") - pl.col("excluded_workers")
    return conform(workforce.with_columns(eligible_workers=eligible), FactWorkforce)


@transform
def eligible_workers(
    releases: Lazy[FactWorkforce], regions: Lazy[DimRegion], version: Version
) -> Lazy[EligibleWorkers]:
    """Return the denominator of every region: a regency's own release, the sum of its regencies above.

    The newest period not after the month counts, of what was released by as_of_date; of one period the newest
    release, of one day the source that comes last in the alphabet. A province or the nation has none while one
    of its regencies has none; its source is MIXED when they differ, its period the oldest.
    """
    regency = _own(regions, _release_in_use(releases, version))
    province = _total(regency, pl.col("region_code").str.head(2))
    nation = _total(regency, pl.lit(NATION))
    return conform(pl.concat([regency, province, nation]), EligibleWorkers)


def _release_in_use(releases: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    known = (pl.col("period") <= f"{version.month:%Y-%m}") & (pl.col("released_on") <= version.as_of_date)
    newest_first = releases.filter(known).sort("period", "released_on", "source", descending=True)
    return newest_first.unique("region_code", keep="first", maintain_order=True)


def _own(regions: pl.LazyFrame, release: pl.LazyFrame) -> pl.LazyFrame:
    regencies = regions.filter(pl.col("level") == "regency").select("region_code")
    return regencies.join(release, on="region_code", how="left").select(
        "region_code", "eligible_workers", workforce_source="source", workforce_period="period"
    )


def _total(regency: pl.LazyFrame, region_code: pl.Expr) -> pl.LazyFrame:
    sources = pl.col("workforce_source")
    complete = pl.col("eligible_workers").is_not_null().all()
    parts = {
        "eligible_workers": pl.col("eligible_workers").sum(),
        "workforce_source": pl.when(sources.n_unique() == 1).then(sources.first()).otherwise(pl.lit(MIXED)),
        "workforce_period": pl.col("workforce_period").min(),
    }
    return regency.group_by(region_code.alias("region_code")).agg(
        pl.when(complete).then(part).alias(name) for name, part in parts.items()
    )
