"""Rows derived from declarations, and the chance behind the synthetic country."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from warehouse.schema import Column, Severity, Table
from warehouse.synthetic import rows
from warehouse.synthetic.dice import Dice
from warehouse.synthetic.identity import nik
from warehouse.synthetic.lives import DISTRICTS, SERIALS, Lives
from warehouse.synthetic.places import distant, neighbours, regencies
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimProgramme
from warehouse.vocabulary import PROGRAMMES

TABLES = sorted(Table.registry)


def declared(name: str) -> type[Table]:
    return Table.registry[name]


@pytest.mark.parametrize("name", TABLES)
def test_rows_keep_types_values_bounds_and_nulls_of_every_declaration(name: str) -> None:
    table = declared(name)
    frame = rows(table, 40, seed=3)
    assert frame.schema == table.polars_schema()
    assert 0 < frame.height <= 40
    for column in table.stored_columns().values():
        _assert_allowed(frame[column.name], column)


def _assert_allowed(values: pl.Series, column: Column) -> None:
    assert column.nullable or values.null_count() == 0
    present = values.drop_nulls()
    assert not column.values or set(present) <= set(column.values)
    assert column.minimum is None or all(value >= column.minimum for value in present)
    if column.pattern and column.dtype == pl.String:
        assert present.str.contains(column.pattern).all()


@pytest.mark.parametrize("name", TABLES)
def test_rows_keep_the_named_rules_and_do_not_repeat_a_key(name: str) -> None:
    table = declared(name)
    frame = rows(table, 40, seed=4)
    if table.key():
        assert frame.select(table.key()).n_unique() == frame.height
    readable = {name for name, dtype in frame.schema.items() if dtype != pl.Binary}
    for rule in (rule for rule in table.rules if not rule.is_pattern and rule.severity is not Severity.WARN):
        condition = pl.sql_expr(rule.condition)
        if set(condition.meta.root_names()) <= readable:
            assert frame.select(condition.fill_null(True).all()).item(), rule.name


def test_a_key_of_few_values_gives_as_many_rows_as_it_allows() -> None:
    assert sorted(rows(DimProgramme, 40, seed=1)["programme"]) == sorted(PROGRAMMES)


def test_the_same_seed_gives_the_same_rows() -> None:
    assert rows(FactCoverage, 30, seed=1).equals(rows(FactCoverage, 30, seed=1))
    assert not rows(FactCoverage, 30, seed=1).equals(rows(FactCoverage, 30, seed=2))


def test_no_two_persons_share_a_nik_though_they_move_and_districts_are_reused() -> None:
    home = next(place for place in regencies() if place.code == "15.03")
    senders = [home.index, int(np.flatnonzero(neighbours() == home.index)[0]), int(distant()[home.index])]
    numbers = np.arange(3 * DISTRICTS * SERIALS // 2, dtype=np.int64)
    ids = np.concatenate([nik(Lives(1, regencies()[index], numbers)) for index in senders])
    assert len(np.unique(ids)) == len(ids) == 3 * len(numbers)
    assert {len(str(number)) for number in ids[:1000]} == {16}


def test_dice_answer_by_seed_key_and_question_alone() -> None:
    keys = np.arange(1000, dtype=np.int64)
    dice = Dice(1, keys)
    assert (dice.roll("size", 6) == Dice(1, keys).roll("size", 6)).all()
    assert (dice.take(keys[500:]).roll("size", 6) == dice.roll("size", 6)[500:]).all()
    assert (dice.roll("size", 6) != dice.roll("colour", 6)).any()
    assert (dice.roll("size", 6) != Dice(2, keys).roll("size", 6)).any()


def test_dice_are_fair() -> None:
    thrown = Dice(7, np.arange(60_000, dtype=np.int64)).roll("throw", 6)
    counts = np.bincount(thrown, minlength=6)
    assert counts.min() > 9_500
    assert counts.max() < 10_500
