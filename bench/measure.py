"""What a command costs: CPU of its whole process tree, wall time, peak memory, and the load of others meanwhile."""

from __future__ import annotations

import ctypes
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flows.ceiling import tree

BECOME_PARENT_OF_ORPHANS = 36
EVERY_SECONDS = 0.05
PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """The cost of a command; `others` is the share of the machine's processors that others used meanwhile.

    `queued_s` are the seconds in which the main threads of its processes waited for a processor.
    """

    code: int
    cpu_s: float
    wall_s: float
    peak_bytes: int
    others: float
    queued_s: float = 0.0


def measured(command: Sequence[str], log: Path) -> Cost:
    """Return the cost of a command, children and grandchildren included, after it ended; both outputs go to `log`.

    Memory is the sum of the resident sets of the tree, sampled: pages that processes share count for each.
    """
    ctypes.CDLL(None).prctl(BECOME_PARENT_OF_ORPHANS, 1, 0, 0, 0)
    busy, began = _busy(), time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    code, cpu, peak, queued = 0, 0.0, 0, dict[int, float]()
    while True:
        running = list(tree(child.pid))
        peak = max(peak, sum(map(_resident, running)))
        queued |= {process: seconds for process in running if (seconds := _queued(process))}
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
        if ended:
            code, cpu = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
            break
        time.sleep(EVERY_SECONDS)
    child.returncode = code
    cpu += sum(_orphans())
    wall = time.monotonic() - began
    others = (_busy() - busy - cpu) / (wall * (os.cpu_count() or 1))
    waited = round(sum(queued.values()), 2)
    return Cost(code, round(cpu, 2), round(wall, 2), peak, round(max(others, 0.0), 3), waited)


def _orphans() -> Iterator[float]:
    """Yield the CPU seconds of processes that the command left behind, as they end."""
    with suppress(ChildProcessError):
        while True:
            _, _, used = os.wait4(-1, 0)
            yield used.ru_utime + used.ru_stime


def _resident(process: int) -> int:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    return 0


def _queued(process: int) -> float:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


def _busy() -> float:
    """Return the seconds that all processors of the machine have worked."""
    user, nice, system, _, _, irq, soft, *_ = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system + irq + soft) / TICKS
