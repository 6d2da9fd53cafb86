"""The proof that a text may go to the fast reader: every line has the same fields, whoever splits it.

Each block of lines is weighed with whole-array operations, and blocks are weighed side by side. Quotes are allowed
where all readers agree on them: around a whole field, doubled inside, and never around the end of a line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from warehouse.reading.limits import Limits, too_much

BLOCK = 1 << 20
LOOK = 1 << 16
LF, CR, QUOTE, TAB, SPACE, LAST_ASCII = 10, 13, 34, 9, 32, 126
MOST_IN_A_BYTE = 250

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Shape(NamedTuple):
    """What the proof found: whether there are quotes, and which columns hold texts with blanks around them."""

    quoted: bool
    padded: tuple[int, ...]


def proved(path: Path, start: int, separator: str, width: int, limits: Limits) -> Shape | None:
    """Return the shape of the lines from byte `start` on when there are any and each has `width` fields, else None.

    The text is UTF-8. Raises Stop for a line longer than the limits allow.
    """
    if width < 2 or path.stat().st_size <= start:
        return None
    padded, quoted = np.zeros(width, dtype=np.bool_), False
    descriptor = os.open(path, os.O_RDONLY)
    workers = ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1))
    try:
        cuts = list(_cuts(descriptor, start, limits.line_bytes))

        def weigh(begin: int, end: int) -> tuple[bool, Flags] | None:
            return _weighed(os.pread(descriptor, end - begin, begin), ord(separator), width, limits.line_bytes)

        for found in workers.map(weigh, cuts, cuts[1:]):
            if found is None:
                return None
            quoted, padded = quoted or found[0], padded | found[1]
    finally:
        workers.shutdown(cancel_futures=True)
        os.close(descriptor)
    return Shape(quoted, tuple(int(place) for place in np.flatnonzero(padded)))


def _cuts(descriptor: int, start: int, longest: int) -> Iterator[int]:
    size, at = os.fstat(descriptor).st_size, start
    yield start
    while at + BLOCK < size:
        at = _line_end(descriptor, at + BLOCK, longest)
        yield min(at, size)
    if at < size:
        yield size


def _line_end(descriptor: int, at: int, longest: int) -> int:
    for offset in range(at, at + longest + LOOK, LOOK):
        look = os.pread(descriptor, LOOK, offset)
        if (found := look.find(b"\n")) >= 0:
            return offset + found + 1
        if len(look) < LOOK:
            return offset + len(look)
    raise too_long(longest)


def _weighed(text: bytes, separator: int, width: int, longest: int) -> tuple[bool, Flags] | None:
    if not text:
        return False, np.zeros(width, dtype=np.bool_)
    block = np.frombuffer(text if text.endswith(b"\n") else text + b"\n", np.uint8)
    ends = np.flatnonzero(block == LF)
    if int(np.diff(ends, prepend=-1).max()) > longest + 1:
        raise too_long(longest)
    returns = text.count(b"\r") if b"\r" in text else 0
    if returns and np.count_nonzero(block[ends - 1] == CR) != returns:
        return None
    marks, quoted = block == separator, block == QUOTE if b'"' in text else None
    if not _fits(block, marks, ends, width, quoted, separator):
        return None
    blanks = np.count_nonzero(block <= SPACE) - len(ends) - returns
    blanks -= np.count_nonzero(marks) if separator == TAB else 0
    if not blanks and text.isascii():
        return quoted is not None, np.zeros(width, dtype=np.bool_)
    return quoted is not None, _padded(block, marks, ends, width, quoted)


def _fits(block: Bytes, marks: Flags, ends: Places, width: int, quoted: Flags | None, separator: int) -> bool:
    """Return whether each line has `width` fields: counted modulo a small type, and exact because the sum is right too."""
    small = np.uint8 if width < MOST_IN_A_BYTE else np.uint16
    starts = np.concatenate(([0], ends[:-1] + 1))
    each = np.add.reduceat(marks.view(np.uint8), starts, dtype=small)
    whole = np.count_nonzero(marks)
    if quoted is not None:
        if (np.add.reduceat(quoted.view(np.uint8), starts, dtype=np.uint8) & 1).any():
            return False
        quotes = np.flatnonzero(quoted)
        if not _canonical(block, quotes, separator):
            return False
        held = np.add.reduceat(marks.view(np.uint8), quotes, dtype=small)[::2]
        holding = np.flatnonzero(held)
        lines = np.searchsorted(ends, quotes[::2][holding])
        each -= np.bincount(lines, weights=held[holding], minlength=len(ends)).astype(small)
        whole -= int(held.sum(dtype=np.int64))
    return bool((each == width - 1).all()) and whole == (width - 1) * len(ends)


def _canonical(block: Bytes, quotes: Places, separator: int) -> bool:
    """Return whether quotes stand around whole fields, or doubled inside; each line has an even number of them."""
    opens, closes = quotes[::2], quotes[1::2]
    chained = np.concatenate((opens[1:] == closes[:-1] + 1, [False]))
    after, before = block[closes + 1], block[opens - 1]
    closed = (after == separator) | (after == LF) | (after == CR) | chained
    opened = (before == separator) | (before == LF) | (opens == 0) | np.concatenate(([False], chained[:-1]))
    return bool(closed.all() and opened.all())


def _padded(block: Bytes, marks: Flags, ends: Places, width: int, quoted: Flags | None) -> Flags:
    """Return the columns with a text that may begin or end with a blank; every letter outside ASCII might be one."""
    padded = np.zeros(width, dtype=np.bool_)
    edge = marks | (block == LF) | (block == CR)
    if quoted is not None:
        edge |= quoted
    soft: Flags = ((block <= SPACE) | (block > LAST_ASCII)) & ~edge
    hits = np.flatnonzero(soft[:-1] & (edge[1:] | np.concatenate(([True], edge[:-2]))))
    if len(hits) and quoted is not None:
        padded[:] = True
    elif len(hits):
        columns = np.searchsorted(np.flatnonzero(marks), hits) - np.searchsorted(ends, hits) * (width - 1)
        padded[columns] = True
    return padded


def too_long(longest: int) -> Exception:
    """Return the error of a line longer than `longest` bytes."""
    return too_much("line_bytes", f"a line is longer than {longest:,} bytes")
