"""How payments settle bills: account by account, the oldest month first, a surplus going forward.

An account is a payer (the employer, else the membership) in one regency, segment, programme and funding source; null
keys stand for no such payer. What is billed and what is paid are two running sums over the account: the rupiah between
two points of one sum are settled by the payments that the other sum crosses there.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.calendar import Version

ACCOUNT = ("employer_key", "membership_key", "region_code", "segment", "programme", "funding_source")
PAYER = ACCOUNT[:2]
UNPAID = pl.col("billed_idr") > pl.col("paid_idr")
PAID_IN_ALL = pl.col("paid_idr").sum().alias("paid_in_all")


def unpaid_by_month(contributions: pl.LazyFrame) -> pl.LazyFrame:
    """Return, per account and month: unpaid_idr (rupiah, above 0), whether due or not; settled months are left out.

    `contributions` are all months known on as_of_date; all that was paid in any of them settles.
    """
    rows = rows_of_payers(by_payer(contributions), UNPAID)
    totals = rows.group_by(ACCOUNT).agg(pl.col("billed_idr").sum(), PAID_IN_ALL)
    in_debt = totals.filter(pl.col("billed_idr") > pl.col("paid_in_all")).select(*ACCOUNT, "paid_in_all")
    open_bills = rows.filter(pl.col("billed_idr") > 0).join(in_debt, on=ACCOUNT, nulls_equal=True)
    monthly = open_bills.group_by(*ACCOUNT, "month").agg(pl.col("billed_idr").sum(), pl.col("paid_in_all").first())
    billed_so_far = pl.col("billed_idr").cum_sum().over(ACCOUNT, order_by="month")
    unpaid = pl.min_horizontal("billed_idr", billed_so_far - pl.col("paid_in_all"))
    return monthly.select(*ACCOUNT, "month", unpaid_idr=unpaid).filter(pl.col("unpaid_idr") > 0)


def unpaid_of_month(contributions: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return the rows of `unpaid_by_month` for the version's month alone, without holding every month of an account.

    What a month leaves unpaid is the debt of the account after its bill less the debt before it.
    """
    accounts = by_payer(contributions).group_by(ACCOUNT).agg(*_bounds(version), PAID_IN_ALL)
    after, before = (
        (pl.col(bound) - pl.col("paid_in_all")).clip(lower_bound=0) for bound in ("billed_after", "billed_before")
    )
    unpaid = accounts.select(*ACCOUNT, month=pl.lit(version.month), unpaid_idr=after - before)
    return unpaid.filter(pl.col("unpaid_idr") > 0)


def surplus_by_account(contributions: pl.LazyFrame) -> pl.LazyFrame:
    """Return, per account that paid more than all its bills: surplus_idr (rupiah, above 0)."""
    totals = by_payer(contributions).group_by(ACCOUNT).agg(pl.col("billed_idr").sum(), PAID_IN_ALL)
    surplus = pl.col("paid_in_all") - pl.col("billed_idr")
    return totals.select(*ACCOUNT, surplus_idr=surplus).filter(pl.col("surplus_idr") > 0)


def pieces_of_month(contributions: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return how the version's month was settled, in pieces: per account is_paid, settled_on and piece_idr (above 0).

    Payments settle in the order of their days, one without a day as if made on the due date of its own month (last,
    when `months` does not hold that). `settled_on` is the day of the payment that settles the piece; null where it has
    none, and where is_paid is false: nothing settles the piece. Accounts whose month was settled in whole by its due
    date are left out, and so are all when `months` does not hold the month.
    """
    due = months.filter(pl.col("month") == version.month).select("due_date")
    rows = with_turn(by_payer(contributions), months).join(due, how="cross")
    in_time = pl.when(pl.col("turn") <= pl.col("due_date")).then("paid_idr").sum().alias("in_time")
    accounts = rows.group_by(ACCOUNT).agg(*_bounds(version), PAID_IN_ALL, in_time)
    not_in_time = accounts.filter(pl.col("billed_after") > pl.max_horizontal("billed_before", "in_time"))
    bounds = not_in_time.select(*ACCOUNT, "billed_before", "billed_after")
    paid = _by_turn(rows.filter(pl.col("paid_idr") > 0).join(bounds, on=ACCOUNT, nulls_equal=True))
    so_far = pl.col("paid_idr").cum_sum().over(ACCOUNT, order_by=["turn", "is_undated"])
    settled = _within_month(so_far) - _within_month(so_far - pl.col("paid_idr"))
    unpaid = pl.col("billed_after") - _within_month(pl.col("paid_in_all"))
    never = pl.lit(None, pl.Date())
    pieces = (
        paid.select(*ACCOUNT, "settled_on", is_paid=pl.lit(True), piece_idr=settled),
        not_in_time.select(*ACCOUNT, settled_on=never, is_paid=pl.lit(False), piece_idr=unpaid),
    )
    return pl.concat(pieces).filter(pl.col("piece_idr") > 0)


def unsettled(contributions: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return every row of the payers of whom a row is unpaid, or was paid after the due date of the version's month.

    Nobody else has an account with anything in `unpaid_by_month`, `unpaid_of_month` or `pieces_of_month`.
    """
    due = months.filter(pl.col("month") == version.month).select(pl.col("due_date").max())
    rows = with_turn(by_payer(contributions), months).join(due, how="cross")
    is_late = (pl.col("month") <= version.month) & (pl.col("turn") > pl.col("due_date"))
    return rows_of_payers(rows, UNPAID | is_late.fill_null(False))


def rows_of_payers(rows: pl.LazyFrame, asked: pl.Expr) -> pl.LazyFrame:
    """Return every row of the payers of whom a row is `asked`: few, and the rest need not be sorted into accounts."""
    return rows.join(rows.filter(asked).select(PAYER).unique(), on=PAYER, how="semi", nulls_equal=True)


def by_payer(contributions: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows with the payer of their account alone: no membership_key where an employer pays."""
    payer = pl.when(pl.col("employer_key").is_null()).then(pl.col("membership_key"))
    return contributions.with_columns(payer.alias("membership_key"))


def _bounds(version: Version) -> list[pl.Expr]:
    """Return what the account was billed before and after the bill of the version's month."""
    parts = {"billed_before": pl.col("month") < version.month, "billed_after": pl.col("month") <= version.month}
    return [pl.when(part).then("billed_idr").otherwise(0).sum().alias(name) for name, part in parts.items()]


def with_turn(rows: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows with turn, the day by which their payment stands in line, and is_undated: it has no day of its own."""
    own = months.select("month", own_due_date="due_date")
    turn = pl.coalesce("paid_date", "own_due_date", pl.lit(date.max))
    return rows.join(own, on="month", how="left").with_columns(turn=turn, is_undated=pl.col("paid_date").is_null())


def _by_turn(payments: pl.LazyFrame) -> pl.LazyFrame:
    return payments.group_by(*ACCOUNT, "turn", "is_undated", settled_on="paid_date").agg(
        pl.col("paid_idr").sum(), pl.col("billed_before", "billed_after").first()
    )


def _within_month(sum_of_account: pl.Expr) -> pl.Expr:
    return sum_of_account.clip(pl.col("billed_before"), pl.col("billed_after"))
