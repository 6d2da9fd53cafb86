"""What the hiding of small cells promises, on small random families; `python -m tests.disclosure` asks many more."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from tests.disclosed import World
from tests.disclosure import PROTECTION, Tally
from transforms.disclosure import Family, pattern, primary
from transforms.disclosure_attack import attack


def test_an_attacker_recovers_small_cells_when_they_alone_are_hidden_and_none_under_the_whole_pattern() -> None:
    tally = Tally()
    for seed in range(4):
        tally.add(seed, revisions=2)
    assert tally.recovered_without > 0
    assert tally.hidden > 0
    assert (tally.exact, tally.narrow) == (0, 0)


def test_a_cell_that_a_total_gives_away_is_protected_by_a_second_one() -> None:
    family = Family.of(np.array([3, 40, 900, 943]), csr_matrix([[1, 1, 1, -1]]), np.array([True]))
    small = primary(family, PROTECTION)
    assert [(one.least, one.most) for one in attack(family, small)] == [(3, 3)]
    assert pattern(family, PROTECTION).tolist() == [True, True, False, False]


def test_an_attack_reads_no_hidden_value() -> None:
    family = World(1).revision()
    hidden = pattern(family, PROTECTION)
    other = replace(family, values=np.where(hidden, -1, family.values))
    assert attack(other, hidden) == attack(family, hidden)


def test_the_same_cells_give_the_same_pattern_and_zero_is_not_hidden_for_its_own_sake() -> None:
    family = World(1).revision()
    assert (pattern(family, PROTECTION) == pattern(family, PROTECTION)).all()
    assert not primary(family, PROTECTION)[family.values == 0].any()


def test_what_was_hidden_once_stays_hidden() -> None:
    world = World(1)
    before = pattern(world.revision(), PROTECTION)
    assert pattern(world.revision(), PROTECTION, before)[before].all()
