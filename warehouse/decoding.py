"""From a landed file to plain UTF-8 text: unpacking and decoding, in a stream."""

from __future__ import annotations

import codecs
import shutil
from pathlib import Path

import pyarrow as pa

from warehouse.errors import Stop

MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
CHUNK = 1 << 20
FALLBACK = "cp1252"


def is_parquet(path: Path) -> bool:
    """Return whether the file begins as a Parquet file does."""
    return _head(path) == b"PAR1"


def refuse_spreadsheet(path: Path) -> None:
    """Raise Stop when the file begins as a spreadsheet or a zip archive does: these are not read."""
    if _head(path) in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        en, id = "spreadsheets and zip files are not read", "lembar kerja dan berkas zip tidak dibaca"
        raise Stop("format_not_read", en, id, "save it as CSV (UTF-8) or Parquet / simpan sebagai CSV atau Parquet")


def plain_text(path: Path, encoding: str, scratch: Path) -> tuple[Path, str]:
    """Return a file of UTF-8 text with the content of `path`, a copy in `scratch` if need be, and its first encoding.

    Without a declared encoding the text is UTF-8, or UTF-16 by its byte order mark, or else CP1252.
    """
    unpacked = _unpack(path, scratch)
    used = encoding or detect_encoding(unpacked)
    if codecs.lookup(used).name in ("utf-8", "utf-8-sig", "ascii"):
        return unpacked, "utf-8"
    return _transcode(unpacked, used, scratch), used


def detect_encoding(path: Path) -> str:
    """Return utf-8, utf-16 or cp1252: the first that fits the bytes of the file."""
    if _head(path)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as source:
        try:
            while chunk := source.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return FALLBACK
    return "utf-8"


def _head(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(4)


def _unpack(path: Path, scratch: Path) -> Path:
    head = _head(path)
    codec = next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)
    if codec is None:
        return path
    target = scratch / f"{path.name}.unpacked"
    try:
        with pa.input_stream(str(path), compression=codec) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, CHUNK)
    except OSError as broken:
        raise Stop(
            "unreadable_file", f"the {codec} file is broken", f"berkas {codec} rusak", "send the file again"
        ) from broken
    return target


def _transcode(path: Path, encoding: str, scratch: Path) -> Path:
    target = scratch / f"{path.name}.utf8"
    try:
        with (
            path.open(encoding=encoding, newline="") as source,
            target.open("w", encoding="utf-8", newline="") as plain,
        ):
            shutil.copyfileobj(source, plain, CHUNK)
    except UnicodeError:
        en, id = f"the text is not {encoding}", f"teks bukan {encoding}"
        raise Stop("unreadable_file", en, id, "declare the encoding of the source") from None
    return target
