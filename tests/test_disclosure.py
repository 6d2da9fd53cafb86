"""What the hiding of small cells promises, on small random families; `python -m tests.disclosure` asks many more."""

from copy import copy
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix

from tests.disclosed import World
from tests.disclosure import PROTECTION, Tally
from transforms.disclosure import Family, Unprotected, pattern, primary
from transforms.disclosure_attack import attack, narrow
from transforms.disclosure_month import hidden_of


@pytest.fixture(scope="module")
def first() -> World:
    """Return a world whose first version is published."""
    return published()


def published() -> World:
    world = World(1)
    world.revision()
    world.decide(hidden_of(world.cells, world.parents, PROTECTION))
    return world


def test_an_attacker_recovers_small_cells_when_they_alone_are_hidden_and_none_under_the_whole_pattern() -> None:
    tally = Tally()
    tally.add(3, revisions=2)
    tally.add_small(3)
    assert tally.recovered_without > 0
    assert tally.hidden > 0
    assert (tally.exact, tally.narrow) == (0, 0)


def test_a_cell_that_a_total_gives_away_is_protected_by_a_second_one() -> None:
    family = Family.of(np.array([3, 40, 900, 943]), csr_matrix([[1, 1, 1, -1]]), np.array([True]))
    small = primary(family, PROTECTION)
    assert [(one.least, one.most) for one in attack(family, small)] == [(3, 3)]
    assert pattern(family, PROTECTION).tolist() == [True, True, False, False]


def test_an_attack_reads_no_hidden_value(first: World) -> None:
    told, gone = first.outside()
    assert gone.any()
    assert (told.values[gone] == -1).all()
    family = Family.of(np.array([3, 40, 900, 943]), csr_matrix([[1, 1, 1, -1]]), np.array([True]))
    hidden = np.array([True, True, False, False])
    other = replace(family, values=np.array([-1, -1, 900, 943]))
    assert attack(other, hidden) == attack(family, hidden)


def test_the_same_cells_give_the_same_pattern_and_zero_is_not_hidden_for_its_own_sake(first: World) -> None:
    assert published().cells.equals(first.cells)
    family = Family.of(np.array([0, 0, 900, 900]), csr_matrix([[1, 1, 1, -1]]), np.array([True]))
    assert not pattern(family, PROTECTION).any()


def test_which_cells_are_hidden_does_not_hang_on_the_order_of_the_rows(first: World) -> None:
    shuffled = World(1)
    shuffled.revision()
    shuffled.cells = shuffled.cells.sample(fraction=1, shuffle=True, seed=1)
    shuffled.decide(hidden_of(shuffled.cells, shuffled.parents, PROTECTION))
    assert shuffled.cells.equals(first.cells)


def test_what_was_decided_of_a_version_stays_and_what_is_hidden_in_it_is_hidden_in_the_next(first: World) -> None:
    before, world = first.cells, copy(first)
    world.revision()
    world.decide(hidden_of(world.cells, world.parents, PROTECTION))
    new = world.cells.filter(pl.col("revision") == 1)
    assert world.cells.filter(pl.col("revision") == 0).equals(before)
    by = ["object", "column_name", "region_code", "segment", "programme", "funding_source"]
    again = new.join(before.filter("hidden"), on=by, how="semi")["hidden"]
    assert again.len() > 0
    assert again.all()


def test_persons_of_few_in_every_region_beside_protect_each_other_together() -> None:
    """No regency beside has ten to give, but three of them have."""
    counts = {"11.01": 3, "11.02": 6, "11.03": 7, "11.04": 5}
    world = World(1)
    world.revision()
    shape = world.cells.filter(
        pl.col("object") == "mart.fact_coverage", pl.col("column_name") == "active_workers"
    ).head(1)
    rows = [
        shape.with_columns(region_code=pl.lit(code), value=pl.lit(count, pl.Int64))
        for code, count in {**counts, "11": 21}.items()
    ]
    chosen = hidden_of(pl.concat(rows), dict.fromkeys(counts, "11"), PROTECTION)
    assert dict(chosen.select("region_code", "hidden").iter_rows()) == dict.fromkeys(counts, True) | {"11": False}


def test_an_attacker_is_at_home_with_cells_of_millions() -> None:
    values = np.array([3_000_000, 2_000_000, 1_500_000, 9, 6_500_009])
    family = Family.of(values, csr_matrix([[1, 1, 1, 1, -1]]), np.array([True]))
    assert narrow(family, np.array([True, True, True, True, False]), PROTECTION.width, whole=False) == []


def test_a_cell_that_cannot_move_by_the_width_either_way_is_protected_by_a_world_above_and_one_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """7 can fall to 0 and rise to 11, no more, since it is bounded by a published 11."""
    monkeypatch.setattr("transforms.disclosure.PUSHES", 0)
    family = Family.of(
        np.array([7, 5, 11, 12]),
        csr_matrix([[1, 1, 0, -1], [-1, 0, 1, 0]]),
        np.array([True, False]),
        known=np.array([False, False, True, True]),
    )
    hidden = pattern(family, PROTECTION)
    assert hidden.tolist() == [True, True, False, False]
    assert [(one.least, one.most) for one in attack(family, hidden)] == [(0, 11), (1, 12)]


def test_a_small_cell_whose_neighbours_everybody_knows_is_hidden_and_named_or_refused() -> None:
    known = np.array([False, True, True])
    family = Family.of(np.array([3, 40, 43]), csr_matrix([[1, 1, -1]]), np.array([True]), known=known)
    unproven: list[int] = []
    assert pattern(family, PROTECTION, unproven=unproven).tolist() == [True, False, False]
    assert unproven == [0]
    with pytest.raises(Unprotected, match="cell 0 cannot be hidden"):
        pattern(family, PROTECTION)
