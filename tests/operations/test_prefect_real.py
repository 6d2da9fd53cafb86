"""On a real Prefect server with a real worker: set up twice, a schedule fires, its run is killed, a backfill completes it.

Every way to die at every stage: verify_prefect.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend import ask, assert_whole, mart_facts
from tests.extracts import two_months
from tests.scanner import Words
from tests.servers.prefect import ASKED_EVERY_SECONDS, Served, declare, served
from tests.test_interrupted import STAGES, small

DUE_IN_SECONDS = 15.0
BOTH_MONTHS = {"from": "2025-02", "to": "2025-03"}


@pytest.fixture(scope="module")
def scheduled(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Iterator[Served]:
    """Return a home that is served and has no schedule yet."""
    with served(tmp_path_factory.mktemp("served"), source) as made:
        yield made


def test_a_killed_night_is_marked_and_a_backfill_completes_what_it_left(scheduled: Served, undisturbed: Path) -> None:
    declare(scheduled.file, DUE_IN_SECONDS)
    assert scheduled.set_up() == {"changed": ["deployment nightly"], "crashed": []}
    assert scheduled.set_up() == {"changed": [], "crashed": []}

    scheduled.wait("the schedule", scheduled.runs, every=ASKED_EVERY_SECONDS)
    [night] = [one["id"] for one in scheduled.runs()]
    scheduled.wait("a verdict", lambda: STAGES["the first verdict"](scheduled.home))
    scheduled.kill("worker", "run")
    assert scheduled.ended(night) == "CRASHED"

    scheduled.wait("another worker", scheduled.workers, every=ASKED_EVERY_SECONDS)
    again = scheduled.begin("backfill/backfill", load=BOTH_MONTHS)
    assert scheduled.ended(again) == "COMPLETED", scheduled.state(again)
    assert_whole(scheduled.home, undisturbed)
    assert shown(scheduled, again) >= {
        ("backfill", "table"),
        ("backfill-progress", "progress"),
        ("load-summary", "markdown"),
    }
    marts = {f"cakupan://mart/{one.name}" for one in mart_facts() if held(scheduled.home, one.qualified())}
    scheduled.wait("the marts as assets", lambda: materialized(scheduled) >= marts, every=ASKED_EVERY_SECONDS)
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
