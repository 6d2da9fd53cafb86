"""The contribution due, by the rules that make it."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.premium_due import PremiumDue
from warehouse.tables.premium_rule import FactPremiumRule

GROUP = ("region_code", "segment", "programme", "funding_source", "rules")


@transform
def fact_premium_rule(due: Lazy[PremiumDue], version: Version) -> Lazy[FactPremiumRule]:
    """Return the memberships and what they owe per regency, segment, programme, funding source and rules."""
    amount = pl.when(pl.col("due_idr").is_not_null().any()).then(pl.col("due_idr").sum())
    sums = due.group_by(GROUP).agg(pl.col("confidence").first(), pl.col("memberships").sum(), due_idr=amount)
    return conform(sums.with_columns(*stamp(version)), FactPremiumRule)
