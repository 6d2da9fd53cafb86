"""One file comes in: whole and verified, or not at all; what can pass is tried again, what cannot is not."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from flows.receive import partial
from flows.receive.landing import Landed, Landing
from flows.receive.remote import Passing
from flows.receive.retry import LONGEST_WAIT_SECONDS, Patience, Tries
from tests.endtoend import ROOT
from tests.scripted import PIECE, Scripted, lost
from warehouse.errors import Stop
from warehouse.home import INCOMING_KEPT_SECONDS, Home

NAME = "iuran.csv"
CONTENT = Random(1).randbytes(10 * PIECE + 7)
FULL_DISK = """
import resource, sys
from pathlib import Path
from flows.receive.receiving import receive
from flows.settings import Settings
from warehouse.home import Home

home = Home(Path(sys.argv[1]))
home.create()
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
found = receive(home, Path(sys.argv[2]), Settings(), "run")
print(found.arrived, *found.failed["besar/iuran.csv"])
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


def bring(home: Home, remote: Scripted, retries: int = 3, expected: str = "", largest: int = 1 << 40) -> Landed:
    """Return how the file came, without waiting between the tries."""
    patience = Patience(retries, sleep=lambda _: None)
    return Landing(home, "kantor", remote, patience, largest).bring(remote.found(NAME), expected)


def refused(home: Home, remote: Scripted, **more: object) -> str:
    """Return the rule by which the file was refused."""
    with pytest.raises(Stop) as stop:
        bring(home, remote, **more)  # type: ignore[arg-type]
    return stop.value.rule


def incoming(home: Home) -> list[str]:
    """Return what lies half received."""
    return sorted(path.name for path in home.landing.glob(".incoming-*"))


def landed(home: Home) -> list[bytes]:
    """Return all contents that landed."""
    return [path.read_bytes() for path in home.landing.glob("??/*")]


def test_a_file_comes_whole_read_only_under_its_hash_and_nothing_else_stays(home: Home) -> None:
    came = bring(home, Scripted({NAME: CONTENT}))
    assert (came.sha256, came.bytes, came.tries) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), 1)
    assert landed(home) == [CONTENT]
    assert home.landed(came.sha256).stat().st_mode & 0o777 == 0o440
    assert incoming(home) == []


def test_an_empty_file_is_a_file(home: Home) -> None:
    assert bring(home, Scripted({NAME: b""})).sha256 == hashlib.sha256(b"").hexdigest()


def test_after_a_break_only_the_missing_bytes_are_asked_for(home: Home) -> None:
    remote = Scripted({NAME: CONTENT}, [(4 * PIECE, lost()), (PIECE + 1, lost())])
    assert bring(home, remote).tries == 3
    assert remote.asked == [(NAME, 0), (NAME, 4 * PIECE), (NAME, 5 * PIECE + 1)]
    assert landed(home) == [CONTENT]


def test_a_remote_that_cannot_resume_is_read_from_the_beginning(home: Home) -> None:
    remote = Scripted({NAME: CONTENT}, [(4 * PIECE, lost())], resumes=False)
    bring(home, remote)
    assert (remote.asked, landed(home)) == ([(NAME, 0), (NAME, 0)], [CONTENT])


def test_tries_are_bounded_and_what_came_waits_for_the_next_run(home: Home) -> None:
    remote = Scripted({NAME: CONTENT}, [(PIECE, lost())] * 4)
    assert refused(home, remote, retries=3) == "connection_lost"
    assert (len(remote.asked), landed(home)) == (4, [])
    remote.asked.clear()
    bring(home, remote)
    assert (remote.asked, landed(home)) == ([(NAME, 4 * PIECE)], [CONTENT])


def test_what_cannot_pass_is_not_tried_again(home: Home) -> None:
    remote = Scripted({NAME: CONTENT}, [(PIECE, Stop("permission_denied", "no", "tidak"))])
    assert refused(home, remote) == "permission_denied"
    assert len(remote.asked) == 1


def test_a_file_that_changed_since_is_begun_anew_and_what_came_of_the_old_one_goes(home: Home) -> None:
    refused(home, Scripted({NAME: CONTENT}, [(PIECE, lost())]), retries=0)
    remote = Scripted({NAME: CONTENT[::-1]}, version=2)
    bring(home, remote)
    assert (remote.asked, landed(home), incoming(home)) == ([(NAME, 0)], [CONTENT[::-1]], [])


def test_bytes_on_the_disk_that_are_not_those_that_came_are_not_believed(home: Home) -> None:
    refused(home, Scripted({NAME: CONTENT}, [(5 * PIECE, lost())]), retries=0)
    (half,) = (path for path in home.landing.glob(".incoming-*") if path.suffix != ".json")
    half.write_bytes(bytes(PIECE) + half.read_bytes()[PIECE:])
    remote = Scripted({NAME: CONTENT})
    bring(home, remote)
    assert (remote.asked, landed(home)) == ([(NAME, 0)], [CONTENT])


def test_bytes_after_the_last_note_are_read_again(home: Home) -> None:
    refused(home, Scripted({NAME: CONTENT}, [(5 * PIECE, lost())]), retries=0)
    (half,) = (path for path in home.landing.glob(".incoming-*") if path.suffix != ".json")
    half.write_bytes(half.read_bytes() + bytes(PIECE))
    remote = Scripted({NAME: CONTENT})
    bring(home, remote)
    assert (remote.asked, landed(home)) == ([(NAME, 5 * PIECE)], [CONTENT])


def test_a_broken_note_costs_a_second_reading_and_nothing_else(home: Home) -> None:
    refused(home, Scripted({NAME: CONTENT}, [(5 * PIECE, lost())]), retries=0)
    (note,) = home.landing.glob(".incoming-*.json")
    note.write_text("[1", encoding="utf-8")
    bring(home, Scripted({NAME: CONTENT}))
    assert landed(home) == [CONTENT]


def test_a_file_that_changes_while_it_is_read_is_read_once_more(home: Home) -> None:
    def grow(remote: Scripted) -> None:
        if remote.version == 1:
            remote.version, remote.files[NAME] = 2, CONTENT + b"more"

    bring(home, Scripted({NAME: CONTENT}, after_reading=grow))
    assert landed(home) == [CONTENT + b"more"]


def test_a_file_that_never_rests_is_refused_and_leaves_nothing(home: Home) -> None:
    def grow(remote: Scripted) -> None:
        remote.version += 1

    assert refused(home, Scripted({NAME: CONTENT}, after_reading=grow)) == "file_changing"
    assert (landed(home), incoming(home)) == ([], [])


def test_a_file_that_vanishes_while_it_is_read_is_refused(home: Home) -> None:
    assert (
        refused(home, Scripted({NAME: CONTENT}, after_reading=lambda remote: remote.files.clear())) == "file_vanished"
    )
    assert landed(home) == []


def test_fewer_bytes_than_listed_are_no_file(home: Home) -> None:
    assert refused(home, Scripted({NAME: CONTENT}, sizes={NAME: len(CONTENT) + 1})) == "transfer_short"


def test_more_bytes_than_listed_are_no_file(home: Home) -> None:
    assert refused(home, Scripted({NAME: CONTENT}, sizes={NAME: len(CONTENT) - 1})) == "file_changing"


def test_the_hash_that_the_sender_states_is_held_against_what_came(home: Home) -> None:
    stated = hashlib.sha256(CONTENT).hexdigest()
    assert bring(home, Scripted({NAME: CONTENT}), expected=stated.upper()).sha256 == stated
    remote = Scripted({NAME: CONTENT[1:]})
    assert refused(home, remote, expected=stated) == "sha256_differs"
    assert (len(remote.asked), landed(home)) == (2, [CONTENT])


@pytest.mark.parametrize("listed", [len(CONTENT), 5])
def test_a_file_larger_than_allowed_is_refused_by_its_listing_or_when_it_turns_out(home: Home, listed: int) -> None:
    remote = Scripted({NAME: CONTENT}, sizes={NAME: listed})
    assert refused(home, remote, largest=len(CONTENT) - 1) == "file_too_large"
    assert len(remote.asked) == (listed < len(CONTENT))


def test_a_disk_that_is_full_is_named_with_the_file_and_the_other_files_come(tmp_path: Path) -> None:
    for name, size in (("besar/iuran.csv", 3 << 20), ("kecil/iuran.csv", 1 << 10)):
        (tmp_path / "source" / name).parent.mkdir(parents=True)
        (tmp_path / "source" / name).write_bytes(bytes(size))
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "home"), str(tmp_path / "source")]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.startswith("['kecil/iuran.csv'] disk_full: ")
    assert "besar/iuran.csv" in told
    assert incoming(Home(tmp_path / "home")) == []


def test_no_byte_is_asked_for_when_the_disk_cannot_hold_the_file(home: Home) -> None:
    remote = Scripted({NAME: CONTENT}, sizes={NAME: 1 << 60})
    assert refused(home, remote, largest=1 << 62) == "disk_full"
    assert remote.asked == []


def test_progress_gives_new_tries(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.receive.landing.CHECKPOINT_BYTES", PIECE)
    monkeypatch.setattr(partial, "CHECKPOINT_BYTES", PIECE)
    bring(home, Scripted({NAME: CONTENT}, [(2 * PIECE, lost())] * 4), retries=1)
    assert landed(home) == [CONTENT]


def test_what_was_checked_is_noted_while_the_file_comes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial, "CHECKPOINT_BYTES", 3 * PIECE)
    noted = []

    def look(_: Scripted) -> None:
        (note,) = home.landing.glob(".incoming-*.json")
        noted.append(json.loads(note.read_text(encoding="utf-8"))["bytes"])

    bring(home, Scripted({NAME: CONTENT}, after_reading=look))
    assert noted == [9 * PIECE]


def test_a_long_transfer_says_how_far_it_is(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.receive.landing.TALK_SECONDS", -1)
    said: list[str] = []
    remote = Scripted({NAME: CONTENT[: 2 * PIECE]})
    Landing(home, "kantor", remote, say=said.append).bring(remote.found(NAME))
    assert said == ["kantor/iuran.csv: 1,000 / 2,000 B", "kantor/iuran.csv: 2,000 / 2,000 B"]


def test_waits_grow_and_the_remote_may_ask_for_longer_ones() -> None:
    waits: list[float] = []
    tries = Tries(Patience(4, first_wait_seconds=1, sleep=waits.append, dice=lambda: 0))
    for asked in (0.0, 0.0, 30.0, 0.0):
        tries.wait_after(Passing("busy", "busy", "sibuk", wait=asked))
    assert waits == [2, 4, 30, 16]
    with pytest.raises(Stop, match="tried 5 times"):
        tries.wait_after(lost())


def test_the_dice_shorten_a_wait_by_at_most_half() -> None:
    waits: list[float] = []
    Tries(Patience(1, sleep=waits.append, dice=lambda: 1)).wait_after(lost())
    assert waits == [1]


def test_a_wait_that_no_night_bears_is_not_waited_for() -> None:
    waits: list[float] = []
    with pytest.raises(Stop, match="busy"):
        Tries(Patience(4, sleep=waits.append)).wait_after(
            Passing("busy", "busy", "sibuk", wait=LONGEST_WAIT_SECONDS + 1)
        )
    assert waits == []


def test_what_is_half_received_outlives_the_sweep_for_a_week(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(home, Scripted({NAME: CONTENT}, [(PIECE, lost())]), retries=0)
    (home.landing / ".scratch-1").mkdir()
    home.sweep()
    assert len(incoming(home)) == 2
    assert not (home.landing / ".scratch-1").exists()
    later = home.landing.stat().st_mtime + INCOMING_KEPT_SECONDS + 60
    monkeypatch.setattr("warehouse.home.time.time", lambda: later)
    home.sweep()
    assert incoming(home) == []
