"""What came of a file so far. It outlives a break and the process, and is taken up only as far as it is proved."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from flows.context import fingerprint
from flows.receive.remote import Changed, Found
from warehouse.errors import Stop
from warehouse.files import folder, placed, settle
from warehouse.home import INCOMING, Home

CHUNK = 1 << 20
CHECKPOINT_BYTES = 64 << 20
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Partial:
    """The first bytes of one content of one file, in the landing area, with the SHA-256 of them.

    What is on the disk is noted from time to time, with its hash: bytes after the note, or bytes that do not have that
    hash, are read again, so that neither a kill nor a power cut can put other bytes into a file.
    """

    def __init__(self, home: Home, source: str, found: Found) -> None:
        self.home, self.name = home, found.name
        owner = fingerprint(source, found.name)[:16]
        content = fingerprint(str(found.size), found.tag)[:16]
        self.path = home.landing / f"{INCOMING}{owner}-{content}"
        self.note = self.path.with_name(self.path.name + ".json")
        for older in set(home.landing.glob(f"{INCOMING}{owner}-*")) - {self.path, self.note}:
            older.unlink()
        self.digest, self.size = self._proved()
        self.noted = self.size
        with _told(self.name):
            if self.path.exists():
                self.path.chmod(0o600)
            self.file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb")
            self.file.truncate(self.size)
            self.file.seek(self.size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Keep what came when it may be of use another time, and throw away what may not."""
        if isinstance(error, Changed) or (isinstance(error, Stop) and error.rule == "disk_full"):
            self.drop()
        elif error:
            self.pause()

    def restart(self) -> None:
        """Forget what came."""
        self.digest, self.size, self.noted = hashlib.sha256(), 0, 0
        self.note.unlink(missing_ok=True)
        self.file.seek(0)
        self.file.truncate()

    def require_room(self, size: int) -> None:
        """Raise Stop when the disk has no room for what is still to come of `size` bytes."""
        if size - self.size > shutil.disk_usage(self.home.landing).free:
            raise _full(self.name)

    def append(self, piece: bytes) -> None:
        """Add bytes. Raises Stop when the disk is full, after giving back what was taken."""
        with _told(self.name):
            self.file.write(piece)
        self.digest.update(piece)
        self.size += len(piece)
        if self.size - self.noted >= CHECKPOINT_BYTES:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Bring what came to the disk and note how much it is."""
        with _told(self.name):
            self.file.flush()
            os.fsync(self.file.fileno())
            with placed(self.note) as beside:
                beside.write_text(json.dumps({"bytes": self.size, "sha256": self.sha256}), encoding="utf-8")
        self.noted = self.size

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what came."""
        return self.digest.hexdigest()

    def finish(self) -> None:
        """Put the whole file where its content belongs, read-only, in one step."""
        target = self.home.landed(self.sha256)
        with _told(self.name):
            self.file.close()
            folder(target.parent)
            self.path.chmod(0o440)
            settle(self.path, target)
        self.note.unlink(missing_ok=True)

    def pause(self) -> None:
        """Keep what came for another time."""
        try:
            if self.size > self.noted:
                self.checkpoint()
            self.file.close()
        except (Stop, OSError, ValueError):
            self.drop()

    def drop(self) -> None:
        """Throw away what came."""
        with suppress(OSError):
            self.file.close()
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _proved(self) -> tuple[hashlib._Hash, int]:
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            digest, left = hashlib.sha256(), int(noted["bytes"])
            with self.path.open("rb") as kept:
                while piece := kept.read(min(CHUNK, left)):
                    digest.update(piece)
                    left -= len(piece)
            if left == 0 and digest.hexdigest() == noted["sha256"]:
                return digest, int(noted["bytes"])
        except (OSError, ValueError, KeyError):
            pass
        return hashlib.sha256(), 0


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what the local disk refuses into a Stop."""
    try:
        yield
    except OSError as broken:
        if broken.errno in FULL:
            raise _full(name) from None
        en, id = f"landing: {broken.strerror}", f"landing: {broken.strerror}"
        raise Stop("landing_unwritable", en, id, "the account that runs cakupan needs to write HOME/landing") from None


def _full(name: str) -> Stop:
    en, id = f"no room in landing for {name}", f"tidak ada ruang di landing untuk {name}"
    return Stop("disk_full", en, id, "make room on the disk of HOME, then run again")
