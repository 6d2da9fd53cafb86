"""The end of a run: landed files are brought to lie as the settings say. Every step can be repeated until it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from flows.at_rest import cipher
from flows.at_rest.deletions import Deletion, everything, note
from flows.at_rest.landed import encrypted, in_the_clear, landing_key, sealed_ones, size
from flows.context import Load, fingerprint
from flows.months import loaded_fingerprints
from flows.planning import DATED, Judged, Standing, month_parts, stopped_now
from warehouse import ledger
from warehouse.files import placed, remove, sync
from warehouse.home import Home


@dataclass
class AtRest:
    """How many files were encrypted, decrypted and deleted."""

    encrypted: int = 0
    decrypted: int = 0
    deleted: int = 0


def is_asked(load: Load) -> bool:
    """Return whether files may have to be changed: by default they lie as they came, and nothing is to be done."""
    settings, home = load.settings.landing, load.home
    return settings.at_rest != "kept" or any(sealed_ones(home)) or any(_still_there(home))


def bring_to_rest(load: Load, judged: Sequence[Judged], now: Standing) -> AtRest:
    """Return what was changed so that files lie as the settings say. Only after a load, with what it judged and what stands."""
    found, settings, home = AtRest(), load.settings.landing, load.home
    for left in home.landing.glob("??/.*"):
        remove(left)
    if settings.keep_days is not None:
        note(home, _due(load, judged, now, settings.keep_days))
    for path in _still_there(home):
        path.unlink()
        sync(path.parent)
        found.deleted += 1
    if settings.at_rest == "encrypted":
        found.encrypted = sum(1 for path in in_the_clear(home) if _encrypt(load, path))
    elif settings.at_rest == "kept":
        found.decrypted = sum(1 for path in sealed_ones(home) if _decrypt(load, path))
    if any(asdict(found).values()):
        load.say(
            f"landing: {found.encrypted} dienkripsi / encrypted, {found.decrypted} dibuka / decrypted,"
            f" {found.deleted} dihapus / deleted"
        )
    return found


def _encrypt(load: Load, path: Path) -> bool:
    key = landing_key(load.home, load.settings.landing, make=True)
    with placed(encrypted(load.home, path.name)) as beside:
        cipher.encrypt(path, beside, key, path.name)
        cipher.decrypt(beside, None, key, path.name)
        beside.chmod(0o440)
    path.unlink()
    sync(path.parent)
    return True


def _decrypt(load: Load, path: Path) -> bool:
    with placed(load.home.landed(path.stem)) as beside:
        cipher.decrypt(path, beside, landing_key(load.home, load.settings.landing), path.stem)
        beside.chmod(0o440)
    path.unlink()
    sync(path.parent)
    return True


def _still_there(home: Home) -> list[Path]:
    """Return the files of contents that were deleted by the journal and lie there yet."""
    gone = [one.sha256 for one in everything(home).values() if not one.back]
    return [path for sha256 in gone for path in (home.landed(sha256), encrypted(home, sha256)) if path.exists()]


def _due(load: Load, judged: Sequence[Judged], now: Standing, keep_days: int) -> list[Deletion]:
    """Return the contents whose time has come and that nothing waits for, with their control files.

    Contents of one name go together, when the newest of them is old enough: the gate may compare them until then.
    """
    limit = (load.clock() - timedelta(days=keep_days)).isoformat()
    pending = _pending(load, now)
    stopped = {one.delivery.name for one in stopped_now(list(judged))}
    busy = {
        one.delivery.name
        for one in judged
        if ledger.moment(one.delivery.received_at).isoformat() > limit or _waiting(one, pending)
    } | stopped
    kept = {sha for one in judged if one.delivery.name in busy for sha in (one.delivery.sha256, one.delivery.control)}
    due = {one.delivery.sha256: one for one in judged if one.delivery.sha256 not in kept}
    gates = _gates(load.home, due.values())
    at = load.clock().isoformat(timespec="seconds")
    found = [
        Deletion(sha256, one.delivery.name, size(load.home, sha256) or 0, at, load.run_id, gates[sha256])
        for sha256, one in due.items()
    ]
    controls = {
        one.delivery.control: one.delivery.name for one in due.values() if one.delivery.control not in ("", *kept)
    }
    found += [
        Deletion(sha256, f"{name} (control)", size(load.home, sha256) or 0, at, load.run_id)
        for sha256, name in controls.items()
    ]
    return [one for one in found if size(load.home, one.sha256) is not None]


def _pending(load: Load, now: Standing) -> set[date]:
    held = loaded_fingerprints(load)
    return {month for month in now.months() if held.get(month) != fingerprint(*month_parts(month, now))}


def _waiting(one: Judged, pending: set[date]) -> set[date]:
    """Return the months among those not loaded that wait for a content; all of them for one without a date."""
    return pending & {version.month for version in one.verdict.fed()} if one.delivery.kind in DATED else pending


def _gates(home: Home, due: Iterable[Judged]) -> dict[str, dict[str, str]]:
    """Return the gatings by which contents stand, by what they answer: the newest, or the one in force."""
    wanted = {one.delivery.sha256: one for one in due}
    found: dict[str, dict[str, str]] = {sha256: {} for sha256 in wanted}
    for verdict in ledger.verdicts(home) if wanted else ():
        if verdict.sha256 in found:
            found[verdict.sha256][verdict.answers] = verdict.gate_id
    for sha256, one in wanted.items():
        found[sha256][one.verdict.answers] = one.verdict.gate_id
    return found
