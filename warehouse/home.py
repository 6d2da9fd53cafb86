"""The home folder: where everything lies, and how a file comes to be there whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from warehouse.errors import Stop

LOCK = ".lock"


@dataclass(frozen=True)
class Home:
    """The folders of an installation."""

    root: Path

    @property
    def landing(self) -> Path:
        """Return the folder of the extracts as they came: the only place with personal data in the clear."""
        return self.root / "landing"

    @property
    def lake(self) -> Path:
        """Return the folder of the pseudonymous rows."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """Return the build file of the warehouse; readers open the published copy instead."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """Return the folder of the published versions."""
        return self.root / "published"

    @property
    def current(self) -> Path:
        """Return the file that readers open."""
        return self.published / "current" / "cakupan.duckdb"

    @property
    def reports(self) -> Path:
        """Return the folder of the reports and Data Docs."""
        return self.root / "reports"

    def landed(self, sha256: str) -> Path:
        """Return where the content with this SHA-256 lies."""
        return self.landing / sha256[:2] / sha256

    def create(self) -> None:
        """Make the folders, readable by owner and group only."""
        for folder in (self.root, self.landing, self.lake, self.published, self.reports):
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Yield a path to write to; on success it is synced and becomes `target` in one step, else it is removed."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    beside = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
    try:
        yield beside
        settle(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def settle(beside: Path, target: Path) -> None:
    """Sync `beside`, rename it to `target` and sync the folder."""
    sync(beside)
    beside.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until the file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def sole_writer(home: Home) -> Iterator[None]:
    """Hold the home folder for one load; the lock ends with the process, also when it is killed.

    Raises Stop naming the holder when another load runs.
    """
    home.create()
    with (home.root / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise _held(lock.read()) from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}))
        lock.flush()
        yield


def _held(note: str) -> Stop:
    holder = json.loads(note or "{}")
    who = f"process {holder.get('pid', '?')} since {holder.get('since', '?')}"
    return Stop("another_load_runs", f"held by {who}", f"dipegang {who}", "wait until it ends")
