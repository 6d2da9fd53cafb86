"""A load from end to end, as tests ask for it: the real steps in this process or the real command in another."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows import entry
from flows.entry import load_folder
from flows.publishing.publishing import Publication
from flows.steps import Call
from warehouse.home import Home
from warehouse.schema import Fact, Table, tables_of
from warehouse.store import query, reading

ROOT = Path(__file__).parents[1]
HISTORY = ("loaded_at", "superseded_at", "run_id")
PATIENCE_SECONDS = 240
LISTINGS, VERDICTS = "lake/facts/*/[!.]*.json", "lake/verdicts/[!.]*.json"
Results = dict[Path, tuple[int, int]]
STANDING = "WHERE superseded_at IS NULL"
SHOWING = ("publish", "pages")
BEHIND_TRANSFORMS = ("audit", "compare", *SHOWING)
GIVEN: dict[str, Any] = {"audit": [], "compare": [], "publish": Publication("not published")}
"""What a step that is left out would have returned."""


def load(source: Path, home: Path, month: str | None = None) -> dict[str, Any]:
    """Return the result of a load in this process."""
    return load_folder(str(source), str(home), month)


def load_unshown(source: Path, home: Path, month: str | None = None) -> dict[str, Any]:
    """Return the result of a load in this process for a test that asks the warehouse alone: nothing is published or drawn."""
    with left_out(*SHOWING) as call:
        return load_folder(str(source), str(home), month, call=call)


@contextmanager
def left_out(*steps: str) -> Iterator[Call]:
    """Yield how a load calls its steps such that those of these names are left out; `pages` are the Data Docs of files."""

    def call(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
        return GIVEN[name.split()[0]] if name.startswith(steps) else step(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        if "pages" in steps:
            patch.setattr(entry, "SHOWN_VALIDATIONS", 0)
        yield call


def start(
    source: Path, home: Path, *options: str, under: Sequence[str] = (), **environment: str
) -> subprocess.Popen[str]:
    """Return the running command `cakupan run` on a folder, `under` another, with both outputs in pipes and no setting of ours."""
    command = [*under, sys.executable, "-m", "flows", "run", "--source", str(source), "--home", str(home), *options]
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CAKUPAN_") or name == "CAKUPAN_DISCLOSURE_THRESHOLD"
    }
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=inherited | environment, stdout=pipe, stderr=pipe, text=True)


def wait(running: subprocess.Popen[str], reached: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Return whether a running command came so far before it ended."""
    limit = time.monotonic() + seconds
    while not reached():
        if running.poll() is not None or time.monotonic() > limit:
            return reached()
        time.sleep(0.002)
    return True


def facts() -> list[type[Table]]:
    """Return every fact of the schemas mart and core."""
    return [table for layer in ("mart", "core") for table in tables_of(layer) if issubclass(table, Fact)]


def mart_facts() -> list[type[Table]]:
    """Return the facts that are published."""
    return [table for table in facts() if table.layer == "mart"]


def standing(database: Path, tables: Sequence[type[Table]] = ()) -> dict[str, pl.DataFrame]:
    """Return the standing rows of facts by name, without their history, in one order."""
    return _rows(database, tables or facts(), STANDING)


def every_version(database: Path) -> dict[str, pl.DataFrame]:
    """Return all rows of all facts by name: the standing ones and the closed ones, told apart."""
    return _rows(database, facts(), "", "superseded_at IS NULL AS stands")


def assert_same(found: dict[str, pl.DataFrame], wanted: dict[str, pl.DataFrame]) -> None:
    """Check that two sets of facts are equal, row for row."""
    assert found.keys() == wanted.keys()
    for name, frame in found.items():
        assert_frame_equal(frame, wanted[name], check_exact=True)


def assert_whole(home: Path, undisturbed: Path) -> None:
    """Check that a home holds what an undisturbed one does: every version of every row, and the published copy."""
    assert_same(every_version(Home(home).warehouse), every_version(Home(undisturbed).warehouse))
    assert_same(standing(Home(home).current, mart_facts()), standing(Home(undisturbed).current, mart_facts()))


def results(home: Path) -> Results:
    """Return the verdicts and the facts of computed months, as the file system tells files apart: done again, they are others."""
    listings = list(home.glob(LISTINGS))
    facts = [path for listing in listings for path in listing.parent.glob(f"[!.]*_{listing.stem}.parquet")]
    found = {path: path.stat() for path in [*home.glob(VERDICTS), *listings, *facts]}
    return {path: (state.st_ino, state.st_mtime_ns) for path, state in found.items()}


def of_month(rows: dict[str, pl.DataFrame], month: str) -> dict[str, pl.DataFrame]:
    """Return the rows of a month of those facts that have months."""
    day = pl.lit(f"{month}-01").str.to_date()
    return {name: frame.filter(pl.col("month") == day) for name, frame in rows.items() if "month" in frame.columns}


def ask(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a question to the internal warehouse."""
    return query(Home(home).warehouse, sql).rows()


def _rows(database: Path, tables: Sequence[type[Table]], where: str, *more: str) -> dict[str, pl.DataFrame]:
    listed = ", ".join([f"* EXCLUDE ({', '.join(HISTORY)})", *more])
    with reading(database) as asked:
        return {
            table.qualified(): asked(f"SELECT {listed} FROM {table.qualified()} {where} ORDER BY ALL")
            for table in tables
        }
