"""The journal of deletions: which contents are no longer in landing, since when, and by which verdicts they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from warehouse.errors import Stop
from warehouse.files import placed
from warehouse.home import Home


@dataclass(frozen=True)
class Deletion:
    """A content that was deleted as the settings ask, or that came `back`.

    `gates` are the gatings by which it stands from then on, by what it answers: they are not repeated without the file.
    """

    sha256: str
    name: str
    bytes: int
    at: str
    run_id: str
    gates: dict[str, str] = field(default_factory=dict)
    back: bool = False


def noted(home: Home, sha256: str) -> Deletion | None:
    """Return the deletion of a content, None when it was not deleted or came back."""
    found = everything(home).get(sha256)
    return None if found is None or found.back else found


def everything(home: Home) -> dict[str, Deletion]:
    """Return the last entry of every content that was ever deleted."""
    path = _journal(home)
    if not path.exists():
        return {}
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_ino)


def note(home: Home, fresh: Iterable[Deletion]) -> None:
    """Append deletions, all of them at once: from then on the contents count as deleted, whatever of them still lies there."""
    path, fresh = _journal(home), list(fresh)
    if not fresh:
        return
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    with placed(path) as beside:
        beside.write_text(known + "".join(json.dumps(asdict(one)) + "\n" for one in fresh), encoding="utf-8")


def back(home: Home, one: Deletion) -> None:
    """Note that a content is in landing again."""
    note(home, [replace(one, back=True)])


def gone(home: Home, sha256: str) -> Stop:
    """Return that a content is not in landing: deleted as the settings ask, or lost."""
    one = noted(home, sha256)
    if one is None:
        en, id = f"{sha256[:12]} is not in landing", f"{sha256[:12]} tidak ada di landing"
        return Stop("landing_missing", en, id, "bring it back from a backup, or have it sent again")
    en = f"{one.name} was deleted from landing on {one.at[:10]}, as [landing] keep_days asks"
    id = f"{one.name} dihapus dari landing pada {one.at[:10]}, sesuai [landing] keep_days"
    return Stop("landing_deleted", en, id, 'have it sent again and load it with at_rest = "kept" or more keep_days')


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _inode: int) -> dict[str, Deletion]:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    entries = [Deletion(**json.loads(line)) for line in lines if line.endswith("\n")]
    return {one.sha256: one for one in entries}


def _journal(home: Home) -> Path:
    return home.landing / "deletions.jsonl"
