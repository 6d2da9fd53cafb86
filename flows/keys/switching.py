"""The last part of a rotation: from the marker on, files under the new key take the place of those under the old one.

The marker is the moment of the change. Before it the lake is whole under the old key and the new files lie apart;
after it every step below can be repeated until it is done, needs no key, and runs before anything else uses the lake.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.keys import lake_key
from warehouse import lake
from warehouse.errors import Stop
from warehouse.files import placed, sync
from warehouse.home import Home

FOLDER = "rotation-"


@dataclass(frozen=True)
class Switch:
    """What is changed into what: ids of keys, the file that holds the old one, where the new one waits, and the moment.

    `file` is empty when the old key is kept where we cannot change it.
    """

    old: str
    new: str
    file: str
    waiting: str
    keep_old: bool
    at: str


def folder_of(home: Home, old: str, new: str) -> Path:
    """Return where the files of the lake lie under the new key until they are all there."""
    return home.lake / f"{FOLDER}{old}-{new}"


def begun(home: Home) -> list[Path]:
    """Return the folders of rotations that have begun and not come to their marker."""
    return sorted(home.lake.glob(f"{FOLDER}*"))


def decided(home: Home) -> Switch | None:
    """Return the change that has been decided and is not finished, None where there is none."""
    path = _marker(home)
    return Switch(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def decide(home: Home, switch: Switch) -> None:
    """Write the marker: from now on the lake is that of the new key."""
    with placed(_marker(home)) as beside:
        beside.write_text(json.dumps(asdict(switch), indent=1), encoding="utf-8")


def require_settled(home: Home) -> None:
    """Raise Stop while a decided change is not finished: readers that do not hold the lock wait for it."""
    if decided(home):
        en, id = "the key of the lake is being changed", "kunci lake sedang diganti"
        raise Stop("key_changing", en, id, "cakupan key rotate, or any load, finishes it in seconds")


def finish(home: Home, say: Callable[[str], None]) -> Switch | None:
    """Return the change that was finished, None where none was decided. Only the holder of the load lock may."""
    switch = decided(home)
    if switch is None:
        return None
    say(f"kunci lake diganti / the key of the lake is changed: {switch.old} -> {switch.new}")
    _move_files(home, switch)
    made = lake_key.known(home)
    if made is None or made.id != switch.new:
        lake_key.keep(home, (made or lake_key.LakeKey(switch.old, 1, switch.at)).followed_by(switch.new, switch.at))
    if switch.file:
        _exchange(Path(switch.file), Path(switch.waiting), switch)
    shutil.rmtree(folder_of(home, switch.old, switch.new), ignore_errors=True)
    _marker(home).unlink()
    sync(home.lake)
    return switch


def kept_file(file: Path, id: str) -> Path:
    """Return where an old key is kept on request."""
    return file.with_name(f"{file.name}.{id}.old")


def _move_files(home: Home, switch: Switch) -> None:
    """Put every new file in its place, and remove what was kept under the old key, which is made again when needed."""
    folder = folder_of(home, switch.old, switch.new)
    waiting = Rotated(home.root, folder)
    lake.remove(path for path in lake.kept_files(home) if lake.key_of(path) != switch.new)
    for path in [*lake.token_files(waiting), *lake.kept_files(waiting)]:
        if lake.key_of(path) == switch.new:
            lake.move(path, home.lake / path.relative_to(folder))
    for place in {path.parent for path in [*lake.token_files(home), *lake.kept_files(home)]}:
        sync(place)


def _exchange(file: Path, waiting: Path, switch: Switch) -> None:
    """Put the new key where the old one was; the old one is kept beside it, or overwritten before it goes."""
    if not waiting.exists():
        return
    if switch.keep_old:
        kept = kept_file(file, switch.old)
        if not kept.exists():
            os.link(file, kept)
    else:
        with file.open("r+b") as old:
            old.write(b"0" * os.fstat(old.fileno()).st_size)
            old.flush()
            os.fsync(old.fileno())
    waiting.replace(file)
    sync(file.parent)


def _marker(home: Home) -> Path:
    return home.lake / "rotation.json"


@dataclass(frozen=True)
class Rotated(Home):
    """A home whose lake is the folder of a rotation."""

    folder: Path

    @property
    def lake(self) -> Path:
        """Return the folder of the files under the new key."""
        return self.folder
