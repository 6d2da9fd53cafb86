"""What the logs of runs say and the database does not hold yet: runs that failed or were killed, and what steps cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import polars as pl

from flows.context import Load
from warehouse import store
from warehouse.ledger import moment
from warehouse.runs import CRASHED, FAILED, RunRecord, runs
from warehouse.tables.operations import Run, RunStage

COUNTED = "SELECT run_id, count(*) AS stages FROM ops.run_stage GROUP BY run_id"


def enter_runs(load: Load, build_file: store.Build, now: datetime) -> None:
    """Enter the runs that ended without entering themselves, and the steps of every run that are missing."""
    logs = runs(load.home)
    known = set(build_file.frame("SELECT run_id FROM ops.run")["run_id"])
    lost = [one for one in logs if one.state in (FAILED, CRASHED) and one.run_id not in known]
    build_file.append(Run, _runs(lost, now))
    entered = dict(build_file.frame(COUNTED).rows())
    for one in logs:
        if entered.get(one.run_id, 0) < len(one.stages):
            build_file.delete_rows(RunStage, "run_id", one.run_id)
            build_file.append(RunStage, _stages(one))


def _runs(lost: Sequence[RunRecord], now: datetime) -> pl.DataFrame:
    rows = [
        {
            "run_id": one.run_id, "started_at": moment(one.started_at),
            "finished_at": moment(one.ended_at) if one.ended_at else now, "state": one.state,
            "code_version": one.code_version, "settings": "{}", "rows_in": 0, "rows_accepted": 0, "rows_rejected": 0,
        }
        for one in lost
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=Run.polars_schema())


def _stages(one: RunRecord) -> pl.DataFrame:
    rows = [
        {
            **asdict(stage),
            "run_id": one.run_id,
            "position": place,
            "stage": stage.name,
            "started_at": moment(stage.started_at),
        }
        for place, stage in enumerate(one.stages, start=1)
    ]
    return pl.DataFrame(rows, schema=RunStage.polars_schema())
