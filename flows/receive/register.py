"""What counts as a delivery: content decides, not its name and not its date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from warehouse import ledger
from warehouse.home import Home
from warehouse.ledger import Delivery

BYTES_AT_STAKE = 64 << 20


class Register:
    """The journal of deliveries while files arrive.

    A content that came before, under whatever name, is not entered again, unless its name brought other content in between.
    """

    def __init__(self, home: Home, run_id: str, clock: Callable[[], datetime]) -> None:
        self.home, self.run_id, self.clock = home, run_id, clock
        known = ledger.deliveries(home)
        self.seen = {one.sha256 for one in known}
        self.newest = {one.name: (one.sha256, one.control) for one in known}
        self.arrived: list[Delivery] = []

    def enter(self, name: str, kind: str, sha256: str, size: int, uri: str, control: str) -> bool:
        """Return whether this content under this name is a delivery, which is entered then."""
        if not self.is_new(name, sha256, control):
            return False
        self.arrived.append(Delivery(name, kind, sha256, size, uri, self.now(), self.run_id, control))
        self.seen.add(sha256)
        self.newest[name] = (sha256, control)
        if sum(one.bytes for one in self.arrived) >= BYTES_AT_STAKE:
            self.write()
        return True

    def is_new(self, name: str, sha256: str, control: str) -> bool:
        """Return whether this content under this name, with this control file, would be a delivery."""
        return self.newest.get(name) != (sha256, control) and (name in self.newest or sha256 not in self.seen)

    def now(self) -> str:
        """Return the moment as the journal writes it."""
        return self.clock().replace(tzinfo=UTC).isoformat(timespec="microseconds")

    def write(self) -> None:
        """Bring what arrived to the disk: a long reception that is killed keeps what it has."""
        if self.arrived:
            ledger.record(self.home, self.arrived)
            self.arrived = []
