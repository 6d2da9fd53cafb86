"""Inputs that are broken or hostile, made by the tests: by name, with the bytes and what must become of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.malformed import archives, books, parquets, texts

Make = Callable[[Path], None]


class Malformed(NamedTuple):
    """An input: its name, what writes it to a path, and the rules by which it may be refused."""

    name: str
    make: Make
    rules: tuple[str, ...]


def corpus() -> Iterator[Malformed]:
    """Yield every input: small ones are bytes, large ones are written piece by piece."""
    for part in (texts, archives, books, parquets):
        for name, content, *rules in part.inputs():
            make = (lambda path, content=content: path.write_bytes(content)) if isinstance(content, bytes) else content
            yield Malformed(f"{part.__name__.rpartition('.')[2]}: {name}", make, tuple(rules))
