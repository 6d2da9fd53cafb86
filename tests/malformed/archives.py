"""Broken and hostile archives: gzip, zstd, zip."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.malformed.texts import GOOD, HEADER
from tests.workbooks import zipped

SIZE = 4 << 30
BROKEN = ("unreadable_file",)
ANY = ("unreadable_file", "format_not_read", "column_missing", "irregular_record", "archive_members", "empty_file")
HOSTILE_NAMES = ("../umk.csv", "/etc/umk.csv", "a/../../umk.csv", "..\\umk.csv", "C:\\umk.csv", "..")


def inputs() -> Iterator[tuple[Any, ...]]:
    """Yield name, content or writer, and the rules by which each may be refused."""
    packed = {
        "gzip": gzip.compress(GOOD, mtime=0), "zstd": pa.compress(GOOD, codec="zstd", asbytes=True), "zip": zipped({"umk.csv": GOOD}),
    }  # fmt: skip
    for codec, whole in packed.items():
        for share in (5, 12, 25, 50, 75, 95):
            yield f"{codec} cut at {share}%", whole[: max(len(whole) * share // 100, 5)], *ANY
        middle = len(whole) // 2
        yield f"{codec} with a wrong byte", whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :], *ANY
        yield f"{codec} in gzip", gzip.compress(whole), "archive_in_archive"
        yield f"{codec} in zip", zipped({"umk.csv.x": whole}), "archive_in_archive"
        yield f"{codec} of nothing", _nothing(codec), "empty_file", "archive_members"
        yield f"only the first bytes of {codec}", whole[:4], *BROKEN
    yield "gzip with a wrong checksum", packed["gzip"][:-8] + b"\0\0\0\0" + packed["gzip"][-4:], *BROKEN
    yield "gzip bomb", _gzip_bomb, "expands_too_much"
    yield "zstd bomb", _zstd_bomb, "expands_too_much"
    yield "zip bomb", _zip_bomb, "expands_too_much"
    yield "zip bomb that lies about its size", partial(_zip_bomb, lie=True), "expands_too_much", *BROKEN
    for name in HOSTILE_NAMES:
        yield f"zip member {name}", zipped({name: GOOD}), "archive_path"
    yield "zip with a hostile second member", zipped({"umk.csv": GOOD, "../x": b"y"}), "archive_path"
    yield "zip with a link", _link(), "archive_link"
    yield "zip with a password", _flagged(packed["zip"], 1), "file_is_locked"
    yield "zip without members", zipped({}), "archive_members"
    yield "zip of two files", zipped({"a.csv": GOOD, "b.csv": GOOD}), "archive_members"
    yield "zip of 20,000 files", zipped({f"{place}.csv": b"x" for place in range(20_000)}), "too_many_members"
    yield "zip without its directory", packed["zip"][: packed["zip"].index(b"PK\x01\x02")], *BROKEN
    yield "zip whose directory lies outside", packed["zip"][:-6] + struct.pack("<I", 1 << 31) + b"\0\0", *BROKEN
    yield (
        "zip of an unknown method",
        packed["zip"].replace(struct.pack("<HH", 0, 8), struct.pack("<HH", 0, 99)),
        *BROKEN,
    )
    yield "zip of a header only", zipped({"umk.csv": b"a" + HEADER}), "column_missing"


def _nothing(codec: str) -> bytes:
    if codec == "zip":
        return zipped({"umk.csv": b""})
    return gzip.compress(b"") if codec == "gzip" else pa.compress(b"", codec="zstd", asbytes=True)


def _gzip_bomb(path: Path) -> None:
    """Write 4 GB of zeros in a few MB: one block, again and again."""
    block, packer = bytes(1 << 24), zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = packer.compress(block) + packer.flush()
    path.write_bytes(piece * (SIZE >> 24))


def _zstd_bomb(path: Path) -> None:
    path.write_bytes(pa.compress(bytes(1 << 24), codec="zstd", asbytes=True) * (SIZE >> 24))


def _zip_bomb(path: Path, lie: bool = False) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("umk.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(16):
            member.write(bytes(1 << 24))
    if lie:
        content = path.read_bytes()
        path.write_bytes(content.replace(struct.pack("<I", 16 << 24), struct.pack("<I", 100)))


def _link() -> bytes:
    target, link = BytesIO(), zipfile.ZipInfo("umk.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(link, "/etc/hostname")
    return target.getvalue()


def _flagged(content: bytes, flag: int) -> bytes:
    """Return a zip archive of one member with a flag set in both of its headers."""
    changed = bytearray(content)
    changed[6] |= flag
    changed[content.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)
