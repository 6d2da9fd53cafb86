"""Published figures: claims about coverage, with today's region and the days their date can mean."""

from __future__ import annotations

import polars as pl

from transforms.geography import region_key
from transforms.graph import transform
from warehouse.schema import Lazy, conform
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.published_figure import FactPublishedFigure, PublishedFigure, PublishedFigureSeed


@transform
def fact_published_figure(
    gathered: Lazy[PublishedFigureSeed],
    delivered: Lazy[PublishedFigure] | None,
    codes: Lazy[DimRegionCode],
    regions: Lazy[DimRegion],
) -> Lazy[FactPublishedFigure]:
    """Return one row per claim: the delivered one where there is one, else the one that comes with the package.

    A claim whose code is empty gets the region that its name names alone; a day that is in no calendar leaves its month.
    """
    claims = gathered.with_columns(
        (pl.col(f"{share}_pct") / 100).round(12).alias(f"{share}_ratio_stated") for share in ("coverage", "target")
    ).rename({"kode_kemendagri": "region_code"})
    columns = list(PublishedFigure.polars_schema())
    if delivered is not None:
        others = claims.join(delivered, on="row_id", how="anti").select(columns)
        claims = pl.concat([delivered.select(columns), others])
    stated = pl.coalesce("region_code", "name")
    known = claims.select(columns).with_columns(key=region_key(stated)).drop("region_code")
    placed = known.join(_regions_by_key(codes, regions), on="key", how="left")
    return conform(placed.with_columns(_days()), FactPublishedFigure)


def _regions_by_key(codes: pl.LazyFrame, regions: pl.LazyFrame) -> pl.LazyFrame:
    """Return the region of every code and full name that means one region only."""
    written = [
        codes.filter(pl.col("system") != "bps").select("code", "region_code"),
        regions.select("region_code", code="region_code"),
        regions.select("region_code", code="name"),
    ]
    keyed = pl.concat(written, how="diagonal").select("region_code", key=region_key(pl.col("code"))).unique()
    return keyed.filter(pl.len().over("key") == 1)


def _days() -> list[pl.Expr]:
    stated = pl.col("as_of")
    forms = (stated, stated.str.head(7) + "-01", stated.str.head(4) + "-01-01")
    day, month, year = (form.str.to_date("%Y-%m-%d", strict=False) for form in forms)
    return [
        pl.coalesce(day, month, year).alias("as_of_first_day"),
        pl.coalesce(day, month.dt.month_end(), year.dt.offset_by("1y").dt.offset_by("-1d")).alias("as_of_last_day"),
    ]
