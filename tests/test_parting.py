"""Facts made part by part are those made at once; how many parts there are follows the ceiling."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from pydantic import ByteSize

from flows import parting
from flows.context import Load
from flows.months import versioned_facts
from flows.settings import Settings
from tests.world import CLOSED_MARCH, World, inputs_of_version, random_world
from transforms.graph import build
from transforms.identity import Pseudonyms
from transforms.parting import BY_PAYER, BY_WORKER, PARTINGS
from warehouse.home import Home
from warehouse.schema import Table
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.in_force import InForce
from warehouse.tables.membership import Membership

ROWS, PARTS = 300, 4
GIB = 1 << 30


def accepted(seed: int) -> World:
    """Return what a run gives the transforms of a world: wage earners and construction workers have an employer, as the gate asks."""
    inputs = inputs_of_version(random_world(seed, ROWS), CLOSED_MARCH)
    has_employer = pl.col("employer_key").is_not_null() | ~pl.col("segment").is_in(["PU", "JAKON"])
    return inputs | {Membership: inputs[Membership].filter(has_employer)}


def load(folder: Path, memory: int = 64 * GIB) -> Load:
    """Return a load of a new home under a ceiling."""
    home = Home(folder)
    home.create()
    return Load(home, Settings(memory=ByteSize(memory)), Pseudonyms(bytes(32)), "")


@pytest.mark.parametrize("seed", range(2))
def test_facts_made_part_by_part_are_those_made_at_once(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, facts = accepted(seed), versioned_facts()
    at_once = build(facts, inputs, CLOSED_MARCH)
    monkeypatch.setattr(parting, "number_of_parts", lambda *_: PARTS)
    with parting.taken_in_parts(load(tmp_path), facts, inputs, CLOSED_MARCH) as known:
        made = {table for one in PARTINGS for table in one.makes}
        assert made <= set(known) and not made & set(inputs)
        assert len(list((tmp_path / "lake").glob(".parts-*/0/EmployerMonth-*.parquet"))) == PARTS
        in_parts = build(facts, known, CLOSED_MARCH)
        for fact in facts:
            wanted, found = at_once[fact].collect(), in_parts[fact].collect()
            assert_frame_equal(found, wanted, check_row_order=False)
    assert list((tmp_path / "lake").glob(".*")) == []


def test_a_month_that_fits_is_taken_whole_and_nothing_is_written(tmp_path: Path) -> None:
    inputs = accepted(0)
    with parting.taken_in_parts(load(tmp_path), versioned_facts(), inputs, CLOSED_MARCH) as known:
        assert known == inputs
        assert list((tmp_path / "lake").rglob("*.parquet")) == []


def test_steps_on_the_way_to_nothing_asked_are_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = accepted(1)
    monkeypatch.setattr(parting, "number_of_parts", lambda *_: PARTS)
    with parting.taken_in_parts(load(tmp_path), [EmployerMonth], inputs, CLOSED_MARCH) as known:
        assert set(known) - set(inputs) == {EmployerMonth}


def test_the_number_of_parts_follows_the_ceiling() -> None:
    month: World = {Membership: pl.LazyFrame({"row": pl.int_range(3_000_000, eager=True)})}
    numbers = [parting.number_of_parts(BY_WORKER, month, int(gib * GIB)) for gib in (0.5, 1.5, 3, 64)]
    assert numbers == [6, 2, 1, 1]
    assert parting.number_of_parts(BY_WORKER, {Membership: month[Membership].head(0)}, GIB) == 0


def test_rows_of_one_payer_or_worker_have_one_key_whatever_table_they_are_in() -> None:
    def keys(table: type[Table], rows: pl.DataFrame) -> list[int]:
        return rows.select(BY_PAYER.of[table].key.alias("key"))["key"].to_list()

    payers = pl.DataFrame({"employer_key": ["one", "one", None, None], "membership_key": [b"a", b"b", b"a", b"a"]})
    first, second, own, again = keys(InForce, payers)
    assert first == second != own == again
    others = {table for table in BY_PAYER.of if table is not InForce and "membership_key" in table.columns}
    assert all(keys(table, payers) == [first, second, own, again] for table in others) and others
    employers = next(table for table in BY_PAYER.of if "npp" in table.columns)
    assert keys(employers, pl.DataFrame({"npp": ["one", None], "nib": ["x", "one"]})) == [first, first]
