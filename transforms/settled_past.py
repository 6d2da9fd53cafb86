"""What a past that is settled still tells: one row of each account, so that no load reads years of months.

A payer is settled at the end of a month when every account was paid what it was billed, and nothing of it was paid after
the due date of that month. Whatever is billed and paid later then settles itself alone.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.settlement import ACCOUNT, PAYER, by_payer, with_turn
from transforms.sharing import shared
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution_history import ContributionHistory

UNKNOWN = {name: pl.lit(None) for name in ("paid_date", "receipt_no")}


def settled_past(contributions: pl.LazyFrame, months: pl.LazyFrame, through: date) -> Lazy[ContributionHistory]:
    """Return contributions of months up to `through`, of payers who are settled then one row for each account.

    It says what the account was billed and paid in all (rupiah, both the same), in the last month that billed it anything.
    Arrears, fines, surplus and paid_through of later months are those of all rows: see decision 41.
    """
    rows = shared(with_turn(by_payer(contributions), months))
    due = months.filter(pl.col("month") == through).select(pl.col("due_date").max())
    accounts = shared(_accounts(rows.join(due, how="cross")))
    unsettled = accounts.filter(~pl.col("is_settled")).select(PAYER).unique()
    settled = accounts.join(unsettled, on=PAYER, how="anti", nulls_equal=True).with_columns(**UNKNOWN)
    open_rows = rows.join(unsettled, on=PAYER, how="semi", nulls_equal=True)
    both = (conform(one, ContributionHistory) for one in (open_rows, settled))
    return conform(pl.concat(both), ContributionHistory)


def _accounts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return, per account: its sums, the last month that billed it anything, or else its last, and whether it is settled."""
    billed = pl.col("month").filter(pl.col("billed_idr") > 0).max()
    in_time = (pl.col("turn") <= pl.col("due_date")).fill_null(False).all()
    even = pl.col("billed_idr").sum() == pl.col("paid_idr").sum()
    return rows.group_by(ACCOUNT).agg(
        pl.coalesce(billed, pl.col("month").max()),
        pl.col("as_of_date").max(),
        pl.col("workers", "billed_idr", "paid_idr").sum(),
        is_settled=in_time & even,
    )
