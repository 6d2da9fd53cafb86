"""One file comes into the landing area: streamed, taken up again after a break, verified, placed in one step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flows.context import silent
from flows.receive.partial import CHECKPOINT_BYTES, Partial
from flows.receive.remote import Changed, Found, Passing, Remote
from flows.receive.retry import Patience, Tries
from warehouse.errors import Stop
from warehouse.home import Home

CHANGES = 1
TALK_SECONDS = 5
STILL_WRITTEN = "let the sender write under another name and rename it when it is whole"


@dataclass(frozen=True)
class Landed:
    """A file that came: as it was found, what it holds, and how many tries it took."""

    found: Found
    sha256: str
    bytes: int
    tries: int


@dataclass(frozen=True)
class Landing:
    """Brings files of one source into a home. No file may have more than `largest` bytes; with `deleting` none comes back
    that was deleted as the settings ask."""

    home: Home
    source: str
    remote: Remote
    patience: Patience = field(default_factory=Patience)
    largest: int = 1 << 60
    say: Callable[[str], None] = field(default=silent, compare=False)
    deleting: bool = False

    def bring(self, found: Found, expected: str = "") -> Landed:
        """Return what the file holds, which lies in the landing area afterwards.

        `expected` is the SHA-256 that the sender states. A file that changes while it is read is read once more.
        Raises Stop when it cannot be had whole, or is not what the sender states.
        """
        tries, changes = Tries(self.patience), 0
        while True:
            self._require_bearable(found.size or 0, found.name)
            partial = Partial(self.home, self.source, found, deleting=self.deleting)
            began = partial.size
            try:
                with partial:
                    self._read(found, partial)
                    self._verify(found, partial, expected or found.sha256)
                    partial.finish()
                return Landed(found, partial.sha256, partial.size, tries.made)
            except Changed as fault:
                changes += 1
                if changes > CHANGES:
                    raise Stop(fault.rule, fault.en, fault.id, fault.cure) from None
                tries.wait_after(fault)
                found = self._found_again(found)
            except Passing as fault:
                tries.wait_after(fault, progress=partial.size - began >= CHECKPOINT_BYTES)

    def _read(self, found: Found, partial: Partial) -> None:
        if not self.remote.resumes:
            partial.restart()
        if found.size is not None:
            partial.require_room(found.size)
            if partial.size == found.size:
                return
        told = time.monotonic()
        for piece in self.remote.read(found, partial.size):
            self._require_bearable(partial.size + len(piece), found.name)
            partial.append(piece)
            if time.monotonic() - told > TALK_SECONDS:
                told = time.monotonic()
                of = f" / {found.size:,}" if found.size else ""
                self.say(f"{self.source}/{found.name}: {partial.size:,}{of} B")

    def _verify(self, found: Found, partial: Partial, expected: str) -> None:
        name = found.name
        now = self.patience.persist(lambda: self.remote.look(found))
        if now is None or (now.size, now.tag) != (found.size, found.tag) or _is_over(partial.size, found.size):
            en, id = f"{name} changed while it was read", f"{name} berubah saat dibaca"
            raise Changed("file_changing", en, id, STILL_WRITTEN)
        if found.size is not None and partial.size < found.size:
            en = f"{name}: {partial.size:,} of {found.size:,} bytes came"
            raise Passing("transfer_short", en, f"{name}: baru {partial.size:,} dari {found.size:,} byte")
        if expected and partial.sha256 != expected.lower():
            en, id = (
                f"{name}: SHA-256 is not what the sender states",
                f"{name}: SHA-256 tidak sama dengan dari pengirim",
            )
            raise Changed("sha256_differs", en, id, f"send {name} and its .sha256 file again")

    def _found_again(self, found: Found) -> Found:
        now = self.patience.persist(lambda: self.remote.look(found))
        if now is None:
            en, id = f"{found.name} is gone", f"{found.name} sudah tidak ada"
            raise Stop("file_vanished", en, id, "send it again")
        return now

    def _require_bearable(self, size: int, name: str) -> None:
        if size > self.largest:
            en, id = f"{name} has more than {self.largest:,} bytes", f"{name} lebih dari {self.largest:,} byte"
            raise Stop("file_too_large", en, id, "split the file, or raise largest_bytes of the source")


def _is_over(size: int, stated: int | None) -> bool:
    return stated is not None and size > stated
