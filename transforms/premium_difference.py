"""Why what was billed differs from what is due: every payer falls under one cause."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from transforms.sharing import shared
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.payer_parts import JudgedPayers
from warehouse.tables.premium_difference import FactPremiumDifference
from warehouse.tables.premium_due import PremiumDue

PAYER = ("employer_key", "membership_key", "segment", "programme", "funding_source")
GROUP = ("region_code", "segment", "programme", "funding_source")
OWED = ("due_idr", "payable_idr", "earlier_due_idr", "earlier_payable_idr")
SUMS = ("memberships", "without_price", "without_earlier_price", *OWED, "billed_idr")
ONE_SIDED = ("NOT_BILLED", "NO_MEMBERSHIP")


@transform
def fact_premium_difference(payers: Lazy[JudgedPayers], version: Version) -> Lazy[FactPremiumDifference]:
    """Return payers, due and billed per regency, segment, programme, funding source and cause.

    Payers of a regency that stand on one side only are one payer together when the other side has such payers too.
    """
    sides = shared(payers.group_by(*GROUP, "cause").agg(pl.col("payers", *SUMS).sum()))
    causes = pl.concat([sides.filter(~pl.col("cause").is_in(ONE_SIDED)), _pooled(sides)], how="diagonal")
    totals = causes.group_by(*GROUP, "cause").agg(pl.col("payers", "due_idr", "billed_idr").sum())
    return conform(totals.with_columns(*stamp(version)), FactPremiumDifference)


@transform
def judged_payers(due: Lazy[PremiumDue], contributions: Lazy[Contribution]) -> Lazy[JudgedPayers]:
    """Return payers with what is due and billed, by the cause of each payer.

    A payer is judged over all its regencies. Memberships without employer that no bill names are payers without a bill,
    each by itself. What was billed agrees with an amount when they differ by less than one rupiah per membership.
    """
    owing = due.with_columns(
        without_price=pl.when(pl.col("due_idr").is_null()).then("memberships").otherwise(0),
        without_earlier_price=pl.when(pl.col("earlier_due_idr").is_null()).then("memberships").otherwise(0),
    )
    nobody = pl.all_horizontal(pl.col("employer_key", "membership_key").is_null())
    unnamed = owing.filter(nobody).with_columns(pl.col(OWED).fill_null(0), billed_idr=pl.lit(0, pl.Int64))
    judged = pl.concat(
        [
            _judged(_with_bills(owing.filter(~nobody), contributions)),
            _added_up(unnamed.with_columns(cause=_cause(_agrees("due_idr"))), pl.col("memberships").sum()),
        ]
    )
    return conform(judged.group_by(*GROUP, "cause").agg(pl.col("payers", *SUMS).sum()), JudgedPayers)


def _with_bills(owing: pl.LazyFrame, contributions: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows of payers and regencies with SUMS: what is due and, in rows of their own, what is billed."""
    own = pl.when(pl.col("employer_key").is_null()).then("membership_key").alias("membership_key")
    bills = contributions.select("employer_key", own, pl.col(GROUP).cast(pl.Categorical), "billed_idr")
    both = pl.concat([owing.select(*PAYER, "region_code", *SUMS[:-1]), bills], how="diagonal")
    return both.with_columns(place=pl.col("region_code").to_physical())


def _judged(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the causes of the payers, each judged as a whole, added up by GROUP.

    Nearly every payer has one regency and is judged by its sums; only those of several are looked at by regency.
    """
    last = pl.col("place").max().alias("last")
    sums = rows.group_by(PAYER).agg(pl.col(SUMS).sum(), pl.col("region_code").first(), pl.col("place").min(), last)
    payers = shared(sums)
    alone, spread = (
        payers.filter(is_so) for is_so in (pl.col("place") == pl.col("last"), pl.col("place") != pl.col("last"))
    )
    here = rows.join(spread.select(PAYER), on=PAYER, how="semi", nulls_equal=True)
    by_regency = here.group_by(*PAYER, "region_code").agg(pl.col(SUMS).sum())
    agreed = by_regency.group_by(PAYER).agg(everywhere=_agrees("due_idr").all())
    caused = spread.join(agreed, on=PAYER, nulls_equal=True).select(*PAYER, cause=_cause(pl.col("everywhere")))
    several = by_regency.join(caused, on=PAYER, nulls_equal=True)
    one_each = pl.len().cast(pl.Int64)
    return pl.concat(
        [_added_up(alone.with_columns(cause=_cause(_agrees("due_idr"))), one_each), _added_up(several, one_each)]
    )


def _added_up(judged: pl.LazyFrame, payers: pl.Expr) -> pl.LazyFrame:
    return judged.group_by(*GROUP, "cause").agg(pl.col(SUMS).sum(), payers=payers)


def _pooled(sides: pl.LazyFrame) -> pl.LazyFrame:
    """Return the payers that stand on one side, those of a group as one where it has both kinds."""
    rest = sides.filter(pl.col("cause").is_in(ONE_SIDED))
    groups = rest.group_by(GROUP).agg(pl.col(SUMS).sum(), kinds=pl.len())
    mixed = groups.filter(pl.col("kinds") > 1)
    together = mixed.with_columns(cause=_cause(_agrees("due_idr")), payers=pl.lit(1, pl.Int64))
    return pl.concat([together.drop("kinds"), rest.join(mixed, on=GROUP, how="anti")], how="diagonal")


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
