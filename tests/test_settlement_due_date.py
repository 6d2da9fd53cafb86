"""The due date of a month is the due day of the law in the next month, or the next working day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from warehouse.calendar import FIRST_MONTH, LAST_MONTH, dim_month, due_date, last_day, months_between, shift

MONTHS = list(months_between(FIRST_MONTH, LAST_MONTH))
DEFERRED = list(months_between(date(2020, 8, 1), date(2021, 1, 1)))


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2025-03-01", "2025-04-15"),  # a Tuesday
        ("2025-01-01", "2025-02-17"),  # the 15th is a Saturday
        ("2025-05-01", "2025-06-16"),  # a Sunday
        ("2020-07-01", "2020-08-18"),  # a Saturday, and Monday is Independence Day
        ("2024-05-01", "2024-06-18"),  # a Saturday, and Monday is Idul Adha
    ],
)
def test_a_day_off_moves_the_due_date_to_the_next_working_day(month: str, due: str) -> None:
    assert due_date(date.fromisoformat(month)) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2020-07-01", "2020-08-18"),
        ("2020-08-01", "2020-09-30"),
        ("2020-10-01", "2020-11-30"),
        ("2020-12-01", "2021-02-01"),  # 30 January is a Saturday
        ("2021-01-01", "2021-03-01"),  # 28 February is a Sunday
        ("2021-02-01", "2021-03-15"),
    ],
)
def test_the_relief_of_2020_moved_the_due_day_to_the_30th_for_its_months_only(month: str, due: str) -> None:
    assert due_date(date.fromisoformat(month)) == date.fromisoformat(due)


def test_every_other_month_is_due_on_a_weekday_from_the_15th_and_at_most_a_run_of_days_off_later() -> None:
    usual = [month for month in MONTHS if month not in DEFERRED]
    assert {(due_date(month) - shift(month, 1).replace(day=15)).days for month in usual} <= set(range(11))
    assert {due_date(month).weekday() for month in usual} == {0, 1, 2, 3, 4}


def test_later_months_are_due_later_and_none_before_its_own_month_is_over() -> None:
    due = [due_date(month) for month in MONTHS]
    assert due == sorted(set(due))
    assert all(day > last_day(month) for month, day in zip(MONTHS, due, strict=True))


def test_the_calendar_of_the_warehouse_says_the_same() -> None:
    found = dim_month().select(pl.col("month", "due_date")).collect()
    assert found["month"].to_list() == MONTHS
    assert found["due_date"].to_list() == [due_date(month) for month in MONTHS]
