"""Is the key the one the lake was made with? Looked at, never changed; the key itself is not shown."""

from __future__ import annotations

from typing import Any

from flows.keys import lake_key
from flows.keys.places import LANDING, TOKENS, Kept, Place, has_key, kept_key
from flows.keys.switching import begun, decided
from flows.secret import Secret
from flows.settings import Settings
from transforms.identity import Pseudonyms
from warehouse.errors import Stop
from warehouse.home import Home


def checked(home: Home, settings: Settings, other: Home | None = None) -> dict[str, Any]:
    """Return where the key comes from, its id and mode, the key of the lake, what is wrong, and how far a rotation is.

    `joinable` says whether equal persons have equal tokens here and in the lake of `other`; null when that was not asked.
    `problems` hold rule, en, id and cure each; none when loads can go on.
    """
    problems: list[Stop] = []
    made = lake_key.known(home)
    key = _seen(home, TOKENS, settings.key, problems)
    if key and not problems:
        try:
            lake_key.require(home, Pseudonyms(key.secret), key.origin)
        except Stop as stop:
            problems.append(stop)
    landing = _seen(home, LANDING, settings.landing.key, problems) if has_landing_key(home, settings) else None
    return {
        "key": _told(key),
        "lake": {"id": made.id, "number": made.number, "since": made.since} if made else None,
        "before": [{"id": one.id, "number": one.number, "until": one.until} for one in made.before] if made else [],
        "kept_old": sorted(str(path) for path in key.file.parent.glob(f"{key.file.name}.*.old")) if key and key.file else [],
        "rotation": "decided" if decided(home) else "begun" if begun(home) else "none",
        "landing_key": _told(landing),
        "joinable": _joinable(made, lake_key.known(other)) if other else None,
        "problems": [{"rule": one.rule, "en": one.en, "id": one.id, "cure": one.cure} for one in problems],
    }  # fmt: skip


def has_landing_key(home: Home, settings: Settings) -> bool:
    """Return whether there is a key for files at rest."""
    return has_key(home, LANDING, settings.landing.key)


def text(found: dict[str, Any]) -> str:
    """Return what was looked at as lines, each cure below what it mends."""
    key, made = found["key"], found["lake"]
    lines = [
        f"kunci / key: {key['origin']}, id {key['id']}" + (f", mode {key['mode']}" if key["mode"] else "") if key
        else "kunci / key: belum ada, dibuat oleh muatan pertama / none yet, the first load makes one",
        f"lake: id {made['id']}, nomor / number {made['number']}, sejak / since {made['since'][:10]}" if made
        else "lake: belum mencatat kunci / no key is noted yet",
        f"rotasi / rotation: {ROTATION[found['rotation']]}",
    ]  # fmt: skip
    lines += [f"kunci lama disimpan / old key kept: {path}" for path in found["kept_old"]]
    if found["landing_key"]:
        lines.append(f"kunci landing / landing key: {found['landing_key']['origin']}, id {found['landing_key']['id']}")
    if found["joinable"] is not None:
        lines.append(
            "dua lake dapat digabung / two lakes can be joined: " + ("ya / yes" if found["joinable"] else "tidak / no")
        )
    lines += [f"! {one['rule']}: {one['id']} / {one['en']}\n  → {one['cure']}" for one in found["problems"]]
    return "\n".join(lines)


ROTATION = {
    "none": "tidak ada / none",
    "begun": "dimulai, belum diputuskan: ulangi perintahnya / begun, not decided: run it again",
    "decided": "diputuskan: muatan berikutnya menyelesaikannya / decided: the next load finishes it",
}


def _seen(home: Home, place: Place, declared: Secret | None, problems: list[Stop]) -> Kept | None:
    if not has_key(home, place, declared) and (place is LANDING or lake_key.known(home) is None):
        return None
    try:
        return kept_key(home, place, declared, make=False)
    except Stop as stop:
        problems.append(stop)
        return None


def _told(key: Kept | None) -> dict[str, str] | None:
    if key is None:
        return None
    mode = f"{key.file.stat().st_mode & 0o777:04o}" if key.file and key.file.exists() else ""
    return {"origin": key.origin, "id": Pseudonyms(key.secret).fingerprint(), "mode": mode}


def _joinable(mine: lake_key.LakeKey | None, other: lake_key.LakeKey | None) -> bool:
    return mine is not None and other is not None and mine.id == other.id
