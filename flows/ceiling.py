"""The most memory a load may take, whoever of its engines and processes takes it: over it the load ends by name.

A thread looks how much this process and its children hold. Over the ceiling it interrupts the load, as Ctrl-C does; what
does not end then is ended, as a kill does, after the log of the run and the terminal were told. Both lose nothing.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from warehouse.errors import MEMORY_EXCEEDED, Stop

LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 10
RETURN_SECONDS, STILL_FALLING = 1.0, 0.98
FAR_OVER = 1.25
SHARE_OF_MACHINE = 0.8
SHARE_AT_ONCE, MOST_ROWS_AT_ONCE = 1 / 16, 4_000_000
LEAST_FOR_ENGINE = 128 << 20
MIB = 1 << 20
FAILED = 1
CGROUP = Path("/sys/fs/cgroup/memory.max")


def of_machine() -> int:
    """Return the ceiling where none is declared: four fifths of the memory that this machine or its container has."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        whole = min(whole, int(CGROUP.read_text(encoding="ascii")))
    return int(whole * SHARE_OF_MACHINE)


def rows_at_once(most: int, bytes_a_row: int, most_rows: int = MOST_ROWS_AT_ONCE) -> int:
    """Return how many rows a step may hold that goes lot by lot, under a ceiling of `most` bytes; more than `most_rows` gain nothing."""
    return min(int(most * SHARE_AT_ONCE) // bytes_a_row, most_rows)


def left_for_engine(most: int) -> int:
    """Return the bytes that an engine may take beside what this process holds: half of what a ceiling of `most` leaves."""
    return max((most - held(os.getpid())) // 2, LEAST_FOR_ENGINE)


def wait_for_returns() -> None:
    """Return when this process no longer gives memory back to the machine: what Polars frees goes back some seconds later."""
    before, patience = held(os.getpid()), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        time.sleep(RETURN_SECONDS)
        if (now := held(os.getpid())) > before * STILL_FALLING:
            return
        before = now


def held(process: int) -> int:
    """Return the bytes that a process and its children hold of their own; pages of files, which can be dropped, are not counted."""
    total, page = 0, resource.getpagesize()
    for one in tree(process):
        with suppress(OSError, ValueError):
            sizes = Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()
            total += (int(sizes[1]) - int(sizes[2])) * page
    return total


def tree(process: int) -> Iterator[int]:
    """Yield a process and all below it, without a child that is still a copy of its parent and shares all of its memory."""
    yield process
    for child in _children(process):
        if not _is_starting(child, process):
            yield from tree(child)


@contextmanager
def under(most: int, on_exceeded: Callable[[Stop], None]) -> Iterator[None]:
    """Hold the block to `most` bytes. Raises Stop `memory_exceeded` when it takes more and lets itself be interrupted.

    However the interruption comes out: an engine that was at work may say RuntimeError.
    A block that does not is ended together with this process and its children; `on_exceeded` is told before.
    """
    watch = _Watch(most, on_exceeded)
    watch.start()
    try:
        yield
    except BaseException:
        if not watch.over:
            raise
        _swallow()
        raise exceeded(watch.over, most) from None
    finally:
        watch.done.set()


def exceeded(found: int, most: int) -> Stop:
    """Return the error of a load that takes more than `most` bytes."""
    return Stop(
        MEMORY_EXCEEDED, f"the load took {found // MIB:,} MiB, its ceiling is {most // MIB:,} MiB; nothing was changed by the step that stopped",
        f"proses memakai {found // MIB:,} MiB, batasnya {most // MIB:,} MiB; langkah yang dihentikan tidak mengubah apa pun",
        "raise memory in the settings if the machine has it, or load fewer months at once (--month); the next run goes on from here",
    )  # fmt: skip


class _Watch(threading.Thread):
    """Looks at the memory until it is done; `over` is what was held when it was too much."""

    def __init__(self, most: int, on_exceeded: Callable[[Stop], None]) -> None:
        super().__init__(name="ceiling", daemon=True)
        self.most, self.on_exceeded = most, on_exceeded
        self.done, self.over = threading.Event(), 0
        self.can_interrupt = threading.current_thread() is threading.main_thread()

    def run(self) -> None:
        """Interrupt the load when it holds too much, and end the process when that does not help."""
        while not self.done.wait(LOOK_SECONDS):
            if (found := held(os.getpid())) > self.most:
                self.over = found
                break
        else:
            return
        patience = time.monotonic() + (PATIENCE_SECONDS if self.can_interrupt else 0)
        if self.can_interrupt:
            os.kill(os.getpid(), signal.SIGINT)
        while time.monotonic() < patience and held(os.getpid()) < self.most * FAR_OVER:
            if self.done.wait(LOOK_SECONDS):
                return
        if not self.done.is_set():
            self._end()

    def _end(self) -> None:
        stop = exceeded(self.over, self.most)
        with suppress(Exception):
            self.on_exceeded(stop)
        print(f"cakupan: {stop}", file=sys.stderr, flush=True)
        for child in _children(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        os._exit(FAILED)


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text(encoding="ascii").split())
    return found


def _is_starting(child: int, parent: int) -> bool:
    """Return whether a child has not yet become a program of its own."""
    with suppress(OSError):
        ran = [Path(f"/proc/{process}/cmdline").read_bytes() for process in (child, parent)]
        return ran[0] == ran[1]
    return True


def _swallow() -> None:
    """Let a second interruption of the same moment pass: an engine and Python may both report it."""
    with suppress(KeyboardInterrupt):
        time.sleep(4 * LOOK_SECONDS)
