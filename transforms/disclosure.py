"""Which cells of linked tables are left empty, so that no small count can be derived from the others.

`docs/disclosure.md` says what is promised, to whom, and against which attacker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.disclosure_bounds import EPSILON, Reach

Cells = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Unprotected(ValueError):
    """No other world is known in which the cell differs enough: what would protect it is already known to everybody."""

    def __init__(self, cell: int) -> None:
        super().__init__(f"cell {cell} cannot be hidden")
        self.cell = cell


@dataclass(frozen=True)
class Family:
    """Tables that hang together: their cells in one row, and what everybody is taken to know of how they hang together.

    A row of `identities` holds the factors of one statement about the cells. Where `exact`, the sum of that row is
    known to the unit, whatever it is: how many persons a total counts once and its parts twice is taken as known. Else the sum
    is at least 0. Cells are whole numbers of at least `least`. Cells that are not `open` are known to everybody for good.
    """

    values: Cells
    identities: Any
    exact: Mask
    sums: Cells
    least: Cells
    open: Mask

    @classmethod
    def of(
        cls, values: Cells, identities: Any, exact: Mask, least: Cells | None = None, known: Mask | None = None
    ) -> Family:
        """Return the family of these cells; without `least` each may be zero, without `known` each may be hidden."""
        return cls(
            values, identities, exact, identities @ values,
            np.zeros_like(values) if least is None else least,
            np.ones(values.size, bool) if known is None else ~known,
        )  # fmt: skip


@dataclass(frozen=True)
class Protection:
    """Counts from 1 to `threshold` - 1 are hidden; what is hidden must be open over at least `width`."""

    threshold: int
    width: int


PUSH_AFTER = 25
"""After how many cells that were asked alone all narrow ones are pushed at once again; then after twice as many."""
PUSHES = 8
"""How often they are."""
RINGS, FEW_STEPS = 4, {"node_limit": 100}
"""How far around cells in fractions whole numbers are looked for, and how hard."""
DEAR = 500
"""A world that hides anew more than so many times the width is compared with others, of more neighbours."""
WIDER = 2
"""In how many sets of neighbours, while it is dear."""
LOCAL = 5_000
"""Among how many cells it is asked how far a cell can be at all."""

Near = Callable[[int, int], Cells | None]
"""The cells among which a world for a cell is looked for: first the nearest, then more; None when there are no more."""
Twins = Callable[[Mask], Mask]
"""The hidden cells, and those that are hidden with them: the same cell in other versions of the month."""


def primary(family: Family, protection: Protection) -> Mask:
    """Return the cells that are hidden for their own sake: small, and not zero, which tells of nobody."""
    return family.open & (family.values > 0) & (family.values < protection.threshold)


def pattern(
    family: Family, protection: Protection, standing: Mask | None = None, near: Near | None = None, twins: Twins | None = None,
    unproven: list[int] | None = None,
) -> Mask:  # fmt: skip
    """Return the cells to hide: primary ones, those hidden before (`standing`), and what protects them.

    For every hidden cell there are two families of whole numbers that agree with all that is known and in which
    the cell differs by `width` or more. The same input gives the same pattern. Where there are none the cell is hidden all
    the same and noted in `unproven`, or without that Unprotected is raised.
    """
    reach = Reach(family)
    worlds = _Worlds(family, reach)
    hidden = primary(family, protection)
    if standing is not None:
        hidden |= standing & family.open
    together = twins or (lambda mask: mask)
    hidden = together(hidden)
    lower, higher = np.zeros_like(family.values), np.zeros_like(family.values)
    asked, due, given_up = 0, 0, np.zeros(hidden.size, bool)
    is_hopeless = reach.high - reach.low < protection.width
    while (narrow := np.flatnonzero(hidden & ~given_up & (higher - lower < protection.width))).size:
        if asked == due:
            due = max(PUSH_AFTER, 2 * asked)
            for moved in worlds.pushed(hidden, narrow, protection.width):
                lower, higher = np.minimum(lower, moved), np.maximum(higher, moved)
        asked += 1
        if (higher - lower)[cell := int(narrow[0])] >= protection.width:
            continue
        found = [] if is_hopeless[cell] else worlds.another(hidden, cell, protection.width, near)
        if not found:
            if unproven is None:
                raise Unprotected(cell)
            unproven.append(cell)
            given_up[cell] = True
            is_hopeless |= reach.alike == reach.alike[cell]
        for moved in found:
            hidden = together(hidden | (moved != 0))
            lower, higher = np.minimum(lower, moved), np.maximum(higher, moved)
    return hidden


class _Worlds:
    """Finds other families of numbers that agree with what is known, and proves that they do."""

    def __init__(self, family: Family, reach: Reach) -> None:
        self.family, self.reach = family, reach

    def another(self, hidden: Mask, cell: int, width: int, near: Near | None) -> list[Cells]:
        """Return by how much each cell differs where `cell` is larger, or else smaller, by `width`, at the least value newly hidden.

        Where there is no such world, it is two, one in which the cell is larger and one in which it is smaller, `width` apart;
        none where there are none.
        """
        best, cost, stage, widest = None, np.inf, 0, np.array([cell])
        smaller = larger = width
        while (best is None or (cost > DEAR * width and stage < WIDER)) and (
            among := self._among(cell, stage, near)
        ) is not None:
            for change in (width, -width):
                is_asked = cost > DEAR * width and abs(change) <= (larger if change > 0 else smaller)
                moved = self._found(hidden, cell, change, among) if is_asked else None
                if moved is not None and (new := self.family.values[(moved != 0) & ~hidden].sum()) < cost:
                    best, cost = moved, new
            if best is None and among.size <= LOCAL:
                smaller, larger = self.reach.of(cell, width, among)
                if smaller + larger < width:
                    return []
                if max(smaller, larger) < width and (two := self._apart(hidden, cell, width, among, smaller, larger)):
                    return two
            stage, widest = stage + 1, among
        return self._apart(hidden, cell, width, widest, smaller, larger) if best is None else [best]

    def _apart(self, hidden: Mask, cell: int, width: int, among: Cells, smaller: int, larger: int) -> list[Cells]:
        for up in range(min(larger, width - 1), max(width - smaller, 1) - 1, -1):
            higher = self._found(hidden, cell, up, among)
            lower = None if higher is None else self._found(hidden | (higher != 0), cell, up - width, among)
            if higher is not None and lower is not None:
                return [higher, lower]
        return []

    def pushed(self, hidden: Mask, narrow: Cells, width: int) -> Iterator[Cells]:
        """Yield worlds in which nothing more is hidden and many of the `narrow` cells differ: each is pushed up or down by lot."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        family, among, draw = self.family, np.flatnonzero(hidden), np.random.default_rng(narrow.size)
        part, rows = self._part(among)
        exact, sums, room = family.exact[rows], family.sums[rows], (family.values - family.least)[among]
        limits = LinearConstraint(part, np.where(exact, 0, -sums), np.where(exact, 0, np.inf))
        bounds = Bounds(np.maximum(-room, -2 * width), np.full(among.size, 2 * width))
        is_narrow = np.isin(among, narrow)
        for _ in range(PUSHES):
            goal = np.where(is_narrow, draw.choice([-1.0, 1.0], among.size), 0.0)
            found = milp(goal, constraints=limits, bounds=bounds)
            if found.x is None:
                return
            whole = self._whole(found.x, goal, part, limits, bounds)
            moves: Cells = whole.astype(np.int64)
            if not self._agrees(part, moves, exact, sums, room):
                continue
            moved = np.zeros_like(family.values)
            moved[among] = moves
            yield moved

    def _whole(self, found: Any, goal: Any, part: Any, limits: Any, bounds: Any) -> Any:
        """Return what was found in whole numbers: cells in fractions are asked again among whole ones, then with more cells around them."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        whole = np.rint(found)
        free = np.abs(found - whole) > EPSILON
        for _ in range(RINGS if free.any() else 0):
            cells, rows = np.flatnonzero(free), np.unique(part[:, free].indices)
            near = part[rows]
            rest = near[:, ~free] @ whole[~free]
            again = milp(
                goal[cells], constraints=LinearConstraint(near[:, cells], limits.lb[rows] - rest, limits.ub[rows] - rest),
                bounds=Bounds(bounds.lb[cells], bounds.ub[cells]), integrality=np.ones(cells.size), options=FEW_STEPS,
            )  # fmt: skip
            if again.x is not None:
                whole[cells] = np.rint(again.x)
                break
            free |= np.diff(near.indptr) > 0
        return whole

    def _part(self, among: Cells) -> tuple[Any, Cells]:
        """Return the statements about these cells, and which they are."""
        part = self.reach.columns[:, among]
        rows = np.unique(part.indices)
        return part[rows], rows

    def _among(self, cell: int, stage: int, near: Near | None) -> Cells | None:
        if near is None:
            return np.flatnonzero(self.family.open) if stage == 0 else None
        found = near(cell, stage)
        return None if found is None else found[self.family.open[found]]

    def _found(self, hidden: Mask, cell: int, change: int, among: Cells) -> Cells | None:
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import hstack

        family, count = self.family, among.size
        part, rows = self._part(among)
        values, exact, sums = family.values[among], family.exact[rows], family.sums[rows]
        cost = np.where(hidden[among], 1e-6, 1.0 + values)
        lower = np.zeros(2 * count)
        upper = np.concatenate([np.full(count, np.inf), (values - family.least[among]).astype(float)])
        place = int(np.flatnonzero(among == cell)[0])
        if values[place] + change < family.least[cell]:
            return None
        lower[place] = upper[place] = max(change, 0)
        lower[count + place] = upper[count + place] = max(-change, 0)
        limits = LinearConstraint(
            hstack([part, -part], format="csc"), np.where(exact, 0, -sums), np.where(exact, 0, np.inf)
        )
        solved = partial(milp, np.concatenate([cost, cost]), constraints=limits, bounds=Bounds(lower, upper))
        found = solved()
        if found.x is not None and not np.allclose(found.x, np.rint(found.x), rtol=0, atol=EPSILON):
            found = solved(integrality=np.ones(2 * count))
        if found.x is None:
            return None
        whole: Cells = np.rint(found.x).astype(np.int64)
        moves = whole[:count] - whole[count:]
        if not self._agrees(part, moves, exact, sums, values - family.least[among]):
            raise ArithmeticError("the solver's world breaks what is known")
        moved = np.zeros_like(family.values)
        moved[among] = moves
        return moved

    def _agrees(self, part: Any, change: Cells, exact: Mask, sums: Cells, room: Cells) -> bool:
        """Return whether the other world is one: a solver's word is not taken."""
        changed = part @ change
        return not (
            (changed[exact] != 0).any() or (sums[~exact] + changed[~exact] < 0).any() or (room + change < 0).any()
        )
