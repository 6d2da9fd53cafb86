"""The attacker: what everybody can work out about hidden cells from what is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from transforms.disclosure import Cells, Family, Mask

ENDLESS = "problem is unbounded"
"""What SciPy's message says where there is no least value; its status 4 is that of an error of the solver too."""
ROUNDS = 40
"""How often all undecided cells are pushed at once before each is asked alone."""


@dataclass(frozen=True)
class Interval:
    """The least and the largest value that a hidden cell can have; `most` is infinite where nothing bounds it."""

    cell: int
    least: float
    most: float

    @property
    def is_exact(self) -> bool:
        """True when the cell is known."""
        return self.width < 1e-6

    @property
    def width(self) -> float:
        """Return how far apart the bounds are."""
        return self.most - self.least


def attack(family: Family, hidden: Mask) -> list[Interval]:
    """Return the interval of whole numbers of every hidden cell, found without a look at the hidden values.

    Hidden cells that no identity links are attacked apart from each other: that changes the time, not the answer.
    The attacker knows the sums of the exact statements, as `Family` says: how many persons a total counts once.
    """
    return [
        Interval(int(system.cells[at]), *system.bounds(at))
        for system in _systems(family, hidden, whole=True) for at in range(system.cells.size)
    ]  # fmt: skip


def narrow(family: Family, hidden: Mask, width: int, *, whole: bool) -> list[Interval]:
    """Return the intervals of the hidden cells that the attacker finds to be within less than `width`.

    The same as `attack` in less time: a cell that was seen `width` apart in two families that agree with what is published
    is not asked any more. Without `whole` numbers the programs are linear, and the attacker a little weaker.
    """
    found: list[Interval] = []
    for system in _systems(family, hidden, whole=whole):
        for at in system.undecided(width):
            interval = Interval(int(system.cells[at]), *system.bounds(at))
            found += [interval] if interval.width < width - 1e-6 else []
    return found


@dataclass(frozen=True)
class _System:
    """What is known of hidden cells that hang together: statements over them, their least values."""

    cells: Cells
    matrix: Any
    least: Any
    most: Any
    floor: Any
    whole: bool

    def bounds(self, at: int) -> tuple[float, float]:
        """Return the least and the largest value of one cell."""
        goal = np.zeros(self.cells.size)
        goal[at] = 1
        lowest, highest = self._solved(goal), self._solved(-goal)
        if lowest is None:
            raise ValueError("the attack has no answer")
        return float(lowest[at]), float("inf") if highest is None else float(highest[at])

    def undecided(self, width: int) -> Cells:
        """Return the places of the cells that were not seen `width` apart when all were pushed up and down at once."""
        draw = np.random.default_rng(self.cells.size)
        low, high = np.full(self.cells.size, np.inf), np.full(self.cells.size, -np.inf)
        cap = 1e6 + abs(self.least).sum()
        for _ in range(ROUNDS):
            wanted = ~(high - low >= width)
            if wanted.sum() < 4:
                break
            goal = np.where(wanted, draw.choice([-1.0, 1.0], self.cells.size), 0.0)
            seen = self._solved(goal, cap)
            if seen is not None:
                low, high = np.minimum(low, seen), np.maximum(high, seen)
        return np.flatnonzero(~(high - low >= width))

    def _solved(self, goal: Any, cap: float = np.inf) -> Any:
        """Return the values at which `goal` is least; None where there is no least one.

        Presolve is off: with it HiGHS (SciPy 1.17.1) called a largest value 9 where a checked family of whole numbers has 13.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        found = milp(
            goal,
            constraints=LinearConstraint(self.matrix, self.least, self.most) if self.matrix.shape[0] else (),
            bounds=Bounds(self.floor, cap),
            integrality=np.full(goal.size, int(self.whole)),
            options={"mip_rel_gap": 0, "presolve": False},
        )
        if found.status == 0:
            return np.rint(found.x) if self.whole else found.x
        if ENDLESS in found.message:
            return None
        raise ValueError(f"the attack has no answer: {found.message}")


def _systems(family: Family, hidden: Mask, *, whole: bool) -> Iterator[_System]:
    if not hidden.any():
        return
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    columns = np.flatnonzero(hidden)
    unknown = csr_matrix(family.identities)[:, columns]
    known = np.where(family.exact, family.sums, 0)
    told = known - csr_matrix(family.identities)[:, np.flatnonzero(~hidden)] @ family.values[~hidden]
    _, block = connected_components(abs(unknown).T @ abs(unknown), directed=False)
    for number in np.unique(block):
        mine = np.flatnonzero(block == number)
        rows = np.flatnonzero(abs(unknown[:, mine]).sum(axis=1))
        least = told[rows].astype(float)
        yield _System(
            columns[mine], unknown[rows][:, mine], least, np.where(family.exact[rows], least, np.inf),
            family.least[columns[mine]].astype(float), whole,
        )  # fmt: skip
