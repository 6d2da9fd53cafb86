"""A backup of a home while it is used: what never changes is copied once, what changes is copied as it stood at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.at_rest.landed import CONTENT
from flows.context import code_version, silent
from flows.keeping.store_of_backups import Backups
from flows.keys import lake_key
from flows.receive.kept import SET_ASIDE
from warehouse import commits
from warehouse.errors import Stop
from warehouse.gist import GIST
from warehouse.home import Home
from warehouse.published import CURRENT, current_version
from warehouse.seals import SEAL, seal_of, stated

LEFT_OUT = ("keys", "prefect", "site", "watch", "outbox", GIST)
TRIES = 20


def backup(home: Home, into: Path, say: Callable[[str], None] = silent) -> dict[str, Any]:
    """Return the name of the new backup, its files and bytes, what of them is new, and damaged files that it leaves out.

    The key is never in it; `key` is its public mark. Raises Stop when the backup would lie in the home, or the home
    changes faster than it is copied.
    """
    if into.resolve().is_relative_to(home.root):
        told = f"{into} lies in the home", f"{into} ada di dalam gudang"
        raise Stop("backup_in_home", *told, "name a folder on another disk")
    backups = Backups(into.resolve())
    with backups.only_writer():
        return _backup(home, backups, say)


def _backup(home: Home, backups: Backups, say: Callable[[str], None]) -> dict[str, Any]:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    before = backups.listed()["files"] if backups.names() else {}
    say("gudang, buku besar, terbitan / warehouse, ledger, published copy ...")
    changing, link = _moment(home, backups, before)
    say("landing, lake ...")
    files: dict[str, dict[str, Any]] = {}
    damaged: list[str] = []
    for path in _unchanging(home):
        try:
            taken = _taken(home, path, backups, before)
        except FileNotFoundError:
            continue
        if (known := _stated(home, path)) and taken["sha256"] not in known:
            damaged.append(_name(home, path))
        else:
            files[_name(home, path)] = taken
    files |= changing
    known_before = {one["sha256"] for one in before.values()}
    fresh = {one["sha256"]: one["bytes"] for one in files.values() if one["sha256"] not in known_before}
    made = lake_key.known(home)
    key = made.id if made else ""
    listed = {"code_version": code_version(), "key": key, "current": link, "files": files, "damaged": damaged}
    backups.enter(name, listed)
    total = sum(one["bytes"] for one in files.values())
    counts = {"files": len(files), "bytes": total, "new_contents": len(fresh), "new_bytes": sum(fresh.values())}
    return {"backup": name, "home": str(home.root), "key": key, "damaged": damaged, **counts}


def _moment(home: Home, backups: Backups, before: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], str]:
    """Return what changes, all of one moment: the ledger was the same before and after, and names the warehouse that was copied."""
    for _ in range(TRIES):
        said = home.ledger.read_bytes() if home.ledger.exists() else b""
        standing = current_version(home.published) or ""
        paths = [home.ledger, home.warehouse, home.landing / "deliveries.jsonl", home.lake / "gatings.jsonl"]
        paths += [*sorted(home.published.glob("*.json")), home.disclosure, seal_of(home.disclosure)]
        try:
            files = {
                _name(home, path): _taken(home, path, backups, before, read=True) for path in paths if path.exists()
            }
            files |= {
                _name(home, path): _taken(home, path, backups, before)
                for path in sorted(home.published.rglob("[!.]*"))
                if path.is_file() and path.parent != home.published and CURRENT not in path.parts
            }
        except FileNotFoundError:
            continue
        if said == (home.ledger.read_bytes() if home.ledger.exists() else b"") and _agrees(home, files):
            return files, standing
    told = "the home changed while it was copied, again and again", "gudang terus berubah saat disalin"
    raise Stop("backup_disturbed", *told, "run it again when no load ends / ulangi saat tidak ada pemuatan")


def _agrees(home: Home, files: dict[str, dict[str, Any]]) -> bool:
    found = commits.entries(home.ledger)
    told = [*commits.committed(found)[-1:], *filter(None, [commits.prepared(found)])]
    copied = files.get(_name(home, home.warehouse))
    return not told or (copied is not None and copied["sha256"] in [one.told["warehouse"]["sha256"] for one in told])


def _unchanging(home: Home) -> Iterator[Path]:
    """Yield the files that are placed once, those that are named by others after those that name them."""
    for folder in (home.lake / "verdicts", home.lake, home.landing, home.reports, home.runs):
        for path in sorted(folder.rglob("[!.]*")):
            parts = path.relative_to(home.root).parts
            plain = not any(part.startswith(".") or part in LEFT_OUT for part in parts)
            if plain and path.is_file() and not path.is_symlink() and not path.name.endswith((".lock", SET_ASIDE)):
                yield path


def _taken(home: Home, path: Path, backups: Backups, before: dict[str, Any], *, read: bool = False) -> dict[str, Any]:
    """Return what tells of a file that is in the backups: one that stayed what it was in the last is not read again."""
    found, known = path.stat(), before.get(_name(home, path))
    stamp = {"mtime_ns": found.st_mtime_ns, "mode": found.st_mode & 0o777}
    same = known and not read and (known["bytes"], known["mtime_ns"]) == (found.st_size, found.st_mtime_ns)
    if known and same and backups.has(known["sha256"]):
        return {**known, **stamp}
    sha256, size = backups.take(path)
    return {"sha256": sha256, "bytes": size, **stamp}


def _stated(home: Home, path: Path) -> list[str]:
    """Return the SHA-256 that a file may have by its name or its seal, none where neither says it."""
    if path.is_relative_to(home.lake) and not path.name.endswith(SEAL):
        return stated(path)
    return [path.name] if CONTENT.fullmatch(path.name) and path == home.landed(path.name) else []


def _name(home: Home, path: Path) -> str:
    return str(path.relative_to(home.root))
