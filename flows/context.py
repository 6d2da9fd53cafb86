"""What every step of a load knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from flows.settings import Settings
from transforms.identity import Pseudonyms
from warehouse.home import Home
from warehouse.ledger import Delivery

COMPUTING = (
    "warehouse",
    "warehouse.layouts",
    "warehouse.reading",
    "warehouse.tables",
    "warehouse.seeds",
    "transforms",
    "expectations",
)


def silent(_: str) -> None:
    """Say nothing: the progress of a load that nobody watches."""


def utc_now() -> datetime:
    """Return the moment, in UTC without zone, as the warehouse stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Load:
    """One load of one home: its settings, key, run id, the month and the regions it is limited to, where it talks, its clock.

    The clock says, in UTC without zone, when something is received, loaded and finished.
    """

    home: Home
    settings: Settings
    pseudonyms: Pseudonyms
    run_id: str
    month: date | None = None
    regions: tuple[str, ...] = ()
    say: Callable[[str], None] = field(default=silent, compare=False)
    clock: Callable[[], datetime] = field(default=utc_now, compare=False)

    def gate_id(self, delivery: Delivery) -> str:
        """Return the name of a gating: another content, dialect, key, code, threshold or correction gives another."""
        corrections = self.settings.corrections_of(delivery.kind, delivery.name)
        parts = (
            delivery.sha256, delivery.control, delivery.kind, repr(self.settings.dialect_of(delivery.name)),
            repr(self.settings.limits), self.pseudonyms.fingerprint(), str(self.settings.most_rejected), code_version(),
            *(one.decisive() for one in corrections),
        )  # fmt: skip
        return fingerprint(*parts)


def fingerprint(*parts: str) -> str:
    """Return a short name for `parts`: other parts, other name."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


@cache
def code_version() -> str:
    """Return the version of the package and a mark of the code and the seeds that figures are computed with."""
    files = [file for package in COMPUTING for file in resources.files(package).iterdir() if _counts(file)]
    texts = [f"{file.name}:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
    return f"{metadata.version('cakupan')}+{fingerprint(*sorted(texts))[:10]}"


def _counts(file: Traversable) -> bool:
    return file.name.endswith((".py", ".csv", ".toml"))
