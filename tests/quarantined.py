"""A desk where files are sent, exported, mended and sent back, as tests of quarantine need it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from flows.entry import load_folder
from flows.quarantine.export import export
from flows.quarantine.list import totals
from flows.quarantine.state import rows
from flows.settings import Settings
from tests.endtoend import ask, left_out
from tests.extracts import Row, memberships, write
from warehouse.home import Home

MONTH, DAY = "2025-02", "2025-02-28"
ACTIVE = """
SELECT active_workers FROM mart.coverage
WHERE region_code = '00' AND segment = 'ALL' AND basis = 'RESIDENCE' ORDER BY month DESC LIMIT 1
"""
Mend = Callable[[Row], Row | None]


def people(first: int, last: int, segment: str = "PU", **written: str) -> list[Row]:
    """Return good memberships of people of one version, with what is written instead."""
    return [row | written for row in memberships(MONTH, DAY, f"| orang | segmen |\n| {first}-{last} | {segment} |")]


@dataclass
class Desk:
    """A folder of files and the home they are loaded into, `without` some steps."""

    source: Path
    root: Path
    config: Path | None = None
    without: tuple[str, ...] = ()

    @property
    def home(self) -> Home:
        """Return the home."""
        return Home(self.root)

    def send(self, files: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
        """Return the result of a run on exactly these files."""
        return self.run(write(self.source, {name: list(found) for name, found in files.items()}))

    def run(self, source: Path | None = None) -> dict[str, Any]:
        """Return the result of a run on a folder, the one of this desk without one."""
        config = str(self.config) if self.config else None
        with left_out(*self.without) as call:
            return load_folder(str(source or self.source), str(self.root), None, config, call=call)

    def states(self) -> dict[str, int]:
        """Return the totals of quarantine."""
        return totals(rows(self.home))

    def rows(self) -> pl.DataFrame:
        """Return the rows of quarantine."""
        return rows(self.home)

    def active(self) -> int:
        """Return the workers in force in the nation."""
        return int(ask(self.root, ACTIVE)[0][0])

    def export(self, name: str, suffix: str = ".csv") -> Path:
        """Return the export of a file, beside the source."""
        return export(self.home, Settings(), name, self.source.parent / f"export{suffix}")[0]


def mended_csv(path: Path, target: Path, mend: Mend) -> Path:
    """Return a CSV that was exported with its rows mended; a row for which `mend` gives None is left out."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    with target.open("w", encoding="utf-8-sig", newline="") as copy:
        writer = csv.DictWriter(copy, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(row for row in map(mend, rows) if row)
    return target


def mended_xlsx(path: Path, target: Path, mend: Mend) -> Path:
    """Return a workbook that was exported with its rows mended by hand, saved by another program."""
    book = openpyxl.load_workbook(path)
    sheet = book["baris"]
    names = [str(cell.value) for cell in sheet[1]]
    for place in range(sheet.max_row, 1, -1):
        row = {name: str(sheet.cell(place, at).value or "") for at, name in enumerate(names, 1)}
        after = mend(row)
        if after is None:
            sheet.delete_rows(place)
        else:
            for at, name in enumerate(names, 1):
                sheet.cell(place, at).value = after[name]
    book.save(target)
    return target


def with_wage(wage: str) -> Mend:
    """Return what writes a wage into a row."""
    return lambda row: row | {"upah": wage}
