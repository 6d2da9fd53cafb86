"""The record of one reception: what became of every file that a source offered, and how many needed no second look."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from flows.receive.landing import Landed
from flows.receive.remote import Found
from warehouse.files import placed
from warehouse.home import Home

DELIVERED, KNOWN, FAILED, IGNORED = "delivered", "known", "failed", "ignored"


@dataclass(frozen=True)
class Entry:
    """What became of a file.

    `result`: delivered (a new delivery), known (its content came before), failed (with the reason), ignored (no extract).
    `size` is what the source said, `bytes` what came, `tag` what it showed.
    """

    name: str
    result: str
    address: str
    size: int | None
    tag: str
    sha256: str = ""
    bytes: int | None = None
    tries: int = 0
    reason: str = ""

    @classmethod
    def of(cls, result: str, found: Found, address: str, came: Landed | None = None) -> Entry:
        """Return the entry of a file that came, or of one that was not read."""
        if came is None:
            return cls(found.name, result, address, found.size, found.tag, found.sha256)
        return cls(found.name, result, address, came.found.size, came.found.tag, came.sha256, came.bytes, came.tries)


@dataclass
class Manifest:
    """One reception of one source. `source` is its name in the settings, empty for the folder of a run.

    `unread` files came before, and were not read again: their tags prove their contents, as the memory of the source tells.
    """

    run_id: str
    source: str
    started_at: str
    finished_at: str = ""
    failed: str = ""
    unread: int = 0
    files: list[Entry] = field(default_factory=list)

    def write(self, home: Home) -> None:
        """Place the manifest in the landing area."""
        name = ".".join(part for part in (self.run_id, self.source, "json") if part)
        with placed(home.landing / "manifests" / name) as beside:
            beside.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
