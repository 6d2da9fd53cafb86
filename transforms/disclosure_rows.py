"""Hidden cells of the tables that hang on a group alone: bills, rules, causes, arrears, benefits."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.disclosure import Protection
from transforms.disclosure_cells import ADDRESS

PARTS_OF_A_GROUP = ("mart.fact_premium_rule", "mart.fact_premium_difference")
"""Tables whose rows add up, within region, segment, programme and funding source, to what fact_premium says."""
GROUP = ["object", "region_code", "month", "as_of_date", "segment", "programme", "funding_source"]
TWIN = [
    "object", "column_name", "region_code", "month", "basis", "segment", "programme", "funding_source", "part",
]  # fmt: skip
LED = [name for name in GROUP if name != "object"]
OF_A_REGENCY = ["object", "region_code", "month", "as_of_date"]
TOLD_APART = (OF_A_REGENCY, ["object", "month", "as_of_date"], OF_A_REGENCY)
"""Groups of claims whose number is known: of a regency, and of all, from the rows of the files that delivered them.

The regency comes twice: a claim that is hidden for the sake of all may stand alone in its own.
"""


def small(cells: pl.DataFrame, protection: Protection) -> pl.DataFrame:
    """Return `cells` with those hidden too that are small in some version of the month, unless everybody knows them."""
    is_small = (pl.col("value") > 0) & (pl.col("value") < protection.threshold)
    return cells.with_columns(pl.col("hidden") | (~pl.col("known") & (is_small | pl.col("hidden")).any().over(TWIN)))


def with_company(cells: pl.DataFrame, protection: Protection, group: Sequence[str] = GROUP) -> pl.DataFrame:
    """Return the cells with more of them hidden, until the hidden ones of a group are two and of some size.

    What the group adds up to is known, so that a single hidden row would be the rest, and two small ones nearly.
    """
    order = [
        *group,
        pl.col("hidden").cast(pl.Int8) * -1,
        pl.col("known"),
        pl.col("value") == 0,
        "value",
        *ADDRESS,
    ]
    placed = cells.sort(order).with_columns(
        before=pl.col("value").cum_sum().over(group) - pl.col("value"),
        place=pl.int_range(pl.len()).over(group),
        asked=pl.col("hidden").any().over(group),
    )
    wanted = pl.col("asked") & ((pl.col("place") < 2) | (pl.col("before") < protection.width)) & ~pl.col("known")
    return placed.with_columns(pl.col("hidden") | wanted).drop("before", "place", "asked")


def alone(cells: pl.DataFrame, protection: Protection) -> pl.DataFrame:
    """Return the groups of PARTS_OF_A_GROUP, as LED with `object`, whose hidden rows no other row of the group protects."""
    hidden = cells.filter("hidden").group_by(GROUP).agg(pl.col("value").sum().alias("sum"), pl.len().alias("rows"))
    return hidden.filter((pl.col("rows") < 2) | (pl.col("sum") < protection.width)).select(GROUP)


def led(cells: pl.DataFrame, premium: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of PARTS_OF_A_GROUP with those hidden too whose group is hidden in `premium`, cells of fact_premium."""
    columns = {"mart.fact_premium_rule": ["members"], "mart.fact_premium_difference": ["members", "workers_billed"]}
    leaders = [
        premium.filter("hidden", pl.col("column_name").is_in(names))
        .select(LED)
        .unique()
        .with_columns(object=pl.lit(table))
        for table, names in columns.items()
    ]
    marked = pl.concat(leaders).with_columns(led=pl.lit(True))
    joined = cells.join(marked, on=GROUP, how="left")
    return joined.with_columns(pl.col("hidden") | pl.col("led").is_not_null()).drop("led")
