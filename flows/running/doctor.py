"""Is this installation fit to run? Every finding says what was seen and what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from flows.running import machine, modes
from flows.running.findings import Finding, State
from flows.secret import Secret
from warehouse.errors import Stop
from warehouse.files import holder
from warehouse.home import Home
from warehouse.runs import CRASHED, FAILED, runs

ROOM_FACTOR, LEAST_ROOM = 3, 1 << 30
GIB = 1 << 30


def examine(root: Path, config: str | None) -> list[Finding]:
    """Return the findings on a home and on this machine; nothing is changed."""
    home = Home(root)
    if not root.is_dir():
        return [
            Finding("home", State.BROKEN, f"{root} does not exist", "cakupan run --home makes it; check --home"),
            *_apart(),
        ]
    looks: list[Callable[[Home], Iterator[Finding]]] = [_folders, _key, _room, _lock, _runs, _copy]
    found = [finding for look in looks for finding in look(home)]
    return [*found, *_settings(config), *_apart()]


def text(found: list[Finding]) -> str:
    """Return the findings as lines, each cure below what it mends."""
    marks = {State.FINE: "ok  ", State.LOOK: "look", State.BROKEN: "FAIL"}
    lines = (
        f"{marks[one.state]}  {one.what}: {one.seen}" + (f"\n      → {one.cure}" if one.cure else "") for one in found
    )
    return "\n".join(lines)


def _apart() -> Iterator[Finding]:
    yield from machine.packages()
    yield from machine.clock()
    yield from machine.server()


def _folders(home: Home) -> Iterator[Finding]:
    kind = machine.file_system(home.root)
    remote = kind in machine.REMOTE_FILE_SYSTEMS
    cure = "put the home on a local disk: locks and renames are promised there only"
    yield Finding("file system", State.BROKEN if remote else State.FINE, kind or "unknown", cure if remote else "")
    for folder in (home.root, home.landing, home.lake, home.published, home.reports, home.runs):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield Finding(
                "permissions", State.BROKEN, f"{folder} cannot be written", f"chown it to user {os.getuid()}, chmod 750"
            )
    yield from modes.look(home)


def _key(home: Home) -> Iterator[Finding]:
    from flows.keys import lake_key
    from flows.keys.places import has_key, pseudonyms

    if not has_key(home):
        told = "if this home had one, restore it: tokens made with another cannot be matched"
        yield Finding("key", State.LOOK, "none yet: the first run makes one in the home", told)
        return
    try:
        keys, origin = pseudonyms(home)
        lake_key.require(home, keys, origin)
        yield Finding("key", State.FINE, f"{origin}, id {keys.fingerprint()}")
    except Stop as stop:
        yield Finding("key", State.BROKEN, stop.en, stop.cure)


def _room(home: Home) -> Iterator[Finding]:
    free = shutil.disk_usage(home.root).free
    file = home.warehouse.stat().st_size if home.warehouse.exists() else 0
    wanted = max(LEAST_ROOM, ROOM_FACTOR * file)
    seen = f"{free / GIB:.1f} GiB free, {wanted / GIB:.1f} wanted: the warehouse is built beside itself and published"
    yield Finding(
        "disk",
        State.FINE if free >= wanted else State.BROKEN,
        seen,
        "" if free >= wanted else "make room, or lower keep_versions",
    )


def _lock(home: Home) -> Iterator[Finding]:
    if process := holder(home.load_lock):
        yield Finding("lock", State.FINE, f"held by process {process}: a load is running")
    else:
        yield Finding("lock", State.FINE, "free: what a killed load noted there holds nobody up")


def _runs(home: Home) -> Iterator[Finding]:
    logs = runs(home)
    if not logs:
        yield Finding("runs", State.LOOK, "none yet", "cakupan run")
        return
    last = logs[-1]
    if last.state == CRASHED:
        seen = f"{last.run_id} began {last.started_at} and was killed"
        yield Finding(
            "runs",
            State.LOOK,
            seen,
            "run again: it goes on where the killed one was; look for the killer (journalctl -k)",
        )
    elif last.state == FAILED:
        yield Finding("runs", State.LOOK, f"{last.run_id}: FAILED, {last.ended.get('reason')}", "mend it and run again")
    else:
        yield Finding("runs", State.FINE, f"{last.run_id}: {last.state}")


def _copy(home: Home) -> Iterator[Finding]:
    from warehouse.store import query

    if not home.current.exists():
        yield Finding("published copy", State.LOOK, "none yet", "cakupan run publishes one")
        return
    try:
        rows = query(home.current, "SELECT count(*) FROM mart.fact_coverage").item()
        yield Finding("published copy", State.FINE, f"{home.current.parent.resolve().name}, {rows:,} rows of coverage")
    except Stop as stop:
        yield Finding("published copy", State.BROKEN, stop.en, "cakupan publish --rollback, then cakupan run")


def _settings(config: str | None) -> Iterator[Finding]:
    from flows import settings

    if config is None:
        return
    try:
        told = settings.load(Path(config))
    except Stop as stop:
        yield Finding("settings", State.BROKEN, stop.en, "cakupan config check tells every mistake")
        return
    yield Finding("settings", State.FINE, config)
    if not told.checks.second_engine:
        seen, cure = (
            "checks.second_engine is off: figures are published after one engine counted them",
            "take it out of the settings",
        )
        yield Finding("second engine", State.LOOK, seen, cure)
    if told.disclosure.threshold < 2:
        seen, cure = "disclosure.threshold is 1: counts of single persons are published", "see docs/disclosure.md"
        yield Finding("small counts", State.LOOK, seen, cure)
    if told.watch:
        yield from _addresses(told.watch.notify)


def _addresses(notify: Sequence[Secret]) -> Iterator[Finding]:
    from flows.watching.channels import channel

    for one in notify:
        try:
            yield Finding("alerts", State.FINE, f"{one.where}: {channel(one).service_name}")
        except Stop as stop:
            yield Finding("alerts", State.LOOK, stop.en, stop.cure)
