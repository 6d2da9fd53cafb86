"""Bounds that need no solver: never tighter than what the attacker finds, and enough to see that a cell cannot be protected."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests.disclosure import PROTECTION
from transforms.disclosure import Family, pattern
from transforms.disclosure_attack import attack
from transforms.disclosure_bounds import Reach, bounds, tied

ENDLESS = np.inf


def family(values: list[int], *statements: list[int], exact: bool = True, known: tuple[int, ...] = ()) -> Family:
    told = np.isin(np.arange(len(values)), known)
    return Family.of(np.array(values), csr_matrix(np.array(statements)), np.full(len(statements), exact), known=told)


@pytest.mark.parametrize(
    ("found", "low", "high"),
    [
        (family([3, 40, 43], [1, 1, -1]), [-3, -40, -43], [ENDLESS] * 3),
        (family([3, 40, 43], [1, 1, -1], known=(2,)), [-3, -40, 0], [40, 3, 0]),
        (family([3, 40, 43], [1, 1, -1], known=(1, 2)), [0, 0, 0], [0, 0, 0]),
        (family([7, 11], [-1, 1], exact=False, known=(1,)), [-7, 0], [4, 0]),
        (family([7, 11], [-1, 1], exact=False), [-7, -11], [ENDLESS, ENDLESS]),
        (family([3, 2, 5, 4, 9], [1, 1, -1, 0, 0], [0, 0, 1, 1, -1], known=(4,)), [-3, -2, -5, -4, 0], [6, 7, 4, 5, 0]),
        (family([2, 6, 4], [2, 1, -1], known=(2,)), [-2, -6, 0], [3, 4, 0]),
    ],
)  # fmt: skip
def test_a_cell_is_bounded_by_what_the_others_of_its_statements_can_make_up_for(
    found: Family, low: list[float], high: list[float]
) -> None:
    assert [one.tolist() for one in bounds(found)] == [low, high]


@pytest.mark.parametrize("seed", range(30))
def test_no_bound_is_tighter_than_what_an_attacker_finds_who_sees_nothing(seed: int) -> None:
    draw = np.random.default_rng(seed)
    values, statements, exact = draw.integers(0, 40, 7), draw.integers(-1, 2, (4, 7)), draw.random(4) < 0.6
    statements[~exact & (statements @ values < 0)] *= -1
    month = Family.of(values, csr_matrix(statements), exact, known=draw.random(7) < 0.4)
    low, high = bounds(month)
    assert (low <= 0).all()
    assert (high >= 0).all()
    reach = Reach(month)
    for one in attack(month, month.open):
        assert one.least >= values[one.cell] + low[one.cell] - 1e-6
        assert one.most <= values[one.cell] + high[one.cell] + 1e-6
        smaller, larger = reach.of(one.cell, 10, np.array([one.cell]))
        assert smaller >= min(10, values[one.cell] - one.least) - 1e-6
        assert larger >= min(10, one.most - values[one.cell]) - 1e-6


def test_statements_that_say_little_each_say_together_how_far_a_cell_can_be() -> None:
    """The first and the second add up to 12 and differ by 7 at most: the first lies between 2.5 and 9.5."""
    found = Family.of(
        np.array([5, 7, 12, 7]), csr_matrix(np.array([[1, 1, -1, 0], [1, -1, 0, 1], [-1, 1, 0, 1]])),
        np.array([True, False, False]), known=np.array([False, False, True, True]),
    )  # fmt: skip
    low, high = bounds(found)
    assert (low[0], high[0]) == (-5, 7)
    assert Reach(found).of(0, 10, np.array([0])) == (2, 4)
    assert Reach(found).of(0, 3, np.array([0])) == (2, 3)


def test_a_cell_that_counts_twice_is_bounded_by_half() -> None:
    """The second can be larger by 3 and no more, so the first, of which twice as many make up for it, smaller by 1."""
    found = Family.of(
        np.array([20, 6, 46, 9]), csr_matrix(np.array([[2, 1, -1, 0], [0, -1, 0, 1]])),
        np.array([True, False]), known=np.array([False, False, True, True]),
    )  # fmt: skip
    low, high = bounds(found)
    assert (low[0], high[0]) == (-1, 3)


@pytest.mark.parametrize(
    ("found", "reach"),
    [
        (family([3, 40, 43], [1, 1, -1], known=(1, 2)), (0, 0)),
        (family([50, 40, 90], [1, 1, -1]), (10, 10)),
        (family([4, 40, 44], [1, 1, -1]), (4, 10)),
        (family([50, 6, 56], [1, 1, -1], known=(2,)), (10, 6)),
    ],
)
def test_a_cell_is_not_asked_how_far_it_can_be_beyond_the_width(found: Family, reach: tuple[int, int]) -> None:
    assert Reach(found).of(0, 10, np.array([0])) == reach


def test_cells_that_a_statement_equals_are_tied_and_those_of_a_sum_are_not() -> None:
    found = tied(family([5, 5, 5, 5, 10], [1, -1, 0, 0, 0], [0, 1, -1, 0, 0], [0, 0, 1, 1, -1]))
    assert found[0] == found[1] == found[2]
    assert len({*found.tolist()}) == 3


def test_what_is_at_least_another_is_not_tied_to_it() -> None:
    assert len({*tied(family([5, 5], [1, -1], exact=False)).tolist()}) == 2


def test_where_one_of_two_tied_cells_cannot_be_protected_no_solver_is_asked_for_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first two are equal; that the third cannot be protected says nothing of them."""
    asked: list[int] = []

    def none(_self: object, _hidden: object, cell: int, *_: object) -> list[object]:
        asked.append(cell)
        return []

    monkeypatch.setattr("transforms.disclosure._Worlds.another", none)
    monkeypatch.setattr("transforms.disclosure.PUSHES", 0)
    unproven: list[int] = []
    hidden = pattern(family([3, 3, 4, 60, 67], [1, -1, 0, 0, 0], [0, 1, 1, 1, -1]), PROTECTION, unproven=unproven)
    assert hidden.tolist() == [True, True, True, False, False]
    assert asked == [0, 2]
    assert unproven == [0, 1, 2]
