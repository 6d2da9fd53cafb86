"""The journal of gatings: which gating of a content was in force since when. Quarantine is read from it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.files import placed
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
    path = _journal(home)
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [json.loads(line) for line in lines if line.endswith("\n")]
    return [Gating(**{**one, "repeated": tuple(one["repeated"])}) for one in found]


def record(home: Home, in_force: Iterable[Gating]) -> None:
    """Append what changed: an entry that says the same as the last of its name and content is left out."""
    known = gatings(home)
    last = {(one.name, one.sha256): (one.gate_id, one.repeated) for one in known}
    fresh = [one for one in in_force if last.get((one.name, one.sha256)) != (one.gate_id, one.repeated)]
    if fresh:
        with placed(_journal(home)) as beside:
            beside.write_text("".join(json.dumps(asdict(one)) + "\n" for one in [*known, *fresh]), encoding="utf-8")


def _journal(home: Home) -> Path:
    return home.lake / "gatings.jsonl"
