"""The flow that loads a range of months, the oldest first: it may be stopped at any moment and started again."""

from __future__ import annotations

from typing import Any

from flows.quiet import be_quiet

be_quiet()

from prefect import State, flow  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402

from flows.operations.ending import ending  # noqa: E402
from flows.operations.loading import load_in_flow  # noqa: E402
from flows.operations.parameters import Backfill  # noqa: E402
from flows.operations.showing import Progress  # noqa: E402
from flows.operations.tasks import without_texts  # noqa: E402
from flows.steps import span  # noqa: E402
from warehouse.calendar import months_between  # noqa: E402


@flow(name="backfill", persist_result=False, log_prints=False)
def backfill(load: Backfill) -> dict[str, Any] | State[Any]:
    """Load the months in one run, the oldest first; months that are loaded from the same inputs cost nothing.

    Readers see all of them at once, when the last one is loaded. Returns the result of the load; a row for every month
    of the range is an artifact of the run.
    """
    with without_texts():
        asked = f"{load.first}..{load.last}"
        wanted = span(asked)
        months = [f"{month:%Y-%m}" for month in months_between(*wanted)] if wanted else []
        result = load_in_flow(load, asked, load.regions, Progress("backfill-progress", asked, months))
        create_table_artifact([_row(month, result) for month in months], key="backfill", description=asked)
        return ending(result)


def _row(month: str, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "bulan / month": month,
        "baris ditulis / rows written": result["months_loaded"].get(month, 0),
        "dihentikan / stopped": result["stopped_months"].get(month, ""),
    }
