"""The figures of a sheet, one row each, and why some cells became no row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from warehouse.layouts.grid import Row
from warehouse.rules import LINE_NO

PLACES = 10_000
MISSING = "missing"
TWICE, UNDATED, UNNAMED = "measure_twice", "period_missing", "indicator_unnamed"
TEXTS = {
    TWICE: ("the same figure twice for one period", "angka yang sama dua kali untuk satu periode"),
    UNDATED: ("the header names no single year", "judul kolom tidak menyebut satu tahun"),
    UNNAMED: ("nothing says what is measured", "tidak ada keterangan apa yang diukur"),
}
CURES = {
    TWICE: 'send one of them, or name them: [layouts.NAME.columns] LETTER = "name" ("" leaves a column out)',
    UNDATED: 'write the year into the header, or declare constants = { periode = "YYYY" }',
    UNNAMED: 'write a title above the table, or declare constants = { indikator = "name" }',
}


def letter(place: int) -> str:
    """Return the spreadsheet's letter of a column, from 0: A, B, ... Z, AA."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


@dataclass
class Figures:
    """Figures with the cell each stood in; notes; and by rule how many cells became no row."""

    found: list[tuple[int, int, dict[str, str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row, place: int, **texts: str) -> None:
        """Keep what stands in the cell of a row."""
        self.found.append((row.line, place, texts | {"sel": f"{letter(place)}{row.line}"}))

    def rows(self) -> list[dict[str, object]]:
        """Return the figures, each under a number of its own as `line_no`.

        That is its line; where a line has several figures, 10,000 x line + place of the column.
        """
        single = len({line for line, _, _ in self.found}) == len(self.found)
        return [{LINE_NO: line if single else PLACES * line + place + 1, **texts} for line, place, texts in self.found]
