"""The nightly flow: the steps of a load as Prefect tasks, on the configured server or Prefect's ephemeral one."""

from __future__ import annotations

from typing import Any

from flows.quiet import be_quiet

be_quiet()

from prefect import State, flow  # noqa: E402

from flows.operations.ending import ending  # noqa: E402
from flows.operations.loading import load_in_flow  # noqa: E402
from flows.operations.parameters import Nightly  # noqa: E402


@flow(name="nightly", persist_result=False, log_prints=False)
def nightly(load: Nightly) -> dict[str, Any] | State[Any]:
    """Load the folder, or the sources with a url, into the home: register, validate, transform, audit, load, publish.

    Returns state, exit code, counts and the published folder. Summary, months, costs and reports are artifacts of the run.
    A run that left something out ends as Failed, with what it loaded.
    """
    return ending(load_in_flow(load, load.month, load.regions, wait_seconds=60 * load.wait_minutes))
