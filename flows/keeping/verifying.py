"""Is everything that is kept what it was when it was written? Every finding says what was seen, and the cure."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

from flows.at_rest import cipher
from flows.at_rest.deletions import noted
from flows.at_rest.landed import encrypted, landing_key, size
from flows.at_rest.settings import LandingSettings
from flows.context import silent
from flows.keys.places import LANDING, has_key
from flows.receive.kept import SET_ASIDE, is_whole
from flows.running.findings import Finding, State
from warehouse import commits, gatings, ledger
from warehouse.ddl import literal
from warehouse.errors import Stop
from warehouse.files import holder
from warehouse.home import INCOMING, Home
from warehouse.published import CURRENT, current_version, damaged, versions
from warehouse.schema import Fact, Table
from warehouse.seals import SEAL, Damaged, seal_of, sha256_of, whole

RESTORE = "cakupan restore, or ask the sender of the file named in the journal"
AGAIN = "cakupan verify --heal, then cakupan run: it is made again from landing where it is needed"

Look = Callable[[Home, bool], Iterator[Finding]]


def verify(
    home: Home,
    say: Callable[[str], None] = silent,
    *,
    quick: bool = False,
    at_rest: LandingSettings = LandingSettings(),  # noqa: B008  frozen
) -> list[Finding]:
    """Return the findings on a home; nothing is changed. `quick` looks at sizes and structure, and reads no file whole.

    Encrypted contents are opened with the key that `at_rest` or its usual places give, and are never written.
    """
    found = list[Finding]()
    looks: dict[str, Look] = {**LOOKS, "encrypted": partial(_encrypted, at_rest=at_rest)}
    for name, look in looks.items():
        say(f"{name} ...")
        try:
            found += look(home, quick)
        except Damaged as damage:
            found.append(Finding(name, State.BROKEN, damage.en, damage.cure))
        except (OSError, ValueError, KeyError, TypeError) as broken:
            found.append(Finding(name, State.BROKEN, f"cannot be read: {type(broken).__name__}", RESTORE))
    return found


def _landing(home: Home, quick: bool) -> Iterator[Finding]:
    known = ledger.deliveries(home)
    bytes_of = {one.sha256: one.bytes for one in known}
    named = {sha256: one for one in known for sha256 in filter(None, (one.sha256, one.control))}
    for sha256, one in named.items():
        lies, told = size(home, sha256, deleted_too=True), f"{one.name} ({sha256[:12]}), offered at {one.uri}"
        if lies is None:
            yield Finding("landing", State.BROKEN, f"gone: {told}", RESTORE)
        elif not quick and not noted(home, sha256) and not is_whole(home, sha256):
            yield Finding("landing", State.BROKEN, f"damaged: {told}", RESTORE)
        elif quick and lies != bytes_of.get(sha256, lies):
            yield Finding("landing", State.BROKEN, f"of another size: {told}", RESTORE)
    yield Finding("landing", State.FINE, f"{len(named)} contents named by the journal")


def _encrypted(home: Home, quick: bool, at_rest: LandingSettings) -> Iterator[Finding]:
    """Yield what the encrypted contents of landing are in the clear; without their key only that they were not opened."""
    named = {sha256 for one in ledger.deliveries(home) for sha256 in (one.sha256, one.control) if sha256}
    sealed = [
        sha256 for sha256 in sorted(named) if not home.landed(sha256).is_file() and encrypted(home, sha256).is_file()
    ]
    if quick or not sealed:
        return
    if not has_key(home, LANDING, at_rest.key):
        seen = f"{len(sealed)} encrypted contents were not opened: their key is not here"
        yield Finding("landing", State.LOOK, seen, f"set {LANDING.file_variable}, or name the settings with --config")
        return
    wrong = 0
    for sha256 in sealed:
        try:
            cipher.decrypt(encrypted(home, sha256), None, landing_key(home, at_rest), sha256)
        except Stop as stop:
            wrong += 1
            yield Finding("landing", State.BROKEN, stop.en, stop.cure)
    yield Finding(
        "landing",
        State.FINE,
        f"{len(sealed) - wrong} of {len(sealed)} encrypted contents opened, each with its SHA-256",
    )


def _lake(home: Home, quick: bool) -> Iterator[Finding]:
    files = [path for path in home.lake.rglob("[!.]*") if path.is_file() and not path.name.endswith((SEAL, ".jsonl"))]
    unsealed = [path for path in files if not seal_of(path).exists()]
    for path in [] if quick else files:
        try:
            whole(path)
        except Damaged as damage:
            yield Finding("lake", State.BROKEN, f"{path.relative_to(home.lake)}: {damage.en}", AGAIN)
    gatings.gatings(home)
    verdicts = home.lake / "verdicts"
    for verdict in [] if quick or not verdicts.is_dir() else _whole_verdicts(home):
        accepted = home.lake / verdict.kind / f"{verdict.gate_id}.parquet"
        if verdict.accepted and not verdict.stopped and not accepted.exists():
            yield Finding("lake", State.BROKEN, f"accepted rows are gone: {verdict.kind}/{verdict.gate_id}", AGAIN)
    if unsealed:
        yield Finding(
            "lake", State.LOOK, f"{len(unsealed)} files without checksum: written by an earlier version", AGAIN
        )
    yield Finding("lake", State.FINE, f"{len(files)} files")


def _whole_verdicts(home: Home) -> Iterator[ledger.Verdict]:
    for path in sorted((home.lake / "verdicts").glob("[!.]*.json")):
        try:
            if found := ledger.find(home, path.stem):
                yield found
        except Damaged:
            continue


def _warehouse(home: Home, quick: bool) -> Iterator[Finding]:
    from warehouse.store import query

    found = commits.entries(home.ledger)
    known = commits.committed(found)
    if not home.warehouse.exists():
        state = State.BROKEN if known else State.LOOK
        yield Finding("warehouse", state, "there is none", commits.CURE if known else "cakupan run")
        return
    if not known:
        yield Finding(
            "warehouse", State.LOOK, "the ledger does not know it: written by an earlier version", "cakupan run"
        )
        return
    last, size = known[-1].told, home.warehouse.stat().st_size
    told = [one.told["warehouse"] for one in (known[-1], *filter(None, [commits.prepared(found)]))]
    same = size in [one["bytes"] for one in told]
    if not quick and same:
        same = sha256_of(home.warehouse) in [one["sha256"] for one in told]
    if not same:
        yield Finding("warehouse", State.BROKEN, "it is not the file that the ledger names", commits.CURE)
        return
    tables = last.get("rows", {})
    known_tables = [] if quick else [one for one in Table.registry.values() if one.qualified() in tables]
    counts = {
        one.qualified(): query(home.warehouse, f"SELECT count(*) FROM {one.qualified()}").item() for one in known_tables
    }
    if wrong := [name for name, rows in counts.items() if rows != tables[name]]:
        yield Finding(
            "warehouse", State.BROKEN, f"other numbers of rows than in the ledger: {', '.join(wrong)}", commits.CURE
        )
    checked = 0
    if not quick:
        checked = yield from _digests(home, known)
    yield Finding("warehouse", State.FINE, f"{len(known)} changes in the ledger, {checked} digests of facts compared")


def _digests(home: Home, known: list[commits.Entry]) -> Generator[Finding, None, int]:
    """Yield what differs, and return how many digests of standing rows were compared with their last entry."""
    from warehouse.digests import digest
    from warehouse.store import reading

    last = {
        (one["fact"], entry.told.get("month"), one.get("as_of_date")): one
        for entry in known
        for one in entry.told.get("facts", ())
    }
    with reading(home.warehouse) as ask:

        def rows(sql: str) -> list[tuple[Any, ...]]:
            return ask(sql).rows()

        for (name, month, day), one in last.items():
            table = Table.registry[name]
            assert issubclass(table, Fact)
            of_version = f" AND month = {literal(month)} AND as_of_date = {literal(day)}" if month else ""
            now = digest(rows, table, f"superseded_at IS NULL{of_version}")
            if now != {"rows": one["rows"], "digest": one["digest"]}:
                seen = f"{name} {month or ''} {day or ''}: other rows than in the ledger"
                yield Finding("warehouse", State.BROKEN, seen, commits.CURE)
    return len(last)


def _published(home: Home, quick: bool) -> Iterator[Finding]:
    kept, standing = versions(home.published), current_version(home.published)
    known = commits.published(commits.entries(home.ledger))
    whole(home.disclosure)
    link = home.published / CURRENT
    if link.is_symlink() and not link.exists():
        yield Finding("published", State.BROKEN, "current leads nowhere", "cakupan publish --rollback VERSION")
    for name in kept:
        again = "cakupan run publishes it anew" if name == standing else "it is not let stand again; cakupan restore"
        for file in [] if quick else damaged(home.published / name):
            yield Finding("published", State.BROKEN, f"{name}: {file.name} is not what was published", again)
        if name not in known:
            yield Finding(
                "published", State.LOOK, f"{name}: not in the ledger", "cakupan run enters the one that stands"
            )
    yield Finding("published", State.FINE, f"{len(kept)} versions, {standing or 'none'} stands")


def _leftovers(home: Home, _: bool) -> Iterator[Finding]:
    if process := holder(home.load_lock):
        yield Finding("leftovers", State.LOOK, f"process {process} is loading: what it writes is not counted", "wait")
        return
    hidden = [path for path in home.root.rglob(".*") if "lock" not in path.name and not path.name.startswith(INCOMING)]
    aside = list(home.landing.rglob(f"*{SET_ASIDE}"))
    for path in hidden[:5]:
        yield Finding(
            "leftovers", State.LOOK, f"{path.relative_to(home.root)}: left by a kill", "cakupan run sweeps it away"
        )
    for path in aside:
        cure = "it is personal data: remove it when its sender, or a backup, gave it again"
        yield Finding("leftovers", State.LOOK, f"{path.relative_to(home.root)}: set aside", cure)
    yield Finding("leftovers", State.FINE, f"{len(hidden)} unfinished, {len(aside)} set aside")


LOOKS: dict[str, Look] = {
    "landing": _landing, "lake": _lake, "warehouse": _warehouse, "published": _published, "leftovers": _leftovers,
}  # fmt: skip
