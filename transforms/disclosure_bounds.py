"""How far a cell can be from its value at most, whatever is hidden: one that is bounded within the width cannot be protected.

Single statements bound without a solver; the statements near a cell bound more, by a linear program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transforms.disclosure import Cells, Family

Changes = NDArray[np.float64]
EPSILON = 1e-6
"""What a solver may be wrong by."""
ROUNDS = 100
"""How often every statement is looked at; each look is right by itself, so that fewer looks only bound less."""


class Reach:
    """How much smaller, `low`, and larger, `high`, each cell can be at most; cells with one number in `alike` differ by as much."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.low, self.high = bounds(family)
        self.alike = tied(family)
        self.statements, self.columns = family.identities.tocsr(), family.identities.tocsc()

    def of(self, cell: int, width: int, near: Cells) -> tuple[int, int]:
        """Return by how much a cell can be smaller, and larger, up to `width`, as far as the statements about cells near it tell.

        Other statements are left out, so that the truth is never more than what is returned. Presolve is off, as in the attack:
        a bound that is too low would give up a cell that can be protected.
        """
        rows = np.unique(self.columns[:, near].indices)
        part = self.statements[rows]
        among = np.unique(np.append(part.indices, cell))
        smaller, larger = (self._most(side, cell, width, part[:, among], rows, among) for side in (-1, 1))
        return smaller, larger

    def _most(self, side: int, cell: int, width: int, part: Any, rows: Cells, among: Cells) -> int:
        from scipy.optimize import Bounds, LinearConstraint, milp

        exact, sums, place = self.family.exact[rows], self.family.sums[rows], among == cell
        lower, upper = self.low[among], self.high[among]
        lower[place], upper[place] = np.clip((lower[place], upper[place]), min(side * width, 0), max(side * width, 0))
        limits = LinearConstraint(part, np.where(exact, 0, -sums), np.where(exact, 0, np.inf))
        goal = np.where(place, -float(side), 0.0)
        found = milp(goal, constraints=limits, bounds=Bounds(lower, upper), options={"presolve": False})
        return width if found.x is None else int(abs(found.x[place][0]) + EPSILON)


def bounds(family: Family) -> tuple[Changes, Changes]:
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


def _of_others(parts: Changes, row: NDArray[np.int32], endless: float) -> Changes:
    """Return, for each term of a statement, the sum of the parts of its other terms; `endless` when one of those is."""
    is_endless = np.isinf(parts)
    told = np.where(is_endless, 0.0, parts)
    sums, found = np.bincount(row, told), np.bincount(row, is_endless)
    return np.where(found[row] > is_endless, endless, sums[row] - told)
