"""A real Prefect server and worker on loopback, as `cakupan serve` keeps them, and the ways in which they may die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

from tests.servers.loopback import HOST, end, free_port
from warehouse.files import remove

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 600.0
LOOKED_EVERY_SECONDS, ASKED_EVERY_SECONDS = 0.05, 0.5
INTERVAL_SECONDS = 300
TIMES_ASKED = 10
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
RUN = b"PREFECT__FLOW_RUN_ID="
YAML: Any = import_module("yaml")
SWIFT = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
    "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
    "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_SERVER_UI_ENABLED": "false",
}


@dataclass
class Served:
    """A home that is served by `cakupan serve`, in a folder of its own."""

    folder: Path
    source: Path
    home: Path
    file: Path
    alerts: Path | None = None
    database: str = ""
    port: int = field(default_factory=free_port)
    serving: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Return what the commands are told: nothing of ours, swift loops, compiled modules kept."""
        dropped = ("CAKUPAN_", "PREFECT_", "PYTHONDONTWRITEBYTECODE")
        mine = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(dropped) or name == "CAKUPAN_DISCLOSURE_THRESHOLD"
        }
        place = {"PREFECT_HOME": str(self.home / "prefect"), "PREFECT_API_URL": f"http://{HOST}:{self.port}/api"}
        return mine | SWIFT | place | ({"CAKUPAN_PREFECT_DATABASE_URL": self.database} if self.database else {})

    @property
    def words(self) -> list[str]:
        """Return the options that name the home, its extracts and its deployments."""
        told = ["--alert-file", str(self.alerts)] if self.alerts else []
        return ["--home", str(self.home), "--source", str(self.source), "--file", str(self.file), *told]

    def start(self) -> None:
        """Serve, and wait until a worker takes runs."""
        command = [sys.executable, "-m", "flows", "serve", *self.words, "--port", str(self.port)]
        with self.log.open("ab") as talk:
            self.serving = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=talk, stderr=talk
            )
        self.wait("a worker", self.workers, every=ASKED_EVERY_SECONDS)

    def empty(self) -> None:
        """Take away everything of the home but what Prefect keeps."""
        for path in self.home.iterdir():
            if path.name != "prefect":
                remove(path)

    @property
    def log(self) -> Path:
        """Return what was said by all."""
        return self.folder / "log"

    def stop(self) -> None:
        """End what serves, as a service manager does."""
        if self.serving is not None and self.serving.poll() is None:
            end(self.serving)

    def set_up(self, *more: str) -> Any:
        """Return what the set-up command had to change."""
        command = [sys.executable, "-m", "flows", "prefect-setup", *self.words, "--json", *more]
        said = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)

    def ask(self, path: str, told: Mapping[str, Any] | None = None, verb: str = "POST") -> Any:
        """Return what the server answers; one that is busy (503: its SQLite is locked) is asked again, as Prefect's client does."""
        with httpx.Client(trust_env=False, timeout=60) as client:
            for _ in range(TIMES_ASKED):
                answer = client.request(verb, f"http://{HOST}:{self.port}/api/{path}", json=told)
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    break
                time.sleep(1)
            answer.raise_for_status()
            return answer.json()

    def workers(self) -> list[Any]:
        """Return the workers that the server knows to be online."""
        try:
            found = self.ask("work_pools/cakupan/workers/filter", {})
        except httpx.HTTPError:
            return []
        return [one for one in found if one["status"] == "ONLINE"]

    def runs(self) -> list[Any]:
        """Return every run that has begun or is due, the oldest first."""
        found = self.ask("flow_runs/filter", {"sort": "START_TIME_ASC", "limit": 200})
        return [one for one in found if one["start_time"] or one["state_type"] != "SCHEDULED"]

    def begin(self, deployment: str, **parameters: Any) -> str:
        """Return the id of a run of a deployment, begun now."""
        known = self.ask(f"deployments/name/{deployment}", verb="GET")
        asked = {"parameters": {name: {**known["parameters"][name], **told} for name, told in parameters.items()}}
        return str(
            self.ask(f"deployments/{known['id']}/create_flow_run", asked | {"state": {"type": "SCHEDULED"}})["id"]
        )

    def state(self, run: str) -> tuple[str, str]:
        """Return how a run is, and what is said of it; nothing while no server answers."""
        try:
            told = self.ask(f"flow_runs/{run}", verb="GET")
        except httpx.HTTPError:
            return "", ""
        return told["state_type"], told["state"]["message"] or ""

    def ended(self, run: str) -> str:
        """Return how a run ended, once it did."""
        self.wait(f"the end of {run}", lambda: self.state(run)[0] in ENDED, every=ASKED_EVERY_SECONDS)
        return self.state(run)[0]

    def processes(self, of: str) -> list[int]:
        """Return the processes of ours: of the `server`, the `worker`, or of a `run`."""
        return [pid for pid in _processes(self.home) if _role(pid) == of]

    def kill(self, *roles: str, by: signal.Signals = signal.SIGKILL) -> bool:
        """Kill what plays a role, all at once; return whether each role was played."""
        played = [self.processes(role) for role in roles]
        for pid in [pid for pids in played for pid in pids]:
            with suppress(ProcessLookupError):
                os.kill(pid, by)
        return all(played)

    def wait(self, for_what: str, true: Callable[[], object], *, every: float = LOOKED_EVERY_SECONDS) -> None:
        """Return when something is true; raises with the log when it does not come."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not true():
            gone = self.serving is None or self.serving.poll() is not None
            if gone or time.monotonic() > until:
                raise AssertionError(f"{for_what} did not come: {self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(every)


@contextmanager
def served(folder: Path, source: Path, alerts: Path | None = None, database: str = "") -> Iterator[Served]:
    """Yield a home that is served and has no schedule.

    `alerts` is the file with the url that failures are told to, `database` the url of a PostgreSQL behind the server.
    """
    home, file = folder / "home", folder / "prefect.yaml"
    home.mkdir(parents=True)
    made = Served(folder, source, home, file, alerts, database)
    declare(file)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def declare(file: Path, night_in: float | None = None) -> None:
    """Write our prefect.yaml without schedules; with `night_in`, the nightly load is due in so many seconds."""
    told = YAML.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    for deployment in told["deployments"]:
        deployment["schedules"] = []
        if deployment["name"] == "nightly" and night_in is not None:
            anchor = (datetime.now(UTC) + timedelta(seconds=night_in)).isoformat()
            deployment["schedules"] = [{"interval": INTERVAL_SECONDS, "anchor_date": anchor, "active": True}]
    file.write_text(YAML.safe_dump(told), encoding="utf-8")


def _processes(home: Path) -> list[int]:
    """Return the processes whose environment names the home: nobody else's."""
    mark = f"PREFECT_HOME={home / 'prefect'}".encode()
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _read(path).split(b"\0")]


def _role(pid: int) -> str:
    command = _read(Path(f"/proc/{pid}/cmdline")).split(b"\0")
    if RUN in _read(Path(f"/proc/{pid}/environ")):
        return "run"
    return next((word for word in ("server", "worker") if word.encode() in command), "other")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
