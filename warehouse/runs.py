"""The log of runs: one file a run, a JSON object a line, beside the database, so that a killed run is told apart.

A run that has no line saying how it ended is running while its process lives, and crashed when it does not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from warehouse.files import folder, sync
from warehouse.home import Home
from warehouse.showing import ID, MASKED

STARTED, SAID, STAGE, ENDED = "started", "said", "stage", "ended"
RUNNING, STOPPED, FAILED, CRASHED = "RUNNING", "STOPPED", "FAILED", "CRASHED"
KEPT = 400


@dataclass(frozen=True)
class Stage:
    """What one step of a run cost: CPU of the process and its ended children, peak memory of the process while it ran."""

    name: str
    subject: str
    state: str
    started_at: str
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class RunRecord:
    """A run as its log tells it; `ended` holds its result, or why it failed, and is empty while there is no end."""

    run_id: str
    started_at: str
    process: int
    process_started: int
    code_version: str
    command: str
    ended_at: str = ""
    state: str = RUNNING
    ended: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()


class RunLog:
    """Writes the log of one run, and the same lines to `mirror`; its start and its end are on the disk when they are said."""

    def __init__(self, home: Home, run_id: str, clock: Callable[[], datetime], mirror: IO[str] | None = None) -> None:
        folder(home.runs)
        self.path, self.run_id, self._clock, self._mirror = home.runs / f"{run_id}.jsonl", run_id, clock, mirror
        self._file = self.path.open("a", encoding="utf-8")
        self._typed: list[str] = []

    def start(self, code_version: str, command: str) -> None:
        """Say that the run begins. What was typed and might be a NIK or a KPJ stands in no line, nor in a message that repeats it."""
        self._typed = [found[0] for found in ID.finditer(command)]
        process = {"process": os.getpid(), "process_started": started_ticks(os.getpid())}
        self._write(STARTED, durable=True, code_version=code_version, command=command, **process)
        sync(self.path.parent)

    def say(self, message: str) -> None:
        """Keep what the run said."""
        self._write(SAID, message=message)

    def stage(self, stage: Stage) -> None:
        """Keep what a step cost."""
        self._write(STAGE, **asdict(stage))

    def end(self, state: str, **told: Any) -> None:
        """Say how the run ended."""
        self._write(ENDED, durable=True, state=state, **told)
        self._file.close()

    def _write(self, event: str, *, durable: bool = False, **fields: Any) -> None:
        at = self._clock().isoformat(timespec="milliseconds") + "Z"
        line = {"at": at, "level": _level(fields), "run_id": self.run_id, "event": event, **fields}
        text = json.dumps(line, default=str, ensure_ascii=False)
        for typed in self._typed:
            text = text.replace(typed, MASKED)
        for stream in (self._file, self._mirror):
            if stream:
                print(text, file=stream, flush=True)
        if durable:
            os.fsync(self._file.fileno())


def runs(home: Home) -> list[RunRecord]:
    """Return every run that the home remembers, oldest first; a log that was cut off before its first line is none."""
    paths = sorted(home.runs.glob("[!.]*.jsonl")) if home.runs.exists() else []
    return [record for path in paths if (record := read(path))]


def read(path: Path) -> RunRecord | None:
    """Return the run of a log, or None when its first line never reached the disk."""
    found: dict[str, Any] = {}
    stages: list[Stage] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
        try:
            event = json.loads(line) if line.endswith("\n") else None
        except ValueError:
            event = None
        if event is None:  # cut off by a kill, or torn by a power cut
            break
        kind, at, run_id, _ = (event.pop(name) for name in ("event", "at", "run_id", "level"))
        if kind == STARTED:
            found |= {"run_id": run_id, "started_at": at, **event}
        elif kind == STAGE:
            stages.append(Stage(**event))
        elif kind == ENDED:
            found |= {"ended_at": at, "state": event.pop("state"), "ended": event}
    if "run_id" not in found:
        return None
    if "state" not in found and started_ticks(found["process"]) != found["process_started"]:
        found["state"] = CRASHED
    return RunRecord(**found, stages=tuple(stages))


def forget_old(home: Home, kept: int = KEPT) -> None:
    """Remove the logs of all but the newest `kept` runs."""
    for path in sorted(home.runs.glob("[!.]*.jsonl"))[:-kept]:
        path.unlink()


def _level(fields: Mapping[str, Any]) -> str:
    return {FAILED: "error", STOPPED: "warning"}.get(fields.get("state", ""), "info")


def started_ticks(process: int) -> int:
    """Return when a process began, in ticks since the machine did, 0 when there is none: it tells a reused id apart."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(told.rpartition(")")[2].split()[19])
