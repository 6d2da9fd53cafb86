"""Seals: a file is used only while it is what was written, and is read once to know it."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from warehouse import files, seals
from warehouse.seals import Damaged, forget, get_json, put_json, seal_of, sealed, sha256_of, stated, whole

CONTENT = {"rows": 7, "name": "Sarolangun"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file that was placed under a seal."""
    put_json(tmp_path / "lake" / "a.json", CONTENT)
    return tmp_path / "lake" / "a.json"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are read for their checksum from now on."""
    names: list[str] = []

    def noting(path: Path) -> str:
        names.append(path.name)
        return sha256_of(path)

    monkeypatch.setattr(seals, "sha256_of", noting)
    return names


def altered(path: Path, content: bytes) -> Path:
    """Return the file with other content and the same length, written at another moment."""
    moment = path.stat().st_mtime_ns + 1_000_000_000
    path.write_bytes(content)
    os.utime(path, ns=(moment, moment))
    return path


def test_the_checksum_lies_beside_the_file_as_sha256sum_writes_it(file: Path) -> None:
    assert sorted(path.name for path in file.parent.iterdir()) == ["a.json", "a.json.sha256"]
    assert (file.parent / "a.json.sha256").read_text() == f"{hashlib.sha256(file.read_bytes()).hexdigest()}  a.json\n"


def test_what_is_placed_as_json_comes_back(file: Path) -> None:
    assert file.read_text() == '{"rows": 7, "name": "Sarolangun"}'
    assert get_json(file) == CONTENT


def test_a_block_that_fails_leaves_the_file_and_its_checksum_as_they_were(file: Path) -> None:
    before = [path.read_bytes() for path in (file, seal_of(file))]
    with pytest.raises(RuntimeError), sealed(file) as beside:
        beside.write_text("half")
        raise RuntimeError
    assert [path.read_bytes() for path in (file, seal_of(file))] == before
    assert len(list(file.parent.iterdir())) == 2


def test_a_changed_file_is_not_used_and_its_error_names_it_and_the_cure(file: Path) -> None:
    with pytest.raises(Damaged, match="lake_file_damaged") as raised:
        whole(altered(file, file.read_bytes().replace(b"7", b"8")))
    assert raised.value.path == file
    assert "a.json" in raised.value.en
    assert "run again" in raised.value.cure
    with pytest.raises(Damaged):
        get_json(file)


def test_a_changed_checksum_is_damage_too(file: Path) -> None:
    altered(seal_of(file), b"0" * 64 + b"  a.json\n")
    with pytest.raises(Damaged):
        whole(file)


def test_the_error_of_a_damaged_file_passes_from_process_to_process(file: Path) -> None:
    error = pickle.loads(pickle.dumps(Damaged(file, "rule", "cure")))
    assert (type(error), error.path, error.rule, error.cure) == (Damaged, file, "rule", "cure")


def test_a_file_is_read_once_for_its_checksum_until_it_or_its_checksum_is_another(file: Path, read: list[str]) -> None:
    whole(file)
    assert read == []
    altered(file, file.read_bytes())
    for _ in range(3):
        assert whole(file) == file
    assert read == ["a.json"]
    altered(seal_of(file), seal_of(file).read_bytes())
    whole(file)
    assert read == ["a.json"] * 2


def test_a_file_without_a_checksum_is_taken_as_it_is_and_one_that_is_not_there_says_nothing(
    file: Path, read: list[str]
) -> None:
    seal_of(file).unlink()
    assert whole(altered(file, b"{}")) == file
    file.unlink()
    assert whole(file) == file
    assert read == []


def test_a_forgotten_file_is_gone_with_its_checksum_and_may_be_forgotten_again(file: Path) -> None:
    forget(file)
    assert list(file.parent.iterdir()) == []
    forget(file)


class Cut(BaseException):
    """The moment at which a process is killed."""


def replace_until(file: Path, renames: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace a file, killed after so many renames: seal, file, seal."""
    steps, settle = count(), files.settle_together

    def cut(besides: Sequence[Path], targets: Sequence[Path]) -> None:
        if next(steps) == renames:
            raise Cut
        settle(besides, targets)

    monkeypatch.setattr(files, "settle_together", cut)
    with suppress(Cut):
        put_json(file, {"rows": 8})
    monkeypatch.undo()
    seals._seen.clear()


@pytest.mark.parametrize("renames", range(4))
def test_who_is_killed_while_a_file_is_replaced_leaves_it_whole_before_or_after(
    file: Path, renames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    replace_until(file, renames, monkeypatch)
    assert whole(file).read_bytes() == (before if renames < 2 else b'{"rows": 8}')
    assert sha256_of(file) in stated(file)
    put_json(file, {"rows": 9})
    assert stated(file) == [sha256_of(file)]


def test_a_damaged_file_whose_replacement_is_cut_off_stays_damaged(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered(file, b"{}")
    replace_until(file, 1, monkeypatch)
    with pytest.raises(Damaged):
        whole(file)
