"""Runs that the server believes alive and whose process is gone: marked as crashed, so that others may go on."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

from flows.operations.pool import POOL

GONE = "Proses tidak ada lagi / the process is gone"
ALIVE = [StateType.RUNNING, StateType.CANCELLING, StateType.PENDING]
TIME_TO_START = timedelta(minutes=5)
MARK = "PREFECT__FLOW_RUN_ID="


def mark_crashed(time_to_start: timedelta = TIME_TO_START) -> list[str]:
    """Return the names of the runs that were marked: those of this machine's worker that are under way without a process.

    A run that is about to start has none yet: it is left alone for `time_to_start`.
    """
    with get_client(sync_client=True) as client:
        alive, lost = _runs_with_a_process(), []
        for one in _under_way(client):
            if str(one.id) not in alive and _is_ours(one) and _has_begun(one, time_to_start):
                client.set_flow_run_state(one.id, Crashed(message=GONE), force=True)
                lost.append(one.name)
    return lost


def _under_way(client: SyncPrefectClient) -> list[FlowRun]:
    state = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ALIVE)))
    pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
    return [one for one in client.read_flow_runs(flow_run_filter=state, work_pool_filter=pool) if not _is_this(one)]


def _is_this(one: FlowRun) -> bool:
    return str(one.id) == str(runtime.flow_run.id)


def _is_ours(one: FlowRun) -> bool:
    """Return whether the process ran, or would have run, on this machine."""
    host = (one.infrastructure_pid or "").rpartition(":")[0]
    return host in ("", socket.gethostname())


def _has_begun(one: FlowRun, time_to_start: timedelta) -> bool:
    since = one.state.timestamp if one.state else datetime.now(UTC)
    return one.state_type is not StateType.PENDING or datetime.now(UTC) - since > time_to_start


def _runs_with_a_process() -> set[str]:
    """Return the ids of the runs that have a process of this account here: its environment names the run."""
    found = set[str]()
    for told in Path("/proc").glob("[0-9]*/environ"):
        try:
            words = told.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        found.update(word.removeprefix(MARK) for word in words if word.startswith(MARK))
    return found
