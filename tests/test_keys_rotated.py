"""Under another key everybody is who he was, every figure is what it was, and nothing of the old key is left."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from flows.keys import rotating
from flows.keys.lake_key import known
from flows.keys.places import create, pseudonyms, read
from flows.keys.switching import begun, decided, kept_file
from tests.endtoend import ROOT, assert_same, every_version, load
from tests.extracts import nik, write
from tests.keyed import REGISTERED, Crash, column, crashing_at, people_in_four_tables, places_of, tokens
from tests.scanner import Words
from transforms.identity import Pseudonyms
from warehouse import lake, ledger
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.seals import sealed

KINDS = (
    ("kepesertaan", "worker_key"), ("kepesertaan", "membership_key"), ("tk_baru", "worker_key"),
    ("iuran", "membership_key"), ("klaim", "membership_key"),
)  # fmt: skip


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a folder of extracts and a home into which it was loaded."""
    place = tmp_path_factory.mktemp("keys")
    source = write(place / "source", people_in_four_tables())
    load(source, place / "before")
    return source, place / "before"


@pytest.fixture(scope="module")
def rotated(scene: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object], str]:
    """Return a home whose key was rotated by the real command, what it printed as JSON, and everything it wrote."""
    home = tmp_path_factory.mktemp("rotated") / "home"
    shutil.copytree(scene[1], home, symlinks=True)
    command = [sys.executable, "-m", "flows", "key", "rotate", "--home", str(home), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return home, json.loads(done.stdout), done.stdout + done.stderr


def test_every_token_is_another_and_stands_for_the_same_person(
    scene: tuple[Path, Path], rotated: tuple[Path, dict[str, object], str]
) -> None:
    before, after = scene[1], rotated[0]
    pairs = pl.concat(
        [pl.DataFrame({"old": column(before, *one), "new": column(after, *one)}) for one in KINDS]
    ).unique()
    assert (pairs["old"].is_null() == pairs["new"].is_null()).all()
    told = pairs.drop_nulls()
    assert told.height == told["old"].n_unique() == told["new"].n_unique() > 80
    assert set(told["old"]) & set(told["new"]) == set()
    key = pseudonyms(Home(after))[0]
    people = key.tokens(pl.Series([nik(person) for person in REGISTERED]))
    for kind in ("kepesertaan", "tk_baru"):
        assert people.is_in(column(after, kind, "worker_key").to_list()).all()
    cards = [set(column(after, kind, "membership_key").drop_nulls()) for kind in ("kepesertaan", "iuran", "klaim")]
    assert len(cards[0] & cards[1] & cards[2]) == len(REGISTERED)


def test_every_figure_is_what_it_was_and_the_command_has_proved_it(
    scene: tuple[Path, Path], rotated: tuple[Path, dict[str, object], str]
) -> None:
    home, told, _ = rotated
    stood = every_version(Home(scene[1]).warehouse)
    assert_same(every_version(Home(home).warehouse), stood)
    proof = told["proved"]
    assert isinstance(proof, dict)
    assert proof["months"] == proof["held_to_standing"] == 2
    assert proof["rows"] > 300
    assert told["files"] == 5


def test_after_the_rotation_nothing_is_gated_or_computed_again(
    scene: tuple[Path, Path], rotated: tuple[Path, dict[str, object], str], tmp_path: Path
) -> None:
    home = shutil.copytree(rotated[0], tmp_path / "home", symlinks=True)
    verdicts = sorted(path.name for path in (home / "lake" / "verdicts").iterdir())
    result = load(scene[0], home)
    assert (result["months_loaded"], result["months_unchanged"]) == ({}, 2)
    assert sorted(path.name for path in (home / "lake" / "verdicts").iterdir()) == verdicts
    assert {one.gate_id for one in ledger.verdicts(Home(home))} == {
        one.gate_id for one in ledger.verdicts(Home(scene[1]))
    }


def test_nothing_of_the_old_key_is_left_and_no_key_is_shown(
    scene: tuple[Path, Path], rotated: tuple[Path, dict[str, object], str]
) -> None:
    home, told, said = rotated
    old = tokens(scene[1])
    assert places_of(scene[1], old), "the search finds what is there"
    assert places_of(home, old) == set()
    secrets = [read(place / "keys" / "pseudonym.key").hex() for place in (scene[1], home)]
    holding = {path.name for path in home.rglob("*") if path.is_file() and _shows(path, secrets)}
    assert holding == {"pseudonym.key"}
    assert not _shows(home / "keys" / "pseudonym.key", secrets[:1])
    assert Words(secrets).in_text(said) == set()
    made = known(Home(home))
    assert made is not None
    assert (made.id, made.number, [one.id for one in made.before]) == (told["new"], 2, [told["old"]])
    assert [path.name for path in (home / "keys").iterdir()] == ["pseudonym.key"]


def test_whoever_gives_the_replaced_key_is_told_since_when_it_is_none(
    scene: tuple[Path, Path], rotated: tuple[Path, dict[str, object], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAKUPAN_KEY_FILE", str(scene[1] / "keys" / "pseudonym.key"))
    with pytest.raises(Stop, match="which was replaced on") as refused:
        load(scene[0], rotated[0])
    assert refused.value.rule == "key_of_another_lake"


def test_a_rotation_that_ends_at_any_change_of_a_name_goes_on_where_it_was(
    scene: tuple[Path, Path], tmp_path: Path
) -> None:
    home = shutil.copytree(scene[1], tmp_path / "home", symlinks=True)
    old, stood, states = tokens(home), every_version(Home(home).warehouse), set()
    made = known(Home(home))
    assert made is not None
    step = 9
    for number in range(1, 1_000):
        try:
            with crashing_at(step * number):
                main(["key", "rotate", "--home", str(home)])
            break
        except Crash:
            place = Home(home)
            if decided(place):
                states.add("decided")
                with pytest.raises(Stop, match="key_changing"):
                    main_trace(home)
            else:
                states.add("begun")
                assert tokens(home) == old, "before the marker the lake is whole under the old key"
                assert pseudonyms(place)[0].fingerprint() == made.id
    assert states == {"begun", "decided"}
    now = known(Home(home))
    assert now is not None
    assert (now.number, now.id) == (2, pseudonyms(Home(home))[0].fingerprint())
    assert_same(every_version(Home(home).warehouse), stood)
    assert places_of(home, old) == set()
    assert (begun(Home(home)), len(tokens(home))) == ([], len(old))


def _shows(path: Path, secrets: list[str]) -> bool:
    data = path.read_bytes()
    return any(secret.encode() in data or bytes.fromhex(secret) in data for secret in secrets)


def main_trace(home: Path) -> None:
    from datetime import date

    from flows.trace import trace

    trace(Home(home), "NPP1", date(2025, 3, 1))


def test_a_decided_change_is_finished_by_the_next_load_which_then_has_the_new_key(
    scene: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(scene[1], tmp_path / "home", symlinks=True)
    old = tokens(home)
    monkeypatch.setattr(rotating, "finish", lambda *_: None)
    assert main(["key", "rotate", "--home", str(home)]) == 0
    monkeypatch.undo()
    assert decided(Home(home))
    assert load(scene[0], home)["months_loaded"] == {}
    assert decided(Home(home)) is None
    assert tokens(home) & old == set()


def test_an_old_key_is_kept_beside_the_new_one_only_when_asked(scene: tuple[Path, Path], tmp_path: Path) -> None:
    home = shutil.copytree(scene[1], tmp_path / "home", symlinks=True)
    file = home / "keys" / "pseudonym.key"
    old = read(file)
    assert main(["key", "rotate", "--home", str(home), "--keep-old"]) == 0
    kept = kept_file(file, Pseudonyms(old).fingerprint())
    assert (read(kept), read(file) != old) == (old, True)


def test_a_key_in_the_environment_is_rotated_to_a_file_that_then_takes_its_place(
    scene: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = shutil.copytree(scene[1], tmp_path / "home", symlinks=True)
    (home / "keys" / "pseudonym.key").replace(tmp_path / "old.key")
    monkeypatch.setenv("CAKUPAN_KEY", read(tmp_path / "old.key").hex())
    assert main(["key", "rotate", "--home", str(home)]) == 1
    assert "key_not_ours" in capsys.readouterr().err
    assert main(["key", "rotate", "--home", str(home), "--to", str(tmp_path / "new.key")]) == 0
    with pytest.raises(Stop, match="key_of_another_lake"):
        load(scene[0], home)
    monkeypatch.setenv("CAKUPAN_KEY", read(tmp_path / "new.key").hex())
    assert load(scene[0], home)["months_loaded"] == {}


def test_a_lake_of_another_key_and_a_figure_that_differs_stop_the_rotation_before_anything_is_changed(
    scene: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = shutil.copytree(scene[1], tmp_path / "home", symlinks=True)
    path = next(one for one in lake.token_files(Home(home)) if one.parent.name == "klaim")
    good, honest = path.read_bytes(), lake.read(path)
    other = Pseudonyms(create(tmp_path / "other.key"))
    cards = other.tokens(pl.Series("membership_key", ["KPJ::26133000010"] * honest.height))
    mark = lake.marked(lake.key_of(path))
    with sealed(path) as beside:
        honest.with_columns(cards).write_parquet(beside, metadata=mark)
    assert main(["key", "rotate", "--home", str(home)]) == 1
    assert "tokens_of_another_key" in capsys.readouterr().err
    with sealed(path) as beside:
        honest.with_columns(pl.col("paid_idr") + 1).write_parquet(beside, metadata=mark)
    assert main(["key", "rotate", "--home", str(home)]) == 1
    assert "facts_differ" in capsys.readouterr().err
    with sealed(path) as beside:
        beside.write_bytes(good)
    assert decided(Home(home)) is None
    assert load(scene[0], home)["months_loaded"] == {}
