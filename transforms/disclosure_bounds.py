"""How far a cell can be from its value at most, as far as single statements tell: what is bounded so needs no solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transforms.disclosure import Cells, Family

Bounds = NDArray[np.float64]
ROUNDS = 100
"""How often every statement is looked at; each look is right by itself, so that fewer looks only bound less."""


def bounds(family: Family) -> tuple[Bounds, Bounds]:
    """Return by how much each cell can be smaller (0 or less) and larger at most, in whole numbers; infinite where nothing tells.

    A statement bounds each of its cells by what the others of it can make up for.
    """
    terms = family.identities.tocoo()
    row, cell, factor = terms.row, terms.col, terms.data.astype(float)
    low = np.where(family.open, (family.least - family.values).astype(float), 0.0)
    high = np.where(family.open, np.inf, 0.0)
    slack = np.where(family.exact, 0.0, family.sums.astype(float))[row]
    is_up, is_exact = factor > 0, family.exact[row]
    for _ in range(ROUNDS):
        up, down = factor * np.where(is_up, high[cell], low[cell]), factor * np.where(is_up, low[cell], high[cell])
        least = -slack - _of_others(up, row, np.inf)
        most = np.where(is_exact, -_of_others(down, row, -np.inf), np.inf)
        lower, higher = low.copy(), high.copy()
        np.maximum.at(lower, cell, np.ceil(np.where(is_up, least, most) / factor))
        np.minimum.at(higher, cell, np.floor(np.where(is_up, most, least) / factor))
        if np.array_equal(lower, low) and np.array_equal(higher, high):
            break
        low, high = lower, higher
    return low, high


def tied(family: Family) -> Cells:
    """Return a number for every cell, the same for cells that differ by as much in every world: two that a statement equals."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    rows = family.identities.tocsr()
    of_two = family.exact & (np.diff(rows.indptr) == 2) & (np.asarray(rows.sum(axis=1)).ravel() == 0)
    pairs = rows[of_two].indices.reshape(-1, 2)
    links = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=2 * (family.values.size,))
    return np.asarray(connected_components(links, directed=False)[1], np.int64)


def _of_others(parts: Bounds, row: NDArray[np.int32], endless: float) -> Bounds:
    """Return, for each term of a statement, the sum of the parts of its other terms; `endless` when one of those is."""
    is_endless, count = np.isinf(parts), int(row.max(initial=-1)) + 1
    told = np.where(is_endless, 0.0, parts)
    sums, found = np.bincount(row, told, count), np.bincount(row, is_endless, count)
    return np.where(found[row] > is_endless, endless, sums[row] - told)
