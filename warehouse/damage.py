"""What spreadsheets do to values: told by name on rows that are rejected anyway, and never repaired.

A number cell keeps 15 digits, drops zeros in front, and turns into a date what looks like one. The texts that are left
fit no column, so the declared rules reject them; these names say why, and cost nothing on a row that is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from warehouse.schema import Column, Extract, Parse

FIXED_DIGITS = re.compile(r"\^\[0-9\]\{(\d+)\}\$")
MOST_LOST = 3
SCIENTIFIC = r"^[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$"
DATE = r"^[12][0-9]{3}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-5][0-9]:[0-5][0-9])?$"
DAY_NUMBER = r"^[2-6][0-9]{4}([.][0-9]+)?$"
ONE_DIGIT_REGENCY = r"^[0-9]{2}[.][0-9]$"
ERROR_CELL = r"^#[A-Z0-9/ ]+[!?]?$"
FREE = (Parse.TEXT, Parse.CODE, Parse.URL, Parse.SLUG)
DAYS = (Parse.DATE, Parse.MONTH)
REGIONS = (Parse.REGENCY, Parse.REGION)


class Damage(NamedTuple):
    """A way in which a column was damaged: rows whose text the `pattern` finds have it."""

    name: str
    column: str
    pattern: str
    en: str
    id: str


def damages(table: type[Extract]) -> list[Damage]:
    """Return every damage that the columns of an extract can show, in order of the columns."""
    return [damage for column in table.arriving().values() for damage in _of_column(column)]


def _of_column(column: Column) -> Iterator[Damage]:
    title, parse = column.arrives_as, column.parse
    if parse in FREE:
        return
    yield Damage(
        f"{title}_scientific", title, SCIENTIFIC,
        f"{title} was a number to a spreadsheet, which keeps 15 digits: digits are lost, send it as text",
        f"{title} dibaca lembar kerja sebagai angka, yang menyimpan 15 digit: ada digit hilang, kirim sebagai teks",
    )  # fmt: skip
    yield Damage(
        f"{title}_error_cell", title, ERROR_CELL,
        f"{title} holds an error of a spreadsheet formula", f"{title} berisi galat rumus lembar kerja",
    )  # fmt: skip
    if parse in DAYS:
        yield Damage(
            f"{title}_became_number", title, DAY_NUMBER,
            f"{title} is the number of a day: the cell has lost its date format",
            f"{title} berupa nomor hari: sel kehilangan format tanggal",
        )  # fmt: skip
    else:
        yield Damage(
            f"{title}_became_date", title, DATE,
            f"{title} was turned into a date by a spreadsheet", f"{title} diubah lembar kerja menjadi tanggal",
        )  # fmt: skip
    if lost := _without_zeros(column):
        yield Damage(
            f"{title}_lost_zeros", title, lost,
            f"{title} has too few digits: a spreadsheet drops zeros, send it as text",
            f"digit {title} kurang: lembar kerja membuang angka nol, kirim sebagai teks",
        )  # fmt: skip


def _without_zeros(column: Column) -> str:
    if column.parse in REGIONS:
        return ONE_DIGIT_REGENCY
    fixed = FIXED_DIGITS.fullmatch(column.pattern)
    if not fixed:
        return ""
    digits = int(fixed[1])
    return rf"^[0-9]{{{max(digits - MOST_LOST, 1)},{digits - 1}}}([.]0)?$"
