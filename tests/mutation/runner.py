"""Runs one test file after the other, each in a forked child of a process that has imported what is slow to import.

    python tests/mutation/runner.py LIBRARY ...     in a copy of the project, of which it imports nothing itself

A line of the standard input is the arguments of pytest, the CPU seconds allowed and whether what is compiled is kept,
as JSON; the answer is a line with the exit code, not 0 when a test failed or ended too late. A library whose threads do
not survive a fork, such as Polars or DuckDB, is left to the children.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import NoReturn

os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}

import pytest

WAITED_PER_CPU_SECOND = 20
LOOK_SECONDS = 0.01


def main() -> None:
    """Answer every line until the input ends."""
    sys.path[0] = str(Path.cwd())
    for library in sys.argv[1:]:
        import_module(library)
    for line in sys.stdin:
        print(_exit_code(**json.loads(line)), flush=True)


def _exit_code(arguments: list[str], seconds: int, keep: bool) -> int:
    child = os.fork()
    if child == 0:
        sys.dont_write_bytecode = not keep
        _run(arguments, seconds)
    patience = time.monotonic() + seconds * WAITED_PER_CPU_SECOND
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > patience:
            os.killpg(child, signal.SIGKILL)
        time.sleep(LOOK_SECONDS)


def _run(arguments: list[str], seconds: int) -> NoReturn:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    code = 1
    try:
        code = int(pytest.main(arguments))
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
