"""What a process did below its home, in order, as the shim recorded it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.shim import Call

ENTRY = struct.Struct("=IIIIQq")
SIZE = struct.Struct("=q")
MADE, EMPTIED = 1, 2


@dataclass(frozen=True)
class Done:
    """A call that succeeded.

    Paths are relative to home. `at` is where bytes were written or a hole begins, the new size of a truncated file, the
    flags MADE and EMPTIED of an opened one. `second` is the new name of a renamed or linked file, the text of a link.
    """

    call: Call
    path: str
    second: str
    inode: int
    at: int
    data: bytes

    @property
    def size(self) -> int:
        """Return how many bytes a hole has."""
        return int(SIZE.unpack(self.data)[0])


def recorded(log: Path, home: Path) -> list[Done]:
    """Return what the shim recorded below `home`. Raises when a file was written through a mapping, which it cannot see."""
    found = list(_entries(log.read_bytes(), str(home)))
    mapped = {one.path for one in found if one.call is Call.MAP}
    assert not mapped, f"written through a mapping, which is not recorded: {mapped}"
    return found


def _entries(told: bytes, home: str) -> Iterator[Done]:
    at = 0
    while at < len(told):
        call, first, second, size, inode, where = ENTRY.unpack_from(told, at)
        at += ENTRY.size
        path, other, data = (
            told[at : at + first],
            told[at + first : at + first + second],
            told[at + first + second : at + first + second + size],
        )
        at += first + second + size
        link = call == Call.SYMLINK
        yield Done(
            Call(call), _inside(path, home), other.decode() if link else _inside(other, home), inode, where, data
        )


def _inside(path: bytes, home: str) -> str:
    return path.decode().removesuffix(" (deleted)").removeprefix(home).lstrip("/")
