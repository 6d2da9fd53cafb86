"""Which cells of linked tables are left empty, so that no small count can be derived from the others.

Publishing does not call this yet: `docs/decisions/0030-disclosure.md` says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Family:
    """Tables that hang together: their cells in one row, and what everybody knows to hold between them.

    A row of `identities` holds the factors of one statement about the cells: their sum is 0 where `exact`, else at
    least 0. No statement has a constant, so that twice the cells are a family too. Cells are whole and not negative.
    """

    values: Cells
    identities: Any
    exact: Mask


@dataclass(frozen=True)
class Protection:
    """Counts from 1 to `threshold` - 1 are hidden; what is hidden must be open over at least `width`."""

    threshold: int
    width: int


def primary(family: Family, protection: Protection) -> Mask:
    """Return the cells that are hidden for their own sake: small, and not zero, which tells of nobody."""
    return (family.values > 0) & (family.values < protection.threshold)


def pattern(family: Family, protection: Protection, standing: Mask | None = None) -> Mask:
    """Return the cells to hide: primary ones, those hidden before (`standing`), and what protects them.

    For every hidden cell there are two families of whole numbers that agree with all that is published and in which
    the cell differs by `width` or more. The same input gives the same pattern. Raises ValueError where `values` break their
    identities, or where an identity lets a hidden cell be nothing but zero.
    """
    _require_consistent(family)
    hidden = primary(family, protection)
    if standing is not None:
        hidden |= standing
    lower, higher = np.zeros_like(family.values), np.zeros_like(family.values)
    while (narrow := np.flatnonzero(hidden & (higher - lower < protection.width))).size:
        moved = _another_world(family, hidden, int(narrow[0]), protection.width)
        hidden |= moved != 0
        lower, higher = np.minimum(lower, moved), np.maximum(higher, moved)
    return hidden


def _require_consistent(family: Family) -> None:
    sums = family.identities @ family.values
    if (sums[family.exact] != 0).any() or (sums < 0).any() or (family.values < 0).any():
        raise ValueError("the cells break their own identities")


def _another_world(family: Family, hidden: Mask, cell: int, width: int) -> Cells:
    """Return by how much each cell differs in a world where `cell` is larger by `width`, at the least value newly hidden."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import hstack

    count = family.values.size
    sums = family.identities @ family.values
    least = np.where(family.exact, 0, -sums)
    most = np.where(family.exact, 0, np.inf)
    cost = np.where(hidden, 1e-6, 1.0 + family.values)
    lower = np.zeros(2 * count)
    upper = np.concatenate([np.full(count, np.inf), family.values.astype(float)])
    lower[cell] = upper[cell] = width
    upper[count + cell] = 0
    found = milp(
        np.concatenate([cost, cost]),
        constraints=LinearConstraint(hstack([family.identities, -family.identities], format="csc"), least, most),
        bounds=Bounds(lower, upper),
        integrality=np.ones(2 * count),
    )
    if found.x is None:
        raise ValueError(f"cell {cell} cannot be hidden: {found.message}")
    whole: Cells = np.rint(found.x).astype(np.int64)
    moved: Cells = whole[:count] - whole[count:]
    _require_consistent(Family(family.values + moved, family.identities, family.exact))
    return moved
