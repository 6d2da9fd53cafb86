"""What a sheet of an XLSX file says beside its texts: numbers Excel has rounded, merged cells, hidden rows.

Only what the texts cannot tell is looked for, in one pass over the unpacked sheet, and by its marks alone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from warehouse.errors import Stop
from warehouse.reading.limits import MIB

CHUNK = MIB
LARGEST_PART = 64 * MIB
MOST_MERGES = 10_000
PERCENT_FORMATS = {9, 10}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

LONG_NUMBER = re.compile(
    rb"<v>-?(?:[0-9]{16,}|[0-9](?:\.[0-9]+)?[eE]\+?(?:1[5-9]|[2-9][0-9]|[1-9][0-9]{2}))[0-9.]*</v>"
)
NOT_CALCULATED = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
TEXT_CELL = re.compile(rb'^<c [^>]*\bt="(?:s|str|inlineStr|b|e|d)"')
MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
HIDDEN_ROW = re.compile(rb'<row [^>]*\bhidden="(?:1|true)"')

Cell = tuple[int, int]


@dataclass
class Marks:
    """Cells by row and column from 0; `unplaced` when a cell that matters does not say where it stands."""

    rounded: list[Cell] = field(default_factory=list)
    not_calculated: list[Cell] = field(default_factory=list)
    percents: dict[Cell, str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    unplaced: bool = False


def marks_of(archive: zipfile.ZipFile, part: str, percent_styles: set[int]) -> Marks:
    """Return the marks of the sheet that lies in `part`."""
    marks = Marks()
    styles = b"|".join(str(style).encode() for style in sorted(percent_styles))
    percent = (
        re.compile(rb'<c [^>]*\bs="(?:' + styles + rb')"[^>]*>(?:<f[^<]*</f>|<f[^>]*/>)?<v>([^<]+)</v>')
        if styles
        else None
    )
    for text in _pieces(archive, part):
        for found in LONG_NUMBER.finditer(text):
            _keep(marks, marks.rounded, text, found.start())
        if b"<f" in text:
            for found in NOT_CALCULATED.finditer(text):
                _keep(marks, marks.not_calculated, text, found.start())
        for found in percent.finditer(text) if percent else ():
            _keep_percent(marks, found)
        if b"hidden=" in text:
            marks.hidden_rows += len(HIDDEN_ROW.findall(text))
        if b"<mergeCell " in text and len(marks.merged) < MOST_MERGES:
            marks.merged += [_area(*found.groups()) for found in MERGED.finditer(text)]
    return marks


def parts_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive in which each sheet lies, by the name of the sheet."""
    links = {one.get("Id"): one.get("Target", "") for one in _tree(archive, "xl/_rels/workbook.xml.rels")}
    sheets = _tree(archive, "xl/workbook.xml").iter(f"{MAIN}sheet")
    targets = {one.get("name", ""): links.get(one.get(LINK), "") for one in sheets}
    return {name: part.lstrip("/") if part.startswith("/") else f"xl/{part}" for name, part in targets.items()}


def percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """Return the numbers of the cell styles that show a fraction as a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    tree = _tree(archive, "xl/styles.xml")
    own = {int(one.get("numFmtId", 0)) for one in tree.iter(f"{MAIN}numFmt") if "%" in one.get("formatCode", "")}
    cells = tree.find(f"{MAIN}cellXfs")
    shown = [int(one.get("numFmtId", 0)) for one in cells] if cells is not None else []
    return {style for style, shape in enumerate(shown) if shape in own | PERCENT_FORMATS}


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    with archive.open(part) as source:
        text = source.read(LARGEST_PART + 1)
    if len(text) > LARGEST_PART or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        told = f"part {part} of the workbook is not as Excel writes it", f"bagian {part} tidak seperti tulisan Excel"
        raise Stop("unreadable_file", *told, "open it in Excel and save it again")
    return ElementTree.fromstring(text)


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    rest = b""
    with archive.open(part) as source:
        while chunk := source.read(CHUNK):
            text = rest + chunk
            cut = max(text.rfind(b"<c "), text.rfind(b"<row "), text.rfind(b"<mergeCell "))
            if cut <= 0 or len(rest) > 8 * CHUNK:
                cut = len(text)
            yield text[:cut]
            rest = text[cut:]
    yield rest


def _keep(marks: Marks, into: list[Cell], text: bytes, at: int) -> None:
    begins = max(text.rfind(b"<c ", 0, at), 0)
    cell = text[begins:at]
    if TEXT_CELL.match(cell):
        return
    if place := PLACE.search(cell):
        into.append((int(place[2]) - 1, column(place[1])))
    else:
        marks.unplaced = True


def _keep_percent(marks: Marks, found: re.Match[bytes]) -> None:
    place = PLACE.search(found[0])
    if place and not TEXT_CELL.match(found[0]):
        marks.percents[int(place[2]) - 1, column(place[1])] = found[1].decode("ascii", "replace")


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> tuple[int, int, int, int]:
    return int(top) - 1, column(left), int(bottom) - 1, column(right)


def column(letters: bytes) -> int:
    """Return the place of a column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1
