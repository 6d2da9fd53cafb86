"""Parsers: every way of writing that has one reading is read, and nothing else is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.asciitable import table
from transforms import standardize as parse
from transforms.geography import Gazetteer
from transforms.standardize import Parser, standardize, with_minimum_wage
from warehouse.dialect import Dialect
from warehouse.rules import AMBIGUOUS, FOREIGN, raw
from warehouse.schema import Extract, Parse
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.target import Target

INDONESIAN = Dialect(decimal=",", thousands=".")
ENGLISH = Dialect(decimal=".", thousands=",")
UNDECLARED = Dialect()
MARCH = date(2025, 3, 1)


def read(parser: Parser, text: str | None, dialect: Dialect = UNDECLARED) -> object:
    """Return what a parser makes of a text."""
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(parser(pl.col("text"), dialect)).item()


@pytest.mark.parametrize("text", ["16800", "16.800,00", "16,800.00", "16800.0", "16800,00", "Rp 16.800,00", "16 800"])
def test_an_amount_with_one_reading_is_read_undeclared(text: str) -> None:
    assert read(parse.whole, text) == 16_800


@pytest.mark.parametrize(
    "text", ["16.800", "16,800", "16800.50", "2.6E+10", "abc", "16.80.0", "--5", "１６８００", "٢٠٢٥", None]
)
def test_an_amount_with_two_readings_or_none_is_not_read(text: str | None) -> None:
    assert read(parse.whole, text) is None


@pytest.mark.parametrize(
    ("text", "dialect"),
    [("16.800", INDONESIAN), ("16.800,00", INDONESIAN), ("16,800", ENGLISH), ("16,800.00", ENGLISH)],
)
def test_a_declared_mark_settles_the_reading(text: str, dialect: Dialect) -> None:
    assert read(parse.whole, text, dialect) == 16_800


@pytest.mark.parametrize(
    ("text", "dialect"),
    [("16,800.00", INDONESIAN), ("16.80", INDONESIAN), ("1.6800", INDONESIAN), ("16.800,00", ENGLISH)],
)
def test_an_amount_against_the_declared_marks_is_not_read(text: str, dialect: Dialect) -> None:
    assert read(parse.whole, text, dialect) is None


@pytest.mark.parametrize("text", ["2025-03-16", "16-03-2025", "16/03/2025", "2025-03-16 00:00:00"])
def test_a_date_is_read_in_the_three_usual_forms(text: str) -> None:
    assert read(parse.date, text) == date(2025, 3, 16)


@pytest.mark.parametrize("text", ["16-03-25", "03-16-2025", "31-02-2025", "0025-03-16", "Maret 2025"])
def test_a_date_in_any_other_form_is_not_read(text: str) -> None:
    assert read(parse.date, text) is None


def test_only_the_declared_date_format_is_read_where_one_is_declared() -> None:
    american = Dialect(date_formats=("%m/%d/%Y",))
    assert read(parse.date, "03/16/2025", american) == date(2025, 3, 16)
    assert read(parse.date, "2025-03-16", american) is None


@pytest.mark.parametrize("text", ["2025-03", "202503", "03/2025", "3-2025", "2025-03-31", "16/03/2025"])
def test_a_month_is_read_in_every_usual_form(text: str) -> None:
    assert read(parse.month, text) == MARCH


@pytest.mark.parametrize("text", ["2025-13", "32025", "Maret", "25-03", "２０２５-03"])
def test_a_text_that_is_no_month_is_not_read(text: str) -> None:
    assert read(parse.month, text) is None


@pytest.mark.parametrize(
    ("text", "bits"), [("JKK", 1), ("JKK,JKM,JHT", 7), ("jkk+jp", 9), ("JKK / JKM", 3), ("JKP JP", 24)]
)
def test_a_set_of_programmes_becomes_bits(text: str, bits: int) -> None:
    assert read(parse.programmes, text) == bits


@pytest.mark.parametrize("text", ["JKK,XXX", "JKKJKM", ""])
def test_a_set_with_an_unknown_programme_is_not_read(text: str) -> None:
    assert read(parse.programmes, text) is None


@pytest.mark.parametrize("text", ["26133068531", "26133068531.0", "'26133068531", "2613 3068 531"])
def test_a_kpj_loses_only_what_a_spreadsheet_added(text: str) -> None:
    assert read(parse.identifier, text) == "26133068531"


def test_a_nik_that_went_through_a_number_is_left_damaged_to_be_seen() -> None:
    assert read(parse.national_id, "1503014502900001.0") == "1503014502900001.0"
    assert read(parse.national_id, "'1503014502900001") == "1503014502900001"


@pytest.mark.parametrize(("text", "fraction"), [("96.20", 0.962), ("96,20", 0.962), ("62.62%", 0.6262)])
def test_a_percentage_becomes_a_fraction(text: str, fraction: float) -> None:
    assert read(parse.percent, text) == fraction


@pytest.mark.parametrize("text", ["sekitar 60", "nan", "inf", "6e1", "60 persen", "1,096.2", "６２"])
def test_a_text_that_is_no_percentage_is_not_read(text: str) -> None:
    assert read(parse.percent, text) is None


def test_y_and_t_are_yes_and_no_and_other_letters_are_not_read() -> None:
    assert [read(parse.flag, text) for text in ("Y", "t", "N")] == [True, False, None]


@pytest.mark.parametrize(("year", "is_read"), [("1899", False), ("1900", True), ("2100", True), ("2101", False)])
def test_years_from_1900_to_2100_are_read_and_no_other(year: str, is_read: bool) -> None:
    assert (read(parse.date, f"{year}-06-15") is not None) is is_read
    assert (read(parse.month, f"{year}-06") is not None) is is_read


@pytest.mark.parametrize(
    ("text", "dialect", "fraction"),
    [
        ("1.096,20", INDONESIAN, 10.962),
        ("96.20", INDONESIAN, None),
        ("7", UNDECLARED, 0.07),
        ("8.7", UNDECLARED, 0.087),
    ],
)
def test_a_percentage_obeys_the_declared_marks(text: str, dialect: Dialect, fraction: float | None) -> None:
    assert read(parse.percent, text, dialect) == fraction


def test_groups_of_thousands_are_read_however_many_there_are() -> None:
    assert [read(parse.whole, text) for text in ("1.234.567,00", "1,234,567.00", "1.234.567", "1,234,567")] == [
        1_234_567
    ] * 4


def test_a_number_of_more_digits_than_a_whole_number_holds_is_not_read() -> None:
    assert read(parse.whole, "999999999999999999") == 999_999_999_999_999_999
    assert read(parse.whole, "9999999999999999999") is None


def rows_of(table: type[Extract], **cells: list[str | None]) -> pl.DataFrame:
    """Return what standardising makes of rows of `table`, whose other cells are empty."""
    height = len(next(iter(cells.values())))
    texts = {raw(column): cells.get(name, [None] * height) for name, column in table.arriving().items()}
    frame = pl.LazyFrame(texts, schema=dict.fromkeys(texts, pl.String))
    gazetteer = Gazetteer({"1503": "15.03"}, {"BANDUNG": ("32.04", "32.73")}, {"9409": ("91.06",)})
    return standardize(frame, table, UNDECLARED, {Parse.REGENCY: gazetteer, Parse.REGION: gazetteer}).collect()


def test_every_arriving_column_becomes_a_value_of_its_declared_type() -> None:
    found = rows_of(
        Membership, blth=["2025-03"], upah=["3000000"], rentan=["Y"], nik=["1503014502900001"], program=["JKK"]
    )
    wanted = {column.name: column.dtype for column in Membership.arriving().values() if not column.pseudonym}
    assert {name: found.schema[name] for name in wanted} == wanted
    assert found.select("month", "wage_idr", "is_vulnerable", "worker_key", "programmes").row(0) == (
        MARCH, 3_000_000, True, "1503014502900001", 1,
    )  # fmt: skip


def test_a_region_is_known_ambiguous_foreign_or_unknown() -> None:
    found = rows_of(Membership, kode_kab_domisili=["15.03", "Bandung", "94.09", "Atlantis", None])
    flags = ["residence_code", "residence_code" + AMBIGUOUS, "residence_code" + FOREIGN]
    assert found.select(flags).rows() == [
        ("15.03", False, False), (None, True, False), (None, False, True), (None, False, False), (None, False, False),
    ]  # fmt: skip


def test_of_two_minimum_wages_of_a_regency_and_year_the_last_one_counts() -> None:
    rows = rows_of(
        Membership, blth=["2025-03", "2025-12", "2026-01", None], kode_kab_kerja=["15.03", "15.03", "15.03", "15.03"]
    )
    wages = table(
        MinimumWage,
        """
        | region_code | year | minimum_wage_idr |
        | 15.03       | 2025 | 3000000          |
        | 15.03       | 2025 | 3203652          |
        | 15.04       | 2026 | 1                |
        """,
    )
    measured = with_minimum_wage(rows.lazy(), wages).collect()
    assert measured["minimum_wage_idr"].to_list() == [3_203_652, 3_203_652, None, None]
    assert "wage_year" not in measured.columns


def test_a_number_that_its_column_cannot_hold_is_unreadable_and_no_error() -> None:
    found = rows_of(Target, tahun=["2025", "99999999999"], persen=["96,20", "sekitar 60"])
    assert found.select("year", "target_ratio").rows() == [(2025, 0.962), (None, None)]
