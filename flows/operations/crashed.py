"""Runs that the server believes alive and whose process is gone: marked as crashed, so that others may go on."""

from __future__ import annotations

import socket
from dataclasses import dataclass
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

from flows.operations.pool import POOL, WRITER

GONE = "Proses tidak ada lagi / the process is gone"
ALIVE = [StateType.RUNNING, StateType.CANCELLING, StateType.PENDING]
TIME_TO_START = timedelta(minutes=5)
MARK = "PREFECT__FLOW_RUN_ID="


def mark_crashed(time_to_start: timedelta = TIME_TO_START) -> list[str]:
    """Return the names of the runs that were marked: those of this machine's worker that are under way without a process.

    A run that is about to start has none yet: it is left alone for `time_to_start`. Where no run has a process any more,
    the place of the writer is free again at once, not only when its lease ends.
    """
    with get_client(sync_client=True) as client:
        processes = Processes.of_runs()
        lost = [one for one in _under_way(client) if _has_begun(one, time_to_start) and not processes.may_be(one)]
        for one in lost:
            client.set_flow_run_state(one.id, Crashed(message=GONE), force=True)
        if lost and not processes.runs:
            _free_writer(client)
    return [one.name for one in lost]


@dataclass(frozen=True)
class Processes:
    """The processes of this machine that are runs, by the ids of the runs; and those whose environment is closed to us."""

    runs: frozenset[str]
    closed: frozenset[str]

    @classmethod
    def of_runs(cls) -> Processes:
        """Return them as they are now."""
        runs, closed = set[str](), set[str]()
        for told in Path("/proc").glob("[0-9]*/environ"):
            try:
                words = told.read_bytes().decode("utf-8", "replace").split("\0")
            except PermissionError:
                closed.add(told.parent.name)
            except OSError:
                continue
            else:
                runs.update(word.removeprefix(MARK) for word in words if word.startswith(MARK))
        return cls(frozenset(runs), frozenset(closed))

    def may_be(self, one: FlowRun) -> bool:
        """Return whether a run may have a process: it has one here, or one that we cannot look into, or is elsewhere."""
        host, _, pid = (one.infrastructure_pid or "").rpartition(":")
        return str(one.id) in self.runs or pid in self.closed or host not in ("", socket.gethostname())


def _free_writer(client: SyncPrefectClient) -> None:
    """Make the limit anew: what is left of a lease on the old one frees no place of the new one."""
    client.delete_global_concurrency_limit_by_name(WRITER)
    client.upsert_global_concurrency_limit_by_name(WRITER, 1)


def _under_way(client: SyncPrefectClient) -> list[FlowRun]:
    state = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ALIVE)))
    pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
    return [one for one in client.read_flow_runs(flow_run_filter=state, work_pool_filter=pool) if not _is_this(one)]


def _is_this(one: FlowRun) -> bool:
    return str(one.id) == str(runtime.flow_run.id)


def _has_begun(one: FlowRun, time_to_start: timedelta) -> bool:
    since = one.state.timestamp if one.state else datetime.now(UTC)
    return one.state_type is not StateType.PENDING or datetime.now(UTC) - since > time_to_start
