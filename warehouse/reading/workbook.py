"""Workbooks, read in the sandbox: each sheet becomes a Parquet file of texts, row by row as they stand."""

from __future__ import annotations

import zipfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from warehouse.errors import Stop
from warehouse.reading.archive import locked
from warehouse.reading.limits import Limits, too_much
from warehouse.reading.opened import places
from warehouse.reading.sheet_xml import Cell, Marks, marks_of, parts_of, percent_styles
from warehouse.rules import LINE_NO

SIXTEEN_DIGITS = r"^-?[0-9]{16,}$"
LOCKED = "EncryptedPackage".encode("utf-16-le")
ALL = "*"
NOT_CALCULATED = "#NOT CALCULATED!"
ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!", "Value": "#VALUE!",
}  # fmt: skip


def converted(path: str, format: str, sheet: str, into: str, limits: dict[str, int]) -> list[dict[str, Any]]:
    """Return the sheets that are meant and hold anything: `name`, `place` from 1, `file`, `width`, `merged`, `hidden_rows`.

    `file` is a Parquet file with `line_no`, the row in the sheet from 1, and `c1` to `cn`: texts without blanks around
    them, dates as YYYY-MM-DD HH:MM:SS, a number of 16 digits or more as Excel keeps it (1.50301120385000E+15), a
    fraction shown as a percentage as `96.2%`, and errors as Excel shows them. Rows without any text are left out.
    Hidden sheets are read only by their name. Raises Stop.
    """
    bounds = Limits(**limits)
    if format == "xls" and LOCKED in Path(path).read_bytes():
        raise locked("workbook", "buku kerja")
    book = Path(into) / f"book.{format}"
    book.symlink_to(Path(path).resolve())
    reader = fastexcel.read_excel(book)
    if len(reader.sheet_names) > bounds.sheets:
        raise too_much("sheets", f"{len(reader.sheet_names)} sheets, at most {bounds.sheets} are read")
    found = []
    for place in _wanted(reader.sheet_names, sheet):
        loaded = reader.load_sheet(place, header_row=None, skip_rows=0, dtypes="string")
        if loaded.visible != "visible" and sheet in ("", ALL):
            continue
        about = _written(reader, loaded, place, book, Path(into) / f"sheet{place}.parquet", bounds)
        if about:
            found.append({"name": reader.sheet_names[place], "place": place + 1, **about})
    return found


def _wanted(names: list[str], sheet: str) -> list[int]:
    if sheet in ("", ALL):
        return list(range(len(names)))
    plain = [name.strip().casefold() for name in names]
    if sheet.strip().casefold() in plain:
        return [plain.index(sheet.strip().casefold())]
    if sheet.isdigit() and 1 <= int(sheet) <= len(names):
        return [int(sheet) - 1]
    listed = ", ".join(names[:10])
    raise Stop(
        "sheet_missing", f"there is no sheet {sheet}; there are: {listed}", f"tidak ada lembar {sheet}; yang ada: {listed}",
        "correct the setting sheet",
    )  # fmt: skip


def _written(
    reader: fastexcel.ExcelReader, loaded: fastexcel.ExcelSheet, place: int, book: Path, target: Path, bounds: Limits
) -> dict[str, Any]:
    bounds.refuse_wide(loaded.width)
    if loaded.width * loaded.total_height > bounds.cells:
        raise too_much("cells", f"{loaded.width * loaded.total_height:,} cells, at most {bounds.cells:,} are read")
    batch, errors = loaded.to_arrow_with_errors()
    frame = pl.DataFrame(batch)
    if not frame.width:
        return {}
    first = loaded.available_columns()[0].absolute_index
    frame.columns = places(frame.width)
    marks = _marks(book, reader.sheet_names[place])
    if marks is None or marks.unplaced:
        marks = marks or Marks()
        marks.rounded = _rounded(reader, place, frame, first)
    _mend(frame, _replacements(frame, marks, first, errors))
    texts = [pl.col(name).str.strip_chars() for name in frame.columns]
    named = [pl.when(text != "").then(text).alias(name) for text, name in zip(texts, frame.columns, strict=True)]
    filled = frame.select(named).with_row_index(LINE_NO, offset=1).cast({LINE_NO: pl.Int64})
    filled = filled.filter(pl.any_horizontal(pl.col(frame.columns).is_not_null()))
    if filled.is_empty():
        return {}
    filled.write_parquet(target, compression="lz4")
    merged = [(top, left - first, bottom, right - first) for top, left, bottom, right in marks.merged]
    return {"file": str(target), "width": frame.width, "merged": merged, "hidden_rows": marks.hidden_rows}


def _marks(book: Path, name: str) -> Marks | None:
    """Return the marks of a sheet, or None when the format does not keep them as XML."""
    if book.suffix != ".xlsx":
        return None
    with zipfile.ZipFile(book) as archive:
        part = parts_of(archive).get(name, "")
        return marks_of(archive, part, percent_styles(archive)) if part in archive.namelist() else None


def _rounded(reader: fastexcel.ExcelReader, place: int, frame: pl.DataFrame, first: int) -> list[Cell]:
    """Return the number cells of 16 digits: as flags, texts are no values and numbers are."""
    long = [
        number for number, name in enumerate(frame.columns) if frame[name].str.contains(SIXTEEN_DIGITS).any()
    ]  # fmt: skip
    if not long:
        return []
    again = reader.load_sheet(
        place, header_row=None, skip_rows=0, dtypes="boolean", use_columns=[number + first for number in long]
    ).to_polars()
    found: list[Cell] = []
    for number, name in zip(long, again.columns, strict=True):
        is_number = (
            frame[frame.columns[number]].str.contains(SIXTEEN_DIGITS).fill_null(False) & again[name].is_not_null()
        )
        found += [(row, number + first) for row in is_number.arg_true().to_list()]
    return found


def _replacements(
    frame: pl.DataFrame, marks: Marks, first: int, errors: fastexcel.CellErrors | None
) -> dict[Cell, str]:
    texts: dict[Cell, str] = {}
    for column in {column - first for _, column in marks.rounded}:
        rows = [row for row, place in marks.rounded if place == column + first and row < frame.height]
        kept = frame.to_series(column).gather(rows).to_list()
        texts |= {(row, column): f"{float(text):.14E}" for row, text in zip(rows, kept, strict=True) if text}
    texts |= {(row, column - first): NOT_CALCULATED for row, column in marks.not_calculated}
    texts |= {
        (row, column - first): shown for (row, column), value in marks.percents.items() if (shown := _percent(value))
    }
    for one in errors.errors if errors else ():
        kind = one.detail.rpartition("Error(")[2].partition(")")[0]
        texts[one.position] = ERRORS.get(kind, "#ERROR!")
    return texts


def _percent(value: str) -> str:
    try:
        shown = round(Decimal(value) * 100, 10).normalize()
    except InvalidOperation:
        return ""
    return f"{shown:f}%"


def _mend(frame: pl.DataFrame, texts: dict[Cell, str]) -> None:
    columns: dict[int, tuple[list[int], list[str]]] = {}
    for (row, column), text in texts.items():
        if 0 <= column < frame.width and row < frame.height:
            rows, shown = columns.setdefault(column, ([], []))
            rows.append(row)
            shown.append(text)
    for column, (rows, shown) in columns.items():
        frame.replace_column(column, frame.to_series(column).scatter(rows, shown))
