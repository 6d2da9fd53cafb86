"""Journals: what a crash cut off is no line, and what was changed is noticed, bit by bit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from warehouse import lines
from warehouse.seals import Damaged

ENTRIES: list[dict[str, Any]] = [{"event": "one", "rows": 7}, {"event": "two"}, {"event": "three", "told": {"a": None}}]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return a journal of three lines, in a folder that was not there before."""
    path = tmp_path / "new" / "folder" / "journal.jsonl"
    for entry in ENTRIES:
        lines.append(path, entry)
    return path


def by_hand(entry: dict[str, Any]) -> bytes:
    """Return the line of an entry, as the documents describe it."""
    text = json.dumps(entry)
    return f'{text[:-1]}, "sum": "{hashlib.sha256(text.encode()).hexdigest()[:16]}"}}\n'.encode()


def test_every_line_is_json_and_ends_with_the_first_half_of_the_sha256_of_the_rest(journal: Path) -> None:
    assert journal.read_bytes() == b"".join(map(by_hand, ENTRIES))
    assert [set(json.loads(line)) - {"sum"} for line in journal.open()] == [set(one) for one in ENTRIES]


def test_entries_are_read_in_the_order_in_which_they_were_added(journal: Path, tmp_path: Path) -> None:
    assert lines.read(journal) == ENTRIES
    assert lines.read(tmp_path / "none.jsonl") == []


def test_a_journal_that_is_written_anew_holds_exactly_what_was_given(journal: Path) -> None:
    lines.rewrite(journal, ENTRIES[1:])
    assert lines.read(journal) == ENTRIES[1:]
    assert [path.name for path in journal.parent.iterdir()] == [journal.name]


def test_the_name_of_a_new_journal_is_on_the_disk_and_an_old_one_needs_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(lines, "sync", synced.append)
    lines.append(tmp_path / "journal.jsonl", ENTRIES[0])
    assert synced == [tmp_path]
    lines.append(tmp_path / "journal.jsonl", ENTRIES[1])
    assert synced == [tmp_path]


def test_a_last_line_that_was_cut_off_anywhere_is_none_and_the_next_one_takes_its_place(journal: Path) -> None:
    whole = journal.read_bytes()
    last = len(by_hand(ENTRIES[2]))
    for lost in range(1, last + 1):
        journal.write_bytes(whole[:-lost])
        assert lines.read(journal) == ENTRIES[:2]
        lines.append(journal, {"event": "next"})
        assert lines.read(journal) == [*ENTRIES[:2], {"event": "next"}]


@pytest.mark.parametrize("zeros", [2, 40])
def test_a_last_line_of_which_only_the_length_reached_the_disk_is_none(zeros: int, journal: Path) -> None:
    whole, last = journal.read_bytes(), by_hand(ENTRIES[2])
    journal.write_bytes(whole[: -len(last)] + last[: -zeros - 1] + b"\0" * zeros + b"\n")
    assert lines.read(journal) == ENTRIES[:2]
    lines.append(journal, {"event": "next"})
    assert lines.read(journal) == [*ENTRIES[:2], {"event": "next"}]


def test_a_hole_before_the_last_line_is_damage_also_when_the_last_line_was_cut_off(journal: Path) -> None:
    first, rest = by_hand(ENTRIES[0]), b"".join(map(by_hand, ENTRIES[1:]))
    holed = first[:-9] + b"\0" * 8 + b"\n"
    for after in (rest, b'{"event": "cut'):
        journal.write_bytes(holed + after)
        with pytest.raises(Damaged, match="journal_damaged"):
            lines.read(journal)


def test_every_flipped_bit_is_damage(journal: Path) -> None:
    whole = journal.read_bytes()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        journal.write_bytes(changed)
        with pytest.raises(Damaged):
            lines.read(journal)
        if bit % 50 == 0:
            with pytest.raises(Damaged):
                lines.append(journal, {"event": "next"})
            assert journal.read_bytes() == changed


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ('{"event": "old"}', True),
        ('{"event": "old", "rows": 1}', True),
        ('{"event": "old", "rows": 1, "more": 1}', False),
        ('{"more": 1}', False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_a_line_without_checksum_is_one_only_with_the_keys_that_old_lines_had(
    line: str, known: bool, journal: Path
) -> None:
    journal.write_bytes(f"{line}\n".encode() + by_hand(ENTRIES[0]))
    if known:
        assert lines.read(journal, ("event", "rows")) == [json.loads(line), ENTRIES[0]]
    else:
        with pytest.raises(Damaged):
            lines.read(journal, ("event", "rows"))
    with pytest.raises(Damaged):
        lines.read(journal)
