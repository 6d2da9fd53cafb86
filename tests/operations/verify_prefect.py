"""The long check of the night shift: every way to die at every stage of a load, on a real Prefect server and worker.

Each time the run that died ends marked, the next one completes, and the warehouse equals an undisturbed one.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend import assert_whole
from tests.servers.prefect import ENDED, Served, served
from tests.test_interrupted import STAGES


@pytest.fixture(scope="module")
def standing_by(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Iterator[Served]:
    """Return a home that is served and has no schedule."""
    with served(tmp_path_factory.mktemp("matrix"), source) as made:
        yield made


KILL, TERM = signal.SIGKILL, signal.SIGTERM
WAYS: dict[str, tuple[tuple[str, ...], signal.Signals]] = {
    "the process of the flow is killed": (("run",), KILL),
    "the worker is killed": (("worker",), KILL),
    "worker and flow are killed together": (("worker", "run"), KILL),
    "the worker's service is restarted": (("worker",), TERM),
    "the server is killed": (("server",), KILL),
    "everything is killed": (("server", "worker", "run"), KILL),
}
MARKED = {"CRASHED", "FAILED", "CANCELLED"}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("way", WAYS)
def test_whatever_dies_at_whatever_stage_the_next_run_completes(
    way: str, stage: str, standing_by: Served, undisturbed: Path
) -> None:
    roles, by = WAYS[way]
    first = died_at(stage, standing_by, roles, by)
    ended = standing_by.ended(first)
    print(f"{way}, {stage}: {ended}, {standing_by.state(first)[1]}", flush=True)
    assert ended in MARKED or "run" not in roles
    second = standing_by.begin("nightly/nightly", load={})
    assert standing_by.ended(second) == "COMPLETED", standing_by.state(second)
    assert_whole(standing_by.home, undisturbed)


def died_at(stage: str, server: Served, roles: tuple[str, ...], by: signal.Signals) -> str:
    """Return the id of a first load during which something died at a stage; one that was too fast is tried again."""
    while True:
        server.empty()
        run = server.begin("nightly/nightly", load={})
        server.wait(stage, lambda: STAGES[stage](server.home) or server.state(run)[0] in ENDED)  # noqa: B023
        if server.processes("run") and server.kill(*roles, by=by):
            return run
        server.ended(run)
