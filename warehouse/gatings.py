"""The journal of gatings: which gating of a content was in force since when. Quarantine is read from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path

from warehouse import lines
from warehouse.home import Home


@dataclass(frozen=True)
class Gating:
    """A gating of a content under a name that a run found in force; until the next entry of the two it stays so.

    `repeated` are the accepted lines that the months left out because another file has their key.
    """

    name: str
    sha256: str
    kind: str
    gate_id: str
    run_id: str
    at: str
    repeated: tuple[int, ...] = ()


def gatings(home: Home) -> list[Gating]:
    """Return every entry in order of time; a line cut off by a crash is not one yet."""
    path = journal(home)
    return list(_gatings(path, stamp)) if (stamp := lines.stamp(path)) else []


@lru_cache(maxsize=1)
def _gatings(path: Path, _stamp: lines.Stamp) -> tuple[Gating, ...]:
    found = lines.read(path, [one.name for one in fields(Gating)])
    return tuple(Gating(**{**one, "repeated": tuple(one["repeated"])}) for one in found)


def record(home: Home, in_force: Iterable[Gating]) -> None:
    """Append what changed: an entry that says the same as the last of its name and content is left out."""
    known = gatings(home)
    last = {(one.name, one.sha256): (one.gate_id, one.repeated) for one in known}
    fresh = [one for one in in_force if last.get((one.name, one.sha256)) != (one.gate_id, one.repeated)]
    if fresh:
        lines.rewrite(journal(home), map(asdict, [*known, *fresh]))


def journal(home: Home) -> Path:
    """Return where the journal of gatings lies."""
    return home.lake / "gatings.jsonl"
