"""Why what was billed differs from what is due: every payer falls under one cause."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.premium_difference import FactPremiumDifference
from warehouse.tables.premium_due import PremiumDue

PAYER = ("employer_key", "membership_key", "segment", "programme", "funding_source")
GROUP = ("region_code", "segment", "programme", "funding_source")
OWED = ("due_idr", "payable_idr", "earlier_due_idr", "earlier_payable_idr")
SUMS = ("memberships", "without_price", "without_earlier_price", *OWED, "billed_idr")
ONE_SIDED = ("NOT_BILLED", "NO_MEMBERSHIP")


@transform
def fact_premium_difference(
    due: Lazy[PremiumDue], contributions: Lazy[Contribution], version: Version
) -> Lazy[FactPremiumDifference]:
    """Return payers, due and billed per regency, segment, programme, funding source and cause.

    A payer is judged over all its regencies. Memberships without employer that no bill names are payers without a bill,
    each by itself. Payers of a regency that stand on one side only are one payer together when the other side has such
    payers too. What was billed agrees with an amount when they differ by less than one rupiah per membership.
    """
    owing = due.with_columns(
        without_price=pl.when(pl.col("due_idr").is_null()).then("memberships").otherwise(0),
        without_earlier_price=pl.when(pl.col("earlier_due_idr").is_null()).then("memberships").otherwise(0),
    )
    nobody = pl.all_horizontal(pl.col("employer_key", "membership_key").is_null())
    named = _with_bills(owing.filter(~nobody), contributions)
    unnamed = owing.filter(nobody).with_columns(pl.col(OWED).fill_null(0), billed_idr=pl.lit(0, pl.Int64))
    columns = [*GROUP, "cause", "payers", *SUMS]
    judged = pl.concat(
        [
            _judged(named).with_columns(payers=pl.lit(1, pl.Int64)).select(columns),
            unnamed.with_columns(cause=_cause(_agrees("due_idr")), payers="memberships").select(columns),
        ]
    )
    causes = pl.concat([judged.filter(~pl.col("cause").is_in(ONE_SIDED)), _pooled(judged).select(columns)])
    totals = causes.group_by(*GROUP, "cause").agg(pl.col("payers", "due_idr", "billed_idr").sum())
    return conform(totals.with_columns(*stamp(version)), FactPremiumDifference)


def _with_bills(owing: pl.LazyFrame, contributions: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per payer and regency with SUMS: what stands on one side only is 0 on the other."""
    own = pl.when(pl.col("employer_key").is_null()).then("membership_key").alias("membership_key")
    bills = contributions.with_columns(own).select(*PAYER, "region_code", "billed_idr")
    both = pl.concat([owing.select(*PAYER, "region_code", *SUMS[:-1]), bills], how="diagonal")
    return both.group_by(*PAYER, "region_code").agg(pl.col(SUMS).sum())


def _judged(payers: pl.LazyFrame) -> pl.LazyFrame:
    """Return the payers by regency with the cause of the whole payer."""
    everywhere = payers.with_columns(here=_agrees("due_idr"))
    totals = everywhere.group_by(PAYER).agg(pl.col(SUMS).sum(), pl.col("here").all())
    return payers.join(totals.select(*PAYER, cause=_cause(pl.col("here"))), on=PAYER, nulls_equal=True)


def _pooled(judged: pl.LazyFrame) -> pl.LazyFrame:
    """Return the payers that stand on one side, those of a group as one where it has both kinds."""
    rest = judged.filter(pl.col("cause").is_in(ONE_SIDED))
    groups = rest.group_by(GROUP).agg(pl.col(SUMS).sum(), kinds=pl.col("cause").n_unique())
    mixed = groups.filter(pl.col("kinds") > 1)
    together = mixed.with_columns(cause=_cause(_agrees("due_idr")), payers=pl.lit(1, pl.Int64))
    return pl.concat([together, rest.join(mixed, on=GROUP, how="anti")], how="diagonal")


def _agrees(name: str) -> pl.Expr:
    return (pl.col("billed_idr") - pl.col(name)).abs() < pl.max_horizontal("memberships", pl.lit(1))


def _cause(everywhere: pl.Expr) -> pl.Expr:
    """Return the first cause that fits; `everywhere` says whether billed and due agree in every regency."""
    earlier = (pl.col("without_earlier_price") == 0) & (_agrees("earlier_due_idr") | _agrees("earlier_payable_idr"))
    causes = {
        "UNKNOWN_CLASS": pl.col("without_price") > 0,
        "AGREES": everywhere,
        "OTHER_REGENCY": _agrees("due_idr"),
        "NO_MEMBERSHIP": pl.col("memberships") == 0,
        "NOT_BILLED": pl.col("billed_idr") == 0,
        "STATE_SHARE": _agrees("payable_idr"),
        "RULE_CHANGE": earlier,
        "UNDER_BILLED": pl.col("billed_idr") < pl.col("due_idr"),
    }
    return pl.coalesce(*(pl.when(fits).then(pl.lit(cause)) for cause, fits in causes.items()), pl.lit("OVER_BILLED"))
