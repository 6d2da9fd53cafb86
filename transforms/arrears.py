"""What every registered employer owes and paid late, from the contributions of all months."""

from __future__ import annotations

import polars as pl

from warehouse.calendar import Version


def payment_record(
    contributions: pl.LazyFrame, months: pl.LazyFrame, classes: pl.LazyFrame, version: Version
) -> pl.LazyFrame:
    """Return, per npp: is_late, arrears_months, arrears_idr, arrears_class; employers without any are left out.

    A contribution month is in arrears when its sum billed exceeds its sum paid and its due date is past on
    as_of_date. Its age counts from that month to the month of as_of_date: one at least, for it is due a month later.
    """
    known = contributions.filter(pl.col("employer_key").is_not_null() & (pl.col("month") <= version.month))
    dated = known.join(months.select("month", "due_date"), on="month")
    record = _late(dated, version).join(_arrears(dated, version), on="npp", how="full", coalesce=True)
    return _classified(record.with_columns(pl.col("is_late").fill_null(False)), classes)


def _late(dated: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    paid_late = (pl.col("paid_date") > pl.col("due_date")) & (pl.col("paid_idr") > 0)
    of_month = dated.filter((pl.col("month") == version.month) & paid_late)
    return of_month.select(npp="employer_key", is_late=pl.lit(True)).unique()


def _arrears(dated: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    seen = version.as_of_date
    month = pl.col("month")
    age = seen.year * 12 + seen.month - month.dt.year() * 12 - month.dt.month()
    overdue = dated.filter(pl.col("due_date") < seen).group_by("employer_key", "month")
    unpaid = overdue.agg(unpaid_idr=pl.col("billed_idr").sum() - pl.col("paid_idr").sum()).filter(
        pl.col("unpaid_idr") > 0
    )
    return unpaid.group_by(npp="employer_key").agg(
        arrears_months=age.max().cast(pl.Int64), arrears_idr=pl.col("unpaid_idr").sum()
    )


def _classified(record: pl.LazyFrame, classes: pl.LazyFrame) -> pl.LazyFrame:
    oldest = pl.col("to_months").is_null() | (pl.col("arrears_months") <= pl.col("to_months"))
    of_age = (pl.col("arrears_months") >= pl.col("from_months")) & oldest
    ages = record.select("arrears_months").drop_nulls().unique()
    found = ages.join(classes, how="cross").filter(of_age).select("arrears_months", "arrears_class")
    return record.join(found, on="arrears_months", how="left")
