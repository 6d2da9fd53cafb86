"""The rules of contribution as exact whole numbers, one single programme per row, and the days on which they change."""

from __future__ import annotations

import polars as pl

RATE_PARTS, FRACTION_PARTS = 1_000_000, 1_000
PARTS = RATE_PARTS * FRACTION_PARTS
RELIEF = "FRACTION_OF_NORMAL"
CONFIDENCES = ("low", "medium", "high")
FLAGS = ("jkp_member", "labour_intensive")


def numbered(rules: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rules, one row per single programme, with rates as whole parts.

    Added: rate (parts of a million, null where there is none), is_relief, bracket_months (of CONTRACT_24), trust (place
    in CONFIDENCES), flags as booleans, excluded (list). One price for `JKK+JKM` stands under the first, the second costs 0.
    """
    package = pl.col("programme").str.split("+")
    single = rules.with_columns(programme=package, bearer=package.list.first()).explode(
        "programme", empty_as_null=False
    )
    levels = {name: level for level, name in enumerate(CONFIDENCES)}
    return single.with_columns(
        [(pl.col(flag) == "Y").alias(flag) for flag in FLAGS],
        rate=(pl.col("rate").cast(pl.Decimal(20, 6)) * RATE_PARTS).cast(pl.Int64),
        amount_idr=pl.when(pl.col("programme") == pl.col("bearer")).then("amount_idr").otherwise(0),
        is_relief=pl.col("basis") == RELIEF,
        bracket_months=pl.col("bracket").str.extract(r"^CONTRACT_(\d+)$").cast(pl.Int64),
        trust=pl.col("confidence").replace_strict(levels, return_dtype=pl.Int8),
        excluded=pl.col("excluded_payers").fill_null("").str.split(";"),
    ).select(pl.exclude("bearer", "confidence", "excluded_payers"))


def days_before(rules: pl.LazyFrame, cases: pl.LazyFrame) -> pl.LazyFrame:
    """Return `cases` with `day` moved back to the last day before the newest change of the rules of segment and programme.

    Cases of a segment and programme without any rule by that day are left out.
    """
    after = pl.col("effective_to").dt.offset_by("1d")
    place = ["segment", "programme"]
    changes = pl.concat([rules.select(*place, change=begin) for begin in (pl.col("effective_from"), after)])
    of_day = cases.select(*place, "day").unique().join(changes.drop_nulls().unique(), on=place)
    newest = of_day.filter(pl.col("change") <= pl.col("day")).group_by(*place, "day").agg(pl.col("change").max())
    return cases.join(newest, on=[*place, "day"]).with_columns(day=pl.col("change").dt.offset_by("-1d")).drop("change")
