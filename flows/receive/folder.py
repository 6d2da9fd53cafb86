"""Extracts in a folder of this machine."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from flows.receive.remote import Changed, Found, Passing
from flows.sources import FileAddress
from warehouse.errors import Stop

CHUNK = 1 << 20
SETTLED_SECONDS = 3
"""A file system may give two writes within so many seconds one time."""


class FolderRemote:
    """A folder. The tag is the times of the last change, and the inode: a file replaced by another one shows.

    The kernel sets the time of the last change of state whenever a file is written, renamed or given other rights or times, and nobody can
    set it: once it is some seconds old, the same tag is the same content.
    """

    resumes = True

    def __init__(self, address: FileAddress) -> None:
        self.root = Path(address.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def list(self) -> list[Found]:
        """Return the files at any depth, except those whose name begins with a dot."""
        try:
            is_folder = self.root.is_dir()
        except PermissionError:
            raise unreadable(str(self.root)) from None
        if not is_folder:
            en, id = f"{self.root} is not a folder", f"{self.root} bukan folder"
            raise Stop("source_missing", en, id, "correct --source or the url of the source")
        walked = ((folder, names) for folder, _, names in os.walk(self.root, onerror=_refuse))
        paths = (os.path.join(folder, name) for folder, names in walked for name in names if not name.startswith("."))  # noqa: PTH118
        found = (self._found(path) for path in paths)
        return sorted((one for one in found if one), key=lambda one: one.name)

    def look(self, found: Found) -> Found | None:
        """Return the file as it is now, None when it is gone."""
        return self._found(str(self.root / found.name))

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the bytes from `offset` on. A link that leads out of the folder is refused."""
        path = self.root / found.name
        if not path.resolve().is_relative_to(self.root.resolve()):
            en, id = f"{found.name} is a link that leads out of the folder", f"{found.name} tautan ke luar folder"
            raise Stop("link_leads_out", en, id, "put the file itself into the folder")
        try:
            with path.open("rb") as source:
                source.seek(offset)
                while piece := source.read(CHUNK):
                    yield piece
        except FileNotFoundError:
            raise Changed("file_vanished", f"{found.name} is gone", f"{found.name} sudah tidak ada") from None
        except PermissionError:
            raise unreadable(found.name) from None
        except OSError as broken:
            told = f"{found.name}: {broken.strerror}"
            raise Passing("source_unreadable", told, told, "look at the disk or the mount of the folder") from None

    def address(self, name: str) -> str:
        """Return the file as a URL."""
        return (self.root / name).resolve().as_uri()

    def _found(self, path: str) -> Found | None:
        try:
            state = os.stat(path)  # noqa: PTH116
        except OSError:
            return None
        if not stat.S_ISREG(state.st_mode):
            return None
        tag = f"{state.st_mtime_ns}-{state.st_ctime_ns}-{state.st_ino}"
        is_settled = time.time() - state.st_ctime > SETTLED_SECONDS
        return Found(path.removeprefix(str(self.root)).lstrip("/"), state.st_size, tag, strong=is_settled)


def _refuse(broken: OSError) -> None:
    """Do not pass over a folder that we may not read, as a walk would."""
    if isinstance(broken, PermissionError):
        raise unreadable(str(broken.filename))
    if not isinstance(broken, FileNotFoundError):
        told = f"{broken.filename}: {broken.strerror}"
        raise Passing("source_unreadable", told, told, "look at the disk or the mount of the folder")


def unreadable(name: str) -> Stop:
    """Return the refusal of a file that we may not read."""
    en, id = f"{name}: permission denied", f"{name}: tidak boleh dibaca"
    return Stop("permission_denied", en, id, "ask for read access for the account that cakupan logs in with")
