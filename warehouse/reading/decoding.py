"""From a landed file to plain UTF-8 text: unpacking and decoding, in a stream and within limits."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from warehouse.disk import refusal_of
from warehouse.errors import Stop
from warehouse.files import require_room
from warehouse.reading.limits import MIB, Limits

CHUNK = MIB
FALLBACK = "cp1252"
LETTERS_OF_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


def unpacked(path: Path, codec: str, target: Path, limits: Limits) -> Path:
    """Return `target` with what the gzip or zstd file holds. Raises Stop when it is broken or a bomb."""
    packed = path.stat().st_size
    try:
        with pa.input_stream(str(path), compression=codec) as source, target.open("wb") as plain:
            copied(source, plain, packed, limits)
    except OSError as wrong:
        raise refusal_of(wrong) or broken(codec) from None
    return target


def copied(source: Any, target: IO[bytes], packed: int, limits: Limits) -> None:
    """Copy what `source` unpacks into `target`. Raises Stop as soon as it is more than the limits allow."""
    written = 0
    while chunk := source.read(CHUNK):
        written += len(chunk)
        limits.refuse_bomb(packed, written)
        require_room(Path(target.name).parent, len(chunk))
        target.write(chunk)


def broken(kind: str) -> Stop:
    """Return the error of a file that breaks off or contradicts itself."""
    return Stop("unreadable_file", f"the {kind} file is broken", f"berkas {kind} rusak", "send the file again")


def plain_text(path: Path, encoding: str, target: Path, limits: Limits) -> tuple[Path, str]:
    """Return a file of UTF-8 text with the content of `path`, `target` if it must be rewritten, and its first encoding.

    Without a declared encoding the text is UTF-8, or UTF-16 by its byte order mark, or else CP1252.
    Raises Stop when the text is not in its encoding, is of two encodings, or holds NUL characters.
    """
    used = encoding or detect_encoding(path)
    if codecs.lookup(used).name in ("utf-8", "utf-8-sig", "ascii"):
        if encoding and detect_encoding(path) != "utf-8":
            raise _not_in(encoding)
        return path, "utf-8"
    if used == FALLBACK and not encoding:
        _refuse_mixed(path)
    return _transcoded(path, used, target, limits), used


def _refuse_mixed(path: Path) -> None:
    """Raise Stop for a text that is not UTF-8 but holds letters as UTF-8 writes them: CP1252 would show two signs for each."""
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            if LETTERS_OF_UTF8.search(chunk):
                en, id = "some letters are UTF-8 and some are not", "sebagian huruf UTF-8, sebagian bukan"
                raise Stop("mixed_encodings", en, id, "save it as UTF-8, or declare the encoding of the source")


def detect_encoding(path: Path) -> str:
    """Return utf-8, utf-16 or cp1252: the first that fits the bytes of the file.

    Raises Stop when the file holds NUL characters: it is no text, or UTF-16 without its mark.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    found = "utf-8"
    with path.open("rb") as source:
        if source.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        source.seek(0)
        while chunk := source.read(CHUNK):
            if b"\0" in chunk:
                raise _nul()
            if found == "utf-8" and not (chunk.isascii() and decoder.getstate()[0] == b""):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    found = FALLBACK
    return FALLBACK if decoder.getstate()[0] else found


def _transcoded(path: Path, encoding: str, target: Path, limits: Limits) -> Path:
    decoder = codecs.getincrementaldecoder(encoding)()
    written = 0
    try:
        with path.open("rb") as source, target.open("wb") as plain:
            while chunk := source.read(CHUNK):
                require_room(target.parent, 2 * len(chunk))
                written += plain.write(_checked(decoder.decode(chunk)))
                limits.refuse_bomb(path.stat().st_size, written)
            plain.write(_checked(decoder.decode(b"", final=True)))
    except UnicodeError:
        raise _not_in(encoding) from None
    return target


def _checked(text: str) -> bytes:
    if "\0" in text:
        raise _nul()
    return text.encode("utf-8")


def _not_in(encoding: str) -> Stop:
    en, id = f"the text is not {encoding}", f"teks bukan {encoding}"
    return Stop("unreadable_file", en, id, "declare the encoding of the source")


def _nul() -> Stop:
    return Stop(
        "nul_characters", "the file holds NUL characters: no text, or UTF-16 without its mark",
        "berkas berisi karakter NUL: bukan teks, atau UTF-16 tanpa penanda",
        "save it as UTF-8, or declare the encoding (utf-16-le)",
    )  # fmt: skip
