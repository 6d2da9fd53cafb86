"""Landed files lie as the settings say: as they came, encrypted, or for some days; whatever they are, loads come out the same."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flows import settings as settings_file
from flows.at_rest import cipher
from flows.at_rest.deletions import everything
from flows.at_rest.landed import in_the_clear, sealed_ones
from flows.entry import load_folder
from flows.keeping.verifying import verify
from flows.keys.places import LANDING, home_file
from flows.quarantine.export import export
from flows.trace import trace
from tests.endtoend import BEHIND_TRANSFORMS, assert_same, every_version, left_out, standing
from tests.extracts import Files, nik, two_months, write
from tests.keyed import Crash, crashing_at
from tests.scanner import Words
from warehouse.errors import Stop
from warehouse.home import Home

KEPT, ENCRYPTED = '[landing]\nat_rest = "kept"\n', '[landing]\nat_rest = "encrypted"\n'
DELETED = '[landing]\nat_rest = "deleted"\nkeep_days = 30\n'
START = datetime(2025, 4, 2, 1)
REJECTED = "kepesertaan_15_202503.csv"


def loaded(home: Path, source: Path, text: str, day: int = 0) -> dict[str, Any]:
    """Return the result of a load under these settings, so many days after the first."""
    config = home.parent / "cakupan.toml"
    config.write_text(text, encoding="utf-8")
    with left_out(*BEHIND_TRANSFORMS) as call:
        return load_folder(
            str(source), str(home), config=str(config), call=call, clock=lambda: START + timedelta(days=day)
        )


def extracts() -> Files:
    """Return two months of memberships with a wage below the minimum, which a trace finds, and one row that is rejected."""
    files = two_months()
    files[REJECTED][0]["upah"] = "1000000"
    return {name: rows for name, rows in files.items() if name.startswith(("kepesertaan", "badan_usaha", "umk"))}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a folder of extracts and a home into which it was loaded, all files kept."""
    place = tmp_path_factory.mktemp("rest")
    source = write(place / "source", extracts())
    loaded(place / "home", source, KEPT)
    return source, place / "home"


def copied(scene: tuple[Path, Path], place: Path) -> Path:
    return shutil.copytree(scene[1], place / "home", symlinks=True)


@given(st.binary(max_size=50), st.integers(0, 3), st.sampled_from([-1, 0, 1]))
@hypothesis_settings(deadline=None, max_examples=15)
def test_what_was_encrypted_comes_back_and_one_changed_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, pieces: int, more: int
) -> None:
    place, key = tmp_path_factory.mktemp("cipher"), b"k" * 32
    plain = (seed or b"x") * (1 + cipher.PIECE // max(1, len(seed)))
    plain = seed if pieces == 0 else plain[: cipher.PIECE] * pieces
    plain = plain[:more] if more < 0 else plain + seed[:more]
    sha256 = hashlib.sha256(plain).hexdigest()
    (place / "plain").write_bytes(plain)
    cipher.encrypt(place / "plain", place / "sealed", key, sha256)
    cipher.decrypt(place / "sealed", place / "again", key, sha256)
    assert (place / "again").read_bytes() == plain
    assert cipher.plain_size(place / "sealed") == len(plain)
    sealed = bytearray((place / "sealed").read_bytes())
    spot = int.from_bytes(hashlib.sha256(seed).digest()[:4], "big") % len(sealed)
    sealed[spot] ^= 1 << spot % 8
    (place / "sealed").write_bytes(sealed)
    with pytest.raises(Stop, match=r"landing_damaged|landing_key_differs"):
        cipher.decrypt(place / "sealed", None, key, sha256)


@pytest.mark.parametrize(
    "harm", ["cut at a piece", "pieces exchanged", "another file", "another key", "cut in the header"]
)
def test_pieces_that_are_left_out_moved_or_of_another_file_are_noticed(harm: str, tmp_path: Path) -> None:
    plain = b"a" * cipher.PIECE + b"b" * cipher.PIECE + b"c"
    sha256, key = hashlib.sha256(plain).hexdigest(), b"k" * 32
    (tmp_path / "plain").write_bytes(plain)
    cipher.encrypt(tmp_path / "plain", tmp_path / "sealed", key, sha256)
    whole, piece = (tmp_path / "sealed").read_bytes(), cipher.PIECE + cipher.TAG
    head, first, second, rest = whole[: cipher.HEADER], *(whole[cipher.HEADER + n * piece :][:piece] for n in range(3))
    harmed = {
        "cut at a piece": head + first + second,
        "pieces exchanged": head + second + first + rest,
        "cut in the header": whole[:20],
    }
    (tmp_path / "sealed").write_bytes(harmed.get(harm, whole))
    with pytest.raises(Stop) as refused:
        cipher.decrypt(
            tmp_path / "sealed",
            None,
            b"o" * 32 if harm == "another key" else key,
            "0" * 64 if harm == "another file" else sha256,
        )
    assert refused.value.rule == ("landing_key_differs" if harm == "another key" else "landing_damaged")


def test_encrypted_files_hold_nothing_readable_and_serve_loads_traces_and_exports(
    scene: tuple[Path, Path], tmp_path: Path
) -> None:
    home = copied(scene, tmp_path)
    place, words = Home(home), Words([nik(1), nik(99)])
    assert words.in_folder(home / "landing") != {}
    result = loaded(home, scene[0], ENCRYPTED, 1)
    assert (result["months_loaded"], result["received"]) == ({}, 0)
    assert list(in_the_clear(place)) == []
    assert len(list(sealed_ones(place))) == len(extracts())
    assert words.in_folder(home / "landing") == {}
    assert trace(place, "NPP1", date(2025, 3, 1))[0]["findings"]
    path, rows = export(place, settings_file.load(home.parent / "cakupan.toml"), REJECTED, tmp_path / "out.csv")
    assert (rows, nik(99) in path.read_text(encoding="utf-8-sig")) == (1, True)
    again = loaded(home, scene[0], f"most_rejected = 0.5\n{ENCRYPTED}", 2)
    assert again["stopped_files"] == {}
    assert_same(standing(place.warehouse), standing(Home(scene[1]).warehouse))
    assert [*in_the_clear(place), *place.landing.glob(".scratch-*")] == []


def test_verification_opens_encrypted_files_without_writing_them_and_says_when_their_key_is_away(
    scene: tuple[Path, Path], tmp_path: Path
) -> None:
    home = Home(copied(scene, tmp_path))
    loaded(home.root, scene[0], ENCRYPTED, 1)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    sealed, key = list(sealed_ones(home)), home_file(home, LANDING)

    def told() -> dict[str, str]:
        return {one.state.value: one.seen for one in verify(home) if one.what == "landing" and "encrypted" in one.seen}

    assert told() == {"fine": f"{len(sealed)} of {len(sealed)} encrypted contents opened, each with its SHA-256"}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == files
    content = bytearray(sealed[0].read_bytes())
    content[-20] ^= 1
    sealed[0].write_bytes(content)
    assert told() == {
        "broken": f"the encrypted file {sealed[0].stem[:12]} is damaged",
        "fine": f"{len(sealed) - 1} of {len(sealed)} encrypted contents opened, each with its SHA-256",
    }
    key.rename(tmp_path / "elsewhere")
    assert told() == {"look": f"{len(sealed)} encrypted contents were not opened: their key is not here"}
    (key.parent / key.name).write_text("ab" * 32, encoding="ascii")
    key.chmod(0o600)
    assert told()["broken"].endswith("was encrypted with another key")


def test_without_its_key_an_encrypted_file_is_named_and_the_next_load_tries_again(
    scene: tuple[Path, Path], tmp_path: Path
) -> None:
    home = copied(scene, tmp_path)
    loaded(home, scene[0], ENCRYPTED, 1)
    key = home_file(Home(home), LANDING)
    key.replace(tmp_path / "aside.key")
    stopped = loaded(home, scene[0], f"most_rejected = 0.4\n{ENCRYPTED}", 2)["stopped_files"]
    assert {why[0].split(":")[0] for why in stopped.values()} == {"key_missing"}
    (tmp_path / "aside.key").replace(key)
    assert loaded(home, scene[0], f"most_rejected = 0.4\n{ENCRYPTED}", 4)["stopped_files"] == {}


def test_the_choice_can_be_changed_there_and_back_and_a_change_that_was_cut_off_goes_on(
    scene: tuple[Path, Path], tmp_path: Path
) -> None:
    home = copied(scene, tmp_path)
    before = {path.name: path.read_bytes() for path in in_the_clear(Home(home))}
    for text in (ENCRYPTED, KEPT):
        for number in (3, 11, 24):
            try:
                with crashing_at(number):
                    loaded(home, scene[0], text, 1)
                break
            except Crash:
                lying = {path.name for path in in_the_clear(Home(home))} | {
                    path.stem for path in sealed_ones(Home(home))
                }
                assert lying == set(before)
        else:
            loaded(home, scene[0], text, 1)
    assert {path.name: path.read_bytes() for path in in_the_clear(Home(home))} == before
    assert list(sealed_ones(Home(home))) == []


def test_files_older_than_the_days_are_deleted_with_a_note_and_stand_by_the_verdict_they_had(
    scene: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copied(scene, tmp_path)
    place, stood = Home(home), every_version(Home(scene[1]).warehouse)
    loaded(home, scene[0], DELETED, 29)
    assert len(list(in_the_clear(place))) == len(extracts())
    loaded(home, scene[0], DELETED, 31)
    assert list(in_the_clear(place)) == []
    assert {one.name for one in everything(place).values()} == set(extracts())
    again = loaded(home, scene[0], f"most_rejected = 0.4\n{DELETED}", 32)
    assert (again["stopped_files"], again["received"], again["months_loaded"]) == ({}, 0, {})
    assert list(in_the_clear(place)) == [], "what is offered again does not come back"
    assert_same(every_version(place.warehouse), stood)
    assert trace(place, "NPP1", date(2025, 3, 1))[0]["findings"]
    with pytest.raises(Stop) as refused:
        export(place, settings_file.load(home.parent / "cakupan.toml"), REJECTED, tmp_path / "out.csv")
    assert (refused.value.rule, REJECTED in refused.value.en) == ("landing_deleted", True)
    monkeypatch.setattr("flows.context.code_version", lambda: "another")
    monkeypatch.setattr("flows.planning.code_version", lambda: "another")
    upgraded = loaded(home, scene[0], DELETED, 33)
    assert (upgraded["stopped_files"], list(upgraded["months_loaded"])) == ({}, ["2025-02", "2025-03"])
    assert_same(standing(place.warehouse), standing(Home(scene[1]).warehouse))
    loaded(home, scene[0], KEPT, 34)
    assert len(list(in_the_clear(place))) == len(extracts()), "sent again and kept, they are back"
    assert export(place, settings_file.load(home.parent / "cakupan.toml"), REJECTED, tmp_path / "out.csv")[1] == 1


def test_a_file_whose_month_waits_and_one_that_is_stopped_are_not_deleted(
    scene: tuple[Path, Path], tmp_path: Path
) -> None:
    home, source = copied(scene, tmp_path), tmp_path / "source"
    files = extracts()
    files["kepesertaan_15_202504.csv"] = [row | {"upah": "-1", "blth": "2025-04"} for row in files[REJECTED]]
    write(source, files)
    assert loaded(home, source, DELETED, 1)["stopped_files"]
    loaded(home, source, DELETED, 60)
    assert len(list(in_the_clear(Home(home)))) == 1
