"""Sheets of a workbook, after the sandbox has turned them into texts: which one is meant, its header and its footer."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading.headers import joined
from warehouse.reading.opened import Opened, places
from warehouse.reading.text import Score
from warehouse.rules import LINE_NO

SHEET_LINES = 10_000_000


def opened_book(format: str, sheets: list[dict[str, Any]], dialect: Dialect, score: Score | None) -> Opened:
    """Return the rows of the sheet that is meant as `line_no`, the row in the sheet, and `c1` to `cn`.

    Without a declared sheet it is the only one, or the only one whose headers are known best by `score`. With `*`
    every sheet is read, all must have the same headers, and row 5 of the second sheet is line 20,000,005.
    Raises Stop when no sheet holds anything, several could be meant, or the headers of sheets differ.
    """
    if not sheets:
        raise Stop("empty_file", "no sheet holds any text", "tidak ada lembar yang berisi", "send the file again")
    meant = sheets if dialect.sheet == "*" else [_meant(sheets, dialect, score)]
    parts = [_opened(format, sheet, dialect) for sheet in meant]
    if len(parts) == 1:
        return parts[0]
    for sheet, part in zip(meant, parts, strict=True):
        if part.headers != parts[0].headers:
            told = f"sheet {sheet['name']} has other headers than {meant[0]['name']}"
            id = f"judul kolom lembar {sheet['name']} berbeda dari {meant[0]['name']}"
            raise Stop("sheets_differ", told, id, "declare one sheet per source, or make the headers equal")
    numbered = [
        part.frame.with_columns(pl.col(LINE_NO) + sheet["place"] * SHEET_LINES)
        for sheet, part in zip(meant, parts, strict=True)
    ]
    lines = ", ".join(f"{sheet['name']} ({sheet['place'] * SHEET_LINES + 1:,}…)" for sheet in meant)
    notes = [f"lembar / sheets: {lines}", *dict.fromkeys(note for part in parts for note in part.notes)]
    return parts[0]._replace(
        frame=pl.concat(numbered), notes=tuple(notes), sheet=", ".join(sheet["name"] for sheet in meant)
    )


def _meant(sheets: list[dict[str, Any]], dialect: Dialect, score: Score | None) -> dict[str, Any]:
    if len(sheets) == 1:
        return sheets[0]
    if score and dialect.header_rows:
        known = [score(_headers(sheet, dialect)) for sheet in sheets]
        best = [sheet for sheet, points in zip(sheets, known, strict=True) if points == max(known)]
        if len(best) == 1:
            return best[0]
    listed = ", ".join(sheet["name"] for sheet in sheets[:10])
    raise Stop(
        "sheet_not_declared", f"several sheets could be meant: {listed}", f"beberapa lembar mungkin dimaksud: {listed}",
        'declare sheet = "name", or sheet = "*" for all of them',
    )  # fmt: skip


def _opened(format: str, sheet: dict[str, Any], dialect: Dialect) -> Opened:
    headers, frame, notes = _headers(sheet, dialect), pl.scan_parquet(sheet["file"]), []
    if dialect.header_rows:
        frame = frame.filter(pl.col(LINE_NO) >= dialect.header_row + dialect.header_rows)
        if not any(headers):
            raise Stop(
                "empty_file", "the file has no header", "berkas tidak memiliki baris judul", "declare header_row"
            )
        bare = [name for name, header in zip(places(len(headers)), headers, strict=True) if not header]
        used = frame.select(pl.col(bare).is_not_null().any()).collect() if bare else pl.DataFrame()
        kept = [name for name in places(len(headers)) if name not in bare or used[name].item()]
        headers = tuple(header for name, header in zip(places(len(headers)), headers, strict=True) if name in kept)
        frame = frame.select(LINE_NO, *kept).rename(dict(zip(kept, places(len(kept)), strict=True)))
    frame, left = _without_footer(frame, dialect)
    if left:
        notes.append(f"{left} baris kaki tidak dibaca / footer rows left out")
    if sheet["hidden_rows"]:
        notes.append(f"{sheet['hidden_rows']} baris tersembunyi ikut dibaca / hidden rows are read too")
    return Opened(format, "", "", headers, frame, tuple(notes), sheet["name"])


def _headers(sheet: dict[str, Any], dialect: Dialect) -> tuple[str, ...]:
    if not dialect.header_rows:
        return tuple(places(sheet["width"]))
    first, last = dialect.header_row, dialect.header_row + dialect.header_rows - 1
    grid = pl.scan_parquet(sheet["file"]).filter(pl.col(LINE_NO).is_between(first, last)).collect()
    found = dict(zip(grid[LINE_NO], grid.drop(LINE_NO).rows(), strict=True))
    lines = [[cell or "" for cell in found.get(line, [None] * sheet["width"])] for line in range(first, last + 1)]
    for top, left, bottom, right in sheet["merged"]:
        if first <= top + 1 and bottom + 1 <= last and left >= 0:
            for row in range(top + 1 - first, bottom + 2 - first):
                lines[row][left : right + 1] = [lines[top + 1 - first][left]] * len(lines[row][left : right + 1])
    return joined(lines, merged=bool(sheet["merged"]))


def _without_footer(frame: pl.LazyFrame, dialect: Dialect) -> tuple[pl.LazyFrame, int]:
    if not (dialect.footer or dialect.footer_rows):
        return frame, 0
    kept = frame
    if dialect.footer:
        finds = re.compile(dialect.footer)
        firsts = frame.select(pl.col("c1").drop_nulls().unique()).collect().to_series().to_list()
        kept = frame.filter(~pl.col("c1").is_in([first for first in firsts if finds.search(first)]).fill_null(False))
    whole, rows = (int(one.select(pl.len()).collect().item()) for one in (frame, kept))
    data = max(rows - dialect.footer_rows, 0)
    return kept.head(data), whole - data
