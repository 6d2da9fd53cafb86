"""Months, versions and due dates."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import polars as pl

from warehouse.schema import Lazy, conform
from warehouse.seeds import seed_rows
from warehouse.tables.dimensions import DimMonth

DUE_DAY, MOVES = "due_day", "due_day_moves_to_working_day"
FIRST_MONTH, LAST_MONTH = date(2014, 1, 1), date(2035, 12, 1)
NAMES_ID = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
NAMES_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Version:
    """A month as seen on a date."""

    month: date
    as_of_date: date

    @property
    def reference_day(self) -> date:
        """Return the day on which membership is judged: the earlier of as_of_date and the month's last day."""
        return min(self.as_of_date, last_day(self.month))

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} as of {self.as_of_date:%Y-%m-%d}"


def last_day(month: date) -> date:
    """Return the last day of the month in which `month` lies."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def shift(month: date, months: int) -> date:
    """Return the first day of the month that lies `months` later, or earlier when negative."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


class Span(NamedTuple):
    """The months from `first` to `last`, both included."""

    first: date
    last: date

    def covers(self, month: date) -> bool:
        """Return whether a month lies in the span."""
        return self.first <= month <= self.last


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the first day of every month from `first` to `last`, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = shift(month, 1)


@cache
def due_date(month: date) -> date:
    """Return the last day to pay the month's contribution: the due day of the next month or the next working day.

    A next month without that day is due on its last. Source: due_day and due_day_moves_to_working_day of
    contribution_parameters.csv, the newest row that began by the first day of `month`; the oldest stands for what was
    before it. Public holidays of Indonesia are those of the holidays library.
    """
    end = last_day(shift(month, 1))
    day = end.replace(day=min(int(_parameter(DUE_DAY, month)), end.day))
    if _parameter(MOVES, month) == "0":
        return day
    while day.weekday() >= 5 or day in _holidays(day.year):
        day += timedelta(days=1)
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("ID", years=year))


def newest_to_close(day: date) -> date:
    """Return the newest month whose due day, wherever holidays move it, lies before `day`: every month is closed once."""
    month = shift(day, -1)
    return month if day.day > int(_parameter(DUE_DAY, month)) else shift(month, -1)


def _parameter(name: str, month: date) -> str:
    rows = [row for row in seed_rows("contribution_parameters.csv") if row["parameter"] == name]
    begun = [row for row in rows if row["effective_from"] <= month.isoformat()]
    if begun:
        return max(begun, key=lambda row: row["effective_from"])["value"]
    return min(rows, key=lambda row: row["effective_from"])["value"]


@cache
def _months() -> pl.DataFrame:
    months = list(months_between(FIRST_MONTH, LAST_MONTH))
    return pl.DataFrame(
        {
            "month": months,
            "year": [month.year for month in months],
            "quarter": [(month.month + 2) // 3 for month in months],
            "semester": [(month.month + 5) // 6 for month in months],
            "name_id": [f"{NAMES_ID[month.month - 1]} {month.year}" for month in months],
            "name_en": [f"{NAMES_EN[month.month - 1]} {month.year}" for month in months],
            "due_date": [due_date(month) for month in months],
        }
    )


def dim_month() -> Lazy[DimMonth]:
    """Return every month of the calendar, one row each, from FIRST_MONTH to LAST_MONTH."""
    return conform(_months().lazy(), DimMonth)
