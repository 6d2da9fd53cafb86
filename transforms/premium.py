"""The premium fact: contributions billed and paid, beside the members they are for."""

from __future__ import annotations

import polars as pl

from transforms.arrears import overdue_of_month
from transforms.dated import stamp
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.in_force import InForce
from warehouse.tables.premium import FactPremium
from warehouse.vocabulary import PROGRAMMES

GROUP = ("region_code", "segment", "programme", "funding_source")
AMOUNTS = ("billed_idr", "paid_idr", "paid_on_time_idr", "paid_late_idr")


@transform
def fact_premium(
    contributions: Lazy[Contribution],
    history: Lazy[ContributionHistory],
    in_force: Lazy[InForce] | None,
    months: Lazy[DimMonth],
    version: Version,
) -> Lazy[FactPremium]:
    """Return the amounts of every regency, segment, programme and funding source that was billed or paid.

    Arrears are those of the month itself, by `overdue_of_month` over all months that `history` knows on as_of_date.
    Members are those in force who live there; null without a snapshot of memberships.
    """
    received = (
        _timed(contributions, months)
        .group_by(GROUP)
        .agg(pl.col("workers").sum().alias("workers_billed"), pl.col(AMOUNTS).sum())
    )
    arrears = (
        overdue_of_month(history, months, version).group_by(GROUP).agg(pl.col("unpaid_idr").sum().alias("arrears_idr"))
    )
    groups = received.join(arrears, on=GROUP, how="left").with_columns(pl.col("arrears_idr").fill_null(0))
    if in_force is None:
        counted = groups.with_columns(pl.lit(None, pl.Int64).alias("members"))
    else:
        counted = groups.join(_members(in_force), on=GROUP, how="left").with_columns(pl.col("members").fill_null(0))
    no_rule = [pl.lit(None, pl.Int64).alias(name) for name in ("due_idr", "fine_idr")]
    return conform(counted.with_columns(*stamp(version), *no_rule), FactPremium)


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
    held = (
        in_force.rename({"residence_code": "region_code"})
        .group_by(*place, "worker_key")
        .agg(pl.col("programmes").bitwise_or())
    )
    counts = [
        (pl.col("programmes") & pl.lit(1 << number, pl.UInt8) != 0).sum().cast(pl.Int64).alias(programme)
        for number, programme in enumerate(PROGRAMMES)
    ]
    wide = held.group_by(place).agg(counts)
    return wide.unpivot(PROGRAMMES, index=place, variable_name="programme", value_name="members")
