"""What the second engine makes of what it found before is what it finds where it asks everything again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from expectations.opinion import near, renewal
from expectations.opinion import opinions as ask
from expectations.opinion.changed import KEYS, REMEMBERED, VERSIONS, lay_out_versions, of_changed
from expectations.opinion.near import Exchange
from expectations.opinion.past import KINDS, lay_out_past
from expectations.opinion.renewal import EMPLOYERS, SUMS, made_of
from expectations.opinion.rows import Delivered
from tests.asciitable import key, table
from tests.rules import REFERENCE
from tests.second import EXAMPLES, opinions
from tests.test_second_past import TABLES, newest, remembered
from tests.world import CLOSED_MARCH, MARCH, MID_MARCH, World, random_world
from warehouse.asking import workbench
from warehouse.calendar import Version, shift
from warehouse.rules import LINE_NO
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


Kinds = dict[type[Extract], list[Delivered]]
Files = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""Rows of a file that stays, of one that goes, and of one that comes."""
Split = Callable[[type[Extract], pl.LazyFrame], Files]


def at_random(kind: type[Extract], rows: pl.LazyFrame, dice: Random, since: date) -> Files:
    """Return rows in files of which often few change: some that come are those that go, and some stand in another file too."""
    found = rows.collect()
    share = dice.choice([0.0, 0.1, 0.5])
    lots = [dice.choices(["stays", "gone", "come"], [1, share, share])[0] for _ in range(found.height)]
    stays, gone, come = (found.filter(pl.Series(lots) == lot) for lot in ("stays", "gone", "come"))
    come = pl.concat([come, gone.filter(pl.int_range(pl.len()) % 3 == 0)])
    if not kind.unique:
        return stays, gone, come
    stays, gone, come = (pl.concat([one, copied(kind, found, dice, since)]) for one in (stays, gone, come))
    return stays, gone, come


def copied(kind: type[Extract], rows: pl.DataFrame, dice: Random, since: date) -> pl.DataFrame:
    """Return some recent rows, each with what another row holds beside its key."""
    recent = rows.filter(pl.col("month") >= since) if "month" in rows.columns else rows
    picked = recent.filter(pl.Series([dice.random() < 0.1 for _ in range(recent.height)], dtype=pl.Boolean))
    others = [dice.randrange(rows.height) for _ in range(picked.height)]
    return rows[others].with_columns(picked[name] for name in kind.unique).filter(is_comparable(kind))


def is_comparable(kind: type[Extract]) -> pl.Expr:
    """Return whether a row has what its key needs."""
    return pl.all_horizontal(pl.col(name).is_not_null() for name in kind.unique_needs)


def once(kind: type[Extract], rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that count where they stand in their order: of several with one key the first."""
    if not kind.unique:
        return rows
    return rows.filter(~is_comparable(kind) | pl.struct(kind.unique).is_first_distinct())


class Told:
    """A world before and after files of it changed, and what the second engine remembers of the months before the last two."""

    def __init__(self, world: World, version: Version, folder: Path, split: Split, dice: Random) -> None:
        lawful = (pl.col("segment") != "JAKON") | pl.col("employer_key").is_not_null()
        world[Membership] = world[Membership].filter(lawful)
        before, now, self.exchanges = dict(world), dict(world), list[Exchange]()
        lying: tuple[Kinds, Kinds] = {}, {}
        for kind in CHANGING:
            stays, gone, come = split(kind, world[kind])
            lots = {"some": stays[::2], "others": stays[1::2], "gone": gone, "come": come}
            since = shift(version.month, -1)
            files = [
                Written(folder / f"{kind.kind}_{name}.parquet", once(kind, rows), kind, since)
                for name, rows in lots.items()
            ]
            *stayed, left, came = files
            for side, kinds, other in ((before, lying[0], left), (now, lying[1], came)):
                order = stayed if dice.random() < 0.98 else stayed[::-1]
                place = dice.randrange(len(files) - 1)
                order = [*order[:place], other, *order[place:]]
                side[kind] = once(kind, pl.concat(one.rows for one in order)).lazy()
                kinds[kind] = [one.delivered() for one in order]
            self.exchanges += exchanges(kind, left, came, stayed)
        self.before, self.now = (
            Side(one, version, folder / name, kinds)
            for name, one, kinds in zip(("before", "now"), (before, now), lying, strict=True)
        )


@dataclass(frozen=True)
class Written:
    """A lake file of some rows; those of months before `since` do not feed what lies on the bench."""

    path: Path
    rows: pl.DataFrame
    kind: type[Extract]
    since: date

    def versions(self) -> list[Version]:
        """Return the versions of the rows; of a kind without months that of any month."""
        month = pl.col("month") if self.kind.monthly else pl.lit(MARCH)
        return [Version(*one) for one in self.rows.select(month, "as_of_date").unique().sort(pl.all()).iter_rows()]

    def delivered(self) -> Delivered:
        """Write the file, and return it as it lies on the bench."""
        self.rows.with_row_index(LINE_NO, 1).with_columns(pl.col(LINE_NO).cast(pl.Int64)).write_parquet(self.path)
        versions = tuple(one for one in self.versions() if one.month >= self.since)
        return Delivered(self.path, versions, len(versions) == len(self.versions()), shares=True)


def exchanges(kind: type[Extract], gone: Written, come: Written, stayed: list[Written]) -> Iterator[Exchange]:
    """Yield what is exchanged of each version; what stayed of one that is long past does not lie on the bench."""
    for version in {*gone.versions(), *come.versions()}:
        lying = [one.path for one in stayed if version.month >= gone.since]
        yield Exchange(kind, version, [gone.path], [come.path], lying)


class Side:
    """A world with all its months, and the files of it that lie on the bench; of months before the last two what is remembered lies."""

    def __init__(self, world: World, version: Version, folder: Path, kinds: Kinds) -> None:
        folder.mkdir()
        self.world = world
        self.versions, past = dict[str, list[Version]](), dict[str, Path]()
        for name in ("places", "receipts"):
            delivered, begin = TABLES[KINDS[name]], shift(version.month, -1)
            old = [one for one in newest(world[delivered], version.as_of_date) if one.month < begin]
            self.versions[name] = old
            past |= {name: remembered(world, name, old, folder, parts=1)} if old else {}
        self.lying = near.Side(kinds, past)


def sums_of(world: World, version: Version, folder: Path) -> dict[str, Path]:
    """Return the files of all sums of a world, asked of everything."""
    found = opinions(made_of(FACTS), {**REFERENCE, **world}, version)
    for name, rows in found.items():
        rows.write_parquet(folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in found}


def renewed(told: Told, version: Version, parts: int, folder: Path) -> dict[str, pl.DataFrame] | None:
    """Return the facts of what a world is now, made of the sums of what it was; None where it has other versions now."""
    was, sides = sums_of(told.before.world, version, folder), (told.before.lying, told.now.lying)
    if told.before.versions != told.now.versions or not sides[0].keeps_order(sides[1]):
        return None
    with workbench([*folder.rglob("*.parquet")], folder / "spill", threads=1, parts=parts) as bench:
        lay_out_past(bench, told.now.lying.past)
        for declared, frame in {**REFERENCE, **told.now.world}.items():
            if declared not in (Membership, Contribution):
                bench.put(declared.name, frame.collect())
        if not lay_out_versions(bench, version, *sides):
            return None
        gone, come = of_changed(bench, made_of(FACTS), version, sides, told.exchanges)
        given = renewal.lay_out(bench, version, was, gone, come, told.now.lying)
        return {name: opinion.found() for name, opinion in ask(bench, FACTS, version, given)}


def assert_renewed(world: World, version: Version, split: Split, dice: Random, parts: int = 1) -> bool:
    """Check that the facts made of what was are those of everything; return whether they could be made so."""
    with TemporaryDirectory() as place:
        told = Told(world, version, Path(place), split, dice)
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
    begin = shift(version.month, -1)
    return assert_renewed(world, version, lambda kind, found: at_random(kind, found, dice, begin), dice, parts)


def test_random_worlds_made_of_what_they_were_are_found_as_by_asking_everything() -> None:
    made = [assert_drawn(seed, 40, parts=1 + seed % 2) for seed in range(EXAMPLES // 2)]
    assert sum(made) > len(made) / 3


def test_a_programme_that_a_person_holds_at_two_employers_is_still_held_when_one_of_them_is_gone() -> None:
    members = """
        | worker_key | membership_key | employer_key | segment | programmes | residence_code |
        | budi       | one            | first        | PU      | JKK        | 15.03          |
        | budi       | two            | second       | PU      | JKK        | 15.03          |
        | siti       | three          | second       | PU      | JKK,JKM    | 15.03          |
    """
    same = {"month": MARCH, "as_of_date": CLOSED_MARCH.as_of_date, "start_date": MARCH, "funding_source": "EMPLOYER"}
    world = random_world(1, 3) | {Membership: table(Membership, members, **same)}

    def split(kind: type[Extract], rows: pl.LazyFrame) -> Files:
        found = rows.collect()
        is_first = pl.col("employer_key") == "first" if kind is Membership else pl.lit(False)
        return found.filter(~is_first), found.filter(is_first), found.clear()

    assert assert_renewed(world, CLOSED_MARCH, split, Random(1))


def test_a_row_that_stayed_the_same_counts_otherwise_where_its_file_now_stands_on_the_other_side_of_one_with_its_key() -> (
    None
):
    members = """
        | worker_key | membership_key | employer_key | segment | programmes | residence_code |
        | budi       | one            | first        | PU      | JKK        | 15.03          |
        | siti       | one            | first        | PU      | JKM        | 15.04          |
        | tono       | two            | second       | PU      | JKK        | 15.03          |
    """
    same = {"month": MARCH, "as_of_date": CLOSED_MARCH.as_of_date, "start_date": MARCH, "funding_source": "EMPLOYER"}
    world = random_world(1, 3) | {Membership: table(Membership, members, **same)}

    def split(kind: type[Extract], rows: pl.LazyFrame) -> Files:
        found = rows.collect()
        return (found[:1], found[1:], found[1:2]) if kind is Membership else (found, found.clear(), found.clear())

    for seed in range(9):
        assert assert_renewed(dict(world), CLOSED_MARCH, split, Random(seed))


@pytest.mark.parametrize("seed", range(3))
def test_a_crowded_world_made_of_what_it_was_is_found_as_by_asking_everything(seed: int) -> None:
    assert assert_drawn(seed, 400, parts=1 + seed)


def test_what_adds_up_is_a_statement_and_what_names_anybody_a_kind_or_what_is_remembered_of_one() -> None:
    assert set(made_of(FACTS)) == {*SUMS, EMPLOYERS}
    assert {kind for keys in KEYS.values() for kind in keys} == set(CHANGING) == set(VERSIONS.values())
    assert {KINDS[name] for names in REMEMBERED.values() for name in names} == {Membership.kind, Contribution.kind}
