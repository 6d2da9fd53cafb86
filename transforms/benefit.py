"""The benefit fact: what was paid to insured workers and their heirs."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.benefit import Claim, FactBenefit

GROUP = ("region_code", "programme", "benefit_type")


@transform
def fact_benefit(claims: Lazy[Claim], version: Version) -> Lazy[FactBenefit]:
    """Return the claims paid in the month of `version` and their amounts, per regency, programme and benefit type."""
    paid = claims.group_by(GROUP).agg(pl.len().alias("cases"), pl.col("paid_idr").sum())
    return conform(paid.with_columns(*stamp(version)), FactBenefit)
