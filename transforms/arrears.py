"""Arrears: what is unpaid after its due date, account by account; and what every employer owes and paid late."""

from __future__ import annotations

import polars as pl

from warehouse.calendar import Version

ACCOUNT = ("employer_key", "membership_key", "region_code", "segment", "programme", "funding_source")


def overdue_by_month(contributions: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return, per account and month that is in arrears: unpaid_idr (rupiah, above 0); settled months are left out.

    `contributions` are all months known on as_of_date. An account is a payer (the employer, else the membership) in
    one regency, segment, programme and funding source; null keys stand for no such payer. All that the account paid
    settles its oldest month first and goes forward to the next; the surplus of one account settles no other. A month
    is in arrears from the day after its due date.
    """
    return _overdue(unpaid_by_month(contributions), months, version)


def overdue_of_month(contributions: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return the rows of `overdue_by_month` for the version's month alone, without holding every month of an account.

    What a month leaves unpaid is the debt of the account after its bill less the debt before it.
    """
    billed = {"after": pl.col("month") <= version.month, "before": pl.col("month") < version.month}
    owed = {name: pl.when(then).then("billed_idr").otherwise(0) - pl.col("paid_idr") for name, then in billed.items()}
    sums = _by_payer(contributions).with_columns(**owed).group_by(ACCOUNT).agg(pl.col(*billed).sum())
    unpaid = pl.col("after").clip(lower_bound=0) - pl.col("before").clip(lower_bound=0)
    return _overdue(sums.select(*ACCOUNT, month=pl.lit(version.month), unpaid_idr=unpaid), months, version)


def unpaid_by_month(contributions: pl.LazyFrame) -> pl.LazyFrame:
    """Return, per account and month: unpaid_idr, whether due or not; accounts that paid all of it are left out."""
    bills = _by_payer(contributions)
    totals = bills.group_by(ACCOUNT).agg(pl.col("billed_idr").sum(), paid_in_all=pl.col("paid_idr").sum())
    in_debt = totals.filter(pl.col("billed_idr") > pl.col("paid_in_all")).select(*ACCOUNT, "paid_in_all")
    monthly = bills.group_by(*ACCOUNT, "month").agg(pl.col("billed_idr").sum())
    open_accounts = monthly.join(in_debt, on=ACCOUNT, nulls_equal=True)
    billed_so_far = pl.col("billed_idr").cum_sum().over(ACCOUNT, order_by="month")
    owed = pl.min_horizontal("billed_idr", billed_so_far - pl.col("paid_in_all")).clip(lower_bound=0)
    return open_accounts.select(*ACCOUNT, "month", unpaid_idr=owed)


def payment_record(
    contributions: pl.LazyFrame, months: pl.LazyFrame, classes: pl.LazyFrame, version: Version
) -> pl.LazyFrame:
    """Return, per npp: is_late, arrears_months, arrears_idr, arrears_class; employers without any are left out.

    Arrears are those of `overdue_by_month` up to the version's month, summed over the accounts of the employer. Their
    age counts from the oldest such month to the month of as_of_date: one at least, for it is due a month later.
    """
    known = contributions.filter(pl.col("employer_key").is_not_null())
    arrears = _arrears(overdue_by_month(known, months, version), version)
    record = _late(known, months, version).join(arrears, on="npp", how="full", coalesce=True)
    return _classified(record.with_columns(pl.col("is_late").fill_null(False)), classes)


def _by_payer(contributions: pl.LazyFrame) -> pl.LazyFrame:
    payer = pl.when(pl.col("employer_key").is_null()).then(pl.col("membership_key"))
    return contributions.with_columns(payer.alias("membership_key"))


def _overdue(unpaid: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    due = months.filter(pl.col("due_date") < version.as_of_date).select("month")
    return unpaid.filter(pl.col("unpaid_idr") > 0).join(due, on="month", how="semi")


def _late(known: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    of_month = known.filter(pl.col("month") == version.month).join(months.select("month", "due_date"), on="month")
    paid_late = (pl.col("paid_date") > pl.col("due_date")) & (pl.col("paid_idr") > 0)
    return of_month.filter(paid_late).select(npp="employer_key", is_late=pl.lit(True)).unique()


def _arrears(overdue: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    seen = version.as_of_date
    month = pl.col("month")
    age = seen.year * 12 + seen.month - month.dt.year() * 12 - month.dt.month()
    return (
        overdue.filter(month <= version.month)
        .group_by(npp="employer_key")
        .agg(arrears_months=age.max().cast(pl.Int64), arrears_idr=pl.col("unpaid_idr").sum())
    )


def _classified(record: pl.LazyFrame, classes: pl.LazyFrame) -> pl.LazyFrame:
    oldest = pl.col("to_months").is_null() | (pl.col("arrears_months") <= pl.col("to_months"))
    of_age = (pl.col("arrears_months") >= pl.col("from_months")) & oldest
    ages = record.select("arrears_months").drop_nulls().unique()
    found = ages.join(classes, how="cross").filter(of_age).select("arrears_months", "arrears_class")
    return record.join(found, on="arrears_months", how="left")
