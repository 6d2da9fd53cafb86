"""What the steps of a run cost, by kind of step, from the log of the run."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import polars as pl

from flows.printing import as_table
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.runs import RunRecord, Stage, runs

MIB = 1 << 20


def costs_of(home: Home, run_id: str) -> dict[str, Any]:
    """Return the costs of a run by kind of step, the newest run when `run_id` is empty. Raises Stop when there is none."""
    found = [one for one in runs(home) if run_id in ("", one.run_id)]
    if not found:
        told = run_id or "any run"
        raise Stop("run_unknown", f"no log of {told}", f"tidak ada catatan {told}", "cakupan status lists the runs")
    run = found[-1]
    kinds = [(name, list(stages)) for name, stages in groupby(run.stages, key=lambda one: one.name)]
    steps = [_added(name, stages) for name, stages in kinds]
    return {"run_id": run.run_id, "state": run.state, "steps": steps, "total": _total(run)}


def text(found: dict[str, Any]) -> str:
    """Return the costs as a table."""
    head = f"Proses / run {found['run_id']}: {found['state']}"
    return f"{head}\n{as_table(pl.DataFrame([*found['steps'], found['total']], infer_schema_length=None))}"


def _total(run: RunRecord) -> dict[str, Any]:
    return _added("jumlah / total", list(run.stages))


def _added(name: str, stages: list[Stage]) -> dict[str, Any]:
    rows, sizes = [one.rows for one in stages if one.rows], [one.bytes for one in stages if one.bytes]
    return {
        "step": name,
        "times": len(stages),
        "failed": sum(one.state != "DONE" for one in stages),
        "wall_seconds": round(sum(one.wall_seconds for one in stages), 2),
        "cpu_seconds": round(sum(one.cpu_seconds for one in stages), 2),
        "peak_mib": max((one.peak_bytes for one in stages), default=0) // MIB,
        "rows": sum(rows) if rows else None,
        "bytes": sum(sizes) if sizes else None,
    }
