"""Arrears and fines: what is unpaid after its due date and how old it is; and what every employer owes and paid late."""

from __future__ import annotations

from functools import reduce

import polars as pl

from transforms.dated import in_effect, stamp
from transforms.graph import transform
from transforms.settlement import pieces_of_month, surplus_by_account, unpaid_by_month, unpaid_of_month, unsettled
from transforms.sharing import shared
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.arrears import FactArrears
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.open_history import OpenHistory
from warehouse.tables.payer_parts import ArrearsOfPayers, LeftOpen
from warehouse.tables.reference import ArrearsClass, ContributionParameter

GROUP = ("region_code", "segment", "programme", "funding_source")
FINE_RATE = "late_fine_rate"
PARTS = 1_000_000


@transform
def open_history(
    contributions: Lazy[ContributionHistory], months: Lazy[DimMonth], version: Version
) -> Lazy[OpenHistory]:
    """Return the contributions of the payers who left anything open, for all that looks for arrears and fines."""
    return conform(shared(conform(unsettled(contributions, months, version), OpenHistory)), OpenHistory)


@transform
def fact_arrears(payers: Lazy[ArrearsOfPayers]) -> Lazy[FactArrears]:
    """Return the arrears of all payers."""
    totals = payers.group_by(FactArrears.key()).agg(pl.col("accounts", "arrears_idr").sum())
    return conform(totals, FactArrears)


@transform
def arrears_of_payers(
    contributions: Lazy[ContributionHistory], months: Lazy[DimMonth], classes: Lazy[ArrearsClass], version: Version
) -> Lazy[ArrearsOfPayers]:
    """Return what is owed per regency, segment, programme, funding source and class, where anything was ever billed.

    The stock of all months up to the version's; every unpaid month stands in the class of its own age. A payer counts
    once in each class in which it owes a month. What was billed up to the month has a row of every class.
    """
    ages = _ages(months, classes, version)
    owed = overdue_by_month(contributions, months, version).join(ages, on="month")
    by_payer = owed.group_by(*GROUP, "arrears_class", "employer_key", "membership_key").agg(pl.col("unpaid_idr").sum())
    totals = by_payer.group_by(*GROUP, "arrears_class").agg(accounts=pl.len(), arrears_idr=pl.col("unpaid_idr").sum())
    known = contributions.filter(pl.col("month") <= version.month).select(pl.col(GROUP).cast(pl.Categorical))
    billed = known.group_by(GROUP).agg(bills=pl.len()).with_columns(pl.col(GROUP).cast(pl.String))
    every = billed.join(classes.select("arrears_class"), how="cross")
    counted = every.join(totals, on=[*GROUP, "arrears_class"], how="left")
    return conform(
        counted.with_columns(*stamp(version), pl.col("accounts", "arrears_idr").fill_null(0)), ArrearsOfPayers
    )


@transform
def left_open(
    history: Lazy[OpenHistory], months: Lazy[DimMonth], parameters: Lazy[ContributionParameter], version: Version
) -> Lazy[LeftOpen]:
    """Return arrears and fines of the month, per regency, segment, programme and funding source that has any.

    Arrears are those of the month itself, by `overdue_of_month` over all months that `history` knows on as_of_date.
    """
    owed = overdue_of_month(history, months, version).group_by(GROUP).agg(arrears_idr=pl.col("unpaid_idr").sum())
    fines = fines_of_month(history, months, parameters, version)
    return conform(owed.join(fines, on=GROUP, how="full", coalesce=True), LeftOpen)


def overdue_by_month(contributions: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return, per account and month in arrears: unpaid_idr (rupiah, above 0), of months up to the version's.

    A month is in arrears from the day after its due date; one that is not in `months` never is. `contributions` are all
    months known on as_of_date: what is paid for a later month settles these first.
    """
    return overdue(unpaid_by_month(contributions), months, version)


def overdue_of_month(contributions: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return the rows of `overdue_by_month` for the version's month alone, at less cost."""
    return overdue(unpaid_of_month(contributions, version), months, version)


def fines_of_month(
    history: pl.LazyFrame, months: pl.LazyFrame, parameters: pl.LazyFrame, version: Version
) -> pl.LazyFrame:
    """Return, per region_code, segment, programme and funding_source: fine_idr; those without a fine are left out.

    For every month that has begun since the due date, the rate of the segment is owed on what is settled that late, and
    on what is unpaid by as_of_date. The rate is the one in effect in the version's month. What is settled by payments
    without a date raises no fine, nor does a segment without a rate. Rounded half up once per account and month.
    """
    rates = _fine_rates(parameters, version)
    fined = history.join(rates, on="segment", how="semi")
    due = months.filter(pl.col("month") == version.month).select("due_date")
    until = pl.when("is_paid").then("settled_on").otherwise(pl.lit(version.as_of_date))
    late = pieces_of_month(fined, months, version).join(due, how="cross").join(rates, on="segment")
    owed = pl.col("piece_idr") * _months_begun(pl.col("due_date"), until)
    accounts = late.group_by(*GROUP, "employer_key", "membership_key").agg(owed=owed.sum(), rate=pl.col("rate").first())
    return accounts.group_by(GROUP).agg(fine_idr=_rounded("owed", "rate").sum()).filter(pl.col("fine_idr") > 0)


def payment_record(
    contributions: pl.LazyFrame, months: pl.LazyFrame, classes: pl.LazyFrame, version: Version
) -> pl.LazyFrame:
    """Return, per npp: is_late, arrears_months, arrears_idr, arrears_class, paid_through, surplus_idr.

    All are over every account of the employer; an employer without any is left out, and null stands for none. Arrears
    are those of `overdue_by_month`; their age counts from the oldest such month. `paid_through` is the last month billed
    before the first one that is open in any account, due or not.
    """
    known = contributions.filter(pl.col("employer_key").is_not_null())
    unpaid = shared(unpaid_by_month(known))
    owed = overdue(unpaid, months, version).group_by(npp="employer_key")
    oldest = owed.agg(pl.col("month").min(), arrears_idr=pl.col("unpaid_idr").sum())
    arrears = oldest.join(_ages(months, classes, version), on="month").drop("month")
    surplus = surplus_by_account(known).group_by(npp="employer_key").agg(pl.col("surplus_idr").sum())
    parts = (_late(known, months, version), arrears, _paid_through(known, unpaid), surplus)
    record = reduce(lambda known, part: known.join(part, on="npp", how="full", coalesce=True), parts)
    return record.with_columns(pl.col("is_late").fill_null(False))


def overdue(unpaid: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return those rows of `unpaid` whose month is not after the version's and was due before as_of_date."""
    return unpaid.join(_due(months, version), on="month", how="semi")


def paid_late(contributions: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return, with their due_date, the rows of the version's month of which something was paid after it."""
    of_month = contributions.filter(pl.col("month") == version.month)
    late = (pl.col("paid_date") > pl.col("due_date")) & (pl.col("paid_idr") > 0)
    return of_month.join(months.select("month", "due_date"), on="month").filter(late)


def _due(months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    past = (pl.col("month") <= version.month) & (pl.col("due_date") < version.as_of_date)
    return months.filter(past).select("month")


def _late(known: pl.LazyFrame, months: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    return paid_late(known, months, version).select(npp="employer_key", is_late=pl.lit(True)).unique()


def _paid_through(known: pl.LazyFrame, unpaid: pl.LazyFrame) -> pl.LazyFrame:
    first_open = unpaid.group_by(npp="employer_key").agg(first_open=pl.col("month").min())
    billed = known.filter(pl.col("billed_idr") > 0).select("month", npp="employer_key").unique()
    settled = pl.col("first_open").is_null() | (pl.col("month") < pl.col("first_open"))
    through = billed.join(first_open, on="npp", how="left").filter(settled)
    return through.group_by("npp").agg(paid_through=pl.col("month").max())


def _ages(months: pl.LazyFrame, classes: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return, per month: arrears_months, its age in the month of as_of_date, and the arrears_class of that age."""
    seen, month = version.as_of_date, pl.col("month")
    age = seen.year * 12 + seen.month - month.dt.year() * 12 - month.dt.month()
    not_older = pl.col("to_months").is_null() | (pl.col("arrears_months") <= pl.col("to_months"))
    of_class = (pl.col("arrears_months") >= pl.col("from_months")) & not_older
    aged = months.select("month", arrears_months=age.cast(pl.Int64)).join(classes, how="cross").filter(of_class)
    return aged.select("month", "arrears_months", "arrears_class")


def _fine_rates(parameters: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    """Return, per segment with a fine: rate, in parts of a million."""
    rules = in_effect(parameters, version.month).filter(pl.col("parameter") == FINE_RATE)
    rate = (pl.col("value").cast(pl.Decimal(38, 6)) * PARTS).cast(pl.Int64)
    return rules.select("segment", rate=rate).filter(pl.col("rate") > 0)


def _months_begun(due: pl.Expr, until: pl.Expr) -> pl.Expr:
    """Return the months begun after the day `due` up to the day `until`; 0 up to that day.

    A month ends on the day of `due`, or on its last day when it has no such day.
    """
    over = (until.dt.day() > due.dt.day()).cast(pl.Int64)
    return ((until.dt.year() - due.dt.year()) * 12 + until.dt.month() - due.dt.month() + over).clip(lower_bound=0)


def _rounded(amount: str, rate: str) -> pl.Expr:
    """Return amount x rate, rounded half up, where rate is in parts of a million; exact, for no product overflows."""
    whole, rest = pl.col(amount) // PARTS, pl.col(amount) % PARTS
    return whole * pl.col(rate) + (rest * pl.col(rate) + PARTS // 2) // PARTS
