"""Checksums of files that are used again: written with the file, and looked at before it is used.

The SHA-256 of a file lies beside it, and is placed before it: a file is never there without its own. Where it takes the place of
another, that one's stands in a second line meanwhile: who is killed between the two leaves the file that was there, whole. What differs
was damaged after it was written, by a disk or a hand, and is not used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warehouse.errors import Stop
from warehouse.files import placed_together

SEAL = ".sha256"
_Stamp = tuple[tuple[int, int, int], ...]
_seen: dict[Path, _Stamp] = {}


class Damaged(Stop):
    """A file that is not what was written. `path` names it; what it was made from heals it, where that is known."""

    def __init__(self, path: Path, rule: str, cure: str) -> None:
        en = f"{path.name} is not what was written: its checksum differs"
        super().__init__(rule, en, f"{path.name} berubah sejak ditulis: checksum berbeda", cure)
        self.path, self.arguments = path, (path, rule, cure)

    def __reduce__(self) -> tuple[type[Damaged], tuple[Path, str, str]]:
        return type(self), self.arguments


@contextmanager
def sealed(target: Path) -> Iterator[Path]:
    """Yield a path to write to; on success its checksum, then the file itself, are placed, each in one step."""
    with sealed_together([target]) as (beside,):
        yield beside


@contextmanager
def sealed_together(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield a path to write to for each target; on success all checksums, then the files themselves, are placed."""
    with placed_together(targets) as besides:
        yield besides
        lines = {target: _line(beside, target) for target, beside in zip(targets, besides, strict=True)}
        replaced = {target: line for target in targets if (line := _standing(target))}
        _place({target: line + replaced.get(target, "") for target, line in lines.items()})
    if replaced:
        _place({target: lines[target] for target in replaced})
    for target in targets:
        _seen[target] = _stamp(target)


def put_json(target: Path, content: Any) -> None:
    """Place `content` as JSON under a seal."""
    put_all_json({target: content})


def put_all_json(contents: Mapping[Path, Any]) -> None:
    """Place each of `contents` as JSON under a seal at its path; what is no plain value is told by its attributes."""
    with sealed_together(list(contents)) as besides:
        for beside, content in zip(besides, contents.values(), strict=True):
            beside.write_text(json.dumps(content, default=vars), encoding="utf-8")


def get_json(path: Path) -> Any:
    """Return what `put_json` placed. Raises Damaged when it is not that."""
    return json.loads(whole(path).read_text(encoding="utf-8"))


def whole(path: Path) -> Path:
    """Return `path` after its content was held to its seal; a file that stayed the same is read once in a process.

    A file without a seal was written by an earlier version, or by hand. Raises Damaged when the content differs.
    """
    if not path.exists() or _seen.get(path) == (stamp := _stamp(path)):
        return path
    if seal_of(path).exists() and _line(path, path) not in _lines(path):
        raise Damaged(path, "lake_file_damaged", "run again: it is made again from landing / jalankan ulang")
    _seen[path] = stamp
    return path


def stated(path: Path) -> list[str]:
    """Return the SHA-256 that the seal of a file states, or two where its replacement was cut off; none without a seal."""
    return [line.partition(" ")[0] for line in _lines(path)]


def forget(path: Path) -> None:
    """Remove a file and its seal, if they are there: what needs it makes it again."""
    for one in (path, seal_of(path)):
        one.unlink(missing_ok=True)


def seal_of(path: Path) -> Path:
    """Return where the checksum of a file lies."""
    return path.with_name(path.name + SEAL)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of what a file holds."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _standing(target: Path) -> str:
    """Return the line of the file that is to be replaced, if it is what was written; empty where it is not, or is not there."""
    if not target.exists():
        return ""
    line = _line(target, target)
    return line if line in _lines(target) or not seal_of(target).exists() else ""


def _place(texts: Mapping[Path, str]) -> None:
    """Place the text of the seal of each file."""
    with placed_together([seal_of(target) for target in texts]) as seals:
        for seal, text in zip(seals, texts.values(), strict=True):
            seal.write_text(text, encoding="ascii")


def _line(path: Path, target: Path) -> str:
    return f"{sha256_of(path)}  {target.name}\n"


def _lines(path: Path) -> list[str]:
    seal = seal_of(path)
    return seal.read_text(encoding="ascii", errors="replace").splitlines(keepends=True) if seal.exists() else []


def _stamp(path: Path) -> _Stamp:
    found = (one.stat() for one in (path, seal_of(path)) if one.exists())
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)
