"""A load that is killed, at whatever moment, is completed by the next one without help: nothing lost, nothing twice.

The real command is killed with SIGKILL: at chosen stages, and at moments spread over the measured time of a load,
while a reader opens the published copy again and again. CAKUPAN_KILLS says how many such moments are tried, half of
them on a first load and half on a restatement; `CAKUPAN_KILLS=200 pytest tests/test_interrupted.py` is the long count.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.endtoend import (
    PATIENCE_SECONDS,
    ROOT,
    assert_same,
    every_version,
    load,
    mart_facts,
    results,
    standing,
    start,
    wait,
)
from tests.extracts import Files, two_months, write
from warehouse.home import Home
from warehouse.store import query

KILLS = int(os.environ.get("CAKUPAN_KILLS", "6"))
KILLS_OF_ONE_LOAD = 2
LOCK = "load.lock"
STAGES: dict[str, Callable[[Path], bool]] = {
    "the first verdict": lambda home: any(home.glob("lake/verdicts/[!.]*.json")),
    "the first staged facts": lambda home: any(home.glob("lake/facts/*/[!.]*.json")),
    "the warehouse being built": lambda home: (home / "warehouse.duckdb.next").exists(),
    "the copy being published": lambda home: any(home.glob("published/.part-*")),
}
WHOLE = (
    "SELECT count(*), sum(active_workers), sum(vulnerable_workers) FROM mart.fact_coverage WHERE superseded_at IS NULL"
)
READER = """
import json, select, sys
from pathlib import Path
from warehouse.store import query

current, seen = Path(sys.argv[1]), set()
while not select.select([sys.stdin], [], [], 0.03)[0]:
    if current.exists():
        seen.add(tuple(map(int, query(current, sys.argv[2]).row(0))))
print(json.dumps(sorted(seen)))
"""
Seen = set[tuple[int, ...]]


@dataclass(frozen=True)
class Scene:
    """A folder to load, the home before it and after one clean run of the command, and how long that run took."""

    source: Path
    before: Path
    after: Path
    seconds: float

    def home(self, place: Path) -> Path:
        """Return a home as it was before the load."""
        return shutil.copytree(self.before, place, symlinks=True, ignore=shutil.ignore_patterns(LOCK))


@pytest.fixture(scope="module")
def first_load(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Load a folder into a home that was empty."""
    place = tmp_path_factory.mktemp("first")
    (place / "before").mkdir()
    return scene(place, small(two_months()))


@pytest.fixture(scope="module")
def restatement(tmp_path_factory: pytest.TempPathFactory, first_load: Scene) -> Scene:
    """Restate both months of a home that was loaded before."""
    place = tmp_path_factory.mktemp("second")
    shutil.copytree(first_load.after, place / "before", symlinks=True)
    return scene(place, {name: rows[2:] for name, rows in small(two_months()).items()})


@pytest.mark.parametrize("stage", STAGES)
def test_a_load_killed_at_a_stage_is_completed_by_the_next_one_which_does_nothing_again(
    stage: str, first_load: Scene, tmp_path: Path
) -> None:
    home = first_load.home(tmp_path / "home")
    assert killed_when(lambda: STAGES[stage](home), first_load.source, home)
    done = results(home)
    assert done
    recover(first_load, home)
    assert results(home).items() >= done.items()


def test_a_first_load_killed_at_any_moment_is_completed_by_the_next_one(first_load: Scene, tmp_path: Path) -> None:
    assert kill_at_many_moments(first_load, tmp_path, Random(1)) == {whole(first_load.after)}


def test_readers_see_the_old_version_or_the_new_one_whatever_is_killed(restatement: Scene, tmp_path: Path) -> None:
    old, new = whole(restatement.before), whole(restatement.after)
    assert old != new
    assert kill_at_many_moments(restatement, tmp_path, Random(2)) == {old, new}


def test_a_killed_load_leaves_nothing_behind_that_the_next_one_does_not_clear_away(tmp_path: Path) -> None:
    home, files = tmp_path / "home", small(two_months())
    quoted = {name: [row | {"nama": f"{row['nama']}; ALM"} for row in rows] for name, rows in files.items()}
    source = write(tmp_path / "source", quoted)
    assert killed_when(lambda: any(home.glob("landing/.scratch-*/*")), source, home)
    for cut_off in ("landing/manifests/.a.json.1f", "landing/seen/.-.json.1f", "watch/.cakupan.prom.1f"):
        (home / cut_off).parent.mkdir(exist_ok=True)
        (home / cut_off).touch()
    load(source, home)
    left = [str(path.relative_to(home)) for path in home.rglob(".*") if "lock" not in path.name]
    assert left == []


def small(files: Files) -> Files:
    """Return the memberships among the files: enough for facts of two months."""
    return {name: rows for name, rows in files.items() if name.startswith("kepesertaan")}


def scene(place: Path, files: Files) -> Scene:
    """Return the scene of loading these files by the command, from the home `before` in `place`."""
    source = write(place / "source", files)
    after = shutil.copytree(place / "before", place / "after", symlinks=True, ignore=shutil.ignore_patterns(LOCK))
    running = start(source, after, "--plain")
    assert wait(running, (after / LOCK).exists)
    begun = time.monotonic()
    output = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 3, output
    return Scene(source, place / "before", after, time.monotonic() - begun)


def kill_at_many_moments(scene: Scene, place: Path, dice: Random) -> Seen:
    """Return what readers saw while loads were killed at moments spread over the time of a load, and then completed.

    A load that ended before its moment is started again and killed earlier.
    """
    moments = [scene.seconds * (part + dice.random()) / KILLS * 2 for part in range(KILLS // 2)]
    dice.shuffle(moments)
    seen: Seen = set()
    for first in range(0, len(moments), KILLS_OF_ONE_LOAD):
        home = scene.home(place / str(first))
        with reading(home, seen):
            for moment in moments[first : first + KILLS_OF_ONE_LOAD]:
                while not killed_after(moment, scene.source, home):
                    moment *= 0.7
            recover(scene, home)
    return seen


def killed_after(seconds: float, source: Path, home: Path) -> bool:
    """Return whether a load was killed so long after it began; False when it ended before."""
    begun: list[float] = []

    def due() -> bool:
        if not begun and (home / LOCK).exists():
            begun.append(time.monotonic())
        return bool(begun) and time.monotonic() >= begun[0] + seconds

    return killed_when(due, source, home)


def killed_when(reached: Callable[[], bool], source: Path, home: Path) -> bool:
    """Return whether a load was killed when it had come so far; False when it ended before."""
    (home / LOCK).unlink(missing_ok=True)
    running = start(source, home, "--plain")
    wait(running, reached)
    running.send_signal(signal.SIGKILL)
    output = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode in (-signal.SIGKILL, 3), output
    return running.returncode == -signal.SIGKILL


def recover(scene: Scene, home: Path) -> None:
    """Load once more, and check that the home holds what one clean run gives: every version of every row, and the copy."""
    assert load(scene.source, home)["exit_code"] == 3
    assert_same(every_version(Home(home).warehouse), every_version(Home(scene.after).warehouse))
    assert_same(standing(Home(home).current, mart_facts()), standing(Home(scene.after).current, mart_facts()))
    assert whole(home) == whole(scene.after)


def whole(home: Path) -> tuple[int, ...]:
    """Return figures of the published copy that tell its versions apart."""
    return tuple(map(int, query(Home(home).current, WHOLE).row(0)))


@contextmanager
def reading(home: Path, seen: Seen) -> Iterator[None]:
    """Read the published copy of a home from its first version on, in another process; fail if one reading fails."""
    command = [sys.executable, "-c", READER, str(Home(home).current), WHOLE]
    pipe = subprocess.PIPE
    reader = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    try:
        yield
    finally:
        told, errors = reader.communicate("over", timeout=PATIENCE_SECONDS)
    assert reader.returncode == 0, errors
    seen.update(map(tuple, json.loads(told)))
