"""On a real Prefect server with a real worker: set up twice, a schedule fires, its run is killed, a backfill completes it.

CAKUPAN_PREFECT_KILLS=all tries every way to die at every stage (`make verify-prefect`); without it, one way at one stage.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.endtoend import ask, assert_same, every_version, load, mart_facts, standing
from tests.extracts import two_months, write
from tests.scanner import Words
from tests.servers.prefect import ENDED, Served, declare, served
from tests.test_interrupted import STAGES, small
from warehouse.home import Home

DUE_IN_SECONDS = 15.0
BOTH_MONTHS = {"from": "2025-02", "to": "2025-03"}
ALL = os.environ.get("CAKUPAN_PREFECT_KILLS") == "all"
long = pytest.mark.skipif(not ALL, reason="the long check: make verify-prefect")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the memberships of two months."""
    return write(tmp_path_factory.mktemp("extracts") / "source", small(two_months()))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    """Return a home that was loaded in one go."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    assert load(source, home)["exit_code"] == 3
    return home


@pytest.fixture(scope="module")
def scheduled(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Iterator[Served]:
    """Return a home that is served and has no schedule yet."""
    with served(tmp_path_factory.mktemp("served"), source) as made:
        yield made


def test_a_killed_night_is_marked_and_a_backfill_completes_what_it_left(scheduled: Served, undisturbed: Path) -> None:
    declare(scheduled.file, DUE_IN_SECONDS)
    assert scheduled.set_up() == {"changed": ["deployment nightly"], "crashed": []}
    assert scheduled.set_up() == {"changed": [], "crashed": []}

    scheduled.wait("the schedule", scheduled.runs)
    [night] = [one["id"] for one in scheduled.runs()]
    scheduled.wait("a verdict", lambda: STAGES["the first verdict"](scheduled.home))
    scheduled.kill("worker", "run")
    assert scheduled.ended(night) == "CRASHED"

    scheduled.wait("another worker", scheduled.workers)
    again = scheduled.begin("backfill/backfill", load=BOTH_MONTHS)
    assert scheduled.ended(again) == "COMPLETED", scheduled.state(again)
    assert_whole(scheduled.home, undisturbed)
    assert shown(scheduled, again) >= {
        ("backfill", "table"),
        ("backfill-progress", "progress"),
        ("load-summary", "markdown"),
    }
    marts = {f"cakupan://mart/{one.name}" for one in mart_facts() if held(scheduled.home, one.qualified())}
    scheduled.wait("the marts as assets", lambda: materialized(scheduled) >= marts)
    assert materialized(scheduled) == marts

    rows = [row for found in small(two_months()).values() for row in found]
    people = Words(row[name] for row in rows for name in ("nik", "kpj"))
    assert people.in_folder(scheduled.home / "prefect") == {}
    assert people.in_text(scheduled.log.read_text(errors="replace")) == set()


def test_what_serves_ends_with_all_that_it_started(scheduled: Served) -> None:
    assert scheduled.processes("server")
    scheduled.stop()
    assert scheduled.serving is not None
    assert scheduled.serving.returncode == 0
    assert [pid for role in ("server", "worker", "run", "other") for pid in scheduled.processes(role)] == []


@pytest.fixture(scope="module")
def standing_by(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Iterator[Served]:
    """Return a home that is served and has no schedule."""
    with served(tmp_path_factory.mktemp("matrix"), source) as made:
        yield made


WAYS: dict[str, Callable[[Served], None]] = {
    "the process of the flow is killed": lambda one: one.kill("run"),
    "the worker is killed": lambda one: one.kill("worker"),
    "worker and flow are killed together": lambda one: one.kill("worker", "run"),
    "the worker's service is restarted": lambda one: one.kill("worker", by=signal.SIGTERM),
    "the server is killed": lambda one: one.kill("server"),
    "everything is killed": lambda one: one.kill("server", "worker", "run"),
}


@long
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("way", WAYS)
def test_whatever_dies_at_whatever_stage_the_next_run_completes(
    way: str, stage: str, standing_by: Served, undisturbed: Path
) -> None:
    standing_by.empty()
    first = standing_by.begin("nightly/nightly", load={})
    standing_by.wait(stage, lambda: STAGES[stage](standing_by.home) or standing_by.state(first)[0] in ENDED)
    WAYS[way](standing_by)
    ended = standing_by.ended(first)
    standing_by.wait("a worker", standing_by.workers)
    second = standing_by.begin("nightly/nightly", load={})
    assert standing_by.ended(second) == "COMPLETED", standing_by.state(second)
    print(f"{way}, {stage}: {ended}, {standing_by.state(first)[1]}")
    assert_whole(standing_by.home, undisturbed)


def assert_whole(home: Path, undisturbed: Path) -> None:
    """Check that a home holds what one undisturbed load gives: every version of every row, and the published copy."""
    assert_same(every_version(Home(home).warehouse), every_version(Home(undisturbed).warehouse))
    assert_same(standing(Home(home).current, mart_facts()), standing(Home(undisturbed).current, mart_facts()))


def held(home: Path, fact: str) -> bool:
    """Return whether a home holds rows of a fact."""
    return bool(ask(home, f"SELECT count(*) FROM {fact}")[0][0])


def materialized(server: Served) -> set[str]:
    """Return the assets that the server knows to be made."""
    wanted = {"filter": {"event": {"prefix": ["prefect.asset.materialization"]}}, "limit": 50}
    return {one["resource"]["prefect.resource.id"] for one in server.ask("events/filter", wanted)["events"]}


def shown(server: Served, run: str) -> set[tuple[str, str]]:
    """Return the artifacts of a run by key and type."""
    found = server.ask("artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run]}}})
    return {(one["key"], one["type"]) for one in found}
