"""What the servers share: a port nobody holds, waiting until somebody listens, and ending a process by its id."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 60.0


def free_port() -> int:
    """Return a loopback port that nobody holds now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(command: list[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that listens on the port; it is ended with the block. Its talk goes to `log`."""
    with log.open("wb") as talk:
        started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=talk, stderr=talk)
    try:
        wait_until_it_listens(port, started, log)
        yield started
    finally:
        end(started)


def wait_until_it_listens(port: int, started: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the port takes connections; raises with the log when the process ends before."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if started.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text(errors='replace')[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on {port}: {log.read_text(errors='replace')[-2000:]}")


def end(started: subprocess.Popen[bytes]) -> None:
    """End a process that we started: politely, then not."""
    started.terminate()
    try:
        started.wait(timeout=10)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait(timeout=10)
