"""Journals: one JSON object a line, each with its own checksum, so that neither a torn nor a changed line is taken for true."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from warehouse.files import folder, placed, sync
from warehouse.seals import Damaged

MARK = b', "sum": "'
SUM = 16
HOLE = b"\0\0"
Stamp = tuple[int, int, int]
CURE = "cakupan verify, then cakupan restore / pulihkan dari cadangan"


def rewrite(path: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Let the journal hold exactly these entries."""
    with placed(path) as beside:
        beside.write_bytes(b"".join(map(_line, entries)))


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Add an entry, which is on the disk when this returns; what a crash left of another goes."""
    folder(path.parent)
    is_new = not path.exists()
    with path.open("a+b") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        journal.seek(0)
        whole, _ = _parted(path, journal.read(), ())
        journal.truncate(sum(map(len, whole)))
        journal.write(_line(entry))
        journal.flush()
        os.fsync(journal.fileno())
    if is_new:
        sync(path.parent)


def read(path: Path, unmarked: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return every entry; a last line that a crash cut off is none. Raises Damaged when another line is not as written.

    Lines of earlier versions bear no checksum: they may hold the keys `unmarked` alone.
    """
    return _parted(path, path.read_bytes(), unmarked)[1] if path.exists() else []


def stamp(path: Path) -> Stamp | None:
    """Return what tells the journal from what it was and will be: inode, size, and time of its content; None where there is none."""
    with suppress(FileNotFoundError):
        state = path.stat()
        return state.st_ino, state.st_size, state.st_mtime_ns
    return None


def _parted(path: Path, content: bytes, unmarked: Collection[str]) -> tuple[list[bytes], list[dict[str, Any]]]:
    """Return the lines that are whole, and what they say."""
    *lines, tail = content.split(b"\n")
    whole = [line + b"\n" for line in lines]
    if whole and HOLE in whole[-1] and not tail:
        lines, whole, tail = lines[:-1], whole[:-1], b""
    if _is_whole(tail[:-1]):
        raise Damaged(path, "journal_damaged", CURE)
    try:
        return whole, [_entry(line, unmarked) for line in lines]
    except ValueError:
        raise Damaged(path, "journal_damaged", CURE) from None


def _is_whole(line: bytes) -> bool:
    try:
        return MARK in line and bool(_entry(line, ()))
    except ValueError:
        return False


def _line(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry).encode("ascii")
    return text[:-1] + MARK + _sum(text) + b'"}\n'


def _entry(line: bytes, unmarked: Collection[str]) -> dict[str, Any]:
    """Return what a line says. Raises ValueError when it is not as written."""
    body, mark, rest = line.rpartition(MARK)
    if mark and rest != _sum(body + b"}") + b'"}':
        raise ValueError("checksum")
    try:
        found: dict[str, Any] = json.loads(body + b"}" if mark else line)
    except RecursionError:
        raise ValueError("nested") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    if not mark and not (found and found.keys() <= set(unmarked)):
        raise ValueError("no checksum")
    return found


def _sum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:SUM].encode("ascii")
