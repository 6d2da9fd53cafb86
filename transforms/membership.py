"""Which memberships are in force."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.dated import in_effect
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.in_force import InForce
from warehouse.tables.membership import Membership
from warehouse.tables.reference import MembershipRule

GRACE = "arrears_grace_months"


@transform
def in_force(membership: Lazy[Membership], rules: Lazy[MembershipRule], version: Version) -> Lazy[InForce]:
    """Return the memberships in force on the reference day: started, not ended and, for BPU, paid up.

    A BPU membership is paid up when paid through the month less the months of grace, or later; without
    `paid_through` it is not. Fails when collected unless exactly one rule of grace is in effect in the month.
    """
    return conform(memberships_in_force(membership, rules, version), InForce)


def memberships_in_force(membership: pl.LazyFrame, rules: Lazy[MembershipRule], version: Version) -> pl.LazyFrame:
    """Return the rows of `membership` that are in force on the reference day, with whatever other columns they have."""
    day = pl.lit(version.reference_day)
    begun = pl.col("start_date") <= day
    not_ended = pl.col("end_date").is_null() | (pl.col("end_date") >= day)
    paid_up = (pl.col("segment") != "BPU") | (pl.col("paid_through") >= pl.col("oldest_paid_month"))
    grace = _oldest_paid_month(rules, version.month)
    return membership.filter(begun & not_ended).join(grace, on="segment", how="left").filter(paid_up)


def _oldest_paid_month(rules: Lazy[MembershipRule], month: date) -> pl.LazyFrame:
    grace = in_effect(rules, month).filter((pl.col("parameter") == GRACE) & (pl.col("segment") == "BPU"))
    back = pl.format("-{}mo", pl.col("value").item())
    return grace.select("segment", pl.lit(month).dt.offset_by(back).alias("oldest_paid_month"))
