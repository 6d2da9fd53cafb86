"""What the second engine makes of what it found before is what it finds where it asks everything again."""

from __future__ import annotations

from collections.abc import Callable
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
from expectations.opinion.renewal import EMPLOYERS, KEYS, SUMS, Sums, made_of
from tests.asciitable import key, table
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
MANY: dict[str, list[object]] = {
    "worker_key": [key(f"person {number}") for number in range(20)],
    "membership_key": [key(f"card {number}") for number in range(25)],
    "employer_key": [f"employer {number}" for number in range(8)],
    "npp": [f"employer {number}" for number in range(8)],
}
"""Persons, cards and employers, so many that a change concerns some of them."""


def scattered(rows: pl.LazyFrame, dice: Random) -> pl.LazyFrame:
    """Return rows of many persons and payers, some of them in several places and at several employers."""
    found = rows.collect()
    drawn = {
        name: [value if value is None else dice.choice(many) for value in found[name]]
        for name, many in MANY.items() if name in found.columns
    }  # fmt: skip
    return found.with_columns(pl.Series(name, values, found.schema[name]) for name, values in drawn.items()).lazy()


Files = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""Rows of a file that stays, of one that goes, and of one that comes."""


def at_random(rows: pl.LazyFrame, dice: Random) -> Files:
    """Return rows in files of which often few change; some that come are those that go."""
    found = rows.collect()
    share = dice.choice([0.0, 0.1, 0.5])
    lots = [dice.choices(["stays", "gone", "come"], [1, share, share])[0] for _ in range(found.height)]
    stays, gone, come = (found.filter(pl.Series(lots) == lot) for lot in ("stays", "gone", "come"))
    return stays, gone, pl.concat([come, gone.filter(pl.int_range(pl.len()) % 3 == 0)])


class Told:
    """A world before and after files of it changed, and what the second engine remembers of the months before the last two."""

    def __init__(self, world: World, version: Version, folder: Path, split: Callable[[pl.LazyFrame], Files]) -> None:
        lawful = (pl.col("segment") != "JAKON") | pl.col("employer_key").is_not_null()
        world[Membership] = world[Membership].filter(lawful)
        before, now = dict(world), dict(world)
        paths: dict[str, list[Path]] = {}
        for kind in CHANGING:
            stays, gone, come = split(world[kind])
            before[kind], now[kind] = (pl.concat([stays, one]).lazy() for one in (gone, come))
            for name, frame in (("gone", gone), ("come", come)):
                if not frame.is_empty():
                    path = folder / f"{kind.kind}_{name}.parquet"
                    frame.write_parquet(path)
                    paths.setdefault(kind.kind, []).append(path)
        self.before, self.now = Side(before, version, folder / "before"), Side(now, version, folder / "now")
        self.changed = {whom: {kind: files for kind, files in paths.items() if kind in KEYS[whom]} for whom in KEYS}


class Side:
    """A world with all its months; of those before the last two nothing but what is remembered lies on the bench."""

    def __init__(self, world: World, version: Version, folder: Path) -> None:
        folder.mkdir()
        self.world, self.recent = world, dict(world)
        self.versions, self.past = dict[str, list[Version]](), dict[str, Path]()
        for name in ("places", "receipts"):
            delivered, begin = TABLES[KINDS[name]], shift(version.month, -1)
            old = [one for one in newest(world[delivered], version.as_of_date) if one.month < begin]
            self.versions[name] = old
            self.past |= {name: remembered(world, name, old, folder, parts=1)} if old else {}
            self.recent[delivered] = world[delivered].filter(pl.col("month") >= begin)


def sums_of(world: World, version: Version, folder: Path) -> dict[str, Path]:
    """Return the files of all sums of a world, asked of everything."""
    found = opinions(made_of(FACTS), {**REFERENCE, **world}, version)
    for name, rows in found.items():
        rows.write_parquet(folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in found}


def of_changed(bench: Workbench, told: Told, side: Side, version: Version) -> tuple[Sums, list[pl.DataFrame]]:
    """Return what the changed add to a side that is laid on the bench, and its versions."""
    lay_out_past(bench, side.past)
    for declared, frame in {**REFERENCE, **side.recent}.items():
        bench.put(declared.name, frame.collect())
    versions = renewal.lay_out_versions(bench, version)
    return renewal.of_changed(bench, made_of(FACTS), version, told.changed), versions


def renewed(told: Told, version: Version, parts: int, folder: Path) -> dict[str, pl.DataFrame] | None:
    """Return the facts of what a world is now, made of the sums of what it was; None where it has other versions now."""
    was = sums_of(told.before.world, version, folder)
    changed = [path for by in told.changed.values() for several in by.values() for path in several]
    files = {*was.values(), *changed, *told.before.past.values(), *told.now.past.values()}
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(workbench(list(files), folder / name, threads=1, parts=parts))
            for name in ("one", "other")
        )
        gone, versions = of_changed(one, told, told.before, version)
        come, others = of_changed(other, told, told.now, version)
        same = told.before.versions == told.now.versions
        if not same or any(not before.equals(after) for before, after in zip(versions, others, strict=True)):
            return None
        given = renewal.lay_out(other, version, was, gone, come, told.changed)
        return {name: opinion.found() for name, opinion in ask(other, FACTS, version, given)}


def assert_renewed(world: World, version: Version, split: Callable[[pl.LazyFrame], Files], parts: int = 1) -> bool:
    """Check that the facts made of what was are those of everything; return whether they could be made so."""
    with TemporaryDirectory() as place:
        told = Told(world, version, Path(place), split)
        found = renewed(told, version, parts, Path(place))
    if found is None:
        return False
    for name, wanted in opinions(FACTS, {**REFERENCE, **told.now.world}, version).items():
        assert_frame_equal(found[name], wanted, check_row_order=False, check_dtypes=False)
    return True


def assert_drawn(seed: int, rows: int, parts: int) -> bool:
    """Check a random world of many persons and payers that changes at random."""
    dice = Random(seed)
    world = {table: scattered(frame, dice) for table, frame in random_world(seed, rows).items()}
    version = CLOSED_MARCH if seed % 2 else MID_MARCH
    return assert_renewed(world, version, lambda found: at_random(found, dice), parts)


def test_random_worlds_made_of_what_they_were_are_found_as_by_asking_everything() -> None:
    made = [assert_drawn(seed, 40, parts=1 + seed % 2) for seed in range(EXAMPLES // 4)]
    assert sum(made) > len(made) / 2


def test_a_programme_that_a_person_holds_at_two_employers_is_still_held_when_one_of_them_is_gone() -> None:
    members = """
        | worker_key | membership_key | employer_key | segment | programmes | residence_code |
        | budi       | one            | first        | PU      | JKK        | 15.03          |
        | budi       | two            | second       | PU      | JKK        | 15.03          |
        | siti       | three          | second       | PU      | JKK,JKM    | 15.03          |
    """
    same = {"month": MARCH, "as_of_date": CLOSED_MARCH.as_of_date, "start_date": MARCH, "funding_source": "EMPLOYER"}
    world = random_world(1, 3) | {Membership: table(Membership, members, **same)}

    def split(rows: pl.LazyFrame) -> Files:
        found = rows.collect()
        is_first = pl.col("employer_key") == "first" if "membership_key" in found.columns else pl.lit(False)
        return found.filter(~is_first), found.filter(is_first), found.clear()

    assert assert_renewed(world, CLOSED_MARCH, split)


@pytest.mark.parametrize("seed", range(3))
def test_a_crowded_world_made_of_what_it_was_is_found_as_by_asking_everything(seed: int) -> None:
    assert assert_drawn(seed, 400, parts=1 + seed)


def test_what_is_named_is_a_table_of_the_bench_and_what_adds_up_a_statement() -> None:
    assert set(made_of(FACTS)) == {*SUMS, EMPLOYERS}
    assert {name for keys in KEYS.values() for name in keys} == {
        *(table.kind for table in CHANGING), "past_places", "past_receipts",
    }  # fmt: skip
