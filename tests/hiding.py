"""Where a NIK and a name can hide: every way of writing them, and every container, that the scanner has to see through."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import sqlite3
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

NIK, NAME = "1503014502900017", "ZULAIKHAWATI"
BOTH = f"a {NIK} b {NAME} c"
Hide = Callable[[Path], object]


def text(written: str, encoding: str = "utf-8") -> Hide:
    """Return what writes a text."""
    return lambda path: path.write_text(written, encoding=encoding)


def data(content: bytes) -> Hide:
    """Return what writes bytes."""
    return lambda path: path.write_bytes(content)


def as_zip(path: Path) -> None:
    """Write a zip file that holds a compressed JSON file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("note.json", json.dumps({NIK: [NAME]}) * 50)


def as_nested(path: Path) -> None:
    """Write a tar file, packed by gzip, with a zip file in it."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("deep/note.txt", BOTH * 9)
    with tarfile.open(fileobj=outer, mode="w") as archive:
        member = tarfile.TarInfo("inner.zip")
        member.size = len(inner.getvalue())
        archive.addfile(member, io.BytesIO(inner.getvalue()))
    path.write_bytes(gzip.compress(outer.getvalue()))


def as_workbook(path: Path) -> None:
    """Write a workbook with the number as a number and the name in two forms of letters."""
    with xlsxwriter.Workbook(path) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_number(0, 0, int(NIK))
        sheet.write_rich_string(1, 0, "Zulai", bold, "khawati")


def unreferenced(path: Path) -> None:
    """Write a Parquet file with a dictionary that holds what no row refers to any more."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array(["nobody", NIK, NAME]))
    pq.write_table(pa.table({"a": column}), path, compression="zstd")


def with_metadata(path: Path) -> None:
    """Write a Parquet file that tells in its metadata."""
    table = pa.table({"a": [1]}).replace_schema_metadata({"note": base64.b64encode(BOTH.encode()).decode()})
    pq.write_table(table, path)


def as_arrow(path: Path, stream: bool) -> None:
    """Write an Arrow file or stream with packed buffers."""
    table = pa.table({"a": [int(NIK)] * 99, "b": [NAME] * 99})
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    opened = pa.ipc.new_stream if stream else pa.ipc.new_file
    with opened(str(path), table.schema, options=options) as writer:
        writer.write_table(table)


def as_duckdb(path: Path) -> None:
    """Write a DuckDB file with the words in a table that is no main table."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA ops")
        connection.execute(
            f"CREATE TABLE ops.note AS SELECT {NIK}::DOUBLE AS a, '{NAME.lower()}' || n AS b FROM range(9000) t(n)"
        )


def as_sqlite(path: Path) -> None:
    """Write an SQLite file with one word as a number and one in a blob that is packed."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE note (amount INTEGER, note BLOB)")
        connection.execute("INSERT INTO note VALUES (?, ?)", (int(NIK), gzip.compress(NAME.encode() * 20)))


def deleted(path: Path) -> None:
    """Write an SQLite file whose rows were deleted: what they held stays in free pages."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = 0")
        connection.execute("CREATE TABLE note (amount INTEGER, note TEXT)")
        connection.executemany("INSERT INTO note VALUES (?, ?)", [(int(NIK), NAME)] * 400)
        connection.commit()
        connection.execute("DELETE FROM note")
        connection.commit()


def in_the_log(path: Path) -> None:
    """Write an SQLite file whose rows are in its write-ahead log only, as a killed process leaves it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE note (amount INTEGER, note TEXT)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("INSERT INTO note VALUES (?, ?)", (int(NIK), NAME))
        connection.commit()
        left = path.with_name(f"{path.name}-wal").read_bytes()
    path.with_name("left-wal").write_bytes(left)
    path.unlink()


def as_pdf(path: Path) -> None:
    """Write what a PDF file is: objects with packed streams."""
    stream = zlib.compress(f"BT ({NIK}) Tj <{NAME.encode().hex()}> Tj ET".encode())
    path.write_bytes(b"%PDF-1.7\n1 0 obj <</Filter /FlateDecode>>\nstream\n" + stream + b"\nendstream\nendobj\n")


def as_png(path: Path) -> None:
    """Write what a PNG file is: chunks, one of them a packed text."""
    body = b"zTXtComment\0\0" + zlib.compress(BOTH.encode())
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)


def named(path: Path) -> None:
    """Make a folder and a file that are named so."""
    (path.with_name(f"nik-{NIK}")).mkdir()
    (path.with_name(f"nik-{NIK}") / f"{NAME}.csv").touch()


def linked(path: Path) -> None:
    """Make a link to a path that says it."""
    path.symlink_to(f"/nowhere/{NIK}/{NAME}")


def attributed(path: Path) -> None:
    """Make a file with an attribute that says it."""
    path.touch()
    os.setxattr(path, "user.note", BOTH.encode())


PLACES: dict[str, Hide] = {
    "a text": text(BOTH),
    "separators": text("15.03.01.450290-0017 z u l a i k h a w a t i"),
    "thousands": text(f"1,503,014,502,900,017 {NAME.lower()}"),
    "a place behind the point": text(f"{NIK}.0;Zulaikhawati"),
    "an exponent": text("1.503014502900017e15 Zulaikhawati"),
    "UTF-16": text(BOTH, "utf-16-le"),
    "UTF-32": text(BOTH, "utf-32-be"),
    "wide digits and letters": text("１５０３０１４５０２９００017 ＺＵＬＡＩＫＨＡＷＡＴＩ"),
    "digits of another script": text(f"١٥٠٣٠١٤٥٠٢٩٠٠٠١٧ {NAME}"),
    "JSON escapes": text('{"a": "\\u0031503014502900017", "b": "\\u005aulaikhawati"}'),
    "HTML entities": text("<p>&#49;503014502900017</p><p>ZULAIKH&#65;WATI</p>"),
    "an SVG in parts": text("<svg><text><tspan>150301</tspan><tspan>4502900017 Zulai</tspan>khawati</text></svg>"),
    "a URL": text("https://x/?q=" + "".join(f"%{ord(one):02X}" for one in f"{NIK} {NAME}")),
    "base64 within a word": text("id/abc" + base64.b64encode(f"q {BOTH}".encode()).decode()),
    "base64 of gzip": data(base64.encodebytes(gzip.compress(BOTH.encode()))),
    "hexadecimal": text(f"x'{BOTH.encode().hex()}'"),
    "integers, low byte first": data(b"\0" * 9 + int(NIK).to_bytes(8, "little") + NAME.encode("utf-16-le")),
    "integers, high byte first": data(b"\xff" * 3 + int(NIK).to_bytes(8, "big") + NAME.encode()),
    "floats": data(b"\0" * 5 + struct.pack(">d", float(NIK)) + NAME.encode()),
    "a pickle": data(pickle.dumps((int(NIK), NAME))),
    "gzip": data(gzip.compress(f"{NIK}.0;{NAME}".encode() * 100)),
    "zstd": lambda path: path.write_bytes(pa.compress(BOTH.encode() * 99, "zstd", asbytes=True)),
    "bz2": data(bz2.compress(BOTH.encode())),
    "xz": data(lzma.compress(BOTH.encode())),
    "zip": as_zip,
    "zip in tar in gzip": as_nested,
    "a workbook": as_workbook,
    "Parquet texts": lambda path: pl.DataFrame({"a": [f"x{NIK}"], "b": [NAME]}).write_parquet(path),
    "Parquet numbers": lambda path: pl.DataFrame({"a": [float(NIK)], "b": [NAME.encode()]}).write_parquet(path),
    "Parquet lists": lambda path: pl.DataFrame({"a": [[{"b": int(NIK), "c": NAME}]]}).write_parquet(path),
    "a Parquet dictionary": unreferenced,
    "Parquet metadata": with_metadata,
    "an Arrow file": lambda path: as_arrow(path, stream=False),
    "an Arrow stream": lambda path: as_arrow(path, stream=True),
    "DuckDB": as_duckdb,
    "SQLite": as_sqlite,
    "SQLite's free pages": deleted,
    "SQLite's log": in_the_log,
    "a PDF": as_pdf,
    "a PNG": as_png,
    "names of files": named,
    "a link": linked,
    "an attribute": attributed,
}
