"""What every step of a load knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property, lru_cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from flows.settings import Settings
from transforms.identity import Pseudonyms
from warehouse.calendar import Span
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
class OneByOne:
    """Months that are named one by one."""

    months: frozenset[date]

    def covers(self, month: date) -> bool:
        """Return whether a month is one of them."""
        return month in self.months


@dataclass(frozen=True)
class Load:
    """One load of one home: its settings, key, run id, the months it is limited to, where it talks, and its clock.

    A load limited to `regions` leaves files aside that are of other regions by their names. The clock says, in UTC
    without zone, when something is received, loaded and finished.
    """

    home: Home
    settings: Settings
    pseudonyms: Pseudonyms
    run_id: str
    months: Span | OneByOne | None = None
    regions: tuple[str, ...] = ()
    say: Callable[[str], None] = field(default=silent, compare=False)
    clock: Callable[[], datetime] = field(default=utc_now, compare=False)

    def gate_id(self, delivery: Delivery) -> str:
        """Return the name of a gating: another content, dialect, code, threshold or correction gives another.

        The key is not part of it: a lake has one key, which its token files name, and keeps its verdicts under the next.
        """
        return fingerprint(delivery.sha256, *self.made_with(delivery).values())

    def made_with(self, delivery: Delivery) -> dict[str, str]:
        """Return what a gating heeds beside the content, each as a short mark: which of them changed tells why it is repeated."""
        settings = self.settings
        corrections = settings.corrections_of(delivery.kind, delivery.name)
        return {
            "control": delivery.control,
            "kind": delivery.kind,
            "dialect": _mark(settings.dialect_of(delivery.name).text),
            "limits": self._limits,
            "corrections": fingerprint(*(one.decisive() for one in corrections)),
            "code": code_version(),
        }

    @cached_property
    def _limits(self) -> str:
        return fingerprint(repr(self.settings.limits), str(self.settings.most_rejected))


def fingerprint(*parts: str) -> str:
    """Return a short name for `parts`: other parts, other name."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


@lru_cache(maxsize=1_024)
def _mark(text: str) -> str:
    return fingerprint(text)


@cache
def code_version() -> str:
    """Return the version of the package and a mark of the code and the seeds that figures are computed with."""
    files = [file for package in COMPUTING for file in resources.files(package).iterdir() if _counts(file)]
    texts = [f"{file.name}:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
    return f"{metadata.version('cakupan')}+{fingerprint(*sorted(texts))[:10]}"


def _counts(file: Traversable) -> bool:
    return file.name.endswith((".py", ".csv", ".toml"))
