"""Rows of one person brought side by side by the token: exactly, and in one sort of integers.

What is sorted is one integer a row: upper bits of the token's lower half, and below them the place of the row, so that
the sorted integers are an order at once. Neighbours that are alike in those bits are compared by the whole token, and
where they differ, the few rows concerned are ordered by the whole token: no bit of it is left out of the answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.uint64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Together(NamedTuple):
    """The rows in an order in which those of one person adjoin, and which of them, in that order, begin a person."""

    order: Places
    is_first: Flags


def together(high: Integers, low: Integers) -> Together:
    """Return the rows with these halves of a token, those of equal tokens side by side."""
    place = np.uint64((1 << len(low).bit_length()) - 1)
    packed = (low & ~place) | np.arange(len(low), dtype=np.uint64)
    packed.sort()
    order = (packed & place).astype(np.int64)
    packed |= place
    alike = packed[1:] == packed[:-1]
    near = np.flatnonzero(alike)
    same = _same(order, near, high, low)
    if not same.all():
        _separate(order, alike, near[~same], high, low)
        same = _same(order, near, high, low)
    is_first = np.ones(len(order), np.bool_)
    is_first[near[same] + 1] = False
    return Together(order, is_first)


def united(words: Integers, begins: Places) -> Integers:
    """Return, for every stretch of words that begins at one of these places, its words combined by OR."""
    return np.bitwise_or.reduceat(words, begins) if len(begins) else words[:0]


def firsts(sorted_codes: Integers) -> Places:
    """Return the places at which sorted codes change."""
    changes = np.ones(len(sorted_codes), np.bool_)
    np.not_equal(sorted_codes[1:], sorted_codes[:-1], out=changes[1:])
    return np.flatnonzero(changes)


def tally(codes: Integers) -> tuple[Integers, Places]:
    """Return the distinct codes and how often each occurs; `codes` are sorted in place."""
    codes.sort()
    begins = firsts(codes)
    return codes[begins], np.diff(begins, append=len(codes))


def _same(order: Places, near: Places, high: Integers, low: Integers) -> Flags:
    """Return, for rows at the places `near`, whether the next one has the same token."""
    this, following = order[near], order[near + 1]
    found: Flags = (high[this] == high[following]) & (low[this] == low[following])
    return found


def _separate(order: Places, alike: Flags, clashes: Places, high: Integers, low: Integers) -> None:
    """Order every run of alike rows in which tokens differ by the whole token, in its place."""
    run = np.concatenate([[0], np.cumsum(~alike)])
    at = np.flatnonzero(np.isin(run, run[clashes]))
    rows = order[at]
    order[at] = rows[np.lexsort((high[rows], low[rows]))]
