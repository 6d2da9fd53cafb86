"""The versions of the published copy: which one stands, which were withdrawn and why, which are kept.

`current` is a link to the directory of the version that stands. `withdrawn.json` beside it names the versions that
nobody may read by that link again, and their content, which is not published anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from warehouse import commits
from warehouse.errors import Stop
from warehouse.files import hide, only_writer, placed, point
from warehouse.home import DATABASE as DATABASE
from warehouse.seals import Damaged, sha256_of
from warehouse.showing import without_ids

DESCRIPTOR = "datapackage.json"
CURRENT = "current"
WITHDRAWN = "withdrawn.json"
WRITER = ".publish"
HIDDEN = ".part-"


@dataclass(frozen=True)
class Withdrawal:
    """A version that was taken back: its content, when that was (UTC), and why."""

    version: str
    content: str
    withdrawn_at: str
    reason: str


@dataclass(frozen=True)
class Listed:
    """A version that is kept: when it was published (UTC), its bytes, and how it stands."""

    version: str
    published_at: str
    bytes: int
    is_current: bool
    withdrawn_at: str | None
    reason: str | None


def versions(published: Path) -> list[str]:
    """Return the names of the kept versions, oldest first; empty where nothing was ever published."""
    found = published.iterdir() if published.is_dir() else ()
    return sorted(
        path.name for path in found if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    )


def current_version(published: Path) -> str | None:
    """Return the name of the version that stands, None where none does."""
    link = published / CURRENT
    return link.resolve().name if link.exists() else None


def descriptor(directory: Path) -> dict[str, Any]:
    """Return the Data Package descriptor of a published directory, empty when it is none."""
    file = directory / DESCRIPTOR
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def content_of(directory: Path) -> str | None:
    """Return the content digest of a published directory, None when it is none."""
    return descriptor(directory).get("content")


def withdrawals(published: Path) -> list[Withdrawal]:
    """Return what was withdrawn and not restored, in order of version; versions that are no longer kept too."""
    file = published / WITHDRAWN
    told = json.loads(file.read_text(encoding="utf-8"))["withdrawn"] if file.exists() else []
    return [Withdrawal(**one) for one in told]


def listing(published: Path) -> list[Listed]:
    """Return the kept versions, oldest first."""
    current, taken_back = current_version(published), {one.version: one for one in withdrawals(published)}
    return [_listed(published / name, name == current, taken_back.get(name)) for name in versions(published)]


def roll_back(published: Path, version: str | None = None, reason: str = "") -> str:
    """Return the version that stands now: `version`, or the newest before the current one that was not withdrawn.

    Every newer version is withdrawn with the reason, `version` itself is not any more. What is withdrawn is noted
    first, so that no run publishes it again when this is interrupted. Raises Stop without such a version.
    """
    with only_writer(published / WRITER):
        taken_back = {one.version for one in withdrawals(published)}
        current = current_version(published) or ""
        earlier = [name for name in versions(published) if name < current and name not in taken_back]
        return _let_stand(published, version or (earlier[-1] if earlier else ""), reason)


def restore(published: Path) -> str:
    """Return the newest kept version, which stands again. Raises Stop when it is not withdrawn."""
    with only_writer(published / WRITER):
        newest = versions(published)[-1:]
        if not newest or newest[0] not in {one.version for one in withdrawals(published)}:
            told = "the newest version is not withdrawn", "versi terbaru tidak ditarik"
            raise Stop("nothing_withdrawn", *told, "cakupan publish --list")
        return _let_stand(published, newest[0], "")


def point_at(published: Path, version: str) -> None:
    """Let `current` name `version`: at once, and on the disk."""
    point(published / CURRENT, version)


def enter(published: Path, version: str, **told: Any) -> None:
    """Enter a version in the ledger: its content, and the checksum of the descriptor that holds those of its files."""
    directory = published / version
    told |= {"version": version, "content": content_of(directory), "descriptor": sha256_of(directory / DESCRIPTOR)}
    commits.enter(commits.of(published), commits.PUBLISHED, told)


def adopt(published: Path, standing: str) -> None:
    """Enter the version that stands when a crash, or an earlier version of the product, left it without its entry."""
    if standing not in commits.published(commits.entries(commits.of(published))):
        enter(published, standing, adopted=True)


def damaged(directory: Path) -> list[Path]:
    """Return the files of a published version that are not what was published; its descriptor first."""
    entry = commits.published(commits.entries(commits.of(directory.parent))).get(directory.name)
    file = directory / DESCRIPTOR
    if not file.exists() or (entry and entry.told["descriptor"] != sha256_of(file)):
        return [file]
    told = descriptor(directory)
    sums = {one["path"]: one["hash"].removeprefix("sha256:") for one in told["resources"]}
    if "database" in told:
        sums[told["database"]["path"]] = told["database"]["sha256"]
    files = {directory / path: sha256 for path, sha256 in sums.items()}
    return [file for file, sha256 in files.items() if not file.exists() or sha256_of(file) != sha256]


def hide_oldest(published: Path, version: str, keep: int, replaced_before: float) -> None:
    """Hide all but the newest `keep` versions, `version`, and those that were replaced since; the next sweep removes them."""
    for name, successor in pairwise(versions(published)[: 1 - keep or None]):
        if name != version and (published / successor).stat().st_mtime <= replaced_before:
            hide(published / name, published / (HIDDEN + name))


def _let_stand(published: Path, version: str, reason: str) -> str:
    known, reason = versions(published), without_ids(reason)
    if version not in known:
        told = (f"there is no version {version}", f"tidak ada versi {version}") if version else NOTHING_BEFORE
        raise Stop("version_unknown", *told, f"kept are {', '.join(known) or '-'}; keep_versions says how many")
    if broken := damaged(published / version):
        raise Damaged(broken[0], "version_damaged", "let another version stand, or run again: cakupan publish --list")
    before = withdrawals(published)
    noted = {one.version for one in before}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    newer = [
        Withdrawal(name, content_of(published / name) or "", now, reason)
        for name in known
        if name > version and name not in noted
    ]
    _note(published, [one for one in before if one.version != version] + newer)
    point_at(published, version)
    commits.enter(
        commits.of(published), commits.STANDS, {"version": version, "withdrawn": len(newer), "reason": reason}
    )
    return version


NOTHING_BEFORE = "no version before the current one is kept", "tidak ada versi sebelum yang berlaku"


def _note(published: Path, withdrawn: Sequence[Withdrawal]) -> None:
    listed = [asdict(one) for one in sorted(withdrawn, key=lambda one: one.version)]
    with placed(published / WITHDRAWN) as beside:
        beside.write_text(json.dumps({"withdrawn": listed}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _listed(directory: Path, is_current: bool, withdrawal: Withdrawal | None) -> Listed:
    moment = datetime.fromtimestamp((directory / DESCRIPTOR).stat().st_mtime, UTC)
    return Listed(
        directory.name, moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()), is_current,
        withdrawal.withdrawn_at if withdrawal else None, withdrawal.reason if withdrawal else None,
    )  # fmt: skip
