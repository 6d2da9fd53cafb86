"""What was told of files is told again without opening them, for as long as they are the same files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.gist import Gist
from warehouse.seals import get_json, put_json

NAMES = ("a/1.json", "a/2.json", "b/3.json")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with files in two folders, each holding its own name, and some that are none of theirs."""
    for name in (*NAMES, "a/.half.json", "a/4.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def told(root: Path) -> tuple[dict[str, str], list[str]]:
    """Return what a gist tells of each file now, and which of them it opened for that."""
    opened: list[str] = []

    def tell(path: Path) -> str:
        opened.append(f"{path.relative_to(root)}")
        return path.read_text(encoding="utf-8")

    gist = Gist(root, "names", ["a", "b", "missing"], ".json", "names")
    found = {name: gist.of(name, tell) for name in sorted(gist.stamps)}
    gist.write()
    return found, opened


def test_each_whole_file_of_the_folders_is_opened_once_and_never_again(root: Path) -> None:
    assert told(root) == ({name: name for name in NAMES}, list(NAMES))
    written = (root / "gist/names.json").stat().st_mtime_ns
    assert told(root) == ({name: name for name in NAMES}, [])
    assert (root / "gist/names.json").stat().st_mtime_ns == written


def _rewritten(path: Path) -> None:
    path.write_text("other", encoding="utf-8")


def _replaced(path: Path) -> None:
    beside = path.with_name("beside")
    beside.write_text("other", encoding="utf-8")
    beside.replace(path)


def _rewritten_with_its_old_time(path: Path) -> None:
    state = path.stat()
    while path.stat().st_ctime_ns == state.st_ctime_ns:
        path.write_text("x" * state.st_size, encoding="utf-8")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize("change", [_rewritten, _replaced, _rewritten_with_its_old_time])
def test_a_file_that_is_another_is_opened_again_and_no_other_is(root: Path, change: Callable[[Path], None]) -> None:
    told(root)
    change(root / "a/2.json")
    found, opened = told(root)
    assert opened == ["a/2.json"]
    assert found["a/2.json"] == (root / "a/2.json").read_text(encoding="utf-8") != "a/2.json"


def test_a_file_that_is_gone_is_forgotten_and_one_that_came_is_told(root: Path) -> None:
    told(root)
    (root / "a/1.json").unlink()
    (root / "b/5.json").write_text("5", encoding="utf-8")
    assert told(root) == ({"a/2.json": "a/2.json", "b/3.json": "b/3.json", "b/5.json": "5"}, ["b/5.json"])
    assert sorted(get_json(root / "gist/names.json")["files"]) == ["a/2.json", "b/3.json", "b/5.json"]
    assert Gist(root, "names", ["a"], ".json", "names").of("a/1.json", Path.read_text) is None


def test_what_nobody_asked_for_stays_kept(root: Path) -> None:
    told(root)
    (root / "a/1.json").write_text("one", encoding="utf-8")
    gist = Gist(root, "names", ["a", "b"], ".json", "names")
    assert gist.of("a/1.json", Path.read_text) == "one"
    gist.write()
    assert told(root) == ({**{name: name for name in NAMES}, "a/1.json": "one"}, [])


@pytest.mark.parametrize("damage", [b"{", b"\xff", b'{"what": "names", "files": {"a/1.json": [[1, 2, 3, 4], "lie"]}}'])
def test_a_gist_that_is_damaged_or_of_another_place_is_as_good_as_none(root: Path, damage: bytes) -> None:
    told(root)
    (root / "gist/names.json").write_bytes(damage)
    assert told(root) == ({name: name for name in NAMES}, list(NAMES))
    assert json.loads((root / "gist/names.json").read_text(encoding="utf-8"))["files"]["a/1.json"][1] == "a/1.json"


@pytest.mark.parametrize("what", ["sizes", None])
def test_a_gist_that_tells_something_else_is_as_good_as_none(root: Path, what: str | None) -> None:
    told(root)
    kept = get_json(root / "gist/names.json")["files"]
    put_json(root / "gist/names.json", {"what": what, "files": kept} if what else kept)
    assert told(root) == ({name: name for name in NAMES}, list(NAMES))
