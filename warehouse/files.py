"""Files on a local POSIX file system: whole or not at all, on the disk when said so, and one writer at a time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from warehouse.errors import Stop


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


@contextmanager
def only_writer(target: Path) -> Iterator[None]:
    """Hold the right to write `target`; it ends with the block or the process, also when that is killed.

    Raises Stop naming the holder when another process has it.
    """
    with target.with_name(target.name + ".lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise _held(target, lock.read()) from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}))
        lock.flush()
        yield


def sync(path: Path) -> None:
    """Return when the content of a file, or the names in a directory, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, a link or a directory with all it holds."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _held(target: Path, note: str) -> Stop:
    try:
        holder = json.loads(note)
    except json.JSONDecodeError:
        holder = {}
    who = f"process {holder.get('pid', '?')} since {holder.get('since', '?')}"
    return Stop(
        "writer_busy", f"{target.name} is being written by {who}", f"{target.name} sedang ditulis oleh {who}",
        "wait until it ends / tunggu sampai selesai",
    )  # fmt: skip
