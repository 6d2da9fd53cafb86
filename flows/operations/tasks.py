"""The steps of a load as Prefect tasks, and one load at a time on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from prefect import runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.concurrency.sync import concurrency

from flows.discretion import be_discreet
from flows.operations.pool import WRITER
from warehouse.errors import StepFailed, Stop, place_of

RETRIES, PAUSE_SECONDS = 2, 5
LEASE_SECONDS = 60.0


def as_task(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
    """Run a step as a Prefect task; what a Stop says is final, anything else is tried again."""
    ready = task(
        name=name, retries=RETRIES, retry_delay_seconds=PAUSE_SECONDS, retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE, persist_result=False,
    )  # fmt: skip
    return ready(lambda: step(*arguments))()


@contextmanager
def only_load() -> Iterator[None]:
    """Wait until no other deployed load runs on the server, and hold the place. Other runs have the lock of the home alone.

    A lost lease does not end the load: the lock of the home keeps a second writer out, whatever the server believes.
    """
    if not runtime.deployment.id:
        yield
        return
    with concurrency(WRITER, strict=True, lease_duration=LEASE_SECONDS, raise_on_lease_renewal_failure=False):
        yield


@contextmanager
def without_texts() -> Iterator[None]:
    """Let no text of an unforeseen error reach Prefect: it may quote a row. Every flow does all it does within."""
    be_discreet()
    try:
        yield
    except (Stop, StepFailed):
        raise
    except (Exception, pl.exceptions.PanicException) as broken:
        raise StepFailed(f"{type(broken).__name__} at {place_of(broken)}") from None


def _may_pass(_: object, __: TaskRun, state: State[Any]) -> bool:
    try:
        state.result(raise_on_failure=True)
    except Stop:
        return False
    except Exception:
        return True
    return False
