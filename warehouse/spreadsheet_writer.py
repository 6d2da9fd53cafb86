"""Writing spreadsheets for people: every cell as text, and no text that a spreadsheet would take for a formula.

A text that begins as a formula does gets an apostrophe in front, and so does one that begins with an apostrophe: taking
one away gives every text back as it was.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

FORMULA = r"\s*['=+\-@＝＋－＠﹣﹢﹦−].*|[\t\r\n].*"
NUMBER_TO_KEEP = r"\d{12,}|0\d+"
GUARDED = rf"(?s)^'({FORMULA}|{NUMBER_TO_KEEP})$"
"""What a text looks like that was kept from being a formula or a number; the first group is the text."""
IS_FORMULA, IS_NUMBER_TO_KEEP, IS_GUARDED = (
    re.compile(rf"(?s)^(?:{form})$") for form in (FORMULA, NUMBER_TO_KEEP, GUARDED.removeprefix("(?s)"))
)
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
WRONG, NOTE, HEAD = "#F8CBAD", "#FFF2CC", "#D9E1F2"
MOST_ROWS, MOST_CHARACTERS = 1_048_575, 32_767
WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """A sheet: its title, headers and rows; `wrong` holds what is wrong with a cell, by row and column from 0."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    wrong: Mapping[tuple[int, int], str] = field(default_factory=dict)
    notes_from: int | None = None


def neutral(text: str | None, *, frail: bool = False) -> str:
    """Return a text as it may stand in a spreadsheet; `restored` gives it back.

    In a `frail` format, which does not say what is text, a number that would lose digits is kept from being one too.
    """
    if not text or text.isspace():
        return text or ""
    guarded = IS_FORMULA.match(text) or (frail and IS_NUMBER_TO_KEEP.match(text))
    return f"'{text}" if guarded else text


def restored(text: str) -> str:
    """Return the text that `neutral` was given."""
    return IS_GUARDED.sub(r"\1", text)


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Write a CSV that a spreadsheet opens rightly in any language: semicolons, UTF-8 with a byte order mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        _csv(target, headers, rows)


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Return what `write_csv` writes, the byte order mark included."""
    target = io.StringIO(newline="")
    _csv(target, headers, rows)
    return "\ufeff" + target.getvalue()


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook with one sheet for each of `sheets`; every cell is text, wrong cells are coloured and say why."""
    from xlsxwriter import Workbook

    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(str(path), options) as book:
        plain, wrong, note, head = (
            book.add_format({"num_format": "@", "text_wrap": wrap, "valign": "top", **more})
            for wrap, more in (
                (False, {}),
                (False, {"bg_color": WRONG}),
                (True, {"bg_color": NOTE}),
                (True, {"bg_color": HEAD, "bold": True}),
            )
        )
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.title[:31]), sheet, plain, wrong, note, head)


def _csv(target: TextIO, headers: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutral(header) for header in headers])
    writer.writerows([neutral(cell, frail=True) for cell in row] for row in rows)


def _write_sheet(target: Any, sheet: Sheet, plain: Any, wrong: Any, note: Any, head: Any) -> None:
    target.freeze_panes(1, 0)
    for column, header in enumerate(sheet.headers):
        longest = max([len(header), *(len(row[column] or "") for row in sheet.rows[:200])])
        target.set_column(column, column, min(longest + 2, WIDEST), plain)
        target.write_string(0, column, _writable(header), head)
    for place, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            is_note = sheet.notes_from is not None and column >= sheet.notes_from
            form = wrong if (place, column) in sheet.wrong else note if is_note else plain
            target.write_string(place + 1, column, _writable(cell), form)
    for (place, column), why in sheet.wrong.items():
        target.write_comment(place + 1, column, why, {"x_scale": 2, "author": "Cakupan"})


def _writable(cell: str | None) -> str:
    return UNWRITABLE.sub("\ufffd", neutral(cell))[:MOST_CHARACTERS]
