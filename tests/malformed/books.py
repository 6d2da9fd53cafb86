"""Broken and hostile workbooks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.workbooks import Cell, Rows, compound, ods, xls, xlsx, zipped

ROW: Sequence[Cell] = ["15.03", "2025", 3_000_000, "SK"]
GOOD: Rows = [["kode_kab", "tahun", "upah_minimum", "dasar"], *[ROW] * 30]
BROKEN = (
    "unreadable_file",
    "file_kills_reader",
    "empty_file",
    "archive_members",
    "format_not_read",
    "column_missing",
    "too_many_cells",
)
SHEET = "xl/worksheets/sheet1.xml"
PARTS = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    SHEET,
    "[Content_Types].xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)


def inputs() -> Iterator[tuple[Any, ...]]:
    """Yield name, content or writer, and the rules by which each may be refused; without rules it may also be read right."""
    whole = {"xlsx": xlsx(GOOD), "xls": xls(GOOD), "ods": ods(GOOD)}
    for format, content in whole.items():
        for share in (10, 40, 70):
            yield f"{format} cut at {share}%", content[: len(content) * share // 100], *BROKEN
    for part in PARTS[:3]:
        yield f"xlsx without {part}", _changed(whole["xlsx"], part, None), *BROKEN
    for part in PARTS:
        yield f"xlsx with {part} of nothing", _changed(whole["xlsx"], part, b""), *BROKEN, ""
        yield f"xlsx with {part} cut", _changed(whole["xlsx"], part, _part(whole["xlsx"], part)[:-30]), *BROKEN, ""
        yield f"xlsx with {part} of noise", _changed(whole["xlsx"], part, bytes(range(256)) * 9), *BROKEN, ""
    yield (
        "a cell in the last corner",
        _sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        *BROKEN,
        "too_many_columns",
    )
    yield "a row far beyond the sheet", _sheet('<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>'), *BROKEN, ""
    yield "a column of no alphabet", _sheet('<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>'), *BROKEN
    yield "a shared text that is not there", _sheet('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'), *BROKEN
    yield "a shared text of no number", _sheet('<row r="1"><c r="A1" t="s"><v>x</v></c></row>'), *BROKEN
    yield "entities that expand", _sheet("", entities=True), *BROKEN
    yield "an outside entity", _sheet("<row><c><v>&x;</v></c></row>", outside=True), *BROKEN
    yield "cells that nest", _sheet('<row r="1">' + '<c r="A1">' * 5_000), *BROKEN
    yield (
        "3,000 columns",
        _sheet('<row r="1">' + '<c t="str"><v>a</v></c>' * 3_000 + "</row>"),
        "too_many_columns",
        *BROKEN,
    )
    yield (
        "20,000 columns",
        _sheet('<row r="1">' + '<c t="str"><v>a</v></c>' * 20_000 + "</row>"),
        "too_many_columns",
        *BROKEN,
    )
    yield "a bomb of a sheet", partial(_bomb, SHEET), "expands_too_much"
    yield "a bomb of shared texts", partial(_bomb, "xl/sharedStrings.xml"), "expands_too_much"
    yield "a password", compound({"EncryptedPackage": b"x" * 9, "EncryptionInfo": b"y"}), "file_is_locked"
    yield "a Word document", compound({"WordDocument": b"x"}), *BROKEN
    yield "an OLE file of nothing", compound({}), *BROKEN
    yield "only the first bytes of OLE", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", *BROKEN
    yield "OLE of noise", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40, *BROKEN
    yield "XLS records that lie about their length", xls(GOOD).replace(b"\x04\x02", b"\x04\xff"), *BROKEN, ""
    yield (
        "a Word document in XML",
        zipped({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<x/>"}),
        "archive_members",
    )
    yield "an empty sheet", xlsx([[None]]), "empty_file"
    yield "an ODS with cells repeated a billion times", _repeated(), *BROKEN


def _part(book: bytes, part: str) -> bytes:
    with zipfile.ZipFile(BytesIO(book)) as archive:
        return archive.read(part)


def _changed(book: bytes, part: str, content: bytes | None) -> bytes:
    """Return the workbook with another part, or without it."""
    with zipfile.ZipFile(BytesIO(book)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != part}
    return zipped(members if content is None else {**members, part: content})


def _sheet(rows: str, entities: bool = False, outside: bool = False) -> bytes:
    kind = ""
    if entities:
        more = "".join(f'<!ENTITY e{place} "{f"&e{place - 1};" * 10}">' for place in range(1, 10))
        kind, rows = f'<!DOCTYPE x [<!ENTITY e0 "haha">{more}]>', '<row r="1"><c r="A1" t="str"><v>&e9;</v></c></row>'
    if outside:
        kind = '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = f'<?xml version="1.0"?>{kind}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    return _changed(xlsx(GOOD), SHEET, text.encode())


def _bomb(part: str, path: Path) -> None:
    with zipfile.ZipFile(BytesIO(xlsx(GOOD))) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != part}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name, content in members.items():
            bomb.writestr(name, content)
        with bomb.open(part, "w", force_zip64=True) as member:
            for _ in range(32):
                member.write(b" " * (1 << 24))


def _repeated() -> bytes:
    whole = ods([["kode_kab", "tahun", "upah_minimum", "dasar"], ["15.03", "2025", "3", "SK"]])
    text = _part(whole, "content.xml").replace(
        b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000000">'
    ).replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="1000000" ')  # fmt: skip
    return _changed(whole, "content.xml", text)
