"""Which cells are hidden of a family of a few, checked by counting out every other family that agrees with what is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests.counted_out import cells, chosen, family, reaches
from transforms import disclosure
from transforms.disclosure import Cells, Family, Mask, Protection, Unprotected, pattern, primary
from transforms.disclosure_attack import attack

PROTECTION = Protection(threshold=10, width=10)
TOTAL = "a + b + c = d"


@pytest.fixture
def unpushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every hidden cell be asked alone."""
    monkeypatch.setattr(disclosure, "PUSHES", 0)


def twin(letter: str, *, of: str) -> Callable[[Mask], Mask]:
    """Return what is hidden together: one cell with another."""

    def hidden(mask: Mask) -> Mask:
        found = mask.copy()
        found[ord(letter) - ord("a")] |= mask[ord(of) - ord("a")]
        return found

    return hidden


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
def test_what_a_world_above_hides_is_used_by_the_world_below() -> None:
    """Above, a takes from b, since c may give nothing; below, it gives to b again, though c alone would be cheaper."""
    given = family("a + b + c = d; e >= a", [7, 50, 10, 67, 11], known="de", least=[0, 0, 10, 0, 0])
    assert chosen(pattern(given, PROTECTION)) == "ab"


def test_a_small_cell_whose_neighbours_everybody_knows_is_hidden_and_named_or_refused() -> None:
    given = family("a + b = c; d + e + f = g", [3, 40, 43, 4, 50, 60, 114], known="bc")
    unproven: list[int] = []
    assert chosen(pattern(given, PROTECTION, unproven=unproven)) == "ade"
    assert unproven == [0]
    with pytest.raises(Unprotected, match="cell 0 cannot be hidden"):
        pattern(given, PROTECTION)


def test_cells_that_can_give_each_other_the_width_are_proven_together_and_none_is_asked_alone() -> None:
    """Thirty parts of one whole, and pairs of which the first may fall to the second: all are hidden already."""
    size = 30
    matrix = np.zeros((1 + size // 2, size + 1), np.int64)
    matrix[0, :size], matrix[0, size] = 1, -1
    for pair in range(size // 2):
        matrix[1 + pair, 2 * pair], matrix[1 + pair, 2 * pair + 1] = 1, -1
    values = np.array([*[100, 50] * (size // 2), 75 * size])
    exact = np.arange(len(matrix)) == 0
    given = Family.of(values, csr_matrix(matrix), exact)

    def near(cell: int, stage: int) -> Cells | None:
        raise AssertionError(f"cell {cell} is asked alone in stage {stage}")

    hidden = np.arange(size + 1) < size
    assert pattern(given, PROTECTION, hidden, near).tolist() == hidden.tolist()


def test_after_25_cells_that_were_asked_alone_all_narrow_ones_are_pushed_again_then_after_twice_as_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, pushed = list[int](), list[tuple[int, int]]()

    def another(_self: object, _hidden: Mask, cell: int, *_: object) -> list[Cells]:
        asked.append(cell)
        return []

    def push(_self: object, _hidden: Mask, narrow: Cells, _width: int) -> list[Cells]:
        pushed.append((len(asked), narrow.size))
        return []

    monkeypatch.setattr(disclosure._Worlds, "another", another)
    monkeypatch.setattr(disclosure._Worlds, "pushed", push)
    apart = Family.of(np.full(120, 3), csr_matrix((0, 120), dtype=np.int64), np.zeros(0, bool))
    assert pattern(apart, PROTECTION, unproven=[]).all()
    assert pushed == [(0, 120), (25, 95), (50, 70), (100, 20)]
