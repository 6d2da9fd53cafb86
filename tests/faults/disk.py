"""A disk that may lose power: what is certain on it, and the many states it may be found in.

What was synced before the cut is there. A write that was not is there, missing, or torn into sectors; a file that grew
may have its new size and zeros. A name that was made, changed or removed since its folder was synced may be as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.faults.recording import EMPTIED, MADE, Done
from tests.faults.shim import Call

SECTOR, PAGE = 512, 4096
State = dict[str, "bytes | str | None"]
"""A home by path: the bytes of files, the text of links, None for folders."""

Names = dict[str, "File | Folder | str"]


@dataclass(eq=False)
class File:
    """The bytes of a file that are certain, and the calls that changed them since it was synced."""

    certain: bytearray = field(default_factory=bytearray)
    pending: list[Done] = field(default_factory=list)

    def visible(self) -> bytearray:
        """Return the bytes that processes see."""
        content = bytearray(self.certain)
        for done in self.pending:
            _written(content, done)
        return content


@dataclass(eq=False)
class Folder:
    """The names in a folder; a name stands for a file, another folder, or the text of a link."""

    names: Names = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One change of names: what a name becomes, in which folder; several for a call that moves one."""

    parts: tuple[tuple[Folder, str, File | Folder | str | None], ...]

    def apply(self, certain: dict[Folder, Names]) -> None:
        """Make the change."""
        for folder, name, meant in self.parts:
            names = certain.setdefault(folder, {})
            if meant is None:
                names.pop(name, None)
            else:
                names[name] = meant


class Disk:
    """What a recording did to a home so far: as processes see it, and as much of it as is certain."""

    def __init__(self, before: State) -> None:
        """A home of files, links (text) and folders (None) by path, all of them on the disk."""
        self.root = Folder()
        for path, content in sorted(before.items()):
            folder, name = self._place(path)
            folder.names[name] = (
                Folder() if content is None else content if isinstance(content, str) else File(bytearray(content))
            )
        self.certain: dict[Folder, Names] = {folder: dict(folder.names) for folder in _folders(self.root)}
        self.unsynced: list[Change] = []
        self.inodes: dict[int, File] = {}

    def follow(self, done: Done) -> None:
        """Take one call of the recording into account."""
        match done.call:
            case Call.OPEN:
                self._opened(done)
            case Call.WRITE | Call.TRUNCATE | Call.PUNCH:
                self._file(done).pending.append(done)
            case Call.SYNC:
                self._synced(done)
            case Call.RENAME:
                moved = self._find(done.path)
                (a, old), (b, new) = self._place(done.path), self._place(done.second)
                self._change((b, new, moved), (a, old, None))
            case Call.LINK:
                self._change((*self._place(done.second), self._find(done.path)))
            case Call.UNLINK | Call.RMDIR:
                self._change((*self._place(done.path), None))
            case Call.SYMLINK:
                self._change((*self._place(done.path), done.second))
            case Call.MKDIR if done.path:
                self._change((*self._place(done.path), Folder()))

    def after_power_loss(self, dice: Random, *, journaled: bool) -> State:
        """Return a home as it may be found: the changes of names happened in order up to one, or each for itself."""
        found = {folder: dict(names) for folder, names in self.certain.items()}
        if journaled:
            kept = self.unsynced[: dice.randint(0, len(self.unsynced))]
        else:
            share = dice.choice((0.1, 0.5, 0.9))
            kept = [change for change in self.unsynced if dice.random() < share]
        for change in kept:
            change.apply(found)
        contents: dict[File, bytes] = {}
        return dict(_walk(self.root, found, "", dice, contents))

    def _opened(self, done: Done) -> None:
        folder, name = self._place(done.path)
        if done.at & MADE:
            self._change((folder, name, File()))
        found = folder.names[name]
        assert isinstance(found, File)
        self.inodes[done.inode] = found
        if done.at & EMPTIED and not done.at & MADE:
            found.pending.append(Done(Call.TRUNCATE, done.path, "", done.inode, 0, b""))

    def _synced(self, done: Done) -> None:
        found = self._find(done.path)
        if isinstance(found, Folder):
            for change in [one for one in self.unsynced if any(part[0] is found for part in one.parts)]:
                change.apply(self.certain)
                self.unsynced.remove(change)
        elif file := self._file(done):
            file.certain = file.visible()
            file.pending.clear()

    def _file(self, done: Done) -> File:
        """Return the file of a call: by its inode where it was opened for writing here, else by its name."""
        found = self.inodes.get(done.inode) or self._find(done.path)
        assert isinstance(found, File), done.path
        return found

    def file(self, path: str) -> File | None:
        """Return the file of a name as processes see it."""
        found = self._find(path)
        return found if isinstance(found, File) else None

    def link(self, path: str) -> str | None:
        """Return the text of a link as processes see it."""
        found = self._find(path)
        return found if isinstance(found, str) else None

    def _find(self, path: str) -> File | Folder | str | None:
        if not path:
            return self.root
        folder, name = self._place(path)
        return folder.names.get(name)

    def _place(self, path: str) -> tuple[Folder, str]:
        *above, name = path.split("/")
        folder = self.root
        for one in above:
            below = folder.names[one]
            assert isinstance(below, Folder), path
            folder = below
        return folder, name

    def _change(self, *parts: tuple[Folder, str, File | Folder | str | None]) -> None:
        change = Change(parts)
        change.apply({folder: folder.names for folder, _, _ in parts})
        self.unsynced.append(change)


def _folders(root: Folder) -> Iterator[Folder]:
    yield root
    for one in root.names.values():
        if isinstance(one, Folder):
            yield from _folders(one)


def _walk(
    folder: Folder, found: dict[Folder, Names], above: str, dice: Random, contents: dict[File, bytes]
) -> Iterator[tuple[str, bytes | str | None]]:
    for name, meant in found.get(folder, {}).items():
        path = f"{above}{name}"
        if isinstance(meant, Folder):
            yield path, None
            yield from _walk(meant, found, f"{path}/", dice, contents)
        elif isinstance(meant, File):
            if meant not in contents:
                contents[meant] = bytes(_torn(meant, dice)) if meant.pending else bytes(meant.certain)
            yield path, contents[meant]
        else:
            yield path, meant


def _torn(file: File, dice: Random) -> bytearray:
    """Return bytes a file may hold: each call since its last sync happened, did not, or did for some sectors or pages."""
    content = bytearray(file.certain)
    lost = dice.choice((0.1, 0.5, 0.9))
    for done in file.pending:
        fate = dice.random()
        if fate > lost:
            _written(content, done)
        elif fate > lost / 2:
            _written_in_part(content, done, dice)
    return content


def _written_in_part(content: bytearray, done: Done, dice: Random) -> None:
    if done.call is not Call.WRITE:
        return
    if dice.random() < 0.5 and len(content) < done.at + len(done.data):
        content.extend(bytes(done.at + len(done.data) - len(content)))
    unit = dice.choice((SECTOR, PAGE))
    start = done.at
    while start < done.at + len(done.data):
        end = min((start // unit + 1) * unit, done.at + len(done.data))
        if dice.random() < 0.5:
            _put(content, start, done.data[start - done.at : end - done.at])
        start = end


def _written(content: bytearray, done: Done) -> None:
    if done.call is Call.WRITE:
        _put(content, done.at, done.data)
    elif done.call is Call.TRUNCATE:
        del content[done.at :]
        content.extend(bytes(done.at - len(content)))
    else:
        content[done.at : done.at + done.size] = bytes(min(done.size, max(0, len(content) - done.at)))


def _put(content: bytearray, at: int, data: Sequence[int] | bytes) -> None:
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data
