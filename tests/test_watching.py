"""What is missing or strange: months past their due day, regencies that vanish, volumes and coverage that jump."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from flows.publishing.publishing import publish_home
from flows.publishing.threshold import DisclosureSettings
from flows.settings import Settings, Source
from flows.watching.change import volume_changes
from flows.watching.condition import Condition, Weight
from flows.watching.deliveries import Line, Volume, volumes
from flows.watching.freshness import due_month, missing_deliveries
from flows.watching.settings import WatchSettings
from flows.watching.watch import look
from tests.endtoend import load
from tests.extracts import memberships, write
from warehouse.home import Home

WATCH = WatchSettings(due_day=10, due_hour=6)
PEOPLE = """
    | orang | kode_kab_domisili |
    | 1-40  | 15.03             |
    | 41-60 | 15.04             |
"""
FEWER = """
    | orang | kode_kab_domisili |
    | 1-20  | 15.03             |
"""


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2025-04-09T23:30", date(2025, 3, 1)),  # 06:30 of the 10th in Jakarta
        ("2025-04-09T22:30", date(2025, 2, 1)),
        ("2025-04-20T00:00", date(2025, 3, 1)),
        ("2025-01-05T00:00", date(2024, 11, 1)),
    ],
)
def test_a_month_is_due_on_its_day_and_hour_in_jakarta(now: str, month: date) -> None:
    assert due_month(datetime.fromisoformat(now), WATCH) == month


def test_every_due_month_that_did_not_come_is_missing_and_holes_are_too() -> None:
    came = {Line("", "kepesertaan"): {date(2025, month, 1): Volume(1, 0) for month in (1, 2, 4)}}
    found = missing_deliveries(came, WATCH, datetime(2025, 6, 20))
    assert [one.subject for one in found] == ["kepesertaan 2025-03", "kepesertaan 2025-05"]


def test_a_source_that_did_not_deliver_is_missing_though_another_one_delivered_the_kind(shrunk: Home) -> None:
    file = Source(glob="kepesertaan_202412*")
    settings = Settings(watch=WATCH, sources={"lama": file, "baru": Source(glob="kepesertaan_2025*")})
    found = missing_deliveries(volumes(shrunk, settings), WATCH, datetime(2025, 2, 20))
    assert [one.subject for one in found] == ["lama: kepesertaan 2025-01"]


def test_a_kind_that_never_came_is_not_waited_for() -> None:
    assert list(missing_deliveries({Line("", "klaim"): {}}, WATCH, datetime(2025, 6, 20))) == []


@pytest.mark.parametrize(
    ("before", "now", "causes"),
    [
        (Volume(1000, 10), Volume(1290, 13), []),
        (Volume(1000, 10), Volume(1310, 13), ["volume_changed"]),
        (Volume(1000, 10), Volume(690, 7), ["volume_changed"]),
        (Volume(1000, 10), Volume(1000, 31), ["rejected_more"]),
        (Volume(1000, 10), Volume(1000, 29), []),
    ],
)
def test_volumes_are_held_against_the_month_before(before: Volume, now: Volume, causes: list[str]) -> None:
    months = {Line("", "iuran"): {date(2025, 2, 1): before, date(2025, 3, 1): now}}
    assert [one.cause for one in volume_changes(months, WATCH)] == causes


@pytest.fixture(scope="module")
def shrunk(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home where a regency came in December and not in January, and another lost half its workers."""
    place = tmp_path_factory.mktemp("shrunk")
    files = {
        "kepesertaan_202412.csv": memberships("2024-12", "2024-12-31", PEOPLE),
        "kepesertaan_202501.csv": memberships("2025-01", "2025-01-31", FEWER),
    }
    load(write(place / "source", files), place / "home")
    return Home(place / "home")


def conditions(home: Home, cause: str) -> list[Condition]:
    return [one for one in look(home, Settings(), datetime(2025, 2, 5)) if one.cause == cause]


def test_a_regency_without_workers_is_named(shrunk: Home) -> None:
    assert [one.subject for one in conditions(shrunk, "missing_regency")] == ["15.04 Kabupaten Batanghari 2025-01"]


def test_a_drop_in_january_is_a_note_with_its_reason(shrunk: Home) -> None:
    found = conditions(shrunk, "coverage_jumped")
    assert {one.subject for one in found} >= {"15.03 2025-01", "15 2025-01"}
    assert {one.weight for one in found} == {Weight.NOTE}
    assert "yearly payers" in found[0].cure


def test_a_figure_that_the_published_copy_hides_is_told_to_no_channel(shrunk: Home, tmp_path: Path) -> None:
    shutil.copytree(shrunk.root, tmp_path / "home", symlinks=True)
    hiding = Home(tmp_path / "home")
    publish_home(hiding, Settings(disclosure=DisclosureSettings(threshold=30)), "20990101T000000-hiding")
    assert conditions(shrunk, "coverage_jumped") != conditions(hiding, "coverage_jumped") == []


def test_the_volume_of_a_month_counts_the_rows_of_its_newest_version(shrunk: Home) -> None:
    found = volumes(shrunk, Settings())[Line("", "kepesertaan")]
    assert {month: volume.rows for month, volume in found.items()} == {date(2024, 12, 1): 60, date(2025, 1, 1): 20}


def test_a_run_that_left_a_file_out_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"kepesertaan_202501.csv": memberships("2025-01", "2025-01-31", FEWER)})
    (source / "iuran_202501.csv").write_text("")
    load(source, tmp_path / "home")
    found = look(Home(tmp_path / "home"), Settings(), datetime(2025, 2, 5))
    assert [(one.cause, one.subject) for one in found if one.cause == "file_stopped"] == [
        ("file_stopped", "iuran_202501.csv")
    ]
