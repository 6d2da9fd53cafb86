"""What the second engine remembers of the past answers as the past itself does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from expectations.opinion import opinions as ask
from expectations.opinion.past import KINDS, SCHEMAS, lay_out_past, until
from tests.asciitable import key, table
from tests.rules import REFERENCE
from tests.second import EXAMPLES, opinions
from tests.test_settled_past import payments
from tests.world import CLOSED_MARCH, MARCH, MID_MARCH, World, random_world, worlds
from warehouse.asking import workbench
from warehouse.calendar import Version, shift
from warehouse.schema import Table
from warehouse.tables.contribution import Contribution
from warehouse.tables.membership import Membership

OF_VERSION = ("arrears_by_class", "coverage", "employer_month", "movement", "premium", "premium_difference")
TABLES: dict[str, type[Table]] = {"kepesertaan": Membership, "iuran": Contribution}


def newest(rows: pl.LazyFrame, known_on: date) -> list[Version]:
    """Return the newest version of each month that was known on a day, oldest month first."""
    known = rows.filter(pl.col("as_of_date") <= known_on).group_by("month").agg(pl.col("as_of_date").max())
    return [Version(*row) for row in known.sort("month").collect().iter_rows()]


def remembered(world: World, name: str, versions: list[Version], folder: Path, parts: int) -> Path:
    """Return the file of what is remembered of some versions, made month by month."""
    delivered, kept = TABLES[KINDS[name]], dict[str, Path]()
    for number, version in enumerate(versions):
        path = folder / f"{name}-{number}.parquet"
        mine = (pl.col("month") == version.month) & (pl.col("as_of_date") == version.as_of_date)
        with workbench(list(kept.values()), folder / "spill", threads=1, parts=parts) as bench:
            lay_out_past(bench, kept)
            for one, frame in {**REFERENCE, delivered: world[delivered].filter(mine)}.items():
                bench.put(one.name, frame.collect())
            pl.concat(until(bench, name, version)).write_parquet(path)
        kept = {name: path}
    return kept[name]


def with_memory(
    world: World, version: Version, names: Mapping[str, str], asked: tuple[str, ...], begin: date, parts: int
) -> dict[str, pl.DataFrame]:
    """Return the rows of statements where months before `begin` are remembered and do not lie on the bench."""
    recent, past = dict(world), dict[str, Path]()
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, kind in names.items():
            delivered = TABLES[kind]
            old = [one for one in newest(world[delivered], version.as_of_date) if one.month < begin]
            recent[delivered] = world[delivered].filter(pl.col("month") >= begin)
            past |= {name: remembered(world, name, old, folder, parts)} if old else {}
        with workbench(list(past.values()), folder / "spill", threads=1, parts=parts) as bench:
            lay_out_past(bench, past)
            for one, frame in {**REFERENCE, **recent}.items():
                bench.put(one.name, frame.collect())
            return {name: opinion.found() for name, opinion in ask(bench, list(asked), version)}


def assert_same(world: World, version: Version, parts: int) -> None:
    """Check that what is remembered answers as all months do."""
    names = {name: KINDS[name] for name in ("places", "receipts")}
    found = with_memory(world, version, names, OF_VERSION, shift(version.month, -1), parts)
    for name, wanted in opinions(OF_VERSION, {**REFERENCE, **world}, version).items():
        assert_frame_equal(found[name], wanted, check_row_order=False)


@given(world=worlds(rows=12), rows=payments())
@settings(max_examples=EXAMPLES // 4, deadline=None, derandomize=True)
def test_a_version_is_answered_as_by_all_months(world: World, rows: pl.LazyFrame) -> None:
    assert_same(world | {Contribution: rows}, CLOSED_MARCH, parts=2)


def test_crowded_months_are_answered_as_by_all_months() -> None:
    for seed in range(3):
        assert_same(random_world(seed, rows=300), CLOSED_MARCH if seed % 2 else MID_MARCH, parts=1 + seed)


def test_of_a_settled_payer_one_row_of_each_account_is_remembered(tmp_path: Path) -> None:
    rows = """
        | as_of_date | employer_key | membership_key | programme | month   | billed_idr | paid_idr | paid_date  |
        | 2024-12-31 | one          | -              | JKK       | 2024-12 | 300        | 100      | 2025-01-10 |
        | 2025-01-31 | one          | kpj            | JKK       | 2025-01 | 0          | 200      | 2025-02-14 |
        | 2025-01-31 | one          | -              | JKM       | 2025-01 | 50         | 50       | -          |
        | 2024-12-31 | two          | -              | JKK       | 2024-12 | 100        | 100      | 2025-01-10 |
        | 2024-12-31 | two          | -              | JKM       | 2024-12 | 100        | 99       | 2025-01-10 |
        | 2025-01-31 | two          | -              | JKK       | 2025-01 | 100        | 100      | 2025-01-10 |
        | 2024-12-31 | -            | kpj            | JKK       | 2024-12 | 100        | 100      | 2025-01-10 |
        | 2025-01-31 | -            | kpj            | JKK       | 2025-01 | 100        | 100      | 2025-02-18 |
    """
    world: World = {Contribution: table(Contribution, rows, region_code="15.03")}
    found = pl.read_parquet(remembered(world, "receipts", newest(world[Contribution], date.max), tmp_path, parts=3))
    told = found.select(pl.col("payer").bin.encode("hex"), "programme", "month", "billed_idr", "paid_idr", "paid_date")
    one, two, own = ((b"one").hex(), (b"two").hex(), key("kpj").hex())
    december, january, tenth = date(2024, 12, 1), date(2025, 1, 1), date(2025, 1, 10)
    assert sorted(told.rows(), key=str) == sorted(
        [
            (one, "JKK", december, 300, 300, None),
            (one, "JKM", january, 50, 50, None),
            (two, "JKK", december, 100, 100, tenth),
            (two, "JKM", december, 100, 99, tenth),
            (two, "JKK", january, 100, 100, tenth),
            (own, "JKK", december, 100, 100, None),
            (own, "JKK", january, 100, 100, date(2025, 2, 18)),
        ],
        key=str,
    )


def test_what_was_spent_is_answered_as_by_all_months() -> None:
    world, of_all = random_world(5, rows=300), Version(date(9999, 12, 1), date(9999, 12, 31))
    found = with_memory(world, of_all, {"spending": "iuran"}, ("budget",), MARCH, parts=1)
    wanted = opinions(["budget"], {**REFERENCE, **world}, of_all)
    assert_frame_equal(found["budget"], wanted["budget"], check_row_order=False)
    assert set(SCHEMAS) == set(KINDS)
