"""Files on a local POSIX file system: one writer at a time, and names and content that reach the disk."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import Stop


@contextmanager
def only_writer(target: Path) -> Iterator[None]:
    """Hold the right to write `target`; it ends with the block or the process.

    Raises Stop when another process holds it.
    """
    with target.with_name(target.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(
                "writer_busy", f"another process is writing {target.name}", f"proses lain sedang menulis {target.name}",
                "wait until it ends / tunggu sampai selesai",
            ) from None  # fmt: skip
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
