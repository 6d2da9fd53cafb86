"""Parsers: every way of writing that has one reading is read, and nothing else is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from transforms import standardize as parse
from transforms.standardize import Parser
from warehouse.dialect import Dialect

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


@pytest.mark.parametrize("text", ["16.800", "16,800", "16800.50", "2.6E+10", "abc", "16.80.0", "--5", None])
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


@pytest.mark.parametrize("text", ["2025-13", "32025", "Maret", "25-03"])
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


def test_y_and_t_are_yes_and_no_and_other_letters_are_not_read() -> None:
    assert [read(parse.flag, text) for text in ("Y", "t", "N")] == [True, False, None]
