"""Where backups lie: every content once, by its SHA-256, and a list of files for every backup."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import Stop
from warehouse.files import folder, only_writer, placed
from warehouse.seals import Damaged, get_json, put_json

CHUNK = 1 << 20
CURE = "take an older backup: --backup NAME"


@dataclass(frozen=True)
class Backups:
    """A folder of backups, on another disk than the home."""

    root: Path

    @contextmanager
    def only_writer(self) -> Iterator[None]:
        """Hold the right to write here, after removing what a backup that was cut off left unfinished."""
        folder(self.root)
        with only_writer(self.root / "backup"):
            for left in [*self.root.glob("contents/**/.*"), *self.root.glob("backups/.*")]:
                left.unlink()
            yield

    def names(self) -> list[str]:
        """Return the names of all backups, oldest first."""
        return sorted(path.stem for path in (self.root / "backups").glob("[!.]*.json"))

    def listed(self, name: str = "") -> dict[str, Any]:
        """Return what a backup holds, the newest without a name. Raises Stop when there is none or its list is damaged."""
        known = self.names()
        if not known or (name and name not in known):
            told = f"there is no backup {name} in {self.root}", f"tidak ada cadangan {name} di {self.root}"
            raise Stop("backup_unknown", *told, f"there are {', '.join(known[-5:]) or 'none'}")
        try:
            found: dict[str, Any] = get_json(self._list(name or known[-1]))
        except Damaged as damage:
            raise Damaged(damage.path, "backup_damaged", CURE) from None
        return found

    def enter(self, name: str, listed: dict[str, Any]) -> None:
        """Say what a backup holds: from now on it is one."""
        put_json(self._list(name), listed)

    def has(self, sha256: str) -> bool:
        """Return whether a content is there."""
        return self.content(sha256).is_file()

    def content(self, sha256: str) -> Path:
        """Return where a content lies."""
        return self.root / "contents" / sha256[:2] / sha256

    def take(self, file: Path) -> tuple[str, int]:
        """Return SHA-256 and bytes of a file that is in the backups then."""
        incoming = self.root / "contents" / "incoming"
        with placed(incoming) as beside:
            sha256, size = copied(file, beside)
        if self.has(sha256):
            incoming.unlink()
        else:
            with placed(self.content(sha256)) as beside:
                incoming.replace(beside)
                beside.chmod(0o440)
        return sha256, size

    def give(self, sha256: str, target: Path, mode: int) -> None:
        """Place a content where it belongs. Raises Damaged when it is not what was taken."""
        with placed(target) as beside:
            if not self.has(sha256) or copied(self.content(sha256), beside)[0] != sha256:
                raise Damaged(self.content(sha256), "backup_damaged", CURE)
            beside.chmod(mode)

    def _list(self, name: str) -> Path:
        return self.root / "backups" / f"{name}.json"


def copied(source: Path, target: Path, say: Callable[[int], None] | None = None) -> tuple[str, int]:
    """Return SHA-256 and bytes of what was copied."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as given, target.open("wb") as taken:
        while piece := given.read(CHUNK):
            digest.update(piece)
            size += taken.write(piece)
            if say:
                say(size)
    return digest.hexdigest(), size
