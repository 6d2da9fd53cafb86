"""What a run would do, and why, before it does it: files to be received or checked again, months to be computed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flows.assembly import Assembly
from flows.context import Load, fingerprint
from flows.gating import extract_of, known_verdict
from flows.months import loaded_fingerprints, made_of
from flows.planning import MONTH_IN_NAME, Judged, Standing, month_parts, standing
from flows.quarantine.joining import joined
from flows.receive.companions import sorted_out
from flows.receive.memory import Memory
from flows.receive.opening import remote_of
from flows.receive.receiving import addresses
from flows.receive.reception import kind_of, named
from flows.receive.register import Register
from flows.receive.remote import Found, Remote
from flows.running.reads import Reads, reads_of
from warehouse import ledger
from warehouse.ledger import Delivery, Verdict
from warehouse.schema import conform
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.verdict_book import VerdictBook

NEW, CHANGED, UNREAD = "new file", "changed content", "content unknown until it is received"
BECAUSE: Mapping[str, str] = {
    "control": "changed control file",
    "kind": "changed kind",
    "dialect": "changed settings: dialect or layout",
    "limits": "changed settings: limits",
    "corrections": "changed corrections",
    "code": "changed code, rules or seeds",
}
CHUNK = 1 << 20


@dataclass(frozen=True)
class FileStep:
    """A file that would be received or checked again, why, and the months it is about where that is known."""

    name: str
    kind: str
    bytes: int | None
    why: tuple[str, ...]
    months: tuple[str, ...]


@dataclass
class RunPlan:
    """What a run would do, and what it reads of the lake, by month, beside the files that are new or checked again.

    While files are to be checked, the months are those that their names and last checks tell.
    """

    files: list[FileStep] = field(default_factory=list)
    months: dict[str, list[str]] = field(default_factory=dict)
    reads: dict[str, Reads] = field(default_factory=dict)
    unchanged_files: int = 0
    unchanged_months: int = 0

    @property
    def nothing(self) -> bool:
        """Return whether the run would find nothing to do."""
        return not self.files and not self.months


def plan(load: Load, folder: Path | None) -> RunPlan:
    """Return what a run would do from the folder, or from the sources with a url. Nothing is written or moved."""
    found = RunPlan()
    book = VerdictBook(load.home)
    earlier = {one.sha256: one for one in book.everything()}
    known = ledger.deliveries(load.home)
    for delivery in known:
        if known_verdict(load, delivery, load.gate_id(delivery), book=book) is None:
            found.files.append(_again(load, delivery, earlier.get(delivery.sha256)))
    fresh = list(_offered(load, folder))
    found.files += [step for step in fresh if step.why]
    found.unchanged_files = sum(not step.why for step in fresh)
    if found.files:
        now = standing([Judged(one, earlier[one.sha256]) for one in known if one.sha256 in earlier])
        found.months = _guessed(load, found.files)
    else:
        now = _standing(load, known, book)
        _weigh_months(load, known, now, found)
    months = {name: date.fromisoformat(f"{name}-01") for name in found.months}
    known_names = {one.name for one in known}
    changing = {one.name: one.bytes or 0 for one in found.files}
    coming = {
        name: sum(one.bytes or 0 for one in found.files if name in one.months and one.name not in known_names)
        for name in months
    }
    found.reads = {
        name: reads_of(load, now, month, changing, coming[name])
        for name, month in months.items()
        if now.of_month(month)
    }
    return found


def _offered(load: Load, folder: Path | None) -> Iterator[FileStep]:
    register = Register(load.home, load.run_id, load.clock)
    for key, address in addresses(load.settings, folder).items():
        memory = Memory(load.home, key or "-", trusting=address.trust_mtime, deleting=load.settings.landing.deletes)
        load.say(f"{key or address.path}: {address.url}")
        with remote_of(address) as remote:
            offered = sorted_out(remote.list())
            for one in offered.files:
                if (kind := kind_of(load.settings, key, one, load.regions)) is None:
                    continue
                sha256 = _content(remote, one, memory, local=not key)
                control = offered.controls.get(one.name)
                stated = _content(remote, control, memory, local=not key) if control else ""
                known = sha256 if stated or not control else ""
                yield _step(named(key, one), kind, one, known, stated, register)


def _step(name: str, kind: str, found: Found, sha256: str, control: str, register: Register) -> FileStep:
    why: tuple[str, ...] = ()
    if not sha256:
        why = (UNREAD,)
    elif register.is_new(name, sha256, control):
        known, _ = register.newest.get(name, ("", ""))
        why = (NEW if not known else BECAUSE["control"] if known == sha256 else CHANGED,)
    return FileStep(name, kind, found.size, why, tuple(_months_named(name, kind)))


def _content(remote: Remote, found: Found, memory: Memory, *, local: bool) -> str:
    """Return the SHA-256 of a file: remembered, or read where it lies on this machine, else an empty text."""
    if (sha256 := memory.recall(found)) or not local:
        return sha256
    digest = hashlib.sha256()
    for piece in remote.read(found, 0):
        digest.update(piece)
    return digest.hexdigest()


def _again(load: Load, delivery: Delivery, last: Verdict | None) -> FileStep:
    seen = ledger.find(load.home, last.gate_id) if last else None
    now, before = load.made_with(delivery), seen.made_with if seen else {}
    why = tuple(told for part, told in BECAUSE.items() if before.get(part) not in (None, now[part]))
    months = sorted({f"{version.month:%Y-%m}" for version in last.fed()}) if last else []
    told = why or (("never checked to the end",) if last is None else (BECAUSE["code"],))
    return FileStep(
        delivery.name, delivery.kind, delivery.bytes, told, tuple(months or _months_named(delivery.name, delivery.kind))
    )


def _months_named(name: str, kind: str) -> Iterator[str]:
    if extract_of(kind).monthly and (named := MONTH_IN_NAME.search(name)):
        yield f"{named[1]}-{named[2]}"


def _guessed(load: Load, files: list[FileStep]) -> dict[str, list[str]]:
    months: dict[str, list[str]] = {}
    for step in files:
        for month in step.months:
            months.setdefault(month, []).append(f"{step.name}: {', '.join(step.why)}")
    covered = {f"{one:%Y-%m}" for one in loaded_fingerprints(load)} if load.home.warehouse.exists() else set()
    later = {month for month in covered if months and month > min(months) and month not in months}
    months |= {month: ["a month before it may change"] for month in later}
    wanted = load.months
    kept = months if wanted is None else {
        month: why for month, why in months.items() if wanted.covers(date.fromisoformat(f"{month}-01"))
    }  # fmt: skip
    return dict(sorted(kept.items()))


def _standing(load: Load, known: list[Delivery], book: VerdictBook) -> Standing:
    found = ((one, known_verdict(load, one, load.gate_id(one), book=book)) for one in known)
    judged = [Judged(one, verdict) for one, verdict in found if verdict]
    wages = conform(Assembly(load, Standing({})).undated(MinimumWage), MinimumWage)
    return standing(joined(load, judged, wages))


def _weigh_months(load: Load, known: list[Delivery], now: Standing, found: RunPlan) -> None:
    held, names = loaded_fingerprints(load), {load.gate_id(one): one.name for one in known}
    for month in now.months():
        if load.months is not None and not load.months.covers(month):
            continue
        parts = month_parts(month, now)
        if held.get(month) == fingerprint(*parts):
            found.unchanged_months += 1
        else:
            found.months[f"{month:%Y-%m}"] = _why(load, parts, held.get(month), f"{month:%Y-%m}", names)


def _why(load: Load, parts: list[str], held: str | None, month: str, names: dict[str, str]) -> list[str]:
    if held is None:
        return ["not loaded yet"]
    before: list[str] = []
    with suppress(FileNotFoundError):
        before = made_of(load.home.lake / "facts" / month / f"{held}.json")
    if not before:
        return ["loaded from other files or by other code"]
    told = [BECAUSE["code"]] if parts[1] != before[1] else []
    told += [f"+ {names.get(part.rpartition(':')[2], part)}" for part in parts[2:] if part not in before]
    gone = [part for part in before[2:] if part not in parts]
    return told + [f"- {names.get(part.rpartition(':')[2], part)}" for part in gone]
