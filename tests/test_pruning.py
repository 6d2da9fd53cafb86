"""What is kept of the past goes when no load to come begins with it, and figures never depend on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from flows.keeping import pruning
from tests.endtoend import load
from tests.extracts import rows, write
from tests.test_past_kept import MONTHS, figures, months_until
from tests.timeline import load_on
from warehouse import lake
from warehouse.home import Home

BUDGET = {"anggaran_15.csv": rows("anggaran", "| pagu |\n| 201600 |")}


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a home of which every month was loaded on a day of its own, and that keeps the past of the newest alone."""
    folder = tmp_path_factory.mktemp("pruned")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pruning, "NEWEST", 1)
        for day, month in enumerate(MONTHS, start=1):
            load_on(date(2025, 5, day), months_until(month) | BUDGET, folder / "source", folder / "home")
        yield folder / "home"


def kept(home: Path) -> set[str]:
    """Return the names of what is kept, each without what it was made of."""
    return {path.name.rpartition("_")[0] or path.parent.name for path in lake.kept_files(Home(home))}


def test_of_months_long_past_nothing_is_kept_but_what_the_newest_and_every_december_are_made_of(pruned: Path) -> None:
    months = {name[:7] for name in kept(pruned) if name.startswith("20")}
    assert months == {"2024-11", "2024-12", "2025-02", "2025-03"}
    assert {"earlier", "settled", "places", "receipts", "spending"} <= kept(pruned)


def test_accepted_rows_are_never_removed(pruned: Path) -> None:
    rows_kept = [path for kind in ("kepesertaan", "iuran") for path in (pruned / "lake" / kind).glob("*.parquet")]
    assert len(rows_kept) == 2 * len(MONTHS)


def test_an_old_month_that_changes_gives_the_figures_of_a_home_in_which_nothing_was_removed(
    pruned: Path, tmp_path: Path
) -> None:
    changed = months_until("2025-03", paid=80_000) | BUDGET
    load_on(date(2025, 5, 9), changed, tmp_path / "source", tmp_path / "whole")
    shutil.copytree(pruned, tmp_path / "home", symlinks=True)
    found = load_on(date(2025, 5, 9), changed, tmp_path / "source", tmp_path / "home")
    assert (found["stopped_months"], found["second_engine"]["differing"]) == ({}, 0)
    assert figures(tmp_path / "home") == figures(tmp_path / "whole")


def test_a_month_that_was_computed_anew_leaves_no_facts_of_what_it_was(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    load_on(date(2025, 5, 1), months_until("2025-02"), source, home)
    before = lake.fact_files(Home(home))
    load_on(date(2025, 5, 2), months_until("2025-02", paid=80_000), source, home)
    after = lake.fact_files(Home(home))
    assert len(after) == len(before)
    assert {path.parent.name for path in set(before) - set(after)} == {"2025-02"}


def test_months_that_are_loaded_one_by_one_find_what_the_month_before_left(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    write(source, months_until("2025-03"))
    load(source, home, "2024-12")
    first = kept(home)
    load(source, home, "2025-01")
    assert {"2024-11", "2024-12"} <= {name[:7] for name in first}
    assert {"2024-12", "2025-01"} <= {name[:7] for name in kept(home)}
