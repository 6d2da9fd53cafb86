"""Receiving: extracts come into the landing area, known by the SHA-256 of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flows.context import utc_now
from flows.settings import Settings
from warehouse import ledger
from warehouse.errors import Stop
from warehouse.files import settle
from warehouse.home import Home
from warehouse.ledger import Delivery

CONTROL = ".control.json"
CHUNK = 1 << 20


def receive_folder(
    home: Home, source: Path, settings: Settings, run_id: str, clock: Callable[[], datetime] = utc_now
) -> tuple[list[str], list[str]]:
    """Return the names of the extracts in a folder, at any depth, and of the files that are none.

    New content is copied into the landing area and entered in the ledger. A content that came before, under
    whatever name, is not entered again, unless its name brought other content in between.
    """
    if not source.is_dir():
        raise Stop("source_missing", f"{source} is not a folder", f"{source} bukan folder", "correct --source")
    files = sorted(path for path in source.rglob("*") if path.is_file() and not path.name.startswith("."))
    named = {path.relative_to(source).as_posix(): path for path in files if not path.name.endswith(CONTROL)}
    kinds = {name: settings.kind_of(name) for name in named}
    known = ledger.deliveries(home)
    seen = {one.sha256 for one in known}
    newest = {one.name: (one.sha256, one.control) for one in known}
    arrived: list[Delivery] = []
    for name, path in named.items():
        kind = kinds[name]
        if kind is None:
            continue
        sha256, size = land(home, path)
        control = _control(home, path)
        if newest.get(name) == (sha256, control) or (name not in newest and sha256 in seen):
            continue
        now = clock().replace(tzinfo=UTC).isoformat(timespec="microseconds")
        arrived.append(Delivery(name, kind, sha256, size, path.resolve().as_uri(), now, run_id, control))
        seen.add(sha256)
    if arrived:
        ledger.record(home, arrived)
    return [name for name, kind in kinds.items() if kind], [name for name, kind in kinds.items() if not kind]


def land(home: Home, path: Path) -> tuple[str, int]:
    """Return the SHA-256 and the size of a file, which lies in the landing area afterwards."""
    beside = home.landing / f".incoming-{uuid4().hex[:8]}"
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as source, beside.open("wb") as copy:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += copy.write(chunk)
        target = home.landed(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        beside.chmod(0o440)
        settle(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return digest.hexdigest(), size


def _control(home: Home, path: Path) -> str:
    control = path.with_name(path.name + CONTROL)
    return land(home, control)[0] if control.is_file() else ""
