"""The premium fact: contributions due, billed and paid, beside the members they are for."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from transforms.premium_rule import priced_sum
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.in_force import InForce
from warehouse.tables.payer_parts import DueByRule, LeftOpen, PaidFor
from warehouse.tables.premium import FactPremium
from warehouse.vocabulary import PROGRAMMES

GROUP = ("region_code", "segment", "programme", "funding_source")
PLACE = ("region_code", "segment", "funding_source")
AMOUNTS = ("billed_idr", "paid_idr", "paid_on_time_idr", "paid_late_idr")


@transform
def fact_premium(
    contributions: Lazy[Contribution],
    left_open: Lazy[LeftOpen],
    members: Lazy[PaidFor] | None,
    due: Lazy[DueByRule] | None,
    months: Lazy[DimMonth],
    version: Version,
) -> Lazy[FactPremium]:
    """Return the amounts of every regency, segment, programme and funding source that was billed, paid or has members.

    Members are those in force who live there, and due is what they owe; null without a snapshot of memberships. Due is
    null too where none of the memberships could be priced.
    """
    received = (
        _timed(contributions, months)
        .group_by(GROUP)
        .agg(pl.col("workers").sum().alias("workers_billed"), pl.col(AMOUNTS).sum())
    )
    still_open = left_open.group_by(GROUP).agg(pl.col("arrears_idr", "fine_idr").sum())
    amounts = _with_members(received, members, due).join(still_open, on=GROUP, how="left")
    zero = pl.col("workers_billed", *AMOUNTS, "arrears_idr", "fine_idr").fill_null(0)
    return conform(amounts.with_columns(*stamp(version), zero), FactPremium)


def _with_members(received: pl.LazyFrame, members: pl.LazyFrame | None, due: pl.LazyFrame | None) -> pl.LazyFrame:
    if members is None or due is None:
        return received.with_columns(pl.lit(None, pl.Int64).alias(name) for name in ("members", "due_idr"))
    owed = due.group_by(GROUP).agg(due_idr=priced_sum("due_idr"))
    held = members.group_by(GROUP).agg(pl.col("members").sum()).join(owed, on=GROUP, how="left")
    known = received.join(held, on=GROUP, how="full", coalesce=True)
    nobody = pl.col("members").is_null()
    return known.with_columns(pl.col("members").fill_null(0), due_idr=pl.when(nobody).then(0).otherwise("due_idr"))


def _timed(contributions: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """Return the contributions with what was paid on time and late; a payment without a date is neither."""
    dated = contributions.join(months.select("month", "due_date"), on="month", how="left")
    return dated.with_columns(
        pl.when(pl.col("paid_date") <= pl.col("due_date")).then("paid_idr").otherwise(0).alias("paid_on_time_idr"),
        pl.when(pl.col("paid_date") > pl.col("due_date")).then("paid_idr").otherwise(0).alias("paid_late_idr"),
    )


@transform
def paid_for(in_force: Lazy[InForce]) -> Lazy[PaidFor]:
    """Return distinct workers in force per regency of residence, segment, programme and funding source; no rows of none."""
    codes = [pl.col(name).cast(pl.Categorical) for name in PLACE]
    placed = in_force.rename({"residence_code": "region_code"}).with_columns(codes)
    held = placed.group_by(*PLACE, "worker_key").agg(pl.col("programmes").bitwise_or())
    counts = [
        (pl.col("programmes") & pl.lit(1 << number, pl.UInt8) != 0).sum().cast(pl.Int64).alias(programme)
        for number, programme in enumerate(PROGRAMMES)
    ]
    wide = held.group_by(PLACE).agg(counts).with_columns(pl.col(PLACE).cast(pl.String))
    tall = wide.unpivot(PROGRAMMES, index=PLACE, variable_name="programme", value_name="members")
    return conform(tall.filter(pl.col("members") > 0), PaidFor)
