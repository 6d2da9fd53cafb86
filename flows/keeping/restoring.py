"""A home from a backup: verified file by file, held to its ledger, and ready for the next night."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.context import silent
from flows.keeping.store_of_backups import Backups
from flows.keeping.verifying import verify
from flows.running.findings import Finding
from warehouse.errors import Stop
from warehouse.files import folder, point
from warehouse.home import Home
from warehouse.published import CURRENT


def restore(source: Path, home: Home, name: str = "", say: Callable[[str], None] = silent) -> dict[str, Any]:
    """Return what was restored, the mark of the key that it needs, and the findings on the home that holds it then.

    Raises Stop when the home is not empty, or the backup is damaged.
    """
    if home.root.exists() and any(home.root.iterdir()):
        told = f"{home.root} is not empty", f"{home.root} tidak kosong"
        raise Stop("home_not_empty", *told, "name a folder that is empty or not there")
    began, backups = time.monotonic(), Backups(source.resolve())
    listed = backups.listed(name)
    files: dict[str, dict[str, Any]] = listed["files"]
    for path in files:
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise Stop(
                "backup_damaged", f"{path} leads out of the home", f"{path} keluar dari gudang", "another backup"
            )
    folder(home.root)
    home.create()
    for place, (path, one) in enumerate(files.items(), start=1):
        backups.give(one["sha256"], home.root / path, one["mode"])
        if place % 1_000 == 0:
            say(f"{place}/{len(files)}")
    if listed["current"]:
        point(home.published / CURRENT, listed["current"])
    restored = time.monotonic() - began
    found = verify(home, say)
    return {
        "backup": name or backups.names()[-1], "files": len(files), "bytes": sum(one["bytes"] for one in files.values()),
        "key": listed["key"], "restore_seconds": round(restored, 1),
        "verify_seconds": round(time.monotonic() - began - restored, 1), "findings": [one.data() for one in found],
        "whole": not any(map(_fatal, found)),
    }  # fmt: skip


def drill(source: Path, name: str = "", say: Callable[[str], None] = silent) -> dict[str, Any]:
    """Return what `restore` tells of a restore to a folder beside the backups that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=source) as place:
        return restore(source, Home(Path(place) / "home"), name, say)


def _fatal(one: Finding) -> bool:
    return one.fatal
