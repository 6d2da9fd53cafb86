"""Which cells are hidden of a family of a few, checked by counting out every other family that agrees with what is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from tests.worlds import chosen, family, reaches
from transforms import disclosure
from transforms.disclosure import Cells, Family, Mask, Protection, Unprotected, pattern, primary
from transforms.disclosure_attack import attack

PROTECTION = Protection(threshold=10, width=10)
TOTAL = "a + b + c = d"


@pytest.fixture
def unpushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every hidden cell be asked alone."""
    monkeypatch.setattr(disclosure, "PUSHES", 0)


def cells(letters: str, size: int) -> Mask:
    """Return the cells of these letters."""
    return np.array([chr(ord("a") + at) in letters for at in range(size)])


def twin(letter: str, *, of: str) -> Callable[[Mask], Mask]:
    """Return what is hidden together: one cell with another."""

    def hidden(mask: Mask) -> Mask:
        found = mask.copy()
        found[ord(letter) - ord("a")] |= mask[ord(of) - ord("a")]
        return found

    return hidden


def groups(*sets: str) -> Callable[[int, int], Cells | None]:
    """Return neighbours: the cell and those of each set in turn."""
    found = [[ord(one) - ord("a") for one in letters] for letters in sets]
    return lambda cell, stage: np.unique([cell, *found[stage]]) if stage < len(found) else None


def test_counts_below_the_threshold_are_hidden_for_their_own_sake_but_zero_and_what_everybody_knows() -> None:
    given = family("", [-1, 0, 1, 2, 9, 10, 11, 5], known="h")
    assert chosen(primary(given, PROTECTION)) == "cde"


def test_a_cell_that_a_total_gives_away_is_protected_by_a_second_one() -> None:
    given = family(TOTAL, [3, 40, 900, 943])
    assert [(one.least, one.most) for one in attack(given, primary(given, PROTECTION))] == [(3, 3)]
    assert chosen(pattern(given, PROTECTION)) == "ab"


def test_zero_is_hidden_neither_for_its_own_sake_nor_where_it_is_not_asked_for() -> None:
    assert not pattern(family(TOTAL, [0, 0, 900, 900]), PROTECTION).any()


def test_what_was_hidden_stays_hidden_unless_everybody_knows_it_and_is_protected_too() -> None:
    given = family("a + b + c = d; e + f = g", [30, 40, 900, 970, 50, 60, 110], known="f")
    assert chosen(pattern(given, PROTECTION, cells("af", 7))) == "ab"


def test_what_is_hidden_with_a_cell_is_protected_as_well() -> None:
    """The twin of a is e, which has a total of its own."""
    given = family("a + b + c = d; e + f = g", [3, 40, 900, 943, 70, 80, 150])

    assert chosen(pattern(given, PROTECTION, twins=twin("e", of="a"))) == "abef"


@pytest.mark.usefixtures("unpushed")
def test_cells_that_follow_each_other_hide_what_protects_and_its_twins() -> None:
    """b protects a; its twin e has to be hidden then, and protected by f."""
    given = family("a + b + c = d; e + f = g", [3, 40, 900, 943, 70, 80, 150])

    assert chosen(pattern(given, PROTECTION, twins=twin("e", of="b"))) == "abef"


@pytest.mark.parametrize("pushes", [0, 8])
@pytest.mark.parametrize("seed", range(16))
def test_every_hidden_cell_of_random_families_is_open_over_the_width_or_named_and_nothing_could_open_it(
    pushes: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "PUSHES", pushes)
    draw, small = np.random.default_rng(seed), Protection(threshold=4, width=3)
    parts = draw.integers(0, 8, 3)
    whole = max(int(parts.sum() - draw.integers(0, 3)), int(parts.max()))
    values = [*parts.tolist(), whole, int(draw.integers(0, parts[0] + 1))]
    known = "".join(one for one in "bcde" if draw.random() < 0.4)
    least = [int(one > 0 and draw.random() < 0.5) for one in values]
    given = family("a + b + c = d; d >= a; d >= b; d >= c; a >= e", values, known, least)
    unproven: list[int] = []
    hidden = pattern(given, small, unproven=unproven)
    assert (hidden | ~primary(given, small)).all()
    assert not (hidden & ~given.open).any()
    wide = reaches(given, hidden, 2 * small.width) >= small.width
    assert set(np.flatnonzero(hidden & ~wide).tolist()) <= set(unproven)
    at_all = reaches(given, given.open, 2 * small.width) >= small.width
    assert not at_all[unproven].any()


@pytest.mark.usefixtures("unpushed")
@pytest.mark.parametrize(
    ("values", "least", "hidden"),
    [([7, 5, 11, 12], 0, True), ([7, 5, 10, 12], 0, True), ([7, 5, 9, 12], 0, False), ([7, 5, 11, 12], 1, True),
     ([7, 5, 10, 12], 1, False), ([1, 30, 10, 31], 0, True), ([1, 30, 9, 31], 0, False), ([9, 30, 10, 39], 0, True),
     ([9, 30, 9, 39], 0, False)],
)  # fmt: skip
def test_a_cell_that_cannot_move_by_the_width_either_way_is_protected_by_a_world_above_and_one_below(
    values: list[int], least: int, hidden: bool
) -> None:
    """The first cell can fall to its least value and rise to the published third, no more: together 10, or too little."""
    given = family("a + b = d; c >= a", values, known="cd", least=[least, 0, 0, 0])
    unproven: list[int] = []
    found = pattern(given, PROTECTION, unproven=unproven)
    assert (unproven == []) is hidden
    if hidden:
        assert chosen(found) == "ab"
        assert {one.cell: (one.least, one.most) for one in attack(given, found)}[0] == (least, values[2])


@pytest.mark.usefixtures("unpushed")
def test_what_a_world_above_hides_may_be_used_by_the_world_below() -> None:
    """Above, a takes from b; below, it gives to b again: nothing else is hidden, though c would do as well."""
    given = family("a + b + c = d; e >= a", [7, 50, 60, 117, 11], known="de")
    assert chosen(pattern(given, PROTECTION)) == "ab"


def test_a_small_cell_whose_neighbours_everybody_knows_is_hidden_and_named_or_refused() -> None:
    given = family("a + b = c; d + e + f = g", [3, 40, 43, 4, 50, 60, 114], known="bc")
    unproven: list[int] = []
    assert chosen(pattern(given, PROTECTION, unproven=unproven)) == "ade"
    assert unproven == [0]
    with pytest.raises(Unprotected, match="cell 0 cannot be hidden"):
        pattern(given, PROTECTION)


@pytest.mark.usefixtures("unpushed")
class TestTheWorldThatIsTaken:
    """Among worlds the one that hides the least value, of what is asked first."""

    def test_hides_the_smallest_that_has_enough(self) -> None:
        assert chosen(pattern(family("a + b + c + d = e", [3, 9, 12, 900, 924], known="e"), PROTECTION)) == "abc"
        assert chosen(pattern(family("a + b + c = d", [3, 900, 12, 915], known="d"), PROTECTION)) == "ac"

    def test_uses_what_is_hidden_already_before_a_zero_and_a_zero_before_anything_else(self) -> None:
        """a falls by 10 where it cannot rise, and what it loses goes to one of the others."""
        values = [30, 0, 200, 10_000, 10_230]
        given = family("a + b + c + d = e; d >= f + a", [*values, 9_970], known="def")
        assert chosen(pattern(given, PROTECTION, cells("ac", 6))) == "ac"
        assert chosen(pattern(given, PROTECTION, cells("a", 6))) == "ab"

    def test_leaves_to_every_row_the_one_that_it_tells_of(self) -> None:
        """b may give nine of its ten, and c has to give the tenth; of eleven it may give ten."""
        given = family(TOTAL, [3, 10, 12, 25], known="d", least=[0, 1, 0, 0])
        assert chosen(pattern(given, PROTECTION)) == "abc"
        given = family(TOTAL, [3, 11, 12, 26], known="d", least=[0, 1, 0, 0])
        assert chosen(pattern(given, PROTECTION)) == "ab"

    def test_may_break_no_bound(self) -> None:
        """b may give nothing where its part e is known to be all of its 40; where it is 30, ten."""
        given = family("a + b + c = d; b >= e", [3, 40, 60, 103, 40], known="de")
        assert chosen(pattern(given, PROTECTION)) == "ac"
        given = family("a + b + c = d; b >= e", [3, 40, 60, 103, 30], known="de")
        assert chosen(pattern(given, PROTECTION)) == "ab"

    def test_makes_the_cell_smaller_where_making_it_larger_hides_much(self) -> None:
        """30 can fall by itself; to rise it needs a larger whole, which is dear from 5,001 on: 500 times the width."""
        for whole, hidden in ((5_000, "ab"), (5_001, "a")):
            given = family("b >= c + a", [30, whole, whole - 30], known="c")
            assert chosen(pattern(given, PROTECTION, cells("a", 3))) == hidden

    def test_is_looked_for_in_a_second_set_of_neighbours_where_the_first_is_dear_and_in_no_third(self) -> None:
        for value, hidden in ((5_000, "ab"), (5_001, "ac")):
            given = family("a + b + c + e = d", [3, value, 40, value + 63, 20], known="d")
            assert chosen(pattern(given, PROTECTION, near=groups("ab", "ac", "ae"))) == hidden
        given = family("a + b + c + e = d", [3, 9_000, 8_000, 17_033, 30], known="d")
        assert chosen(pattern(given, PROTECTION, near=groups("ab", "ac", "ae"))) == "ac"
        assert chosen(pattern(given, PROTECTION, near=groups("ac", "ab", "ae"))) == "ac"

    def test_is_looked_for_until_there_are_no_more_neighbours(self) -> None:
        given = family("a + b + c = d", [3, 4, 40, 47], known="d")
        assert chosen(pattern(given, PROTECTION, near=groups("a", "ab", "ad", "abc"))) == "abc"

    def test_is_above_and_below_by_the_last_neighbours(self) -> None:
        given = family("a + b = d; c >= a", [7, 5, 11, 12], known="cd")
        assert chosen(pattern(given, PROTECTION, near=groups("a", "ac", "abcd"))) == "ab"


def test_cells_that_can_give_each_other_the_width_are_proven_together_and_none_is_asked_alone() -> None:
    """Thirty parts of one whole, and pairs of which the first may fall to the second: all are hidden already."""
    size = 30
    matrix = np.zeros((1 + size // 2, size + 1), np.int64)
    matrix[0, :size], matrix[0, size] = 1, -1
    for pair in range(size // 2):
        matrix[1 + pair, 2 * pair], matrix[1 + pair, 2 * pair + 1] = 1, -1
    values = np.array([*[100, 50] * (size // 2), 75 * size])
    exact = np.arange(len(matrix)) == 0
    given = Family.of(values, scipy.sparse.csr_matrix(matrix), exact)

    def near(cell: int, stage: int) -> Cells | None:
        raise AssertionError(f"cell {cell} is asked alone in stage {stage}")

    hidden = np.arange(size + 1) < size
    assert pattern(given, PROTECTION, hidden, near).tolist() == hidden.tolist()


def lying(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], None], *, of_pushes: bool) -> None:
    """Let the solver change its answers to what is pushed together, or to what is asked alone."""
    honest = scipy.optimize.milp

    def milp(*arguments: Any, **options: Any) -> Any:
        found = honest(*arguments, **options)
        is_push = "integrality" not in options and "options" not in options
        if found.x is not None and is_push is of_pushes:
            change(found.x)
        return found

    monkeypatch.setattr(scipy.optimize, "milp", milp)


@pytest.mark.usefixtures("unpushed")
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
    lying(monkeypatch, change, of_pushes=False)
    with pytest.raises(ArithmeticError, match="breaks what is known"):
        pattern(given, PROTECTION)


def test_a_pushed_world_that_breaks_what_is_known_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    given = family("a + b = c", [3, 40, 43], known="bc")

    def change(answer: Any) -> None:
        answer[0] = 20

    lying(monkeypatch, change, of_pushes=True)
    unproven: list[int] = []
    pattern(given, PROTECTION, unproven=unproven)
    assert unproven == [0]
