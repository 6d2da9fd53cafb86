"""The loads that faults disturb: small ones, each with what one undisturbed run makes of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import polars as pl

from tests.endtoend import assert_same, every_version, mart_facts, standing
from tests.extracts import Row, nik, two_months, write
from tests.faults.forks import Ended, Forks
from tests.faults.shim import Orders
from warehouse import ledger
from warehouse.home import Home
from warehouse.store import query

NAME = "kepesertaan_15_202502.csv"
LOADED = 3
WHOLE = (
    "SELECT count(*), sum(active_workers), sum(vulnerable_workers) FROM mart.fact_coverage WHERE superseded_at IS NULL"
)
PERSONS = re.compile("PEKERJA NOMOR|" + "|".join(nik(person) for person in range(1, 100)))
Rows = dict[str, pl.DataFrame]
Seen = tuple[int, ...] | None


@dataclass(frozen=True)
class Scene:
    """A command, the home before it and after one undisturbed run of it, how many calls and seconds that took.

    The home may lie `inside` a folder, with what else faults are made at; words name that folder `{folder}`. A command that
    `makes` another home there is compared by that one, and begins anew without it.
    """

    name: str
    words: tuple[str | Path, ...]
    code: int
    before: Path
    after: Path
    calls: int
    seconds: float
    inside: str = ""
    makes: str = ""

    def home(self, place: Path) -> Path:
        """Return a home, or the folder that it is inside of, as it was before the command."""
        shutil.rmtree(place, ignore_errors=True)
        return shutil.copytree(self.before, place, symlinks=True)

    def command(self, home: Path) -> list[str | Path]:
        """Return the words of the command for a home."""
        return [*(str(word).replace("{folder}", str(home)) for word in self.words), "--home", home / self.inside]

    def disturbed(self, forks: Forks, orders: Orders, kill_after: float | None = None) -> Ended:
        """Return how the command ended under orders; readers see the old version or the new one afterwards."""
        ended = forks.run(self.command(orders.home), orders, kill_after)
        found = seen(orders.home / self.inside)
        assert found in old_and_new(self), f"{self.name}: readers see {found}, neither old nor new"
        return ended

    def require_recovery(self, forks: Forks, home: Path) -> None:
        """Run the command once more, and check that the home holds what one undisturbed run gives, and nothing else."""
        if self.makes:
            shutil.rmtree(home / self.makes, ignore_errors=True)
        ended = forks.run(self.command(home), Orders(home))
        assert ended.code == self.code, (
            f"{self.name}: the next run ended with {ended.code}: {ended.err[-2000:]}{ended.out}"
        )
        made, wanted = (place / (self.makes or self.inside) for place in (home, self.after))
        for found, rows in zip(whole(Home(made)), wanted_of(wanted), strict=True):
            assert_same(found, rows)
        assert deliveries(made) == deliveries(wanted)
        left = [str(path.relative_to(home)) for path in home.rglob(".*") if "lock" not in path.name]
        assert left == [], f"{self.name}: left behind: {left}"


def scenes(forks: Forks, place: Path) -> tuple[Scene, Scene, Scene]:
    """Return a first load, a restatement of what it loaded, and the publishing of a warehouse whose copy is older."""
    (place / "empty").mkdir(parents=True)
    rows = memberships()
    first = scene(forks, "first load", loading(place / "source", rows), LOADED, place / "empty")
    again = scene(forks, "restatement", loading(place / "restated", rows[3:]), LOADED, first.after)
    older = place / "older"
    shutil.copytree(first.after, older, symlinks=True)
    shutil.copyfile(again.after / "warehouse.duckdb", older / "warehouse.duckdb")
    return first, again, scene(forks, "publishing", ("publish",), 0, older)


def scene(
    forks: Forks, name: str, words: tuple[str | Path, ...], code: int, before: Path, inside: str = "", makes: str = ""
) -> Scene:
    """Return the scene of a command, after running it once undisturbed."""
    after = before.with_name(f"after {name}")
    shutil.copytree(before, after, symlinks=True)
    made = Scene(name, words, code, before, after, 0, 0, inside, makes)
    ended = forks.run(made.command(after), Orders(after))
    assert ended.code == code, ended
    return replace(made, calls=ended.calls, seconds=ended.seconds)


def loading(source: Path, rows: Sequence[Row]) -> tuple[str | Path, ...]:
    """Return the words that load these memberships, which lie in `source` afterwards."""
    return ("run", "--plain", "--source", write(source, {NAME: list(rows)}))


def memberships() -> list[Row]:
    """Return the memberships of a month, one of which is rejected."""
    rows = two_months()[NAME]
    return [*rows, rows[-1] | {"nik": nik(77), "kpj": "26133000777", "upah": "-1"}]


@cache
def old_and_new(scene: Scene) -> frozenset[Seen]:
    """Return what readers may see while a scene is disturbed."""
    return frozenset({seen(scene.before / scene.inside), seen(scene.after / scene.inside)})


def whole(home: Home) -> tuple[Rows, Rows]:
    """Return every version of every row of the warehouse, and the standing rows of the published copy."""
    return every_version(home.warehouse), standing(home.current, mart_facts())


@cache
def wanted_of(undisturbed: Path) -> tuple[Rows, Rows]:
    """Return the rows of a home that nothing disturbs any more."""
    return whole(Home(undisturbed))


def seen(home: Path) -> Seen:
    """Return figures of the published copy that tell its versions apart, None where nothing is published."""
    current = Home(home).current
    return tuple(map(int, query(current, WHOLE).row(0))) if current.exists() else None


def deliveries(home: Path) -> list[tuple[str, str, int]]:
    """Return what a home says it received."""
    return [(one.name, one.sha256, one.bytes) for one in ledger.deliveries(Home(home))]
