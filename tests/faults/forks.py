"""The command many times over, each in a process of its own that is a fork of one that has imported everything.

`python -m tests.faults.forks` is that one: it takes a command a line and answers how it ended. It has made no threads of
its own that a fork would miss, for it never computed anything; a fork is killed as any process is.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.faults.shim import Orders, counted, library

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300
IMPORTED = (
    "flows.cli", "flows.entry", "flows.report", "flows.publishing.publishing", "flows.cli_publish",
    "expectations.engine", "expectations.gate", "expectations.facts", "expectations.identities", "expectations.report",
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code or the negative signal, what it said, its calls to the disk, its CPU seconds."""

    code: int
    out: str
    err: str
    calls: int
    cpu: float
    seconds: float

    @property
    def was_killed(self) -> bool:
        """Return whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL


class Forks:
    """Runs commands, one at a time."""

    def __init__(self, server: subprocess.Popen[str], place: Path) -> None:
        self._server, self._place = server, place
        self.cpu = 0.0

    def run(self, words: Sequence[str | Path], orders: Orders, kill_after: float | None = None) -> Ended:
        """Return how `cakupan WORDS` ended under orders; it is killed after so many seconds if it still runs."""
        followed = orders.written(self._place / "orders")
        asked = {"words": list(map(str, words)), "place": str(self._place), "kill_after": kill_after}
        assert self._server.stdin and self._server.stdout
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        code, cpu, seconds = json.loads(self._server.stdout.readline())
        out, err = ((self._place / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err"))
        self.cpu += cpu
        return Ended(code, out, err, counted(followed), cpu, seconds)


@contextmanager
def forks(place: Path) -> Iterator[Forks]:
    """Yield what runs commands; its notes lie in `place`."""
    place.mkdir(parents=True, exist_ok=True)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CAKUPAN_") or name == "CAKUPAN_DISCLOSURE_THRESHOLD"
    }
    quiet = {"LD_PRELOAD": str(library()), "POLARS_MAX_THREADS": "2"}
    command, pipe = [sys.executable, "-m", "tests.faults.forks", str(library())], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=inherited | quiet, stdin=pipe, stdout=pipe, text=True) as server:
        yield Forks(server, place)
        assert server.stdin
        server.stdin.close()


def main() -> None:
    """Serve until there are no more commands."""
    sys.path.insert(0, str(ROOT))
    shim = ctypes.CDLL(sys.argv[1])
    for name in IMPORTED:
        import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        process = os.fork()
        if not process:
            _become(shim, asked)
        print(json.dumps(_ended(process, asked["kill_after"])), flush=True)


def _become(shim: Any, asked: dict[str, Any]) -> None:
    place = Path(asked["place"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    shim.faults_follow(str(place / "orders").encode())
    code = 70
    try:
        sys.argv = ["cakupan", *asked["words"]]
        code = import_module("flows.cli").main(asked["words"])
    except SystemExit as asked_to:
        code = asked_to.code if isinstance(asked_to.code, int) else 70
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _ended(process: int, kill_after: float | None) -> tuple[int, float, float]:
    import time

    begun = time.monotonic()
    handle = os.pidfd_open(process)
    patience = PATIENCE_SECONDS if kill_after is None else kill_after
    if not select.select([handle], [], [], patience)[0]:
        os.kill(process, signal.SIGKILL)
    os.close(handle)
    _, status, used = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, time.monotonic() - begun


if __name__ == "__main__":
    main()
