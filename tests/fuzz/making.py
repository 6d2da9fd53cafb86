"""From a recipe to the file it describes, and to what a right reading of that file gives."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from typing import Any

import pyarrow as pa

from tests.workbooks import ods, xls, xlsx, zipped

CONTROLS = "".join(map(chr, range(0x1C, 0x20)))
Row = tuple[int, tuple[str | None, ...]]


def text_file(recipe: dict[str, Any]) -> tuple[bytes, list[Row]]:
    """Return a text with separators, packed or not, and its rows with the line on which each begins."""
    text = io.StringIO(newline="")
    breaks = any("\r" in cell for row in recipe["rows"] for cell in row)
    quoting: Any = csv.QUOTE_ALL if breaks else recipe["quoting"]
    writer = csv.writer(text, delimiter=recipe["separator"], quoting=quoting, lineterminator=recipe["newline"])
    writer.writerow(recipe["headers"])
    lines = []
    for row in recipe["rows"]:
        lines.append(_lines(text.getvalue()) + 1)
        writer.writerow(row)
    whole = text.getvalue() if recipe["ends"] else text.getvalue().removesuffix(recipe["newline"])
    encoding = recipe["encoding"] if _fits(whole, recipe["encoding"]) else "utf-8"
    content = whole.encode(encoding)
    if encoding == "utf-8" and content.startswith(codecs.BOM_UTF8):
        content = codecs.BOM_UTF8 + content
    wanted = [(line, tuple(map(plain, row))) for line, row in zip(lines, recipe["rows"], strict=True)]
    return _packed(content, recipe["packing"]), wanted


def workbook(recipe: dict[str, Any]) -> tuple[bytes, list[Row]]:
    """Return a workbook with empty lines above its header, and its rows of texts; None for what is no text."""
    kept = _as_xml if recipe["format"] == "ods" else lambda cell: cell
    cells = [[None if cell == "" else kept(cell) for cell in row] for row in recipe["rows"]]
    above: list[list[Any]] = [[None]] * recipe["above"]
    sheet = [*above, recipe["headers"], *cells]
    make = {
        "xlsx": lambda: xlsx(sheet, percent=recipe["percent"]),
        "xls": lambda: xls(sheet),
        "ods": lambda: ods(sheet),
    }
    first = recipe["above"] + 2
    wanted = [
        (first + at, tuple(plain(cell) if isinstance(cell, str) else None for cell in row))
        for at, row in enumerate(cells)
    ]
    return make[recipe["format"]](), wanted


def _as_xml(cell: Any) -> Any:
    """Return what XML keeps of a cell: every end of a line is a line feed."""
    return cell.replace("\r\n", "\n").replace("\r", "\n") if isinstance(cell, str) else cell


def plain(cell: str) -> str | None:
    """Return what a cell says without the blanks around it."""
    return cell.strip().strip(CONTROLS).strip() or None


def _lines(text: str) -> int:
    return len(io.StringIO(text, newline=None).readlines())


def _fits(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeEncodeError:
        return False


def _packed(content: bytes, packing: str) -> bytes:
    if packing == "gzip":
        return gzip.compress(content, mtime=0)
    if packing == "zstd":
        return bytes(pa.compress(content, codec="zstd", asbytes=True))
    return zipped({"berkas.csv": content}) if packing == "zip" else content
