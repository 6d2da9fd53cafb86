"""Months and days as whole numbers since January 1970, for arithmetic on whole columns."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.synthetic.dice import Ints

EPOCH = date(1970, 1, 1)
NEVER = 100_000
NO_DAY = -100_000


def month_number(month: date) -> int:
    """Return the months from January 1970 to `month`."""
    return (month.year - EPOCH.year) * 12 + month.month - 1


def day_number(day: date) -> int:
    """Return the days from 1 January 1970 to `day`."""
    return (day - EPOCH).days


def first_days(months: Ints) -> Ints:
    """Return the number of the first day of every month."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def last_days(months: Ints) -> Ints:
    """Return the number of the last day of every month."""
    return first_days(months + 1) - 1


def months_of(days: Ints) -> Ints:
    """Return the number of the month in which every day lies."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def dates(days: Ints) -> pl.Series:
    """Return the days as dates; NO_DAY and earlier as null."""
    series = pl.Series(days.astype(np.int32))
    return series.set(series <= NO_DAY, None).cast(pl.Date)
