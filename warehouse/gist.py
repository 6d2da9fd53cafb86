"""What was told of many files, kept in one: who asks again opens none of them that is still the same file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from warehouse.seals import Damaged, get_json, put_json

GIST = "gist"
WHAT, FILES = "what", "files"
Stamp = list[int]


class Gist:
    """The gist of each file of some folders of the lake, as plain values, for as long as it is the same file.

    It is no truth of its own: one that is damaged, of another place, or tells something else than `what`, is as good as none.
    """

    def __init__(self, lake: Path, name: str, folders: Iterable[str], suffix: str, what: str) -> None:
        self.lake, self.path, self.what = lake, lake / GIST / f"{name}.json", what
        self.stamps = {name: stamp for folder in folders for name, stamp in _files(lake, folder, suffix)}
        self._kept: dict[str, list[Any]] = {}
        with suppress(Damaged, ValueError, LookupError, TypeError):
            if self.path.exists() and (kept := get_json(self.path))[WHAT] == what:
                self._kept = kept[FILES]
        self._told: dict[str, list[Any]] = {}

    def of(self, name: str, tell: Callable[[Path], Any]) -> Any:
        """Return what is kept of the file `name`, or else what `tell` says of it; None where it was not there at the start."""
        if name not in self._told and (stamp := self.stamps.get(name)) is not None:
            was = self._kept.get(name)
            self._told[name] = was if was and was[0] == stamp else [stamp, tell(self.lake / name)]
        return self._told[name][1] if name in self._told else None

    def write(self) -> None:
        """Keep what was told of the files that are there, unless it is what is kept; of others it is forgotten."""
        kept = {name: was for name, was in self._kept.items() if was[0] == self.stamps.get(name)}
        now = kept | {name: told for name, told in self._told.items() if told != kept.get(name)}
        if now != self._kept:
            put_json(self.path, {WHAT: self.what, FILES: now})


def _files(lake: Path, folder: str, suffix: str) -> Iterator[tuple[str, Stamp]]:
    """Yield each whole file of a folder with what tells it from another: inode, size, times of its content and of its state."""
    with suppress(FileNotFoundError), os.scandir(lake / folder) as entries:
        for entry in entries:
            if entry.name.endswith(suffix) and not entry.name.startswith("."):
                state = entry.stat()
                yield f"{folder}/{entry.name}", [state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns]
