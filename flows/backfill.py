"""The flow that loads a range of months, the oldest first: it may be stopped at any moment and started again."""

from __future__ import annotations

from typing import Any

from flows.quiet import be_quiet

be_quiet()

from prefect import flow  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402

from flows.operations.loading import load_in_flow  # noqa: E402
from flows.operations.parameters import Backfill  # noqa: E402
from flows.operations.showing import Progress  # noqa: E402
from flows.operations.tasks import without_texts  # noqa: E402
from flows.steps import span  # noqa: E402
from warehouse.calendar import months_between  # noqa: E402


@flow(name="backfill", persist_result=False, log_prints=False)
def backfill(load: Backfill) -> list[dict[str, Any]]:
    """Load the months one after the other, oldest first; months that are loaded from the same inputs cost nothing.

    Returns a row for every month: what became of it and how many rows of facts were written.
    """
    with without_texts():
        wanted = span(f"{load.first}..{load.last}")
        months = [f"{month:%Y-%m}" for month in months_between(*wanted)] if wanted else []
        progress, done = Progress("backfill-progress", f"{load.first}..{load.last}"), list[dict[str, Any]]()
        for place, month in enumerate(months, start=1):
            result = load_in_flow(load, month, load.regions, progress)
            stopped = result["stopped_months"].get(month)
            done.append({
                "bulan / month": month, "proses / run": result["run_id"], "keadaan / state": result["state"],
                "baris / rows": result["months_loaded"].get(month, 0), "dihentikan / stopped": stopped or "",
            })  # fmt: skip
            progress.reach(100 * place / len(months))
        create_table_artifact(done, key="backfill", description=f"{load.first}..{load.last}")
        return done
