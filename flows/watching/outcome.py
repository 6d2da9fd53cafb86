"""What the last run did not do: sources, files, months and facts it left out, or that it failed, was killed, or never came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flows.watching.condition import Condition, Weight
from flows.watching.settings import WatchSettings
from warehouse.home import Home
from warehouse.ledger import moment
from warehouse.runs import CRASHED, FAILED, RUNNING, RunRecord, runs

LEFT_OUT = {
    "not_received": "source_failed", "stopped_files": "file_stopped", "stopped_months": "month_stopped",
    "stopped_facts": "fact_held_back",
}  # fmt: skip
LOOK = "docs/operating.md: stopped, what now"


def last_run(home: Home, watch: WatchSettings, now: datetime) -> Iterator[Condition]:
    """Yield what is wrong with the newest run, and that there was none for longer than usual."""
    logs = runs(home)
    if not logs:
        return
    last = logs[-1]
    if last.state == RUNNING and len(logs) > 1:
        last = logs[-2]
    if last.state in (FAILED, CRASHED):
        yield _broken(last)
    yield from _left_out(last)
    if now - moment(logs[-1].started_at) > timedelta(hours=watch.run_hours):
        yield Condition(
            "no_run", "load", Weight.ERROR, f"no load has begun since {logs[-1].started_at}",
            f"tidak ada proses muat sejak {logs[-1].started_at}", "look at the scheduler: worker, timer or cron",
        )  # fmt: skip


def _broken(last: RunRecord) -> Condition:
    if last.state == CRASHED:
        told = f"the load {last.run_id} was killed", f"proses muat {last.run_id} terhenti paksa"
    else:
        told = f"the load failed: {last.ended.get('reason', '')}", f"proses muat gagal: {last.ended.get('reason', '')}"
    return Condition("run_broken", "load", Weight.ERROR, *told, "run again; it goes on where it was. cakupan doctor")


def _left_out(last: RunRecord) -> Iterator[Condition]:
    for part, cause in LEFT_OUT.items():
        for subject, why in dict(last.ended.get(part) or {}).items():
            reason = why if isinstance(why, str) else "; ".join(why)
            yield Condition(cause, subject, Weight.ERROR, f"{subject}: {reason}", f"{subject}: {reason}", LOOK)
