"""Files on a local POSIX file system: whole or not at all, on the disk when said so, and one writer at a time."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from warehouse.errors import NO_ROOM, Stop

LEFT_FREE = 64 << 20
BESIDE = re.compile(r"\.([0-9]+)\.[0-9a-f]{8}$")


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Yield a path to write to; on success it is synced and becomes `target` in one step, else it is removed."""
    with placed_together([target]) as (beside,):
        yield beside


@contextmanager
def placed_together(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield a path to write to for each target; on success all are synced, then each becomes its target, else they are removed."""
    for parent in {target.parent for target in targets}:
        folder(parent)
    besides = [target.with_name(f".{target.name}.{os.getpid()}.{uuid4().hex[:8]}") for target in targets]
    try:
        yield besides
        settle_together(besides, targets)
    finally:
        for beside in besides:
            beside.unlink(missing_ok=True)


def abandoned(folder: Path) -> list[Path]:
    """Return what `placed` left in `folder` when its process was killed; what a living process writes is left out."""
    found = [(path, BESIDE.search(path.name)) for path in folder.glob(".*")]
    return [path for path, name in found if name and not Path(f"/proc/{name[1]}").exists()]


def forget_unplaced(target: Path) -> None:
    """Remove what killed writers of `target` left beside it; only who alone may write it may."""
    for left in target.parent.glob(f".{target.name}.*"):
        left.unlink(missing_ok=True)


def require_room(folder: Path, size: int) -> None:
    """Raise Stop unless `size` more bytes fit on the disk of `folder`, with some left for others."""
    free = shutil.disk_usage(folder).free
    if free < size + LEFT_FREE:
        raise Stop(
            NO_ROOM, f"{free >> 20:,} MiB are free where {folder.name} lies, {size >> 20:,} MiB more are needed",
            f"sisa ruang {free >> 20:,} MiB di tempat {folder.name}, perlu {size >> 20:,} MiB lagi",
            "make room and run again: nothing was changed / sediakan ruang, lalu jalankan ulang",
        )  # fmt: skip


def folder(path: Path, mode: int = 0o750) -> Path:
    """Return the folder `path`, made with its parents where it is missing; the name of every new one is on the disk."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=mode, exist_ok=True)
        sync(one.parent)
    return path


def point(link: Path, target: str) -> None:
    """Let `link` name `target`: at once, and on the disk."""
    beside = link.with_name(f".{link.name}.{uuid4().hex[:8]}")
    beside.symlink_to(target)
    try:
        beside.replace(link)
    finally:
        beside.unlink(missing_ok=True)
    sync(link.parent)


def settle_folder(part: Path, place: Path, mode: int | None = None) -> None:
    """Sync all that `part` holds, give its files `mode`, and rename it to `place`, which is on the disk then."""
    for path in part.rglob("*"):
        if mode is not None and path.is_file():
            path.chmod(mode)
        sync(path)
    sync(part)
    part.rename(place)
    sync(place.parent)


def hide(place: Path, hidden: Path) -> None:
    """Rename what is to be removed; the folder is synced."""
    place.rename(hidden)
    sync(hidden.parent)


def settle(beside: Path, target: Path) -> None:
    """Sync `beside`, rename it to `target` and sync the folder."""
    settle_together([beside], [target])


def settle_together(besides: Sequence[Path], targets: Sequence[Path]) -> None:
    """Sync every one of `besides`, rename each to its target, and sync the folders once."""
    for beside in besides:
        sync(beside)
    for beside, target in zip(besides, targets, strict=True):
        beside.replace(target)
    for parent in dict.fromkeys(target.parent for target in targets):
        sync(parent)


@contextmanager
def only_writer(target: Path, wait_seconds: float = 0, say: Callable[[str], None] = print) -> Iterator[None]:
    """Hold the right to write `target`; it ends with the block or the process, also when that is killed.

    Another holder is waited for as long as `wait_seconds`, and named once by `say`. Raises Stop naming it when it stays.
    """
    with target.with_name(target.name + ".lock").open("a+", encoding="utf-8") as lock:
        patience = time.monotonic() + wait_seconds
        told = False
        while not _locked(lock):
            lock.seek(0)
            busy = _held(target, lock.read())
            if time.monotonic() >= patience:
                raise busy
            if not told:
                say(str(busy))
                told = True
            time.sleep(min(1, max(0, patience - time.monotonic())))
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}))
        lock.flush()
        yield


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(target: Path) -> int | None:
    """Return the process that holds the right to write `target`, None when nobody does; the lock itself is not touched."""
    path = target.with_name(target.name + ".lock")
    if not path.exists():
        return None
    inode = f":{path.stat().st_ino}"
    for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines():
        if " FLOCK " in line and line.split()[5].endswith(inode):
            return int(line.split()[4])
    return None


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
