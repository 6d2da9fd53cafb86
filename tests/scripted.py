"""A remote in memory that breaks where the script says, and remembers from where it was asked to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from flows.receive.remote import Found, Passing

PIECE = 1000


def lost() -> Passing:
    """Return the fault of a line that broke."""
    return Passing("connection_lost", "the line broke", "hubungan terputus")


@dataclass
class Scripted:
    """Files by name, whose tag is their `version`. Of `faults` each reading takes one: so many bytes, then the fault."""

    files: dict[str, bytes]
    faults: list[tuple[int, BaseException | None]] = field(default_factory=list)
    resumes: bool = True
    strong: bool = False
    version: int = 1
    asked: list[tuple[str, int]] = field(default_factory=list)
    after_reading: Callable[[Scripted], None] = field(default=lambda _: None)
    sizes: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def found(self, name: str) -> Found:
        """Return a file as a listing shows it."""
        return Found(name, self.sizes.get(name, len(self.files[name])), f"v{self.version}", self.strong)

    def list(self) -> list[Found]:
        """Return every file."""
        return [self.found(name) for name in self.files]

    def look(self, found: Found) -> Found | None:
        """Return the file as it is now."""
        return self.found(found.name) if found.name in self.files else None

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the bytes from `offset` on, until a fault that the script plans."""
        self.asked.append((found.name, offset))
        content = self.files[found.name]
        stop, fault = self.faults.pop(0) if self.faults else (len(content), None)
        end = min(len(content), offset + stop)
        for start in range(offset, end, PIECE):
            yield content[start : min(start + PIECE, end)]
        self.after_reading(self)
        if fault is not None:
            raise fault

    def address(self, name: str) -> str:
        """Return a URL."""
        return f"scripted:///{name}"
