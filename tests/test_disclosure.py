"""What the hiding of small cells promises, on small random families; `python -m tests.disclosure` asks many more."""

from copy import copy

import polars as pl
import pytest

from tests.disclosed import World
from tests.disclosure import PROTECTION, Tally
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


def test_what_an_attacker_is_given_holds_no_hidden_value(first: World) -> None:
    told, gone = first.outside()
    assert gone.any()
    assert (told.values[gone] == -1).all()


def test_the_same_cells_give_the_same_pattern(first: World) -> None:
    assert published().cells.equals(first.cells)


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
