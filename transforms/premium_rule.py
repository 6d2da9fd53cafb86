"""The contribution due, by the rules that make it."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.payer_parts import DueByRule
from warehouse.tables.premium_due import PremiumDue
from warehouse.tables.premium_rule import FactPremiumRule

GROUP = ("region_code", "segment", "programme", "funding_source", "rules")


@transform
def due_by_rule(due: Lazy[PremiumDue]) -> Lazy[DueByRule]:
    """Return the memberships and what they owe per regency, segment, programme, funding source and rules."""
    return conform(_added_up(due), DueByRule)


@transform
def fact_premium_rule(due: Lazy[DueByRule], version: Version) -> Lazy[FactPremiumRule]:
    """Return what all payers owe, by rule."""
    return conform(_added_up(due).with_columns(*stamp(version)), FactPremiumRule)


def _added_up(due: pl.LazyFrame) -> pl.LazyFrame:
    return due.group_by(GROUP).agg(
        pl.col("confidence").first(), pl.col("memberships").sum(), due_idr=priced_sum("due_idr")
    )


def priced_sum(amount: str) -> pl.Expr:
    """Return the sum of what could be priced, null where nothing could."""
    return pl.when(pl.col(amount).is_not_null().any()).then(pl.col(amount).sum())
