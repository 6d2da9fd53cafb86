"""What a file is, by its first bytes; its name is not asked."""

from __future__ import annotations

import stat
from pathlib import Path

from warehouse.errors import Stop

PARQUET, ZIP, OLE, GZIP, ZSTD, TEXT = "parquet", "zip", "ole", "gzip", "zstd", "text"
READ = {
    b"PAR1": PARQUET, b"PK\x03\x04": ZIP, b"PK\x05\x06": ZIP, b"\xd0\xcf\x11\xe0": OLE, b"\x1f\x8b": GZIP,
    b"\x28\xb5\x2f\xfd": ZSTD,
}  # fmt: skip
NOT_READ = {
    b"%PDF": "PDF", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR", b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"SQLite format 3": "SQLite", b"ORC": "ORC", b"Obj\x01": "Avro",
    b"ARROW1": "Arrow IPC", b"{\\rtf": "RTF", b"\x04\x22\x4d\x18": "LZ4", b"\x7fELF": "program", b"MZ\x90": "program",
    b"PARE": "encrypted Parquet", b"PK\x07\x08": "zip in parts",
}  # fmt: skip
MARKUP = {b"<!doctype html": "HTML", b"<html": "HTML", b"<table": "HTML", b"<?xml": "XML", b"<workbook": "XML"}
TAR_AT, TAR = 257, b"ustar"
LOOK = 512


def kind_of(path: Path) -> str:
    """Return parquet, zip, ole, gzip, zstd or text. Raises Stop for what is no regular file, empty or another format."""
    if not stat.S_ISREG(path.lstat().st_mode):
        en, id = "this is a link, a folder or a device, not a file", "ini tautan, folder, atau perangkat, bukan berkas"
        raise Stop("not_a_file", en, id, "send the file itself")
    with path.open("rb") as source:
        head = source.read(LOOK)
    if not head:
        raise Stop("empty_file", "the file has no header", "berkas tidak memiliki baris judul", "send the file again")
    for magic, kind in READ.items():
        if head.startswith(magic):
            return kind
    refuse_foreign(head)
    return TEXT


def refuse_foreign(head: bytes) -> None:
    """Raise Stop when a file that begins with `head` is of a format known not to be read."""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    named = next((name for magic, name in NOT_READ.items() if head.startswith(magic)), "")
    named = named or next((name for mark, name in MARKUP.items() if plain.startswith(mark)), "")
    named = named or ("tar" if head[TAR_AT : TAR_AT + len(TAR)] == TAR else "")
    if named:
        raise Stop(
            "format_not_read", f"this is {named}, which is not read", f"ini {named}, yang tidak dibaca",
            "save it as XLSX, CSV (UTF-8) or Parquet / simpan sebagai XLSX, CSV atau Parquet",
        )  # fmt: skip
