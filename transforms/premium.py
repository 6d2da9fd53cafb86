"""The premium fact: contributions due, billed and paid, beside the members they are for."""

from __future__ import annotations

import polars as pl

from transforms.arrears import fines_of_month, overdue_of_month
from transforms.dated import stamp
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.in_force import InForce
from warehouse.tables.open_history import OpenHistory
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_due import PremiumDue
from warehouse.tables.reference import ContributionParameter
from warehouse.vocabulary import PROGRAMMES

GROUP = ("region_code", "segment", "programme", "funding_source")
AMOUNTS = ("billed_idr", "paid_idr", "paid_on_time_idr", "paid_late_idr")


@transform
def fact_premium(
    contributions: Lazy[Contribution],
    history: Lazy[OpenHistory],
    in_force: Lazy[InForce] | None,
    due: Lazy[PremiumDue] | None,
    months: Lazy[DimMonth],
    parameters: Lazy[ContributionParameter],
    version: Version,
) -> Lazy[FactPremium]:
    """Return the amounts of every regency, segment, programme and funding source that was billed, paid or has members.

    Arrears are those of the month itself, by `overdue_of_month` over all months that `history` knows on as_of_date.
    Members are those in force who live there, and due is what they owe; null without a snapshot of memberships. Due is
    null too where none of the memberships could be priced.
    """
    received = (
        _timed(contributions, months)
        .group_by(GROUP)
        .agg(pl.col("workers").sum().alias("workers_billed"), pl.col(AMOUNTS).sum())
    )
    arrears = (
        overdue_of_month(history, months, version).group_by(GROUP).agg(pl.col("unpaid_idr").sum().alias("arrears_idr"))
    )
    fines = fines_of_month(history, months, parameters, version)
    groups = _with_members(received, in_force, due)
    amounts = groups.join(arrears, on=GROUP, how="left").join(fines, on=GROUP, how="left")
    zero = pl.col("workers_billed", *AMOUNTS, "arrears_idr", "fine_idr").fill_null(0)
    return conform(amounts.with_columns(*stamp(version), zero), FactPremium)


def _with_members(received: pl.LazyFrame, in_force: pl.LazyFrame | None, due: pl.LazyFrame | None) -> pl.LazyFrame:
    if in_force is None or due is None:
        return received.with_columns(pl.lit(None, pl.Int64).alias(name) for name in ("members", "due_idr"))
    priced = pl.when(pl.col("due_idr").is_not_null().any()).then(pl.col("due_idr").sum())
    owed = due.group_by(GROUP).agg(due_idr=priced).with_columns(pl.col(GROUP).cast(pl.String))
    held = _members(in_force).filter(pl.col("members") > 0).join(owed, on=GROUP, how="left")
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


def _members(in_force: pl.LazyFrame) -> pl.LazyFrame:
    """Return distinct workers in force per regency of residence, segment, programme and funding source."""
    place = ["region_code", "segment", "funding_source"]
    codes = [pl.col(name).cast(pl.Categorical) for name in place]
    placed = in_force.rename({"residence_code": "region_code"}).with_columns(codes)
    held = placed.group_by(*place, "worker_key").agg(pl.col("programmes").bitwise_or())
    counts = [
        (pl.col("programmes") & pl.lit(1 << number, pl.UInt8) != 0).sum().cast(pl.Int64).alias(programme)
        for number, programme in enumerate(PROGRAMMES)
    ]
    wide = held.group_by(place).agg(counts).with_columns(pl.col(place).cast(pl.String))
    return wide.unpivot(PROGRAMMES, index=place, variable_name="programme", value_name="members")
