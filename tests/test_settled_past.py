"""What is left of a settled past tells later months the same as all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pydantic import ByteSize

from flows import settling
from flows.assembly import Assembly
from flows.context import Load
from flows.planning import Standing
from flows.settings import Settings
from tests.asciitable import assert_table, key, table
from tests.rules import CLASSES, REFERENCE
from tests.second import EXAMPLES
from tests.world import random_world
from transforms.arrears import payment_record
from transforms.graph import build
from transforms.identity import Pseudonyms
from transforms.settled_past import settled_past
from transforms.settlement import by_payer
from warehouse import lake
from warehouse.calendar import Version, dim_month, last_day, shift
from warehouse.home import Home
from warehouse.schema import conform
from warehouse.tables.arrears import FactArrears
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.payer_parts import LeftOpen

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))
PAST = [shift(MARCH.month, -back) for back in (5, 4, 3, 2)]
ALL = [*PAST, shift(MARCH.month, -1), MARCH.month, shift(MARCH.month, 1)]
SCHEMA = ContributionHistory.polars_schema()


CHOICES: dict[str, list[object]] = {
    "month": [*ALL],
    "employer_key": ["one", "one", "one", None],
    "membership_key": [None, key("kpj")],
    "programme": ["JKK", "JKK", "JKM"],
    "region_code": ["15.03"],
    "segment": ["PU"],
    "funding_source": ["EMPLOYER"],
    "billed_idr": [100, 100, 100, 200, 0],
    "percent": [100, 100, 100, 100, 40, 0, 160],
    "days": [None, 0, 0, 20, 44, 50, 110, 200],
}
TYPES = SCHEMA | {"percent": pl.Int64(), "days": pl.Int64()}


def payments() -> st.SearchStrategy[pl.LazyFrame]:
    """Return contributions of a few payers, most of them paid in full, in time or some days or months late."""
    row = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()})
    return st.lists(row, max_size=14).map(_contributions)


def _contributions(rows: list[dict[str, object]]) -> pl.LazyFrame:
    told = pl.LazyFrame(rows, schema={name: TYPES[name] for name in CHOICES}).with_columns(
        as_of_date=pl.col("month").dt.month_end(),
        workers=pl.lit(1),
        paid_idr=pl.col("billed_idr") * pl.col("percent") // 100,
        paid_date=pl.col("month") + pl.duration(days=pl.col("days")),
        receipt_no=pl.lit(None, pl.String),
    )
    return conform(told, ContributionHistory)


def left_of(text: str) -> pl.LazyFrame:
    """Return what is left of the contributions of `text` at the end of January."""
    return settled_past(table(ContributionHistory, text, region_code="15.03"), dim_month(), date(2025, 1, 1))


def test_of_a_settled_payer_one_row_of_each_account_is_left_with_what_it_was_billed_and_paid_in_all() -> None:
    found = left_of(
        """
        | employer_key | programme | month   | billed_idr | paid_idr | paid_date  |
        | one          | JKK       | 2024-11 | 100        | 100      | 2024-12-10 |
        | one          | JKK       | 2024-12 | 300        | 100      | 2025-01-10 |
        | one          | JKK       | 2025-01 | 0          | 200      | 2025-02-14 |
        | one          | JKM       | 2024-10 | 0          | 0        | -          |
        """
    )
    wanted = """
        | employer_key | programme | month   | billed_idr | paid_idr | paid_date |
        | one          | JKK       | 2024-12 | 400        | 400      | -         |
        | one          | JKM       | 2024-10 | 0          | 0        | -         |
    """
    assert_table(found, wanted, ContributionHistory)


@pytest.mark.parametrize(
    ("paid", "day"),
    [(99, "2024-12-10"), (101, "2024-12-10"), (100, "2025-02-18")],
    ids=["too little", "too much", "late"],
)
def test_of_a_payer_with_one_account_that_is_not_settled_every_row_is_left(paid: int, day: str) -> None:
    rows = f"""
        | employer_key | programme | month   | billed_idr | paid_idr | paid_date  |
        | one          | JKK       | 2024-11 | 100        | 100      | 2024-12-10 |
        | one          | JKK       | 2025-01 | 100        | 100      | 2025-02-10 |
        | one          | JKM       | 2024-12 | 100        | {paid}   | {day}      |
    """
    assert_table(left_of(rows), rows, ContributionHistory)


def test_nothing_is_settled_at_the_end_of_a_month_whose_due_date_is_not_known() -> None:
    rows = (
        "| employer_key | month | billed_idr | paid_idr |\n| one | 2024-11 | 100 | 100 |\n| one | 2024-12 | 100 | 100 |"
    )
    known = table(ContributionHistory, rows, region_code="15.03")
    assert_table(settled_past(known, dim_month().clear(), date(2025, 1, 1)), rows, ContributionHistory)


def folded(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows with those of `PAST` settled month by month, as one load after the other does."""
    kept = rows.clear()
    for month in PAST:
        kept = settled_past(pl.concat([kept, rows.filter(pl.col("month") == month)]), dim_month(), month)
        kept = kept.collect().lazy()
    return pl.concat([kept, rows.filter(~pl.col("month").is_in(PAST))])


@given(rows=payments())
@settings(max_examples=EXAMPLES // 2, deadline=None, derandomize=True)
def test_arrears_fines_and_records_are_those_of_the_whole_past(rows: pl.LazyFrame) -> None:
    known = folded(rows)
    for version in (MARCH, Version(MARCH.month, date(2025, 3, 20))):
        found, wanted = (
            pl.collect_all(
                [
                    *build([FactArrears, LeftOpen], {**REFERENCE, ContributionHistory: one}, version).values(),
                    payment_record(one, dim_month(), CLASSES, version),
                ]
            )
            for one in (known, rows)
        )
        for mine, plain in zip(found, wanted, strict=True):
            assert_frame_equal(mine, plain, check_row_order=False)


class Known(Assembly):
    """An assembly whose contributions are those of a world, and not of files."""

    rows_of_world = random_world(1, rows=300)[Contribution]

    def _history_of(self, version: Version) -> pl.LazyFrame:
        of_month = pl.col("month") == version.month
        return conform(self.rows_of_world.filter(of_month), ContributionHistory)


@pytest.mark.parametrize("bytes_a_row", [64, 1 << 20], ids=["at once", "in parts"])
def test_a_month_adds_one_file_to_what_is_left_of_the_months_before_it(
    bytes_a_row: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "BYTES_A_ROW", bytes_a_row)
    home, given = Home(tmp_path), Settings(memory=ByteSize(512 << 20))
    home.lake.mkdir()
    books = Known(Load(home, given, Pseudonyms(b"s" * 32), "run"), Standing({}))
    versions = [Version(month, last_day(month)) for month in PAST]
    plain, kept = books.rows_of_world.clear(), list[int]()
    for known, month in enumerate(PAST, start=1):
        every = pl.concat([plain, books.rows_of_world.filter(pl.col("month") == month)]).collect().lazy()
        plain = every if known == 1 else settled_past(every, dim_month(), month)
        found = books.settled(versions[:known])
        order = [name for name in SCHEMA if name not in ("workers", "receipt_no")]
        left, wanted = (by_payer(one).select(order).collect().sort(order) for one in (found, plain))
        assert_frame_equal(left, wanted)
        kept.append(len(lake.kept_files(home, lake.PAST)))
    assert kept == [0, 1, 2, 3]
    assert not list(home.lake.glob(".*"))
