"""What the attacker finds of a few hidden cells is what counting out every family of whole numbers finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from scipy.sparse import csr_matrix

from tests.counted_out import cells, family, intervals
from transforms.disclosure import Family, Mask
from transforms.disclosure_attack import Interval, attack, narrow

BEYOND = 18
"""No cell of the random families can be further from its true value."""


def bounds(found: list[Interval]) -> dict[str, tuple[float, float]]:
    """Return the least and the largest value by the letter of the cell."""
    return {chr(ord("a") + one.cell): (one.least, one.most) for one in found}


def test_an_interval_is_exact_where_its_bounds_are_one_number() -> None:
    assert (Interval(0, 3, 3).width, Interval(0, 3, 3).is_exact) == (0, True)
    assert (Interval(0, 3, 4).width, Interval(0, 3, 4).is_exact) == (1, False)
    assert (Interval(0, 3, 3 + 1e-5).is_exact, Interval(0, 3, 3 + 1e-7).is_exact) == (False, True)


def test_the_rest_of_a_sum_bounds_its_parts_and_a_published_whole_its_part() -> None:
    given = family("a + b + c = d; e >= a", [3, 5, 900, 908, 6])
    assert bounds(attack(given, cells("ab", 5))) == {"a": (0, 6), "b": (2, 8)}
    assert bounds(attack(given, cells("a", 5))) == {"a": (3, 3)}


def test_nothing_bounds_from_above_what_hangs_on_no_published_cell() -> None:
    given = family("a = b; d >= c", [3, 5, 2, 7], least=[1, 0, 0, 0])
    inf = float("inf")
    assert bounds(attack(given, cells("abd", 4))) == {"a": (1, inf), "b": (3, inf), "d": (2, inf)}
    assert bounds(attack(family("", [3]), np.array([True]))) == {"a": (0, inf)}
    both = family("a = b + d; a + b = c + e", [19, 6, 1, 13, 24])
    assert bounds(attack(both, cells("abc", 5))) == {"a": (19, inf), "b": (6, inf), "c": (1, inf)}


def test_where_nothing_is_hidden_there_is_nothing_to_find() -> None:
    given = family("a + b = c", [3, 5, 8])
    assert attack(given, cells("", 3)) == []
    assert narrow(given, cells("", 3), 10, whole=True) == []


def test_an_attack_reads_no_hidden_value() -> None:
    given, hidden = family("a + b + c = d", [3, 40, 900, 943]), cells("ab", 4)
    assert attack(replace(given, values=np.array([-1, -1, 900, 943])), hidden) == attack(given, hidden)


def random(seed: int) -> tuple[Family, Mask]:
    """Return parts of a whole, some counted twice, a part of a part, what bounds the whole; four cells are hidden."""
    draw = np.random.default_rng(seed)
    parts = draw.integers(0, 7, 3)
    whole = max(int(parts.sum() - draw.integers(0, 3)), int(parts.max()))
    values = [*parts.tolist(), whole, int(draw.integers(0, parts[0] + 1)), whole + int(draw.integers(0, 3))]
    least = [int(one > 0 and draw.random() < 0.5) for one in values]
    hidden = np.isin(np.arange(6), draw.choice(5, 4, replace=False))
    return family("a + b + c = d; d >= a; d >= b; d >= c; a >= e; f >= d", values, least=least), hidden


@pytest.mark.parametrize("seed", range(10))
def test_intervals_are_those_of_all_families_that_agree_with_what_is_published(seed: int) -> None:
    given, hidden = random(seed)
    found = [(int(one.least), int(one.most)) for one in sorted(attack(given, hidden), key=lambda one: one.cell)]
    assert found == intervals(given, hidden, BEYOND)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("width", [3, 6])
def test_narrow_finds_the_same_in_another_way_those_within_less_than_the_width(seed: int, width: int) -> None:
    given, hidden = random(seed)
    wanted = [one for one in attack(given, hidden) if one.width < width]
    assert narrow(given, hidden, width, whole=True) == wanted


def test_an_attacker_who_knows_that_counts_are_whole_finds_more() -> None:
    """Two a and four b are six: a is 1 or 3, and among fractions from 0 to 3."""
    given = family("2a + 4b = c", [1, 1, 6])
    hidden = cells("ab", 3)
    assert bounds(attack(given, hidden)) == {"a": (1, 3), "b": (0, 1)}
    assert bounds(narrow(given, hidden, 3, whole=True)) == {"a": (1, 3), "b": (0, 1)}
    assert [(one.cell, one.least, round(one.most, 9)) for one in narrow(given, hidden, 3, whole=False)] == [(1, 0, 1.5)]


@pytest.mark.parametrize(("least", "is_summed"), [(0, True), (1_000, True), (0, False)])
def test_cells_that_were_seen_the_width_apart_are_not_asked_alone(
    least: int, is_summed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty cells are open, of one sum or of any; the forty-first and its only neighbour are not, and are asked alone."""
    size, asked = 40, list[Any]()
    matrix = np.zeros((2, size + 3), np.int64)
    matrix[0, :size], matrix[1, size : size + 2] = 1, 1
    matrix[1, size + 2] = -1
    values, floor = np.array([*[least + 50] * size, 3, 4, 7]), np.array([*[least] * size, 0, 0, 0])
    given = Family.of(values, csr_matrix(matrix), np.array([is_summed, True]), floor)
    hidden = np.arange(size + 3) < size + 2
    honest = scipy.optimize.milp

    def milp(goal: Any, **options: Any) -> Any:
        asked.append(np.count_nonzero(goal))
        return honest(goal, **options)

    monkeypatch.setattr(scipy.optimize, "milp", milp)
    found = narrow(given, hidden, 10, whole=True)
    assert [(one.cell, one.least, one.most) for one in found] == [(size, 0, 7), (size + 1, 0, 7)]
    assert len(asked) < 2 * size


def test_an_attacker_is_at_home_with_cells_of_millions() -> None:
    given = family("a + b + c + d = e", [3_000_000, 2_000_000, 1_500_000, 9, 6_500_009])
    assert narrow(given, cells("abcd", 5), 10, whole=False) == []


def test_what_contradicts_itself_has_no_answer() -> None:
    given = family("a = b; a = c", [3, 3, 3])
    broken = replace(given, sums=np.array([0, 1]))
    with pytest.raises(ValueError, match="the attack has no answer"):
        attack(broken, cells("a", 3))


def test_an_error_of_the_solver_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """SciPy gives it the status that it gives what is unbounded or infeasible."""
    failed = scipy.optimize.OptimizeResult(status=4, x=None, message="(HiGHS Status 4: Solve error)")
    monkeypatch.setattr(scipy.optimize, "milp", lambda *_, **__: failed)
    with pytest.raises(ValueError, match="Solve error"):
        attack(family("a + b = c", [3, 5, 8]), cells("ab", 3))
