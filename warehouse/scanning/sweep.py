"""A sweep through folders: every name, link, attribute and file. What is found is told by place and kind, never shown."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from warehouse.scanning.columns import Piece
from warehouse.scanning.containers import Member, opener_of, raw
from warehouse.scanning.wanted import Wanted

HEAD = 512
DEEPEST = 6
LARGEST_MEMBER = 1 << 34
CHUNK = 1 << 20
LETTER, DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
PARTS = re.compile(r"([/!])")
WITHIN = "!"


@dataclass
class Finding:
    """Something found: the file, where in it, its kind, how it was written, how often, and the lines of the given words."""

    path: str
    inside: str
    at: str
    kind: str
    encoding: str
    count: int = 0
    words: set[int] = field(default_factory=set)

    def data(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {**asdict(self), "words": sorted(self.words)}


@dataclass
class Sweep:
    """What is looked for, what was found, what could not be searched and why, and how much was searched."""

    wanted: Wanted
    largest_member: int = LARGEST_MEMBER
    files: int = 0
    bytes: int = 0
    unread: dict[str, str] = field(default_factory=dict)
    found: dict[tuple[str, ...], Finding] = field(default_factory=dict)
    _shown: dict[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        """Return what was found, in the order of the files."""
        return list(self.found.values())

    def through(self, roots: Iterable[Path], without: Collection[Path] = ()) -> None:
        """Search files and folders with all that lies in them, but for those of `without`. No link is followed."""
        with tempfile.TemporaryDirectory(prefix="cakupan-scan-") as scratch:
            for root in roots:
                for path in _below(root, without):
                    self._entry(path, root, Path(scratch))

    def text(self, name: str, text: str) -> None:
        """Search a text that is in no file, such as what a program said."""
        self._look((name, ""), "", _piece(text))

    def _entry(self, path: Path, root: Path, scratch: Path) -> None:
        place = (str(path), "")
        try:
            state = path.lstat()
            self._look(place, "name", _piece(path.name if path != root else root.name))
            if stat.S_ISLNK(state.st_mode):
                self._look(place, "link", _piece(str(path.readlink())))
                return
            for name in os.listxattr(path, follow_symlinks=False):
                value = os.getxattr(path, name, follow_symlinks=False)
                self._look(place, "attribute", Piece(os.fsencode(name) + b"\n" + value, packed=True))
            if stat.S_ISREG(state.st_mode):
                self.files += 1
                self.bytes += state.st_size
                self._file(path, place, scratch, DEEPEST)
        except FileNotFoundError:
            return
        except OSError as broken:
            self._leave(place, broken.strerror or type(broken).__name__)

    def _file(self, path: Path, place: tuple[str, str], scratch: Path, depth: int) -> None:
        with open(path, "rb", opener=_not_through_links) as source:
            known = opener_of(source.read(HEAD))
            source.seek(0)
            for held in raw(source):
                self._look(place, held.at, held.piece, shapes=known is None)
        if known is None:
            return
        kind, content = known
        if not depth:
            self._leave(place, "packed too deep")
            return
        try:
            for one in content(path):
                if isinstance(one, Member):
                    self._member(one, (place[0], place[1] + WITHIN + one.name), scratch, depth - 1)
                else:
                    self._look(place, f"{kind} {one.at}", one.piece)
        except Exception as broken:
            self._leave(place, f"{kind}: {type(broken).__name__}")

    def _member(self, member: Member, place: tuple[str, str], scratch: Path, depth: int) -> None:
        with tempfile.NamedTemporaryFile(dir=scratch) as copy:
            whole = _copied(member.content, copy, self.largest_member)
            copy.flush()
            self._file(Path(copy.name), place, scratch, depth)
        if whole:
            self._leave(place, whole)

    def _look(self, place: tuple[str, str], at: str, piece: Piece, *, shapes: bool = True) -> None:
        for match in self.wanted.matches(piece.data, packed=piece.packed, shapes=shapes):
            key = (*place, at.rstrip("0123456789"), match.kind, match.encoding)
            if key not in self.found:
                path, inside = map(self.shown, place)
                self.found[key] = Finding(path, inside, self.shown(at), match.kind, match.encoding)
            self.found[key].count += match.times
            self.found[key].words |= match.words

    def _leave(self, place: tuple[str, str], why: str) -> None:
        self.unread["".join(map(self.shown, place))] = why

    def shown(self, name: str) -> str:
        """Return a name of a file as it may be shown: the parts that hold what is looked for only by their shape."""
        if name not in self._shown:
            parts = [_shape(part) if self.wanted.in_text(part) else part for part in PARTS.split(name)]
            told = "".join(parts)
            self._shown[name] = _shape(told) if self.wanted.in_text(told) else told
        return self._shown[name]


def _below(root: Path, without: Collection[Path]) -> Iterator[Path]:
    yield root
    if root.is_symlink():
        return
    for folder, folders, files in os.walk(root, onerror=None):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if here / name not in without)
        yield from (here / name for name in [*folders, *sorted(files)] if here / name not in without)


def _copied(source: IO[bytes], target: Any, most: int) -> str:
    """Return why a member was not copied whole, empty when it was."""
    written = 0
    try:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                return "it expands too much"
            target.write(chunk)
    except Exception as broken:
        return f"broken: {type(broken).__name__}"
    return ""


def _not_through_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _piece(text: str) -> Piece:
    return Piece(text.encode("utf-8", "surrogateescape"))


def _shape(text: str) -> str:
    return DIGIT.sub("#", LETTER.sub("a", text))
