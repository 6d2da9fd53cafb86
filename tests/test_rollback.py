"""Versions of the published copy: listed, taken back, restored, kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.warehouse_rows import MID_MARCH, coverage, load, load_regions
from warehouse.errors import Stop
from warehouse.publish import publish
from warehouse.published import Withdrawal, current_version, listing, restore, roll_back, versions, withdrawals
from warehouse.store import query
from warehouse.tables.coverage import FactCoverage

ACTIVE = "SELECT active_workers FROM mart.coverage WHERE region_code = '15.03'"


class World:
    """A warehouse with one figure, and what is published of it: the versions v11, v12 and v13."""

    def __init__(self, folder: Path) -> None:
        self.warehouse, self.later = folder / "warehouse.duckdb", folder / "later.duckdb"
        self.published = folder / "published"
        self.withheld: list[Withdrawal] = []

    def make(self) -> None:
        """Publish three figures for 15.03 one after the other, and make the warehouse of a fourth."""
        load_regions(self.warehouse)
        for workers in (11, 12, 13):
            self.load(self.warehouse, workers)
            self.publish(f"v{workers}")
        shutil.copy(self.warehouse, self.later)
        self.load(self.later, 14)

    def load(self, warehouse: Path, workers: int) -> None:
        """Load a figure for 15.03."""
        load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=workers), MID_MARCH, f"2025-04-{workers}T02:00")

    def publish(self, version: str, keep: int = 5) -> None:
        """Publish what the warehouse holds."""
        publish(self.warehouse, self.published, version, keep=keep, grace_seconds=0, on_withheld=self.withheld.append)

    def publish_later(self, keep: int = 5) -> None:
        """Load the fourth figure and publish it as v14."""
        self.warehouse = self.later
        self.publish("v14", keep)

    def read(self) -> tuple[str | None, int]:
        """Return the version that stands and its figure."""
        file = self.published / "current" / "cakupan.duckdb"
        return current_version(self.published), int(query(file, ACTIVE)["active_workers"][0])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a world, made once."""
    folder = tmp_path_factory.mktemp("made")
    World(folder).make()
    return folder


@pytest.fixture
def world(made: Path, tmp_path: Path) -> World:
    """Return a world of one's own."""
    shutil.copytree(made, tmp_path / "world", symlinks=True)
    return World(tmp_path / "world")


def withdrawn(world: World) -> list[tuple[str, str]]:
    """Return the withdrawn versions with their reasons."""
    return [(one.version, one.reason) for one in withdrawals(world.published)]


def test_a_rollback_lets_the_version_before_stand_and_notes_who_was_withdrawn_and_why(world: World) -> None:
    assert roll_back(world.published, reason="salah berkas") == "v12"
    assert world.read() == ("v12", 12)
    assert (world.published / "current").readlink() == Path("v12")
    assert withdrawn(world) == [("v13", "salah berkas")]
    noted = json.loads((world.published / "withdrawn.json").read_text())["withdrawn"][0]
    assert noted["content"] == json.loads((world.published / "v13" / "datapackage.json").read_text())["content"]


@pytest.mark.parametrize("typed", ["NIK 3201014502900017 salah", "KPJ 26133068531 salah"])
def test_a_reason_holds_no_number_of_a_person(typed: str, world: World) -> None:
    roll_back(world.published, reason=typed)
    assert {one.reason for one in withdrawals(world.published)} == {f"{typed[:3]} *** salah"}


def test_what_was_withdrawn_is_not_published_by_the_next_run_and_the_run_says_so(world: World) -> None:
    roll_back(world.published, reason="salah berkas")
    world.publish("v14")
    assert world.read() == ("v12", 12)
    assert [one.version for one in world.withheld] == ["v13"]
    assert versions(world.published) == ["v11", "v12", "v13"]


def test_new_content_is_published_after_a_rollback_and_what_was_withdrawn_stays_so(world: World) -> None:
    roll_back(world.published)
    world.publish_later()
    assert world.read() == ("v14", 14)
    assert world.withheld == []
    assert withdrawn(world) == [("v13", "")]
    assert roll_back(world.published) == "v12"
    assert withdrawn(world) == [("v13", ""), ("v14", "")]


def test_a_rollback_over_several_versions_withdraws_them_all_and_goes_no_further_than_the_first(world: World) -> None:
    assert roll_back(world.published, "v11") == "v11"
    assert [version for version, _ in withdrawn(world)] == ["v12", "v13"]
    with pytest.raises(Stop, match=r"version_unknown.*before the current"):
        roll_back(world.published)
    assert world.read() == ("v11", 11)


def test_what_was_withdrawn_can_stand_again(world: World) -> None:
    roll_back(world.published, "v11")
    assert roll_back(world.published, "v12") == "v12"
    assert [version for version, _ in withdrawn(world)] == ["v13"]
    assert restore(world.published) == "v13"
    assert world.read() == ("v13", 13)
    assert withdrawn(world) == []
    with pytest.raises(Stop, match="nothing_withdrawn"):
        restore(world.published)


def test_a_version_that_is_not_kept_cannot_stand(world: World) -> None:
    for name in ("v9", "current", "../published/v11", ".publish.lock"):
        with pytest.raises(Stop, match=r"version_unknown.*v11, v12, v13"):
            roll_back(world.published, name)
    assert world.read() == ("v13", 13)


def test_a_rollback_that_was_interrupted_publishes_nothing_and_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, pytest.raises(OSError, match="full"):
        broken.setattr("warehouse.published.point_at", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        roll_back(world.published, reason="salah berkas")
    world.publish("v14")
    assert world.read() == ("v13", 13)
    assert roll_back(world.published) == "v12"
    assert withdrawn(world) == [("v13", "salah berkas")]


def test_the_listing_says_which_stands_and_which_was_withdrawn(world: World) -> None:
    roll_back(world.published, reason="salah berkas")
    shown = [(one.version, one.is_current, one.reason) for one in listing(world.published)]
    assert shown == [("v11", False, None), ("v12", True, None), ("v13", False, "salah berkas")]
    files = [file for file in (world.published / "v12").rglob("*") if file.is_file()]
    assert listing(world.published)[1].bytes == sum(file.stat().st_size for file in files)
    assert listing(world.published.parent / "nowhere") == []


def test_the_version_that_stands_is_kept_however_old_it_is(world: World) -> None:
    roll_back(world.published, "v11")
    world.publish("v14", keep=1)
    assert world.read() == ("v11", 11)
    world.publish_later(keep=1)
    assert (world.read(), versions(world.published)) == (("v14", 14), ["v14"])
    assert [version for version, _ in withdrawn(world)] == ["v12", "v13"]


def test_an_open_reader_keeps_reading_a_version_that_was_removed(world: World) -> None:
    file = world.published / "v11" / "cakupan.duckdb"
    with duckdb.connect(str(file), read_only=True) as reader:
        world.publish_later(keep=1)
        assert not file.parent.exists()
        assert reader.execute("SELECT count(*) FROM mart.dim_region").fetchall() == [(5,)]
        assert reader.execute(ACTIVE).fetchall() == [(11,)]
