"""A crowd of readers around a small warehouse that is published again and again, every row of it telling its version."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from tests.readers import reader
from tests.readers.reader import Seen
from tests.warehouse_rows import MID_MARCH, coverage, rows
from warehouse.publish import publish
from warehouse.store import building
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.workforce import FactWorkforce

BORN = datetime(2025, 3, 17, 2)
REGIONS = tuple(f"{province}.{regency:02}" for province in range(11, 31) for regency in range(1, 26))


class Publisher:
    """Publishes version after version of a warehouse of one month; version n says n in every row of two facts."""

    def __init__(self, folder: Path, keep: int, grace_seconds: float = 0, regions: Sequence[str] = REGIONS) -> None:
        self.warehouse, self.published = folder / "warehouse.duckdb", folder / "published"
        self.keep, self.grace_seconds = keep, grace_seconds
        self.regions, self.version = regions, 0

    def publish(self, mixed_with: int | None = None) -> None:
        """Publish the next version; one that is mixed with another says so in the second fact."""
        self.version += 1
        self._load(self.version, self.version if mixed_with is None else mixed_with)
        version = f"v{self.version:04}"
        publish(self.warehouse, self.published, version, keep=self.keep, grace_seconds=self.grace_seconds)

    def _load(self, workers: int, employed: int) -> None:
        source = {"period": "2024-08", "source": "BPS", "released_on": date(2024, 11, 5)}
        people = {"employed_workers": employed, "excluded_workers": 0, "eligible_workers": employed}
        workforce = rows(FactWorkforce, *({"region_code": code} | source | people for code in self.regions))
        covered = coverage(MID_MARCH, **dict.fromkeys(self.regions, workers))
        now = BORN + timedelta(hours=self.version)
        with building(self.warehouse) as build:
            build.supersede(FactCoverage, covered, MID_MARCH, f"r{self.version}", now)
            build.supersede(FactWorkforce, workforce, None, f"r{self.version}", now)


def watched(
    published: Path, pythons: Sequence[str], during: Callable[[], None], *, long: int = 0, numbers: int = 0
) -> list[Seen]:
    """Return what readers saw while `during` ran, one reader per interpreter.

    It runs once all have had a session; `long` of every five cross the coverage with that many numbers.
    Raises RuntimeError with its talk when a reader crashed.
    """
    stop = published.parent / "stop"
    stop.unlink(missing_ok=True)
    with ExitStack() as stack:
        talk = stack.enter_context(TemporaryFile())
        readers = [
            stack.enter_context(
                _started([python, published, stop, numbers if turn % 5 < long else 0, len(pythons)], talk)
            )
            for turn, python in enumerate(pythons)
        ]
        try:
            for one in readers:
                _line(one)
            during()
        finally:
            stop.touch()
        said = [_line(one) for one in readers]
        if any(one.wait() for one in readers):
            talk.seek(0)
            raise RuntimeError(talk.read().decode(errors="replace"))
    return [json.loads(one) for one in said]


def _started(words: Sequence[object], talk: IO[bytes]) -> subprocess.Popen[str]:
    command = [str(words[0]), reader.__file__, *map(str, words[1:])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, text=True, cwd="/")


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()
