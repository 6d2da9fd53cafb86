"""What a step costs: measured around it, for the log of the run."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flows.context import utc_now
from warehouse.runs import FAILED, RunLog, Stage

DONE = "DONE"
CLEAR_PEAK = "5"
KIB = 1024


def measured(log: RunLog, name: str, step: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a step returns, after its cost was written to the log; `name` is a verb and what it is about."""
    verb, _, subject = name.partition(" ")
    started_at, wall, cpu = utc_now().isoformat(timespec="milliseconds") + "Z", time.monotonic(), spent()
    forget_peak()
    state, result = FAILED, None
    try:
        result = step(*arguments)
        state = DONE
    finally:
        log.stage(
            Stage(
                verb, subject, state, started_at, round(time.monotonic() - wall, 3), round(spent() - cpu, 3),
                peak_bytes(), *handled(result),
            )
        )  # fmt: skip
    return result


def handled(result: Any) -> tuple[int | None, int | None]:
    """Return how many rows and bytes the result of a step speaks of, None where it does not say."""
    rows = getattr(result, "rows", None)
    return (result if type(result) is int else rows), getattr(result, "bytes", None)


def spent() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    own, apart = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + apart.ru_utime + apart.ru_stime


def forget_peak() -> None:
    """Begin to measure the peak anew, where the kernel lets a process do that."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text(CLEAR_PEAK, encoding="ascii")


def peak_bytes() -> int:
    """Return the most memory this process has held since the peak was last forgotten."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * KIB for line in lines if line.startswith("VmHWM:"))
