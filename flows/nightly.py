"""The nightly flow: the steps of a load as Prefect tasks, on the configured server or Prefect's ephemeral one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.quiet import be_quiet

be_quiet()

from prefect import flow, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.schemas.objects import State, TaskRun  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402

from flows.entry import load_folder  # noqa: E402
from flows.report import markdown  # noqa: E402
from warehouse.errors import Stop  # noqa: E402

RETRIES, PAUSE_SECONDS = 2, 5


@flow(name="nightly", persist_result=False, log_prints=False)
def nightly(source: str | None, home: str, month: str | None = None, config: str | None = None) -> dict[str, Any]:
    """Load the folder `source`, or the sources with a url, into `home`: register, validate, transform, audit, load, publish.

    Returns state, exit code, counts and the published folder. Parameters are paths and a month, never data
    or secrets. The summary is a Markdown artifact of the run.
    """
    logger = get_run_logger()
    result = load_folder(source, home, month, config, call=_as_task, say=logger.info)
    create_markdown_artifact(markdown(result), key="load-summary", description=f"Load {result['run_id']}")
    return result


def _as_task(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
    """Run a step as a Prefect task; what a Stop says is final, anything else is tried again."""
    as_task = task(
        name=name, retries=RETRIES, retry_delay_seconds=PAUSE_SECONDS, retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE, persist_result=False,
    )  # fmt: skip
    return as_task(lambda: step(*arguments))()


def _may_pass(_: object, __: TaskRun, state: State[Any]) -> bool:
    try:
        state.result(raise_on_failure=True)
    except Stop:
        return False
    except Exception:
        return True
    return False
