"""What a home promises at every moment of a recording, and whether a state of it after a power cut keeps that.

A file that was renamed into its place and whose folder was synced stays, until another takes its place. The published
copy is the acknowledged version or the one that follows, byte for byte. What is in the journal lies in landing. What the
ledger said when it was last synced it still says; what was being added may be there, in part, or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath

from tests.faults.disk import Disk, State
from tests.faults.recording import Done
from tests.faults.shim import Call

CURRENT, JOURNAL, LEDGER = "published/current", "landing/deliveries.jsonl", "ledger.jsonl"
WAREHOUSE = "warehouse.duckdb"
NEVER = 1 << 62


@dataclass
class Placed:
    """A content that a path has since a call (None: it was removed), certain since another one."""

    content: str | None
    since: int
    certain: int = NEVER


class Promises:
    """What holds after any number of calls of a recording that began with the home `before` and ended with `after`."""

    def __init__(self, before: State, after: State, recording: Sequence[Done]) -> None:
        self.versions = {path: one for home in (before, after) for path, one in home.items() if _of_version(path)}
        self.links = [Placed(_text(before.get(CURRENT)), 0, 0)]
        self.placed = {path: [Placed(_digest(one), 0, 0)] for path, one in before.items() if _is_placed(path, one)}
        self.ledger = [(0, _bytes(before.get(LEDGER)))]
        disk = Disk(before)
        for number, done in enumerate(recording, start=1):
            disk.follow(done)
            self._notice(number, done, disk)

    def broken(self, state: State, calls: int) -> Iterator[str]:
        """Yield what a state after a power cut does not keep of what was promised after so many calls."""
        standing = _text(state.get(CURRENT))
        if standing not in _allowed(self.links, calls):
            yield f"{CURRENT} names {standing}"
        for path, content in self.versions.items():
            if standing and path.startswith(f"published/{standing}/") and state.get(path) != content:
                yield f"{path} is {'missing' if path not in state else 'not what was published'}"
        for path, contents in self.placed.items():
            if _digest(state.get(path)) not in _allowed(contents, calls):
                yield f"{path} is {'missing' if path not in state else 'not what was placed there'}"
        told = next(content for since, content in reversed(self.ledger) if since <= calls)
        if not _bytes(state.get(LEDGER)).startswith(told):
            yield f"{LEDGER} lacks what it had acknowledged"
        yield from _not_landed(state)

    def _notice(self, number: int, done: Done, disk: Disk) -> None:
        if done.call is Call.SYNC:
            for path, contents in [*self.placed.items(), (CURRENT, self.links)]:
                for one in contents:
                    if str(PurePosixPath(path).parent) == (done.path or ".") and one.certain == NEVER:
                        one.certain = number
            if done.path == LEDGER and (file := disk.file(LEDGER)):
                self.ledger.append((number, bytes(file.visible())))
        elif done.call is Call.RENAME and done.second == CURRENT:
            self.links.append(Placed(disk.link(CURRENT), number))
        elif done.call is Call.RENAME and (file := disk.file(done.second)) and _is_placed(done.second, b""):
            self.placed.setdefault(done.second, [Placed(None, 0, 0)]).append(
                Placed(_digest(bytes(file.visible())), number)
            )
        elif done.call is Call.UNLINK and done.path in self.placed:
            self.placed[done.path].append(Placed(None, number))


def _allowed(contents: Sequence[Placed], calls: int) -> set[str | None]:
    last = max(at for at, one in enumerate(contents) if one.certain <= calls)
    return {one.content for one in contents[last:] if one.since <= calls + 1}


def _not_landed(state: State) -> Iterator[str]:
    journal = state.get(JOURNAL)
    for line in journal.decode(errors="replace").splitlines() if isinstance(journal, bytes) else ():
        try:
            name = json.loads(line)["sha256"]
        except ValueError:
            yield "the journal does not read"
            return
        content = state.get(f"landing/{name[:2]}/{name}")
        if not isinstance(content, bytes) or sha256(content).hexdigest() != name:
            yield f"the journal names a content that is not in landing whole: {name[:8]}"


def _is_placed(path: str, content: bytes | str | None) -> bool:
    hidden = any(part.startswith(".") for part in path.split("/"))
    kept = path.split("/")[0] not in ("published", "reports", "runs") and not path.endswith(".lock")
    return isinstance(content, bytes) and not hidden and kept and path != LEDGER


def _of_version(path: str) -> bool:
    return path.startswith("published/") and not path.split("/")[1].startswith(".") and path != CURRENT


def _digest(content: bytes | str | None) -> str | None:
    return sha256(content).hexdigest() if isinstance(content, bytes) else None


def _bytes(content: bytes | str | None) -> bytes:
    return content if isinstance(content, bytes) else b""


def _text(content: bytes | str | None) -> str | None:
    return content if isinstance(content, str) else None
