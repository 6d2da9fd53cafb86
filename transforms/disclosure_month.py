"""All that is hidden of a month: persons by the method of `transforms.disclosure`, rows of their groups, and what follows them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from transforms import disclosure_rows as rows
from transforms.disclosure import Mask, Protection, pattern
from transforms.disclosure_cells import ADDRESS, month_of
from transforms.disclosure_near import Neighbours, together

LINKED = ("mart.fact_coverage", "mart.fact_programme_coverage", "mart.fact_movement", "mart.fact_registration")
"""Tables of all regions and scopes, which hang together as one family with the members of fact_premium."""


def is_linked() -> pl.Expr:
    """Return whether a cell is one of the family."""
    return pl.col("object").is_in(LINKED) | (
        (pl.col("object") == "mart.fact_premium") & (pl.col("column_name") == "members")
    )


def hidden_of(
    cells: pl.DataFrame, parents: Mapping[str, str], protection: Protection, unproven: list[str] | None = None
) -> pl.DataFrame:
    """Return the counted cells of a month with all that has to be hidden of them.

    Cells that are hidden without a proof that they stay open are named in `unproven`, or without that raise Unprotected.
    `cells` are as for `month_of`, with every counted column of every fact, and the linked cells of the months beside.
    """
    known = rows.small(cells, protection)
    linked, others = known.filter(is_linked()), known.filter(~is_linked())
    parts = others.filter(pl.col("object").is_in(rows.PARTS_OF_A_GROUP))
    parts = rows.with_company(parts, protection)
    asked = rows.alone(parts, protection).select(rows.LED).with_columns(asked=pl.lit(True)).unique()
    linked, others = _asked(linked, asked), _asked(others.filter(~pl.col("object").is_in(rows.PARTS_OF_A_GROUP)), asked)
    others = _claims(others, protection)
    linked = _family(_registered(linked, protection), parents, protection, unproven)
    premium = pl.concat([linked, others]).filter(pl.col("object") == "mart.fact_premium")
    return pl.concat([linked, others, rows.led(parts, premium)])


def _asked(cells: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with those of fact_premium hidden that the rows of their group need."""
    joined = cells.join(groups, on=rows.LED, how="left")
    needed = (
        pl.col("asked").is_not_null()
        & (pl.col("object") == "mart.fact_premium")
        & ~pl.col("known")
        & (pl.col("value") > 0)
    )
    return joined.with_columns(pl.col("hidden") | needed).drop("asked")


def _claims(cells: pl.DataFrame, protection: Protection) -> pl.DataFrame:
    """Return the cells with more claims hidden, until the rest of what a regency or all of them have tells no small count."""
    is_claim = pl.col("object") == "mart.fact_benefit"
    claims = cells.filter(is_claim)
    for group in rows.TOLD_APART:
        claims = rows.with_company(claims, protection, group)
    return pl.concat([cells.filter(~is_claim), claims])


def _registered(cells: pl.DataFrame, protection: Protection) -> pl.DataFrame:
    """Return the cells with members hidden where few registered workers are not members: the difference is a count too."""
    keys = ["region_code", "month", "as_of_date", "loaded_at"]
    counts = cells.filter(pl.col("object") == "mart.fact_registration").pivot(
        on="column_name", index=keys, values="value"
    )
    if not {"registered_workers", "member_workers"} <= set(counts.columns):
        return cells
    rest = pl.col("registered_workers") - pl.col("member_workers")
    few = (
        counts.filter((rest > 0) & (rest < protection.threshold))
        .select(keys)
        .with_columns(column_name=pl.lit("member_workers"), few=True)
    )
    joined = cells.join(few, on=[*keys, "column_name"], how="left")
    needed = (pl.col("few") & (pl.col("object") == "mart.fact_registration") & ~pl.col("known")).fill_null(False)
    return joined.with_columns(pl.col("hidden") | needed).drop("few")


def _family(
    cells: pl.DataFrame, parents: Mapping[str, str], protection: Protection, unproven: list[str] | None
) -> pl.DataFrame:
    """Return the cells in the order of their addresses: which are hidden does not hang on the order they came in."""
    cells = cells.sort(ADDRESS)
    if not cells["hidden"].any():
        return cells
    month, undecided = month_of(cells, parents).undecided()
    twin, may_be = together(month)

    def twins(hidden: Mask) -> Mask:
        asked = np.zeros(twin.size, bool)
        asked[twin[hidden]] = True
        return hidden | (may_be & asked[twin])

    narrow = None if unproven is None else list[int]()
    hidden = pattern(month.family, protection, month.standing, Neighbours(month, protection.width), twins, narrow)
    if unproven is not None and narrow:
        named = (month.cells.row(cell)[: len(ADDRESS) - 1] for cell in narrow)
        unproven += [", ".join(str(word) for word in one if word != "") for one in named]
    chosen = cells["hidden"].to_numpy().copy()
    chosen[undecided] |= hidden
    return cells.with_columns(hidden=pl.Series(chosen))
