"""The ledger of what was committed, outside the database: one checked and synced line for every change of the warehouse
and of the published copy. What it says was loaded and published; nothing else was acknowledged.

A change of the warehouse is PREPARED with the checksum of the new file before that takes its place, and COMMITTED after.
What a crash left between the two is settled by the checksum of the file that is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import lines
from warehouse.seals import Damaged, sha256_of

NAME = "ledger.jsonl"
PREPARED, COMMITTED, VOID, LOST = "prepared", "committed", "void", "lost"
PUBLISHED, STANDS = "published", "stands"
CURE = "cakupan restore; or move it away and run again: all that stands is loaded anew, without what was superseded"
ADOPTED = "a crash came between the change of the warehouse and its entry: entered now"


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: what happened, when (UTC), and what it says of it."""

    event: str
    at: str
    told: Mapping[str, Any] = field(default_factory=dict)


def of(beside: Path) -> Path:
    """Return the ledger of a warehouse file, or of the folder of published versions, beside which it lies."""
    return beside.parent / NAME


def entries(ledger: Path) -> list[Entry]:
    """Return every entry, oldest first. Raises Damaged when the ledger was changed."""
    return [Entry(one.pop("event"), one.pop("at"), one) for one in lines.read(ledger)]


def enter(ledger: Path, event: str, told: Mapping[str, Any]) -> None:
    """Add an entry, which is on the disk when this returns."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    lines.append(ledger, {"event": event, "at": at, **told})


def committed(found: list[Entry]) -> list[Entry]:
    """Return the changes of the warehouse that it holds, oldest first: nothing from before it was lost."""
    lost = [place for place, one in enumerate(found) if one.event == LOST]
    return [one for one in found[lost[-1] + 1 if lost else 0 :] if one.event == COMMITTED]


def prepared(found: list[Entry]) -> Entry | None:
    """Return the change that was begun and not settled, if there is one."""
    last = [one for one in found if one.event in (PREPARED, COMMITTED, VOID, LOST)][-1:]
    return last[0] if last and last[0].event == PREPARED else None


def published(found: list[Entry]) -> dict[str, Entry]:
    """Return what the ledger says of every published version, by its name."""
    return {one.told["version"]: one for one in found if one.event == PUBLISHED}


def reconcile(warehouse: Path) -> str:
    """Return what was done to make ledger and warehouse agree, empty when they did.

    Raises Damaged when the warehouse is neither the last one that was committed nor the one that was prepared then.
    """
    ledger = of(warehouse)
    found = entries(ledger)
    known, begun = committed(found)[-1:], prepared(found)
    if not warehouse.exists():
        if known or begun:
            enter(ledger, LOST, {})
            return "the warehouse was gone: what stands is loaded anew"
        return ""
    sha256 = sha256_of(warehouse)
    if begun and begun.told["warehouse"]["sha256"] == sha256:
        enter(ledger, COMMITTED, {**begun.told, "adopted": True})
        return ADOPTED
    if known and known[0].told["warehouse"]["sha256"] != sha256:
        raise Damaged(warehouse, "warehouse_differs_from_ledger", CURE)
    if begun:
        enter(ledger, VOID, {"warehouse": begun.told["warehouse"]})
        return "a change of the warehouse was cut off before its place was taken: it is made again"
    if not known:
        enter(ledger, COMMITTED, {"warehouse": mark_of(warehouse), "adopted": True})
        return "the ledger begins with the warehouse as it is"
    return ""


def mark_of(file: Path) -> dict[str, Any]:
    """Return what tells a file from every other: its bytes and its SHA-256."""
    return {"bytes": file.stat().st_size, "sha256": sha256_of(file)}
