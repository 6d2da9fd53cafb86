"""The attacker: what everybody can work out about hidden cells from what is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from transforms.disclosure import Family, Mask


@dataclass(frozen=True)
class Interval:
    """The least and the largest whole number that a hidden cell can be; `most` is infinite where nothing bounds it."""

    cell: int
    least: float
    most: float

    @property
    def is_exact(self) -> bool:
        """True when the cell is known."""
        return self.least == self.most

    @property
    def width(self) -> float:
        """Return how far apart the bounds are."""
        return self.most - self.least


def attack(family: Family, hidden: Mask) -> list[Interval]:
    """Return the interval of every hidden cell, found without a look at the hidden values.

    The attacker knows the sums of the exact statements, as `Family` says: how many persons a total counts once.

    Hidden cells that no identity links are attacked apart from each other: that changes the time, not the answer.
    """
    if not hidden.any():
        return []
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    columns = np.flatnonzero(hidden)
    unknown = csr_matrix(family.identities)[:, columns]
    known = np.where(family.exact, family.sums, 0)
    told = known - csr_matrix(family.identities)[:, np.flatnonzero(~hidden)] @ family.values[~hidden]
    _, block = connected_components(abs(unknown).T @ abs(unknown), directed=False)
    intervals = []
    for number in np.unique(block):
        mine = np.flatnonzero(block == number)
        rows = np.flatnonzero(abs(unknown[:, mine]).sum(axis=1))
        matrix, least = unknown[rows][:, mine], told[rows]
        most = np.where(family.exact[rows], least, np.inf)
        floor = family.least[columns[mine]]
        intervals += [
            Interval(int(columns[one]), *_bounds(matrix, least, most, floor, at)) for at, one in enumerate(mine)
        ]
    return intervals


def _bounds(matrix: Any, least: Any, most: Any, floor: Any, at: int) -> tuple[float, float]:
    return _extreme(matrix, least, most, floor, at, 1), _extreme(matrix, least, most, floor, at, -1)


def _extreme(matrix: Any, least: Any, most: Any, floor: Any, at: int, sign: int) -> float:
    """Return the least (`sign` 1) or largest (-1) value of one unknown; infinite where it is unbounded.

    Presolve is off: with it HiGHS (SciPy 1.17.1) called a largest value 9 where a checked family of whole numbers has 13.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    goal = np.zeros(matrix.shape[1])
    goal[at] = sign
    constraints = LinearConstraint(matrix, least, most) if matrix.shape[0] else ()
    found = milp(
        goal,
        constraints=constraints,
        bounds=Bounds(floor, np.inf),
        integrality=np.ones(goal.size),
        options={"mip_rel_gap": 0, "presolve": False},
    )
    if found.status == 0:
        return float(round(sign * found.fun))
    if sign == -1 and found.status in (3, 4):
        return float("inf")
    raise ValueError(f"the attack has no answer: {found.message}")
