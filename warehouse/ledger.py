"""The ledger of deliveries and the verdicts on them: files beside the database, written whole, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from warehouse import lines, seals
from warehouse.calendar import Version
from warehouse.home import Home

VERDICTS, SUFFIX = "verdicts", ".json"


@dataclass(frozen=True)
class Delivery:
    """One content received under one name. `control` is the SHA-256 of its control file, empty without one."""

    name: str
    kind: str
    sha256: str
    bytes: int
    uri: str
    received_at: str
    run_id: str
    control: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a file was stopped."""

    rule: str
    en: str
    id: str
    cure: str = ""


@dataclass(frozen=True)
class Check:
    """What one expectation found in one subject."""

    suite: str
    rule: str
    expectation: str
    subject: str
    observed: str
    expected: str
    severity: str
    success: bool


@dataclass(frozen=True)
class SeenColumn:
    """A column of a file: its header, the column it stands for, empty for none, and the first line of each way of writing."""

    header: str
    column: str
    forms: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Drift:
    """One change of a column against the last accepted delivery of its source.

    `change` is CAME, WENT, MOVED or CHANGED; `line` the first that shows it, 0 where none does; `proposal` the line of
    settings that would meet it, if any.
    """

    change: str
    header: str
    column: str
    before: str
    now: str
    line: int
    proposal: str


@dataclass(frozen=True)
class Verdict:
    """What the gate decided on a file: rows in = accepted + rejected, unless the file could not be read.

    `corrected` are the wrong rows by correction that was about the file. `answers` is the SHA-256 of the content whose
    rejected rows the file answers, `?` while no such content is known, empty for every other file. `totals` are the
    control totals: what, the value that was stated, the value that was measured. `made_with` are marks of all that the
    gate heeded beside the content: settings and code.
    """

    gate_id: str
    sha256: str
    kind: str
    rows: int | None = None
    accepted: int | None = None
    rejected: int | None = None
    broken: dict[str, int] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)
    stops: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    versions: tuple[tuple[str, str, int], ...] = ()
    checks: tuple[Check, ...] = ()
    corrected: dict[str, int] = field(default_factory=dict)
    answers: str = ""
    totals: tuple[tuple[str, str, str], ...] = ()
    columns: tuple[SeenColumn, ...] = ()
    drift: tuple[Drift, ...] = ()
    made_with: dict[str, str] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Return whether the file may not be loaded."""
        return bool(self.stops)

    def fed(self) -> dict[Version, int]:
        """Return the accepted rows per version that the file feeds."""
        return {Version(date.fromisoformat(month), date.fromisoformat(day)): rows for month, day, rows in self.versions}


def deliveries(home: Home) -> list[Delivery]:
    """Return every delivery in order of arrival; a line cut off by a crash is not one yet."""
    path = journal(home)
    return list(_deliveries(path, stamp)) if (stamp := lines.stamp(path)) else []


@lru_cache(maxsize=1)
def _deliveries(path: Path, _stamp: lines.Stamp) -> tuple[Delivery, ...]:
    """Return what the journal of a stamp says: a load asks it some four times."""
    return tuple(Delivery(**one) for one in lines.read(path, [one.name for one in fields(Delivery)]))


def record(home: Home, arrived: Iterable[Delivery]) -> None:
    """Append deliveries to the journal; all of them are on the disk when this returns."""
    lines.rewrite(journal(home), map(asdict, [*deliveries(home), *arrived]))


def save(home: Home, *verdicts: Verdict) -> None:
    """Write verdicts; their presence says that the files were gated to the end."""
    seals.put_all_json({verdict_path(home, verdict.gate_id): verdict for verdict in verdicts})


def find(home: Home, gate_id: str) -> Verdict | None:
    """Return the verdict of a gating, or None when it never came to its end."""
    path = verdict_path(home, gate_id)
    if not path.exists():
        return None
    found = seals.get_json(path)
    found["stops"] = tuple(Reason(**reason) for reason in found["stops"])
    found["checks"] = tuple(Check(**check) for check in found["checks"])
    found["versions"] = tuple((month, day, rows) for month, day, rows in found["versions"])
    found["notes"] = tuple(found["notes"])
    found["totals"] = tuple((what, stated, measured) for what, stated, measured in found.get("totals", ()))
    found["columns"] = tuple(SeenColumn(**column) for column in found.get("columns", ()))
    found["drift"] = tuple(Drift(**drift) for drift in found.get("drift", ()))
    return Verdict(**found)


def verdicts(home: Home) -> Iterator[Verdict]:
    """Yield every verdict, the oldest first."""
    paths = verdict_path(home, "").parent.glob("[!.]*.json")
    for path in sorted(paths, key=lambda one: one.stat().st_mtime_ns):
        if (found := find(home, path.stem)) is not None:
            yield found


def moment(text: str) -> datetime:
    """Return the instant of a delivery as UTC without zone, as the warehouse stores it."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


def journal(home: Home) -> Path:
    """Return where the journal of deliveries lies."""
    return home.landing / "deliveries.jsonl"


def verdict_path(home: Home, gate_id: str) -> Path:
    """Return where the verdict of a gating lies."""
    return home.lake / VERDICTS / f"{gate_id}{SUFFIX}"
