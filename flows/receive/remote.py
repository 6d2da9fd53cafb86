"""What a place that extracts come from must be able to do, whatever it speaks, and the faults that can pass.

Every way in is a class whose only argument is its address (`flows.sources`): `FolderRemote`, `SftpRemote`, `S3Remote`,
`HttpsRemote`, `PostgresqlRemote`. A fault that cannot pass is a `warehouse.errors.Stop` with its cure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True)
class Found:
    """A file that a remote offers: its name below the url, its bytes (None: told only by reading), and its tag.

    The tag changes when the content does. A `strong` one is of the content itself, such as a checksum; another is of
    its time, such as an mtime, and proves nothing. `sha256` is given where the remote itself knows it.
    """

    name: str
    size: int | None
    tag: str
    strong: bool = False
    sha256: str = ""


class Remote(Protocol):
    """A place that extracts come from.

    Making and entering one connects to nothing: `list`, `look` and `read` do, and connect anew after a fault.
    All three raise Passing for what may be gone at the next try, and Stop for what may not.
    """

    @property
    def resumes(self) -> bool:
        """Return whether `read` can begin in the middle of a file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def list(self) -> list[Found]:
        """Return every file below the url, at any depth, in the order of their names."""

    def look(self, found: Found) -> Found | None:
        """Return the file of this name as it is now, None when it is gone. After a transfer it shows a change."""

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the bytes of the file from `offset` on, in pieces of at most a few MiB.

        Raises Changed when the remote says that the file is no longer the one that was found.
        """

    def address(self, name: str) -> str:
        """Return where the file lies, as a URL without any secret."""


class Passing(Exception):
    """A fault that can pass, worth another try. Says what Stop says; `wait` are the seconds that the remote asks for."""

    def __init__(self, rule: str, en: str, id: str, cure: str = "", wait: float = 0) -> None:
        super().__init__(f"{rule}: {id} / {en}" + (f" — {cure}" if cure else ""))
        self.rule, self.en, self.id, self.cure, self.wait = rule, en, id, cure, wait


class Changed(Passing):
    """The file is not the one that was found any more: what was read of it so far is of no use."""
