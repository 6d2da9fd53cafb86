"""The reception of one source: what it offers, what of it is new, what failed; no file costs another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from flows.at_rest.landed import size as size_of
from flows.receive.companions import LARGEST_COMPANION, Offered, is_arriving, require_plain, sorted_out, stated_sha256
from flows.receive.landing import Landed, Landing
from flows.receive.manifest import DELIVERED, FAILED, IGNORED, KNOWN, Entry, Manifest
from flows.receive.memory import Memory
from flows.receive.regions import is_of_others
from flows.receive.register import Register
from flows.receive.remote import Found, Remote
from flows.receive.retry import Patience
from flows.settings import Settings
from flows.sources import Address
from warehouse.disk import refusal_of
from warehouse.errors import Stop, place_of


@dataclass
class Received:
    """What a reception found: the extracts by the names of their deliveries, the new ones among them, other files, and
    what failed and why."""

    names: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)

    def text(self) -> str:
        """Return everything as text."""
        counts = f"{len(self.names)} berkas data / extracts, {len(self.arrived)} baru / new"
        new = [f"+ {name}" for name in self.arrived]
        return "\n".join([counts, *new, *(f"! {name}: {'; '.join(why)}" for name, why in self.failed.items())])

    def add(self, other: Received) -> None:
        """Add what came from another source."""
        self.names += other.names
        self.arrived += other.arrived
        self.ignored += other.ignored
        self.failed |= other.failed


def named(key: str, found: Found) -> str:
    """Return the name of a delivery: that of the file, below its source's where that has one."""
    return f"{key}/{found.name}" if key else found.name


def kind_of(settings: Settings, key: str, found: Found, regions: Sequence[str]) -> str | None:
    """Return the kind of a file that the source `key` offers, None when it is no extract or of other `regions` by its name."""
    source = settings.sources.get(key)
    if is_arriving(found.name) or (source is not None and not source.covers(found.name)):
        return None
    return None if is_of_others(found.name, regions) else settings.kind_of(named(key, found))


class Reception:
    """The reception of the source `key` of the settings, or of the folder of a run, whose key is empty."""

    def __init__(
        self,
        key: str,
        address: Address,
        settings: Settings,
        register: Register,
        say: Callable[[str], None],
        regions: Sequence[str] = (),
    ) -> None:
        self.key, self.address, self.settings, self.register, self.say = key, address, settings, register, say
        self.home, self.regions, self.patience = register.home, regions, Patience(address.retries)
        self.memory = Memory(self.home, key or "-", trusting=address.trust_mtime, deleting=settings.landing.deletes)
        self.manifest = Manifest(register.run_id, key, register.now())
        self.received = Received()

    def run(self, open_remote: Callable[[Address], Remote]) -> Received:
        """Return what came; what was received until a fault, or an interruption, is kept and recorded."""
        try:
            with self._named(self.key or self.address.url) as failed, open_remote(self.address) as remote:
                self.say(f"{self.key or self.address.path}: {self.address.url}")
                offered = sorted_out(self.patience.persist(remote.list))
                for found in offered.files:
                    self._file(remote, found, offered)
                self.memory.write()
            self.manifest.failed = "; ".join(failed)
        finally:
            self.register.write()
            self.manifest.finished_at = self.register.now()
            self.manifest.write(self.home)
        return self.received

    def _file(self, remote: Remote, found: Found, offered: Offered) -> None:
        name = named(self.key, found)
        kind = kind_of(self.settings, self.key, found, self.regions)
        if kind is None:
            self.received.ignored.append(name if name.isprintable() else ascii(name))
            self._note(Entry.of(IGNORED, found, remote.address(found.name)))
            return
        with self._named(name) as failed:
            require_plain(found.name)
            self._deliver(remote, found, offered, name, kind)
            self.received.names.append(name)
        if failed:
            self._note(Entry(found.name, FAILED, remote.address(found.name), found.size, found.tag, reason=failed[0]))

    def _deliver(self, remote: Remote, found: Found, offered: Offered, name: str, kind: str) -> None:
        """Enter a file as a delivery, if it is one; of one that was not read, and is none, only that it is there is noted."""
        control = self._control(remote, offered.controls.get(found.name))
        came = self._content(remote, found, offered.checksums.get(found.name))
        sha256 = came.sha256 if isinstance(came, Landed) else came
        if came == sha256 and not self.register.is_new(name, sha256, control):
            self.manifest.unread += 1
            return
        address = remote.address(found.name)
        size = size_of(self.home, sha256, deleted_too=True) or 0
        new = self.register.enter(name, kind, sha256, size, address, control)
        if new:
            self.received.arrived.append(name)
            self.say(f"{name}: {size:,} B, baru / new")
        result = DELIVERED if new else KNOWN
        if isinstance(came, Landed):
            self._note(Entry.of(result, found, address, came))
        else:
            self._note(Entry(found.name, result, address, found.size, found.tag, sha256, size))

    def _content(self, remote: Remote, found: Found, checksum: Found | None) -> Landed | str:
        """Return how the content came, or its SHA-256 when it is proved to be here."""
        expected = self.patience.persist(lambda: stated_sha256(remote, checksum)) if checksum else ""
        if (sha256 := self.memory.recall(found)) and expected in ("", sha256):
            return sha256
        came = self._landing(remote, self.address.largest_bytes).bring(found, expected)
        self.memory.remember(came.found, came.sha256)
        return came

    def _control(self, remote: Remote, found: Found | None) -> str:
        if found is None:
            return ""
        if sha256 := self.memory.recall(found):
            return sha256
        came = self._landing(remote, LARGEST_COMPANION).bring(found)
        self.memory.remember(came.found, came.sha256)
        return came.sha256

    def _landing(self, remote: Remote, largest: int) -> Landing:
        return Landing(
            self.home, self.key, remote, self.patience, largest, self.say, deleting=self.settings.landing.deletes
        )

    def _note(self, entry: Entry) -> None:
        self.manifest.files.append(entry)

    @contextmanager
    def _named(self, name: str) -> Iterator[list[str]]:
        """Note under a name what fails within, and yield the reasons; it goes no further."""
        reasons: list[str] = []
        try:
            yield reasons
        except Stop as stop:
            reasons.append(str(stop))
        except Exception as broken:
            refused = refusal_of(broken)
            reasons.append(str(refused or f"receive_failed: {type(broken).__name__} at {place_of(broken)}"))
        if reasons:
            self.received.failed[name] = reasons
            self.say(f"{name}: {reasons[0]}")
