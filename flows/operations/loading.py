"""A load as a part of a Prefect flow, whichever deployment asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect.logging import get_run_logger

from flows.entry import load_folder
from flows.operations.marts import materialize_marts
from flows.operations.parameters import Sources
from flows.operations.showing import Progress, show
from flows.operations.tasks import as_task, only_load, without_texts
from warehouse.home import Home


def load_in_flow(
    asked: Sources,
    month: str | None,
    regions: Sequence[str] = (),
    progress: Progress | None = None,
    wait_seconds: float = 0,
) -> dict[str, Any]:
    """Return the result of a load whose steps are tasks; its artifacts and the marts it wrote are shown on the server.

    Without a `progress`, the load has its own.
    """
    with without_texts():
        with only_load():
            shown = progress or Progress("load-progress", "Kemajuan / progress")
            result = load_folder(
                asked.source, asked.home, month, asked.config, regions=regions,
                call=shown.following(as_task), say=get_run_logger().info, wait_seconds=wait_seconds,
            )  # fmt: skip
        home = Home(Path(asked.home).resolve())
        materialize_marts(home, result["run_id"])
        show(home, result)
    return result
