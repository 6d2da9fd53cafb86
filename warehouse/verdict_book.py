"""The verdicts of a home in one file: a load that was preceded by years of others opens none of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

from warehouse import ledger
from warehouse.gist import Gist
from warehouse.home import Home
from warehouse.ledger import SUFFIX, VERDICTS, Reason, Verdict

KEPT = (
    "gate_id", "sha256", "kind", "rows", "accepted", "rejected", "broken", "warned", "stops", "notes", "versions",
    "corrected", "answers", "totals",
)  # fmt: skip
"""What is kept of a verdict. Who needs what was seen of the file, `checks`, `columns`, `drift`, `made_with`, asks the ledger."""


class VerdictBook:
    """The verdicts of a home as far as they are KEPT: what was decided, not what it was decided by."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._gist = Gist(home.lake, VERDICTS, [VERDICTS], SUFFIX, " ".join(KEPT))

    def find(self, gate_id: str) -> Verdict | None:
        """Return the verdict of a gating, or None when it never came to its end before the book was opened."""
        found = self._gist.of(f"{VERDICTS}/{gate_id}{SUFFIX}", self._tell)
        return _verdict(found) if found else None

    def everything(self) -> Iterator[Verdict]:
        """Yield every verdict, the oldest first."""
        for name in sorted(self._gist.stamps, key=lambda one: self._gist.stamps[one][2]):
            if found := self.find(name.removeprefix(f"{VERDICTS}/").removesuffix(SUFFIX)):
                yield found

    def gated(self) -> set[str]:
        """Return the names of the gatings that came to their end before the book was opened."""
        return {name.removeprefix(f"{VERDICTS}/").removesuffix(SUFFIX) for name in self._gist.stamps}

    def write(self) -> None:
        """Keep what was read of verdicts for the next who asks."""
        self._gist.write()

    def _tell(self, path: Path) -> list[Any] | None:
        found = ledger.find(self._home, path.stem)
        return _plain(attrgetter(*KEPT)(found)) if found else None


def _plain(values: tuple[Any, ...]) -> list[Any]:
    return [
        [vars(one) if isinstance(one, Reason) else one for one in part] if isinstance(part, tuple) else part
        for part in values
    ]


def _verdict(values: list[Any]) -> Verdict:
    told = dict(zip(KEPT, values, strict=True))
    told["stops"] = tuple(Reason(**reason) for reason in told["stops"])
    told["notes"] = tuple(told["notes"])
    for name in ("versions", "totals"):
        told[name] = tuple(map(tuple, told[name]))
    return Verdict(**told)
