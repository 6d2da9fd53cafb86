"""The proof that a text may go to the fast reader: every line has the same fields, whoever splits it.

Each block of lines is weighed with whole-array operations, two blocks side by side, each in arrays that are made once:
fresh memory for every block costs the machine more than the text does. Quotes are allowed where all readers agree on
them: around a whole field, doubled inside, and never around the end of a line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from warehouse.reading.limits import Limits, too_much

BLOCK = 1 << 20
LOOK = 1 << 16
LANES = 2
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
    descriptor = os.open(path, os.O_RDONLY)
    try:
        blocks = list(pairwise(_cuts(descriptor, start, limits.line_bytes)))
        scales = [_Scale(descriptor, ord(separator), width, limits.line_bytes) for _ in range(LANES)]
        with ThreadPoolExecutor(max_workers=LANES) as lanes:
            shares = [blocks[lane::LANES] for lane in range(LANES)]
            fits = list(lanes.map(lambda scale, share: scale.weigh_all(share), scales, shares))
    finally:
        os.close(descriptor)
    if not all(fits):
        return None
    padded = np.flatnonzero(np.logical_or.reduce([scale.padded for scale in scales]))
    return Shape(any(scale.quoted for scale in scales), tuple(map(int, padded)))


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


class _Scale:
    """Weighs blocks one after the other, and keeps what it saw: quotes, and columns with blanks around texts."""

    def __init__(self, descriptor: int, separator: int, width: int, longest: int) -> None:
        self.descriptor, self.separator, self.width, self.longest = descriptor, separator, width, longest
        self.quoted, self.padded = False, np.zeros(width, dtype=np.bool_)
        self.small = np.uint8 if width < MOST_IN_A_BYTE else np.uint16
        self._hold(BLOCK + LOOK)

    def weigh_all(self, blocks: Iterable[tuple[int, int]]) -> bool:
        """Return whether every line of the blocks, given by their first byte and the one behind, has `width` fields."""
        return all(self._weigh(begin, end - begin) for begin, end in blocks)

    def _hold(self, size: int) -> None:
        self.bytes = np.empty(size, dtype=np.uint8)
        self.flags = [np.empty(size, dtype=np.bool_) for _ in range(3)]

    def _weigh(self, begin: int, size: int) -> bool:
        if size >= len(self.bytes):
            self._hold(size + 1)
        size = os.preadv(self.descriptor, [self.bytes[:size].data], begin)
        if size and self.bytes[size - 1] != LF:
            self.bytes[size] = LF
            size += 1
        block, (ending, marks, other) = self.bytes[:size], (flags[:size] for flags in self.flags)
        ends = np.flatnonzero(np.equal(block, LF, out=ending))
        if size and int(np.diff(ends, prepend=-1).max()) > self.longest + 1:
            raise too_long(self.longest)
        returns = np.count_nonzero(np.equal(block, CR, out=other))
        if returns and np.count_nonzero(block[ends - 1] == CR) != returns:
            return False
        np.equal(block, self.separator, out=marks)
        quoted = bool(np.equal(block, QUOTE, out=other).any())
        if size and not self._fits(block, marks, ends, other if quoted else None):
            return False
        self.quoted |= quoted
        self._note_padded(block, marks, ends, (ending, other), quoted)
        return True

    def _fits(self, block: Bytes, marks: Flags, ends: Places, quoted: Flags | None) -> bool:
        """Return whether each line has `width` fields: counted modulo a small type, exact because the sum is right too."""
        starts = np.concatenate(([0], ends[:-1] + 1))
        each = np.add.reduceat(marks.view(np.uint8), starts, dtype=self.small)
        whole = np.count_nonzero(marks)
        if quoted is not None:
            if (np.add.reduceat(quoted.view(np.uint8), starts, dtype=np.uint8) & 1).any():
                return False
            quotes = np.flatnonzero(quoted)
            if not _canonical(block, quotes, self.separator):
                return False
            held = np.add.reduceat(marks.view(np.uint8), quotes, dtype=self.small)[::2]
            holding = np.flatnonzero(held)
            lines = np.searchsorted(ends, quotes[::2][holding])
            each -= np.bincount(lines, weights=held[holding], minlength=len(ends)).astype(self.small)
            whole -= int(held.sum(dtype=np.int64))
        return bool((each == self.width - 1).all()) and whole == (self.width - 1) * len(ends)

    def _note_padded(self, block: Bytes, marks: Flags, ends: Places, free: tuple[Flags, Flags], quoted: bool) -> None:
        """Note the columns with a text that may begin or end with a blank; every letter outside ASCII might be one."""
        edge = np.zeros(256, dtype=np.bool_)
        edge[[LF, CR, self.separator]], edge[QUOTE] = True, quoted
        soft, beyond = np.less_equal(block, SPACE, out=free[0]), np.greater(block, LAST_ASCII, out=free[1])
        places = np.flatnonzero(np.logical_or(soft, beyond, out=soft))
        places = places[~edge[block[places]]]
        hits = places[edge[block[places + 1]] | edge[block[places - 1]]]  # before the first byte stands the last: LF
        if len(hits) and quoted:
            self.padded[:] = True
        elif len(hits):
            columns = np.searchsorted(np.flatnonzero(marks), hits) - np.searchsorted(ends, hits) * (self.width - 1)
            self.padded[columns] = True


def _canonical(block: Bytes, quotes: Places, separator: int) -> bool:
    """Return whether quotes stand around whole fields, or doubled inside; each line has an even number of them."""
    opens, closes = quotes[::2], quotes[1::2]
    chained = np.concatenate((opens[1:] == closes[:-1] + 1, [False]))
    after, before = block[closes + 1], block[opens - 1]
    closed = (after == separator) | (after == LF) | (after == CR) | chained
    opened = (before == separator) | (before == LF) | (opens == 0) | np.concatenate(([False], chained[:-1]))
    return bool(closed.all() and opened.all())


def too_long(longest: int) -> Exception:
    """Return the error of a line longer than `longest` bytes."""
    return too_much("line_bytes", f"a line is longer than {longest:,} bytes")
