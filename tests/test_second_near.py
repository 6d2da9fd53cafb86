"""The second engine finds rows by their keys first, and of files that changed the rows that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest

from expectations.opinion.near import Exchange, differing, look
from tests.asciitable import table
from tests.world import CLOSED_MARCH
from warehouse.asking import Workbench, workbench
from warehouse.rules import LINE_NO
from warehouse.tables.membership import Membership

SAME = {"month": CLOSED_MARCH.month, "as_of_date": CLOSED_MARCH.as_of_date, "employer_key": "first", "segment": "PU"}
FILES = {
    "it's one": "| membership_key | wage_idr |\n| one | 100 |\n| two | 200 |\n| three | 300 |",
    "another": "| membership_key | wage_idr |\n| four | 400 |\n| one | 101 |",
    "a third": "| membership_key | wage_idr |\n| five | 500 |",
    "of other wages": "| membership_key | wage_idr |\n| one | 101 |\n| two | 200 |\n| three | 301 |",
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """Yield a bench that may read the files."""
    for name, rows in FILES.items():
        found = table(Membership, rows, **SAME).with_row_index(LINE_NO, 1).with_columns(pl.col(LINE_NO).cast(pl.Int64))
        found.collect().write_parquet(tmp_path / f"{name}.parquet")
    with workbench([*tmp_path.glob("*.parquet")], tmp_path / "spill", threads=1) as found_bench:
        yield found_bench


def wages(bench: Workbench, name: str) -> list[int]:
    """Return the wages that rows under a name have."""
    return sorted(set(bench.ask(f"SELECT wage_idr FROM {name}")["wage_idr"]))


@pytest.mark.parametrize(
    ("condition", "found"),
    [("wage_idr IN (100, 300, 500)", [100, 300, 500]), ("wage_idr = 7", []), ("line_no = 2", [101, 200])],
)
def test_all_rows_of_all_files_are_found_for_which_a_condition_holds(
    condition: str, found: list[int], bench: Workbench, tmp_path: Path
) -> None:
    names = ("it's one", "another", "a third", "another")
    look(bench, "near", [tmp_path / f"{name}.parquet" for name in names], condition)
    assert wages(bench, "near") == found


@pytest.mark.parametrize(
    ("gone", "come", "stayed", "differs"),
    [
        (["it's one"], ["of other wages"], [], [100, 101, 300, 301]),
        (["it's one"], ["it's one"], [], []),
        (["it's one"], [], [], [100, 200, 300]),
        ([], ["a third"], ["it's one", "another"], [500]),
        (["a third"], ["a third"], ["it's one"], []),
        (["it's one"], ["it's one"], ["another"], [100, 101]),
        (["it's one", "another"], ["another", "it's one"], [], [100, 101]),
    ],
)  # fmt: skip
def test_what_differs_are_rows_of_one_side_alone_and_rows_whose_key_another_file_has_too(
    gone: Sequence[str],
    come: Sequence[str],
    stayed: Sequence[str],
    differs: list[int],
    bench: Workbench,
    tmp_path: Path,
) -> None:
    paths = [[tmp_path / f"{name}.parquet" for name in names] for names in (gone, come, stayed)]
    differing(bench, "rows_that_differ", Exchange(Membership, CLOSED_MARCH, *paths))
    assert wages(bench, "rows_that_differ") == differs
