"""Prefect's server and one worker on this machine, on loopback, until somebody ends us; nothing else is started or ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from flows.operations.pool import POOL
from flows.quiet import QUIET
from warehouse.errors import Stop

HOST = "127.0.0.1"
DATABASE = "CAKUPAN_PREFECT_DATABASE_URL"
START_SECONDS, END_SECONDS, PAUSE_SECONDS = 180.0, 60.0, 5.0
SERVER, WORKER = "server", "worker"


@dataclass
class Service:
    """A process that is kept running; it is a session of its own, so that a key pressed at the terminal does not reach it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        quiet = {"stdin": subprocess.DEVNULL, "start_new_session": True}
        self.process = subprocess.Popen(self.command, env=dict(self.environment), **quiet)  # type: ignore[call-overload]

    @property
    def ended(self) -> bool:
        """Return whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """End it: politely, then not."""
        if self.process is None or self.ended:
            return
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Serving:
    """What serves a home: its server, its worker, and the set-up between them."""

    home: Path
    port: int
    set_up: Sequence[str]
    say: Callable[[str], None]
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        prefect = [sys.executable, "-m", "prefect"]
        place = environment(self.home, self.port)
        own = {name: value for name, value in place.items() if not name.startswith("CAKUPAN_")} | database()
        address = ["--host", HOST, "--port", str(self.port)]
        self.place = place
        self.server = Service(SERVER, [*prefect, "server", "start", *address], own)
        self.worker = Service(WORKER, [*prefect, "worker", "start", "--pool", POOL, "--type", "process"], place)

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; what ends by itself is started again."""
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: self.over.set())
        try:
            while not self.over.is_set():
                self._keep_up()
                self.over.wait(1)
        finally:
            for service in (self.worker, self.server):
                service.stop()

    def _keep_up(self) -> None:
        for one in (self.server, self.worker):
            if one.ended:
                self.say(f"{one.name}: berhenti / ended; dimulai lagi / starting again")
                self.over.wait(PAUSE_SECONDS)
                one.process = None
        if self.server.process is None:
            self.server.start()
            self._wait_for_server()
        if self.worker.process is None and not self.over.is_set():
            subprocess.run(self.set_up, env=self.place, stdin=subprocess.DEVNULL, check=True)
            self.worker.start()
            self.say(f"siap / ready: http://{HOST}:{self.port}")

    def _wait_for_server(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self.over.wait(0.5) and not healthy(self.port):
            if self.server.ended or time.monotonic() > until:
                en, id = "Prefect's server did not start", "server Prefect tidak mulai"
                raise Stop("server_not_started", en, id, f"look above; is port {self.port} free?")


def environment(home: Path, port: int) -> dict[str, str]:
    """Return the environment of server, worker and set-up: all that Prefect keeps lies in the home, all talk is on loopback."""
    url = f"http://{HOST}:{port}/api"
    ours = {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_UI_API_URL": url,
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }
    usual = {**QUIET, "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "60"}
    return {**usual, **{name: value for name, value in os.environ.items() if name != DATABASE}, **ours}


def database() -> dict[str, str]:
    """Return the setting of the server's database: PostgreSQL where a URL is given, else SQLite in the home."""
    url = os.environ.get(DATABASE)
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": url} if url else {"PREFECT_SERVER_DATABASE_TIMEOUT": "60"}


def healthy(port: int) -> bool:
    """Return whether the server answers."""
    try:
        with build_opener(ProxyHandler({})).open(f"http://{HOST}:{port}/api/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
