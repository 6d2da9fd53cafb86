"""Workbooks for tests: XLSX by a library, XLS and ODS by hand, as small as they can be."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

import xlsxwriter

Cell = str | float | int | None
Rows = Sequence[Sequence[Cell]]

SECTOR = 512
LEAST_STREAM = 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xlsx(
    sheets: Mapping[str, Rows] | Rows, *, merged: Sequence[str] = (), hidden: Sequence[str] = (), percent: bool = False
) -> bytes:
    """Return a workbook: texts as text cells, numbers as number cells, the merged ranges of every sheet, hidden sheets."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    shape = book.add_format({"num_format": "0.00%"}) if percent else None
    for name, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
        sheet = book.add_worksheet(name)
        for area in merged:
            sheet.merge_range(area, "")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif cell is not None:
                    sheet.write_number(row, column, cell, shape)
        if name in hidden:
            sheet.hide()
    book.close()
    return target.getvalue()


def ods(rows: Rows) -> bytes:
    """Return an OpenDocument workbook with one sheet."""
    cells = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zipped(
        {"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def xls(rows: Rows) -> bytes:
    """Return an Excel 97 workbook with one sheet: BIFF8 records in a compound file."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                sheet += _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)
            elif cell is not None:
                sheet += _record(0x0203, struct.pack("<HHHd", row, column, 0, cell))
    sheet += _record(0x000A, b"")
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    end, name = _record(0x000A, b""), b"Sheet1"
    at = len(begin) + 4 + 8 + len(name) + len(end)
    index = _record(0x0085, struct.pack("<IBBBB", at, 0, 0, len(name), 0) + name)
    return compound({"Workbook": begin + index + end + sheet})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return an OLE compound file with these streams."""
    entries, table, data = [_entry("Root Entry", 5, END, 0, 1)], [FAT, END], b""
    for place, (name, content) in enumerate(streams.items(), 1):
        padded = content.ljust(max(LEAST_STREAM, -(-len(content) // SECTOR) * SECTOR), b"\0")
        start = len(table)
        table += [*range(start + 1, start + len(padded) // SECTOR), END]
        entries.append(_entry(name, 2, start, len(padded), FREE if place == len(streams) else place + 1))
        data += padded
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, LEAST_STREAM, END, 0, END, 0) + struct.pack("<I", 0)
    head += struct.pack("<I", FREE) * 108
    fat = b"".join(struct.pack("<I", place) for place in table).ljust(SECTOR, b"\xff")
    return head + fat + b"".join(entries).ljust(SECTOR, b"\0") + data


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a zip archive."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{cell!r}"><text:p>{cell}</text:p></table:table-cell>'


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _entry(name: str, kind: int, start: int, size: int, right: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    child, sibling = (1, FREE) if kind == 5 else (FREE, right)
    return (
        text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, sibling, child) + bytes(36)
        + struct.pack("<IQ", start, size)
    )  # fmt: skip
