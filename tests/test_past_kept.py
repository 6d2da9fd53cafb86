"""Loads of month after month: what is kept of the past is used, goes when no load to come begins with it, and may be deleted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from expectations.opinion.rows import Kinds
from flows import assembly, second_bench, second_past
from flows.context import Load
from flows.keeping import pruning
from tests.endtoend import SHOWING, load_unshown
from tests.extracts import Files, memberships, rows, write
from tests.keyed import places_of, tokens
from tests.timeline import load_on
from warehouse import lake
from warehouse.asking import Workbench
from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.schema import Extract
from warehouse.store import reading
from warehouse.tables.contribution import Contribution
from warehouse.tables.membership import Membership

ROOT = Path(__file__).parents[1]
MONTHS = {
    "2024-11": "2024-12-10",
    "2024-12": "2025-01-10",
    "2025-01": "2025-02-10",
    "2025-02": "2025-03-10",
    "2025-03": "2025-04-10",
}
TOKEN_BYTES = 16
"""A payer of what is remembered may be an employer's number instead, which is shorter here."""
FIGURES = "SELECT * EXCLUDE (loaded_at, run_id) FROM {} WHERE superseded_at IS NULL ORDER BY ALL"
FACTS = ("mart.fact_movement", "mart.fact_arrears", "mart.fact_premium", "core.employer_month")


def months_until(last: str, paid: int = 84_000) -> Files:
    """Return the extracts of the months until `last`, of which `paid` was paid in February."""
    files: Files = {}
    for month, day in MONTHS.items():
        seen, name = f"{month}-28", month.replace("-", "")
        money = paid if month == "2025-02" else 84_000
        bill = f"| tagihan | dibayar | tgl_bayar |\n| 84000 | {money} | {day} |"
        people = f"| orang | segmen |\n| {int(month[-2:])}-20 | PU |"
        files[f"iuran_15_{name}.csv"] = rows("iuran", bill, blth=month, tgl_data=seen)
        files[f"kepesertaan_15_{name}.csv"] = memberships(month, seen, people)
        if month == last:
            break
    listed = rows("badan_usaha", "| npp | tk_wlkp |\n| NPP1 | 20 |", tgl_data="2024-12-01")
    return files | {"badan_usaha_15.csv": listed, "anggaran_15.csv": rows("anggaran", "| pagu |\n| 201600 |")}


CHANGED = months_until("2025-03", paid=80_000)


def figures(home: Path) -> list[list[tuple[object, ...]]]:
    """Return the rows of the facts as they stand."""
    with reading(Home(home).warehouse) as asked:
        return [asked(FIGURES.format(fact)).rows() for fact in FACTS]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home that all months were loaded into at once, and that shows them."""
    return loaded(tmp_path_factory.mktemp("once"), 1, months_until("2025-03"), without=("audit", "pages"))


@pytest.fixture(scope="module")
def changed_at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home like `at_once` that never knew what was paid in February before it changed."""
    return loaded(tmp_path_factory.mktemp("changed"), 1, CHANGED)


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home of which every month was loaded on a day of its own, and that keeps the past of the newest alone."""
    folder = tmp_path_factory.mktemp("one")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pruning, "NEWEST", 1)
        for day, month in enumerate(MONTHS, start=1):
            loaded(folder, day, months_until(month))
    return folder / "home"


def loaded(folder: Path, day: int, files: Files, without: tuple[str, ...] = ("audit", *SHOWING)) -> Path:
    """Return the home in a folder after the files were loaded into it on a day of May, both engines agreeing."""
    found = load_on(date(2025, 5, day), files, folder / "source", folder / "home", without)
    assert (found["stopped_months"], found["second_engine"]["differing"]) == ({}, 0)
    return folder / "home"


def own(home: Path, folder: Path) -> Path:
    """Return a folder with a home of its own that is like another."""
    shutil.copytree(home, folder / "home", symlinks=True)
    return folder


def kept(home: Path) -> set[str]:
    """Return the names of what is kept, each without what it was made of."""
    return {path.name.rpartition("_")[0] or path.parent.name for path in lake.kept_files(Home(home))}


def months_kept(home: Path) -> set[str]:
    """Return the months whose presence words are kept."""
    return {name[:7] for name in kept(home) if name.startswith("20")}


def test_month_after_month_gives_the_figures_of_all_months_at_once(one_by_one: Path, at_once: Path) -> None:
    assert figures(one_by_one) == figures(at_once)


def test_what_is_kept_of_the_past_may_be_deleted(at_once: Path, changed_at_once: Path, tmp_path: Path) -> None:
    folder = own(at_once, tmp_path)
    for name in ("presence", "settled", "remembered"):
        shutil.rmtree(folder / "home/lake" / name)
    assert figures(loaded(folder, 2, CHANGED)) == figures(changed_at_once)


def test_of_months_long_past_nothing_is_kept_but_what_the_newest_and_every_december_are_made_of(
    one_by_one: Path,
) -> None:
    assert months_kept(one_by_one) == {"2024-11", "2024-12", "2025-02", "2025-03"}
    assert {"earlier", "settled", "places", "receipts", "spending"} <= kept(one_by_one)


def test_accepted_rows_are_never_removed(one_by_one: Path) -> None:
    rows_kept = [path for kind in ("kepesertaan", "iuran") for path in (one_by_one / "lake" / kind).glob("*.parquet")]
    assert len(rows_kept) == 2 * len(MONTHS)


def test_an_old_month_that_changes_gives_the_figures_of_a_home_that_never_knew_it_otherwise(
    one_by_one: Path, changed_at_once: Path, tmp_path: Path
) -> None:
    assert figures(loaded(own(one_by_one, tmp_path), 9, CHANGED)) == figures(changed_at_once)


def test_a_month_that_was_computed_anew_leaves_no_facts_of_what_it_was(at_once: Path, tmp_path: Path) -> None:
    before = lake.fact_files(Home(at_once))
    after = lake.fact_files(Home(loaded(own(at_once, tmp_path), 2, CHANGED)))
    names = [[path.name for path in files] for files in (before, after)]
    assert len(names[0]) == len(names[1])
    gone = {path.parent.name for path in before if path.name not in names[1]}
    assert gone == {"2025-02", "2025-03"}


def test_months_that_are_loaded_one_by_one_find_what_the_month_before_left(tmp_path: Path) -> None:
    source, home = write(tmp_path / "source", months_until("2025-03")), tmp_path / "home"
    load_unshown(source, home, "2024-12")
    assert {"2024-11", "2024-12"} <= months_kept(home)
    load_unshown(source, home, "2025-01")
    assert {"2024-12", "2025-01"} <= months_kept(home)


def test_a_change_of_the_key_leaves_no_token_of_the_old_one_in_what_is_kept(at_once: Path, tmp_path: Path) -> None:
    folder = own(at_once, tmp_path)
    home = folder / "home"
    old, stood = {one for one in tokens(home) if len(one) == TOKEN_BYTES}, figures(home)
    assert any(path.name.startswith("places") for path in lake.kept_files(Home(home), lake.PAST))
    command = [sys.executable, "-m", "flows", "key", "rotate", "--home", str(home)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert places_of(home, old) == set()
    loaded(folder, 2, CHANGED)
    assert figures(home) != stood and not tokens(home) & old


def test_a_new_month_reads_nothing_of_the_months_before_the_last_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    load_on(date(2025, 5, 1), months_until("2025-02"), source, home, ("audit", *SHOWING))
    read = set[str]()
    rows_of, opened = assembly.Assembly.rows, second_bench.opened

    def noted_rows(books: assembly.Assembly, table: type[Extract], version: Version) -> pl.LazyFrame:
        if table in (Contribution, Membership):
            read.add(f"{version.month:%Y-%m}")
        return rows_of(books, table, version)

    def noted_bench(load: Load, kinds: Kinds, size: int, past: Mapping[str, Path]) -> AbstractContextManager[Workbench]:
        files = (one for table in (Contribution, Membership) for one in kinds[table])
        read.update(f"{version.month:%Y-%m}" for one in files for version in one.versions)
        return opened(load, kinds, size, past)

    monkeypatch.setattr(assembly.Assembly, "rows", noted_rows)
    monkeypatch.setattr(second_past, "opened", noted_bench)
    load_on(date(2025, 5, 2), months_until("2025-03"), source, home, ("audit", *SHOWING))
    assert read == {"2025-01", "2025-02", "2025-03"}
