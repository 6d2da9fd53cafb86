"""A piece of a file as the readers of its encodings would see it: wide characters, escapes, base64, hexadecimal."""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

PLAIN = "text"
DEEPEST = 2
MOST_INFLATED = 1 << 24
SHORTEST_CODE = 11
TEXT = bytes(byte for byte in range(256) if byte in b"\t\n\f\r\x1b" or (byte >= 0x20 and byte != 0x7F))
PRINTABLE = re.compile(rb"[\t\n\r\x20-\x7e]{8,}")

WIDE = {
    "UTF-16": re.compile(rb"(?:[\x20-\x7e]\0){7,}[\x20-\x7e]?"),
    "UTF-32": re.compile(rb"(?:[\x20-\x7e]\0\0\0){7,}[\x20-\x7e]?"),
}
UNICODE = re.compile(rb"(?:[\x20-\x7e]|[\xc2-\xf4][\x80-\xbf]{1,3}){8,}")
ESCAPE = re.compile(rb"\\+(?:u00([0-9a-fA-F]{2})|x([0-9a-fA-F]{2})|u\{0*([0-9a-fA-F]{2})\}|([0-7]{3}))")
ENTITY = re.compile(rb"&(?:#x?[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
URL = re.compile(rb"%[0-9a-fA-F]{2}")
TAG = re.compile(rb"<[^<>]{0,4096}>")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{11,}(?:\r?\n[A-Za-z0-9+/_-]{8,})*")
HEXADECIMAL = re.compile(rb"(?:(?:\\x|0x|%|:|-| )?[0-9a-fA-F]{2}){8,}")
NO_HEXADECIMAL = re.compile(rb"\\x|0x|[^0-9a-fA-F]")
ZLIB = re.compile(rb"x[\x01\x5e\x9c\xda]")
PACKED = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
URL_SAFE = bytes.maketrans(b"-_", b"+/")


class View(NamedTuple):
    """What a decoder sees: the name of the encoding, the text, and the bytes where they may be packed numbers."""

    encoding: str
    text: bytes
    raw: bytes = b""


def views(data: bytes, depth: int = DEEPEST) -> Iterator[View]:
    """Yield `data` itself and what every decoder makes of it; nested encodings are named `a+b`.

    Texts come as UTF-8 in their compatible form: wide digits are digits.
    """
    text = data if not data.translate(None, TEXT) else b"\n".join(PRINTABLE.findall(data))
    yield View(PLAIN, text, data)
    for name, seen in _texts(data, text):
        yield View(name, seen)
    if depth:
        for name, decoded in _codes(data, text):
            for inner in views(decoded, depth - 1):
                yield inner._replace(encoding=name if inner.encoding == PLAIN else f"{name}+{inner.encoding}")


def inflated(data: bytes) -> Iterator[bytes]:
    """Yield what every zlib stream that begins somewhere in `data` holds, as far as it can be read."""
    for mark in ZLIB.finditer(data):
        if found := _inflate(data[mark.start() : mark.start() + MOST_INFLATED], zlib.MAX_WBITS):
            yield found


def _texts(data: bytes, text: bytes) -> Iterator[tuple[str, bytes]]:
    if b"\0" in data:
        for name, wide in WIDE.items():
            if found := b"\n".join(run.replace(b"\0", b"") for run in wide.findall(data)):
                yield name, found
    if not data.isascii():
        runs = [run for run in UNICODE.findall(data) if not run.isascii()]
        if runs:
            yield "Unicode", compatible(b"\n".join(runs).decode("utf-8", "ignore")).encode()
    if b"&" in text and ENTITY.search(text):
        yield "entities", compatible(html.unescape(text.decode("utf-8", "replace"))).encode()
    if b"</" in text:
        yield "markup", TAG.sub(b"", text)


def _codes(data: bytes, text: bytes) -> Iterator[tuple[str, bytes]]:
    if b"\\" in text and (plain := ESCAPE.sub(_unescaped, text)) != text:
        yield "escapes", plain
    if b"%" in text and URL.search(text):
        yield "URL", unquote_to_bytes(text)
    if decoded := b"\n".join(one for run in HEXADECIMAL.findall(text) for one in _hexadecimal(run)):
        yield "hexadecimal", decoded
    pieces = [piece for run in BASE64.findall(text) if _is_mixed(run) for piece in _base64(run)]
    if pieces:
        yield "base64", b"\n".join(pieces)
        for name, plain in (one for piece in pieces for one in _unpacked(piece)):
            yield f"base64+{name}", plain
    yield from _unpacked(data)


def compatible(text: str) -> str:
    """Return a text in the compatible form of Unicode, with the digits of every script as 0 to 9."""
    folded = unicodedata.normalize("NFKC", text)
    strange = {one for one in set(folded) if one.isdecimal() and not one.isascii()}
    return folded.translate({ord(one): str(unicodedata.decimal(one)) for one in strange}) if strange else folded


def _unescaped(found: re.Match[bytes]) -> bytes:
    digits = found[1] or found[2] or found[3]
    return bytes([int(digits, 16) if digits else int(found[4], 8) & 0xFF])


def _hexadecimal(run: bytes) -> Iterator[bytes]:
    digits = NO_HEXADECIMAL.sub(b"", run)
    for start in (0, 1):
        even = digits[start : len(digits) - (len(digits) - start) % 2]
        yield binascii.unhexlify(even)


def _is_mixed(run: bytes) -> bool:
    """Return whether a run has small letters and capitals, as every code of a text has."""
    return run.lower() != run and run.upper() != run


def _base64(run: bytes) -> Iterator[bytes]:
    """Yield what a run of the alphabet may stand for: nobody knows where in it the code begins."""
    code = run.replace(b"\r", b"").replace(b"\n", b"").translate(URL_SAFE)
    for start in range(4 if len(code) > SHORTEST_CODE else 1):
        part = code[start:]
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        yield base64.b64decode(part + b"=" * (-len(part) % 4))


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what `data` holds when it begins like something packed."""
    for mark, name in PACKED.items():
        if data.startswith(mark):
            plain = _inflate(data, zlib.MAX_WBITS | 16) if name == "gzip" else _zstd(data)
            if plain:
                yield name, plain
    if ZLIB.match(data) and (plain := _inflate(data, zlib.MAX_WBITS)):
        yield "zlib", plain


def _inflate(data: bytes, bits: int) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(data, MOST_INFLATED)
    except zlib.error:
        return b""


def _zstd(data: bytes) -> bytes:
    import pyarrow as pa

    try:
        with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
            return bytes(stream.read(MOST_INFLATED))
    except OSError:
        return b""
