"""The library that stands between a process and the disk: it is compiled here, and told what to do.

It sees what goes through libc. `tests/test_faults.py` holds its recording against strace's, where that may trace.
"""

from __future__ import annotations

import errno
import mmap
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
LAYOUT = struct.Struct("=iiiiqqqI500s500s4x")
COUNTED = struct.Struct("=q")
COUNT_AT = 32
FOR_EVER = 1 << 62


class Call(IntEnum):
    """What a process asks the disk to do, by the numbers of `shim.c`."""

    OPEN = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC = 4
    RENAME = 5
    LINK = 6
    UNLINK = 7
    SYMLINK = 8
    MKDIR = 9
    RMDIR = 10
    CHMOD = 11
    PUNCH = 12
    MAP = 13
    READ = 14
    LOOK = 15
    PAGE = 16


READING = (Call.READ, Call.LOOK)
CHANGING = tuple(call for call in Call if call not in (*READING, Call.PAGE))
NAMES = (Call.RENAME, Call.LINK, Call.UNLINK, Call.SYMLINK, Call.MKDIR, Call.RMDIR, Call.CHMOD, Call.OPEN)
BAD_PAGE = "EIO in a mapped page"
ERRORS: dict[str, tuple[int, tuple[Call, ...]]] = {
    "ENOSPC": (
        errno.ENOSPC,
        (Call.WRITE, Call.SYNC, Call.OPEN, Call.MKDIR, Call.RENAME, Call.SYMLINK, Call.LINK, Call.TRUNCATE),
    ),
    "EIO": (errno.EIO, (Call.WRITE, Call.SYNC, Call.TRUNCATE, *NAMES)),
    "EACCES": (errno.EACCES, NAMES),
    "EROFS": (errno.EROFS, (Call.WRITE, Call.TRUNCATE, *NAMES)),
    "EIO reading": (errno.EIO, READING),
    "EACCES reading": (errno.EACCES, (Call.LOOK,)),
    BAD_PAGE: (errno.EIO, (Call.PAGE,)),
}
"""By name: an error, and the calls that may end with it; a disk that became read-only refuses all of them. Who touches a
page of a mapped file that cannot be read gets SIGBUS."""


@dataclass(frozen=True)
class Orders:
    """What the shim is to do below `home`: with no `mode` it counts; `log` is where it records.

    The calls of the kinds `calls` from the number `first` to `last` are refused with `error`, or the process is killed
    before the first of them. `torn` lets half of the bytes through, where that call writes. With `trail` the log has a line
    for every call that was counted: its number, its kind, its path.
    """

    home: Path
    mode: int = 0
    first: int = 0
    last: int = 0
    error: int = 0
    calls: Iterable[Call] = CHANGING
    torn: bool = False
    log: Path | None = None
    trail: bool = False

    def written(self, path: Path) -> Path:
        """Return `path`, where the shim reads these orders."""
        mask = sum(1 << call for call in self.calls)
        log = str(self.log).encode() if self.log else b""
        told = (self.mode, self.error, bool(log) + self.trail, self.torn, self.first, self.last, 0, mask)
        path.write_bytes(LAYOUT.pack(*told, str(self.home).encode(), log))
        return path


def killed(home: Path, at: int, *, torn: bool = False) -> Orders:
    """Return orders to be killed at a call."""
    return Orders(home, 1, at, at, torn=torn)


def refused(folder: Path, name: str, at: int, *, lasting: bool = False, torn: bool = False) -> Orders:
    """Return orders to be refused a call, or all from it on, with an error of `ERRORS`."""
    error, calls = ERRORS[name]
    last = FOR_EVER if lasting else at + torn
    return Orders(folder, 2, at, last, error, calls, torn)


def counted(path: Path) -> int:
    """Return how many calls were counted under orders."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as told:
        return int(COUNTED.unpack_from(told, COUNT_AT)[0])


def gcc() -> str:
    """Return the path of the compiler; raises when it is missing."""
    found = shutil.which("gcc")
    assert found, "gcc is missing: `make servers` installs it"
    return found


@cache
def library() -> Path:
    """Return the compiled shim, which stays as long as this process may need it."""
    made = Path(tempfile.mkdtemp(prefix="cakupan-faults-")) / "shim.so"
    subprocess.run([gcc(), "-O2", "-Wall", "-shared", "-fPIC", "-o", made, SOURCE, "-ldl", "-lpthread"], check=True)
    return made
