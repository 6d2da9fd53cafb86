"""A small home to ask: the regions of the tests, coverage of March in two versions, published."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.endtoend import ROOT
from tests.warehouse_rows import END_OF_APRIL, MID_MARCH, coverage, load, load_regions
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.tables.coverage import FactCoverage

LONG = "SELECT sum(a.range * b.range) AS long FROM range(10000000) AS a, range(1000000) AS b"


def asked_home(folder: Path) -> Home:
    """Return a home of its own with two versions of March published as v1."""
    shutil.copytree(_template().name, folder / "home", symlinks=True)
    return Home(folder / "home")


@cache
def _template() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory()
    home = Home(Path(folder.name))
    home.create()
    load_regions(home.warehouse)
    load(home.warehouse, FactCoverage, coverage(MID_MARCH, r15_03=52, r15_02=1_000), MID_MARCH, "2025-03-17")
    load(home.warehouse, FactCoverage, coverage(END_OF_APRIL, r15_03=60, r15_02=2_000), END_OF_APRIL, "2025-05-01")
    publish(home.warehouse, home.published, "v1")
    return folder


def publish_again(home: Home, version: str) -> None:
    """Put a version beside v1 that holds the same, and point at it as a publish does."""
    shutil.copytree(home.published / "v1", home.published / version)
    (home.published / "link").symlink_to(version)
    (home.published / "link").replace(home.published / "current")


def publish_more(home: Home, version: str, workers: int) -> None:
    """Restate the end of April and publish it."""
    load(home.warehouse, FactCoverage, coverage(END_OF_APRIL, r15_03=workers), END_OF_APRIL, "2025-06-01")
    publish(home.warehouse, home.published, version)


def command(*words: str) -> list[str]:
    """Return the command line of `cakupan` with these words."""
    return [sys.executable, "-m", "flows", *words]


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a user whose home is `folder`, at a plain terminal."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CAKUPAN_", "XDG_", "LINES", "COLUMNS"))
    }
    return kept | {"HOME": str(folder), "TERM": "dumb", "PYTHONPATH": str(ROOT), "INPUTRC": "/dev/null"}


def started(home: Home, sql: str, *options: str) -> subprocess.Popen[str]:
    """Return the running `cakupan query`, with both outputs in pipes."""
    words = command("query", "--home", str(home.root), *options, sql)
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, env=environment(home.root), stdout=pipe, stderr=pipe, text=True)
