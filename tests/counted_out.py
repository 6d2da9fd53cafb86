"""A second opinion on hidden cells: all families of whole numbers that agree with what is known, counted out one by one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from transforms.disclosure import Family, Mask

Counts = NDArray[np.int64]


def family(text: str, values: list[int], known: str = "", least: list[int] | None = None) -> Family:
    """Return a family of cells named a, b, c ... by the statements of `text`, such as `a + b = c; a >= d`.

    Of an equation the sum is known to the unit, whatever it is. The cells named in `known` are everybody's.
    """
    rows = [_row(one, len(values)) for one in text.split(";")] if text else []
    matrix = csr_matrix(np.array(rows, np.int64).reshape(len(rows), len(values)))
    exact = np.array(["=" in one and ">" not in one for one in text.split(";")] if text else [], bool)
    closed = np.array([chr(ord("a") + at) in known for at in range(len(values))])
    return Family.of(np.array(values), matrix, exact, None if least is None else np.array(least), closed)


def chosen(mask: Mask) -> str:
    """Return the letters of the chosen cells."""
    return "".join(chr(ord("a") + at) for at in np.flatnonzero(mask))


def cells(letters: str, size: int) -> Mask:
    """Return which of so many cells are named in `letters`."""
    return np.array([chr(ord("a") + at) in letters for at in range(size)])


def reaches(given: Family, free: Mask, beyond: int) -> Counts:
    """Return how far apart the least and the largest value of every cell are in the worlds that differ in `free` cells alone.

    Looked at are the values that lie at most `beyond` from the true one.
    """
    found = _worlds(given, free, beyond)
    widths: Counts = found.max(axis=0) - found.min(axis=0)
    return widths


def intervals(given: Family, free: Mask, beyond: int) -> list[tuple[int, int]]:
    """Return the least and the largest value of every free cell in these worlds."""
    found = _worlds(given, free, beyond)[:, free]
    return list(zip(found.min(axis=0).tolist(), found.max(axis=0).tolist(), strict=True))


def _worlds(given: Family, free: Mask, beyond: int) -> Counts:
    bounds = zip(given.values.tolist(), given.least.tolist(), free.tolist(), strict=True)
    ranges = [
        range(max(least, value - beyond), value + beyond + 1) if is_free else [value]
        for value, least, is_free in bounds
    ]
    worlds = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    sums = worlds @ given.identities.toarray().T
    agrees = np.where(given.exact, sums == given.sums, sums >= 0).all(axis=1)
    found: Counts = worlds[agrees]
    return found


def _row(statement: str, size: int) -> Any:
    """Return the factors of one statement: what is right of the sign counts negative."""
    left, right = statement.replace(">=", "=").split("=")
    row = [0] * size
    for side, sign in ((left, 1), (right, -1)):
        words = ["+", *side.split()]
        for operation, word in pairwise(words):
            if word.strip("+-").isalnum() and operation in "+-":
                factor = int(word[:-1] or 1)
                row[ord(word[-1]) - ord("a")] += sign * factor * (-1 if operation == "-" else 1)
    return row
