"""Which of all other families of numbers is taken to protect a cell: the one that hides least, and none on the solver's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from tests.counted_out import cells, chosen, family
from transforms import disclosure
from transforms.disclosure import Cells, Family, Protection, pattern

PROTECTION = Protection(threshold=10, width=10)
TOTAL = "a + b + c = d"


@pytest.fixture(autouse=True)
def unpushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every hidden cell be asked alone."""
    monkeypatch.setattr(disclosure, "PUSHES", 0)


def groups(*sets: str) -> Callable[[int, int], Cells | None]:
    """Return neighbours: the cell and those of each set in turn."""
    found = [[ord(one) - ord("a") for one in letters] for letters in sets]
    return lambda cell, stage: np.unique([cell, *found[stage]]) if stage < len(found) else None


def test_the_world_that_is_taken_hides_the_smallest_that_has_enough() -> None:
    assert chosen(pattern(family("a + b + c + d = e", [3, 9, 12, 900, 924], known="e"), PROTECTION)) == "abc"
    assert chosen(pattern(family("a + b + c = d", [3, 900, 12, 915], known="d"), PROTECTION)) == "ac"


def test_the_world_that_is_taken_uses_what_is_hidden_already_before_a_zero_and_a_zero_before_anything_else() -> None:
    """a falls by 10 where it cannot rise, and what it loses goes to one of the others."""
    values = [30, 0, 200, 10_000, 10_230]
    given = family("a + b + c + d = e; d >= f + a", [*values, 9_970], known="def")
    assert chosen(pattern(given, PROTECTION, cells("ac", 6))) == "ac"
    assert chosen(pattern(given, PROTECTION, cells("a", 6))) == "ab"


def test_the_world_that_is_taken_leaves_to_every_row_the_one_that_it_tells_of() -> None:
    """b may give nine of its ten, and c has to give the tenth; of eleven it may give ten."""
    given = family(TOTAL, [3, 10, 12, 25], known="d", least=[0, 1, 0, 0])
    assert chosen(pattern(given, PROTECTION)) == "abc"
    given = family(TOTAL, [3, 11, 12, 26], known="d", least=[0, 1, 0, 0])
    assert chosen(pattern(given, PROTECTION)) == "ab"


def test_the_world_that_is_taken_may_break_no_bound() -> None:
    """b may give nothing where its part e is known to be all of its 40; where it is 30, ten."""
    given = family("a + b + c = d; b >= e", [3, 40, 60, 103, 40], known="de")
    assert chosen(pattern(given, PROTECTION)) == "ac"
    given = family("a + b + c = d; b >= e", [3, 40, 60, 103, 30], known="de")
    assert chosen(pattern(given, PROTECTION)) == "ab"


def test_the_world_that_is_taken_makes_the_cell_smaller_where_making_it_larger_hides_much() -> None:
    """30 can fall by itself; to rise it needs a larger whole, which is dear from 5,001 on: 500 times the width."""
    for whole, hidden in ((5_000, "ab"), (5_001, "a")):
        given = family("b >= c + a", [30, whole, whole - 30], known="c")
        assert chosen(pattern(given, PROTECTION, cells("a", 3))) == hidden


def test_a_second_set_of_neighbours_is_asked_where_the_first_is_dear_and_no_third() -> None:
    for value, hidden in ((5_000, "ab"), (5_001, "ac")):
        given = family("a + b + c + e = d", [3, value, 40, value + 63, 20], known="d")
        assert chosen(pattern(given, PROTECTION, near=groups("ab", "ac", "ae"))) == hidden
    given = family("a + b + c + e = d", [3, 9_000, 8_000, 17_033, 30], known="d")
    assert chosen(pattern(given, PROTECTION, near=groups("ab", "ac", "ae"))) == "ac"
    assert chosen(pattern(given, PROTECTION, near=groups("ac", "ab", "ae"))) == "ac"


def test_a_world_is_looked_for_until_there_are_no_more_neighbours() -> None:
    given = family("a + b + c = d", [3, 4, 40, 47], known="d")
    assert chosen(pattern(given, PROTECTION, near=groups("a", "ab", "ad", "abc"))) == "abc"


def test_a_world_above_and_one_below_are_looked_for_among_the_last_neighbours() -> None:
    given = family("a + b = d; c >= a", [7, 5, 11, 12], known="cd")
    assert chosen(pattern(given, PROTECTION, near=groups("a", "ac", "abcd"))) == "ab"


def test_the_world_that_is_taken_is_of_whole_numbers_where_one_in_fractions_would_hide_less() -> None:
    """a and b change by as much, so that together they cannot make up for nine."""
    given = family("a + b + c = d; a = b", [30, 30, 500, 560])
    assert chosen(pattern(given, Protection(9, 9), cells("d", 4))) == "abcd"
    assert chosen(pattern(given, PROTECTION, cells("d", 4))) == "abd"


def lying(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], None]) -> None:
    """Let the solver change its answers to what is pushed together and to what is asked alone; bounds it tells honestly."""
    honest = scipy.optimize.milp

    def milp(*arguments: Any, **options: Any) -> Any:
        found = honest(*arguments, **options)
        if found.x is not None and "options" not in options:
            change(found.x)
        return found

    monkeypatch.setattr(scipy.optimize, "milp", milp)


@pytest.mark.parametrize(
    ("given", "at", "to"),
    [
        (family("a + b = c", [3, 40, 43], known="c"), 3, 9),
        (family("b >= a", [3, 3], least=[0, 0]), 1, 9),
        (family("", [3, 4]), 3, 5),
    ],
)
def test_a_solver_whose_world_breaks_what_is_known_is_not_believed(
    given: Family, at: int, to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sum, a bound, and a count below zero: each is broken by one."""

    def change(answer: Any) -> None:
        answer[at] = to

    pattern(given, PROTECTION)
    lying(monkeypatch, change)
    with pytest.raises(ArithmeticError, match="breaks what is known"):
        pattern(given, PROTECTION)


def test_a_push_that_ends_in_fractions_is_brought_to_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """d may fall by 7 and rise by 5; a and b, its halves, by as much in whole numbers only where it is 6 and 4: ten apart."""
    given = family("a + b + c = d; a = b; d >= e; f >= d", [30, 30, 1, 61, 54, 66], known="cef")
    monkeypatch.setattr(disclosure, "PUSHES", 8)
    asked: list[int] = []

    def near(cell: int, _stage: int) -> Cells | None:
        asked.append(cell)
        return None

    assert chosen(pattern(given, PROTECTION, cells("abd", 6), near, unproven=[])) == "abd"
    assert set(asked) == {0}
    monkeypatch.setattr(disclosure, "RINGS", 0)
    pattern(given, PROTECTION, cells("abd", 6), near, unproven=[])
    assert set(asked) == {0, 3}


def test_a_pushed_world_that_breaks_what_is_known_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    given = family("a + b = c", [3, 40, 43], known="bc")
    monkeypatch.setattr(disclosure, "PUSHES", 8)

    def change(answer: Any) -> None:
        answer[0] = 20

    lying(monkeypatch, change)
    unproven: list[int] = []
    pattern(given, PROTECTION, unproven=unproven)
    assert unproven == [0]


def test_a_pushed_world_that_breaks_what_is_known_does_not_end_the_pushing(monkeypatch: pytest.MonkeyPatch) -> None:
    given = family("a + b = c", [30, 40, 70], known="c")
    monkeypatch.setattr(disclosure, "PUSHES", 8)
    lies = [5]

    def change(answer: Any) -> None:
        answer[0] += lies.pop() if lies else 0

    def near(cell: int, stage: int) -> Cells | None:
        raise AssertionError(f"cell {cell} is asked alone in stage {stage}")

    lying(monkeypatch, change)
    assert chosen(pattern(given, PROTECTION, cells("ab", 3), near)) == "ab"
    assert lies == []
