"""Feeding a target: what is raised, and what never ends, is a find; a find is kept as a file and tried first from then on."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.fuzz.mutating import mutated
from tests.fuzz.targets import Target

KEPT = Path(__file__).parent / "found"
SECONDS_A_CASE = 30


class Find(NamedTuple):
    """A target, the input that it does not bear, and what happened."""

    target: str
    content: bytes
    told: str

    def keep(self) -> Path:
        """Return the file that keeps the input, for the tests."""
        path = KEPT / f"{self.target}-{hashlib.sha256(self.content).hexdigest()[:12]}"
        path.write_bytes(self.content)
        return path


class TooLong(BaseException):
    """A case that does not end."""


def tried(target: Target, content: bytes) -> Find | None:
    """Return what is wrong with how a target takes an input, None when nothing is."""
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS_A_CASE)
    try:
        target.take(content)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as broken:
        return Find(target.name, content, f"{type(broken).__name__}: {str(broken)[:200]}")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return None


def hunted(targets: list[Target], seed: int) -> Iterator[tuple[Target, Find | None]]:
    """Yield case after case without end, the targets in turn; the same ones for the same seed."""
    random = Random(seed)
    while True:
        for target in targets:
            yield target, tried(target, mutated(target.good, random))


def kept(targets: list[Target]) -> Iterator[tuple[Target, bytes]]:
    """Yield what was found before, with its target."""
    known = {target.name: target for target in targets}
    for path in sorted(KEPT.glob("*-*")):
        yield known[path.name.partition("-")[0]], path.read_bytes()


def _too_long(*_: object) -> None:
    raise TooLong(f"more than {SECONDS_A_CASE} seconds")
