"""What was delivered, by source, kind and month, as the newest version holds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from flows.planning import Judged, standing
from flows.settings import Settings
from warehouse import ledger
from warehouse.home import Home
from warehouse.verdict_book import VerdictBook


class Volume(NamedTuple):
    """The rows of the files that feed the newest version of a month: read, and rejected."""

    rows: int
    rejected: int

    @property
    def rejected_share(self) -> float:
        """Return the share of rows that was rejected, 0 without rows."""
        return self.rejected / self.rows if self.rows else 0.0


class Line(NamedTuple):
    """A source of the settings, empty where none covers the files, and a kind that it delivers."""

    source: str
    kind: str

    def __str__(self) -> str:
        return f"{self.source}: {self.kind}" if self.source else self.kind


Volumes = dict[Line, dict[date, Volume]]


def volumes(home: Home, settings: Settings) -> Volumes:
    """Return the volume of every month of every dated kind and source, by the last verdict on each content."""
    latest = {one.sha256: one for one in VerdictBook(home).everything()}
    known = [Judged(one, latest[one.sha256]) for one in ledger.deliveries(home) if one.sha256 in latest]
    found: Volumes = defaultdict(dict)
    for kind, feeds in standing(known).feeds.items():
        for version in sorted(version for version in feeds if version):
            for source, files in _by_source(feeds[version], settings).items():
                rows, rejected = (
                    sum(one.verdict.rows or 0 for one in files),
                    sum(one.verdict.rejected or 0 for one in files),
                )
                found[Line(source, kind)][version.month] = Volume(rows, rejected)
    return found


def _by_source(files: Iterable[Judged], settings: Settings) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in files:
        source = settings.source_of(one.delivery.name)
        key = next((name for name, known in settings.sources.items() if known is source), "")
        found[key].append(one)
    return found
