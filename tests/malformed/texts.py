"""Broken and hostile texts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

HEADER = b"kode_kab,tahun,upah_minimum,dasar\n"
ROW = b"15.03,2025,3000000,SK\n"
GOOD = HEADER + ROW * 3
MAGIC = {
    "pdf": b"%PDF-1.7\n1 0 obj", "bzip2": b"BZh91AY&SY", "xz": b"\xfd7zXZ\x00\x00", "7z": b"7z\xbc\xaf\x27\x1c", "rar": b"Rar!\x1a\x07\x01",
    "png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF", "gif": b"GIF89a", "sqlite": b"SQLite format 3\x00", "orc": b"ORC\x11",
    "avro": b"Obj\x01\x04", "arrow": b"ARROW1\x00\x00", "rtf": b"{\\rtf1\\ansi", "lz4": b"\x04\x22\x4d\x18", "elf": b"\x7fELF\x02\x01",
    "exe": b"MZ\x90\x00\x03", "html": b"<html><body><table>", "html with a mark": b"\xef\xbb\xbf  <!DOCTYPE html>", "xml": b"<?xml version='1.0'?>",
    "excel 2003 xml": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "table only": b"<TABLE><TR>",
    "encrypted parquet": b"PARE\x00\x00",
}  # fmt: skip
RAGGED = {
    "short row": ROW[:-4] + b"\n", "long row": b"15.03,2025,3000000,SK,more\n", "short and long": b"15.03,2025,3\n15.04,2025,3,SK,x\n",
    "very long row": b"," * 1_000 + b"\n", "a line with one field": b"Jumlah\n", "two rows in a line": ROW[:-1] + b"," + ROW,
    "a row of 256 fields too many": b"15.03" + b"," * 259 + b"\n",
}  # fmt: skip
QUOTES = {
    "open quote": b'15.03,2025,3,"SK\n', "open quote at the end": b'15.03,2025,3,"', "quote in quotes": b'15.03,2025,3,"S"K"\n',
    "text behind a quote": b'15.03,2025,3,"SK"x\n', "open quote over many rows": b'15.03,2025,3,"' + ROW * 2_000,
    "quoted separator and a short row": b'"15,03",2025,3\n', "blank before a quote over lines": b'15.03,2025,3, "SK\nx"\n',
}  # fmt: skip


def inputs() -> Iterator[tuple[Any, ...]]:
    """Yield name, content or writer, and the rules by which each may be refused."""
    for name, magic in MAGIC.items():
        yield f"{name} by its first bytes", magic + bytes(range(1, 200)), "format_not_read"
        yield f"{name} in gzip", partial(_packed, magic + bytes(range(1, 200))), "format_not_read"
    yield "tar", b"umk.csv".ljust(257, b"\0") + b"ustar\x0000" + bytes(300), "format_not_read"
    yield "empty", b"", "empty_file"
    yield "only a byte order mark", b"\xef\xbb\xbf", "empty_file"
    yield "only UTF-16 mark", b"\xff\xfe", "empty_file"
    yield "only line ends", b"\n" * 1_000, "empty_file"
    yield "only blanks", b"   \n  \n", "empty_file"
    yield "only a NUL", b"\0", "nul_characters"
    for place in (0, 10, len(HEADER), len(HEADER) + 3, len(GOOD)):
        yield f"NUL at byte {place}", GOOD[:place] + b"\0" + GOOD[place:], "nul_characters"
    yield "UTF-16 without a mark", GOOD.decode().encode("utf-16-le"), "nul_characters"
    yield "UTF-32", GOOD.decode().encode("utf-32"), "nul_characters", "unreadable_file"
    yield "UTF-16 cut in a character", GOOD.decode().encode("utf-16")[:-1], "unreadable_file"
    yield (
        "UTF-16 with a lone surrogate",
        b"\xff\xfe" + GOOD.decode().encode("utf-16-le") + b"\x00\xd8",
        "unreadable_file",
    )
    yield (
        "random bytes",
        bytes((37 * place * place + 11) % 251 + 1 for place in range(4_096)),
        "unreadable_file",
        "mixed_encodings",
        "column_missing",
        "irregular_record",
    )
    yield (
        "letters of two encodings",
        GOOD + "15.04,2025,3,Kepala Daérah\n".encode() + b"15.05,2025,3,Da\xe9rah\n",
        "mixed_encodings",
    )
    yield "the header once more", GOOD + GOOD, "irregular_record"
    yield "the header once more after 20,000 rows", HEADER + ROW * 20_000 + HEADER, "irregular_record"
    yield "a quote inside a field", HEADER + b'15.03,2025,3,S"K\n', "irregular_record"
    yield "a separator fewer before a quoted separator", HEADER + b'15.03,2025,3"SK, lampiran"\n', "irregular_record"
    yield "an open quote in the header", HEADER[:-1] + b',"x\n' + ROW * 3, "irregular_record"
    yield "no header", ROW * 3, "column_missing"
    yield "header of another kind", b"nik;kpj;nama\n1;2;3\n", "column_missing"
    yield "a column twice", HEADER[:-1] + b",TAHUN\n" + ROW[:-1] + b",1\n", "column_twice"
    for name, rows in (RAGGED | QUOTES).items():
        yield name, HEADER + ROW + rows, "irregular_record"
        yield f"{name} after 20,000 rows", HEADER + ROW * 20_000 + rows, "irregular_record"
        yield f"{name} with Windows line ends", (HEADER + ROW + rows).replace(b"\n", b"\r\n"), "irregular_record"
    yield (
        "lines ended by a carriage return, and one short",
        (HEADER + ROW).replace(b"\n", b"\r") + b"15.03,2025\r",
        "irregular_record",
    )
    yield "a carriage return in a field", HEADER + b"15.03,2025,3\r000,SK\n", "irregular_record"
    yield (
        "100,000 columns",
        b",".join(b"c%d" % place for place in range(100_000)) + b"\n" + b"," * 99_999 + b"\n",
        "too_many_columns",
    )
    yield "a million columns", b"," * 1_000_000 + b"\n", "too_many_line_bytes", "too_many_columns"
    yield "100,000 columns in a row", HEADER + b"," * 100_000 + b"\n", "irregular_record", "too_many_columns"
    yield "header of 2 MB", b"a" * 2_000_000 + b"\n" + ROW, "too_many_line_bytes"
    yield "a field of 2 MB", HEADER + b"15.03,2025,3," + b"a" * 2_000_000 + b"\n", "too_many_line_bytes"
    yield (
        "a quoted field of 4 MB over lines",
        HEADER + b'15.03,2025,3,"' + b"a\n" * 2_000_000 + b'"\n',
        "irregular_record",
    )
    yield "a line of 1 GB", partial(_line, 1 << 30, HEADER, b"a"), "too_many_line_bytes"
    yield "a header of 1 GB", partial(_line, 1 << 30, b"", b"a"), "too_many_line_bytes"
    yield "a line of 1 GB with separators", partial(_line, 1 << 30, HEADER, b"a,"), "too_many_line_bytes"


def _line(size: int, head: bytes, piece: bytes, path: Path) -> None:
    block = piece * ((1 << 22) // len(piece))
    with path.open("wb") as target:
        target.write(head)
        for _ in range(size // len(block)):
            target.write(block)


def _packed(content: bytes, path: Path) -> None:
    import gzip

    path.write_bytes(gzip.compress(content))
