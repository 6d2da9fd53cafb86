"""What the second engine makes of what it found before is what it finds where it asks everything again."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from expectations.opinion import opinions as ask
from expectations.opinion import renewal
from expectations.opinion.past import KINDS, lay_out_past
from expectations.opinion.renewal import EMPLOYERS, KEYS, SUMS, VERSIONS, Sums, made_of
from tests.rules import REFERENCE
from tests.second import EXAMPLES, opinions
from tests.test_second_past import TABLES, newest, remembered
from tests.world import CLOSED_MARCH, MARCH, MID_MARCH, World, random_world
from warehouse.asking import Workbench, workbench
from warehouse.calendar import Version, shift
from warehouse.schema import Extract
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

FACTS = (
    "arrears_by_class", "compliance", "coverage", "employer_month", "movement", "premium", "premium_difference",
    "premium_rule", "programme_coverage", "registration",
)  # fmt: skip
CHANGING: tuple[type[Extract], ...] = (Membership, Contribution, Employer)


def split(rows: pl.LazyFrame, dice: Random) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return rows of a file that stays, of one that goes, and of one that comes: often few, some alike."""
    found = rows.collect()
    share = dice.choice([0.0, 0.1, 0.5])
    lots = [dice.choices(["stays", "gone", "come"], [1, share, share])[0] for _ in range(found.height)]
    stays, gone, come = (found.filter(pl.Series(lots) == lot) for lot in ("stays", "gone", "come"))
    return stays, gone, pl.concat([come, gone.filter(pl.int_range(pl.len()) % 3 == 0)])


class Told:
    """A world before and after files of it changed, and what is remembered of its months before the last two."""

    def __init__(self, seed: int, rows: int, version: Version, folder: Path) -> None:
        dice, world = Random(seed), random_world(seed, rows)
        lawful = (pl.col("segment") != "JAKON") | pl.col("employer_key").is_not_null()
        world[Membership] = world[Membership].filter(lawful)
        self.whole, self.past = dict(world), dict[str, Path]()
        for name in ("places", "receipts"):
            delivered, begin = TABLES[KINDS[name]], shift(version.month, -1)
            old = [one for one in newest(world[delivered], version.as_of_date) if one.month < begin]
            self.past |= {name: remembered(world, name, old, folder, parts=1)} if old else {}
            world[delivered] = world[delivered].filter(pl.col("month") >= begin)
        self.before, self.now = dict(world), dict(world)
        self.changed: dict[str, list[Path]] = {}
        for table in CHANGING:
            stays, gone, come = split(world[table], dice)
            self.before[table], self.now[table] = (pl.concat([stays, one]).lazy() for one in (gone, come))
            for name, frame in (("gone", gone), ("come", come)):
                if not frame.is_empty():
                    path = folder / f"{table.kind}_{name}.parquet"
                    frame.write_parquet(path)
                    self.changed.setdefault(table.kind, []).append(path)

    def all_of(self, world: World) -> World:
        """Return a world with all months: nothing of it is remembered."""
        old = {
            table: self.whole[table].filter(pl.col("month") < shift(MARCH, -1)) for table in (Membership, Contribution)
        }
        return {**world, **{table: pl.concat([world[table], rows]) for table, rows in old.items()}}


def sums_of(world: World, version: Version, folder: Path) -> dict[str, Path]:
    """Return the files of all sums of a world, asked of everything."""
    found = opinions(made_of(FACTS), {**REFERENCE, **world}, version)
    for name, rows in found.items():
        rows.write_parquet(folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in found}


def of_changed(bench: Workbench, told: Told, world: World, version: Version) -> tuple[Sums, list[pl.DataFrame]]:
    """Return what the changed add to a world that is laid on the bench, and its versions."""
    lay_out_past(bench, told.past)
    for table, frame in {**REFERENCE, **world}.items():
        bench.put(table.name, frame.collect())
    versions = renewal.lay_out_versions(bench, version)
    return renewal.of_changed(bench, made_of(FACTS), version, told.changed), versions


def renewed(told: Told, version: Version, parts: int, folder: Path) -> dict[str, pl.DataFrame] | None:
    """Return the facts of what a world is now, made of the sums of what it was; None where it has other versions now."""
    was = sums_of(told.all_of(told.before), version, folder)
    changed = [path for several in told.changed.values() for path in several]
    files = [*was.values(), *changed, *told.past.values()]
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(workbench(files, folder / name, threads=1, parts=parts)) for name in ("one", "other")
        )
        gone, versions = of_changed(one, told, told.before, version)
        come, others = of_changed(other, told, told.now, version)
        if any(not before.equals(after) for before, after in zip(versions, others, strict=True)):
            return None
        renewal.lay_out_registered(other, version)
        for name, path in was.items():
            if name not in come:
                renewal.lay_out_unchanged(other, name, path)
            elif name == EMPLOYERS:
                renewal.lay_out_employers(other, path, come[name], told.changed)
            else:
                renewal.lay_out_renewed(other, name, path, gone[name], come[name])
        given = [*was, *VERSIONS, renewal.ON_SHEETS]
        return {name: opinion.found() for name, opinion in ask(other, FACTS, version, given)}


def assert_renewed(seed: int, rows: int, parts: int) -> bool:
    """Check that the facts made of what was are those of everything; return whether they could be made so."""
    version = CLOSED_MARCH if seed % 2 else MID_MARCH
    with TemporaryDirectory() as place:
        told = Told(seed, rows, version, Path(place))
        found = renewed(told, version, parts, Path(place))
    if found is None:
        return False
    for name, wanted in opinions(FACTS, {**REFERENCE, **told.all_of(told.now)}, version).items():
        assert_frame_equal(found[name], wanted, check_row_order=False, check_dtypes=False)
    return True


def test_random_worlds_made_of_what_they_were_are_found_as_by_asking_everything() -> None:
    made = [assert_renewed(seed, 40, parts=1 + seed % 2) for seed in range(EXAMPLES // 4)]
    assert sum(made) > len(made) / 2


@pytest.mark.parametrize("seed", range(3))
def test_a_crowded_world_made_of_what_it_was_is_found_as_by_asking_everything(seed: int) -> None:
    assert assert_renewed(seed, 400, parts=1 + seed)


def test_what_is_named_is_a_table_of_the_bench_and_what_adds_up_a_statement() -> None:
    assert set(made_of(FACTS)) == {*SUMS, EMPLOYERS}
    assert {name for keys in KEYS.values() for name in keys} == {
        *(table.kind for table in CHANGING), "past_places", "past_receipts",
    }  # fmt: skip
