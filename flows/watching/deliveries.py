"""What was delivered, by kind and month, as the newest version holds it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from flows.planning import Judged, standing
from warehouse import ledger
from warehouse.home import Home


class Volume(NamedTuple):
    """The rows of the files that feed the newest version of a month: read, and rejected."""

    rows: int
    rejected: int

    @property
    def rejected_share(self) -> float:
        """Return the share of rows that was rejected, 0 without rows."""
        return self.rejected / self.rows if self.rows else 0.0


Volumes = dict[str, dict[date, Volume]]


def volumes(home: Home) -> Volumes:
    """Return the volume of every month of every dated kind, by the last verdict on each content."""
    latest = {one.sha256: one for one in ledger.verdicts(home)}
    known = [Judged(one, latest[one.sha256]) for one in ledger.deliveries(home) if one.sha256 in latest]
    found: Volumes = defaultdict(dict)
    for kind, feeds in standing(known).feeds.items():
        newest = {version.month: version for version in sorted(version for version in feeds if version)}
        for month, version in newest.items():
            verdicts = [one.verdict for one in feeds[version]]
            found[kind][month] = Volume(
                sum(one.rows or 0 for one in verdicts), sum(one.rejected or 0 for one in verdicts)
            )
    return found
