"""The flow that closes a month: loads the month that fell due last, and fails when a source did not deliver it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.quiet import be_quiet

be_quiet()

from prefect import State, flow  # noqa: E402

from flows import settings  # noqa: E402
from flows.operations.ending import ending  # noqa: E402
from flows.operations.loading import load_in_flow  # noqa: E402
from flows.operations.parameters import MonthClose  # noqa: E402
from flows.operations.tasks import without_texts  # noqa: E402
from flows.watching.freshness import require_delivered  # noqa: E402
from warehouse.calendar import newest_to_close  # noqa: E402
from warehouse.home import Home  # noqa: E402

JAKARTA = ZoneInfo("Asia/Jakarta")


@flow(name="month-close", persist_result=False, log_prints=False)
def month_close(load: MonthClose) -> dict[str, Any] | State[Any]:
    """Load the month whose contributions fell due last, or the month that is named; then every kind must have it.

    Returns the result of the load. Fails, naming the kinds, when one that was delivered for another month has no
    data of this one, and when the load left something out.
    """
    with without_texts():
        month = load.month or f"{newest_to_close(datetime.now(JAKARTA).date()):%Y-%m}"
        result = load_in_flow(load, month)
        told = settings.load(Path(load.config) if load.config else None)
        require_delivered(Home(Path(load.home).resolve()), told, month)
        return ending(result)
