"""A key is made once, found where it should be, named by its id, and shown nowhere; the lake knows which one it was made with."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
from pathlib import Path

import pytest

from flows import settings
from flows.cli import main
from flows.entry import load_folder
from flows.keys.lake_key import known
from flows.keys.places import LANDING, TOKENS, create, has_key, kept_key, pseudonyms, read
from flows.secret import Secret
from tests.conftest import Loaded
from tests.scanner import Words
from transforms.identity import Pseudonyms
from warehouse import lake
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.schema import Extract, Table
from warehouse.tables.coverage import Presence

KEY, OTHER = bytes(range(64, 96)), bytes(range(96, 128))


def key_file(path: Path, key: bytes = KEY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(key.hex() + "\n", encoding="ascii")
    path.chmod(0o600)
    return path


def test_a_new_key_is_for_its_owner_alone_and_never_written_over_another(tmp_path: Path) -> None:
    made = create(tmp_path / "keys" / "a.key")
    assert stat.S_IMODE((tmp_path / "keys" / "a.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    with pytest.raises(Stop, match="key_exists"):
        create(tmp_path / "keys" / "a.key")
    assert read(tmp_path / "keys" / "a.key") == made
    assert list((tmp_path / "keys").iterdir()) == [tmp_path / "keys" / "a.key"]


def test_of_many_who_make_a_key_at_once_one_does(tmp_path: Path) -> None:
    made: list[bytes] = []

    def make() -> None:
        try:
            made.append(create(tmp_path / "a.key"))
        except Stop as stop:
            assert stop.rule == "key_exists"

    several = [threading.Thread(target=make) for _ in range(8)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert made == [read(tmp_path / "a.key")]


def test_the_environment_comes_before_its_file_before_the_settings_before_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    keys = [bytes([number]) * 32 for number in range(4)]
    key_file(home.root / "keys" / TOKENS.name, keys[0])
    declared = Secret(file=str(key_file(tmp_path / "declared.key", keys[1])))
    assert kept_key(home, TOKENS).secret == keys[0]
    assert kept_key(home, TOKENS, declared).secret == keys[1]
    monkeypatch.setenv("CAKUPAN_KEY_FILE", str(key_file(tmp_path / "named.key", keys[2])))
    assert kept_key(home, TOKENS, declared).secret == keys[2]
    monkeypatch.setenv("CAKUPAN_KEY", keys[3].hex())
    assert kept_key(home, TOKENS, declared).secret == keys[3]
    assert not has_key(home, LANDING), "the key of files at rest is another one"


def test_a_key_declared_in_the_settings_is_where_the_settings_say_and_never_in_them(tmp_path: Path) -> None:
    file = tmp_path / "cakupan.toml"
    file.write_text('key = { env = "TOKENS" }\n[landing]\nat_rest = "encrypted"\nkey = { block = "landing" }\n')
    found = settings.load(file)
    assert (found.key, found.landing.key) == (Secret(env="TOKENS"), Secret(block="landing"))
    file.write_text(f'key = "{KEY.hex()}"\n')
    with pytest.raises(Stop) as refused:
        settings.load(file)
    assert KEY.hex() not in str(refused.value)


@pytest.mark.parametrize("what", ["a link", "a folder", "a fifo"])
def test_a_key_that_is_no_plain_file_is_refused(what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    if what == "a link":
        path.symlink_to(key_file(tmp_path / "b.key"))
    elif what == "a folder":
        path.mkdir(mode=0o700)
    else:
        os.mkfifo(path, 0o600)
    with pytest.raises(Stop, match=r"key_missing|key_open_to_others"):
        read(path)


def test_key_new_says_path_and_id_and_refuses_to_overwrite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "new", "--home", str(tmp_path / "home"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    key = read(Path(told["path"]))
    assert told == {"path": str(tmp_path / "home" / "keys" / "pseudonym.key"), "id": Pseudonyms(key).fingerprint()}
    assert main(["key", "new", "--home", str(tmp_path / "home")]) == 1
    assert main(["key", "new", "--home", str(tmp_path / "home"), "--landing"]) == 0
    assert main(["key", "new", "--home", str(tmp_path / "home"), "--out", str(tmp_path / "b.key")]) == 0
    told_all = capsys.readouterr()
    assert "key_exists" in told_all.err
    secrets = [read(path).hex() for path in tmp_path.rglob("*.key")]
    assert len(set(secrets)) == 3
    assert Words(secrets).in_text(told_all.out + told_all.err) == set()


def test_every_table_that_holds_bytes_holds_tokens_and_lies_where_they_are_looked_for() -> None:
    kinds = {path.kind for path in Table.registry.values() if issubclass(path, Extract) and _bytes(path)}
    tokens = {path.kind for path in Table.registry.values() if issubclass(path, Extract) and _tokens(path)}
    assert kinds == tokens == {"kepesertaan", "iuran", "klaim", "tk_baru"}
    stored = [table for table in Table.registry.values() if table.layer != "lake"]
    assert [table.qualified() for table in stored if _bytes(table)] == [], "no token is in the database"
    assert _bytes(Presence) == [], "presence holds tokens as two integers"
    assert [name for name, column in Presence.columns.items() if column.unit == "token"] == [
        "person_high",
        "person_low",
    ]


def _bytes(table: type[Table]) -> list[str]:
    return [column.name for column in table.columns.values() if str(column.dtype) == "Binary"]


def _tokens(table: type[Table]) -> list[str]:
    return [column.name for column in table.columns.values() if column.pseudonym]


def test_the_lake_and_each_of_its_token_files_name_the_key_they_were_made_with(loaded_home: Loaded) -> None:
    home = Home(loaded_home[0])
    id = pseudonyms(home)[0].fingerprint()
    files = [*lake.token_files(home), *lake.kept_files(home)]
    assert {lake.key_of(path) for path in files} == {id}
    assert len({path.parent.name for path in files}) >= 4
    made = known(home)
    assert made is not None
    assert (made.id, made.number, made.before) == (id, 1, ())
    others = [path for path in home.lake.rglob("*.parquet") if path not in files]
    assert [path for path in others if lake.token_columns(path)] == []


def test_another_key_is_named_with_its_cure_and_changes_nothing(
    loaded_home: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, source = loaded_home
    before = {path: path.stat().st_mtime_ns for path in (home / "lake").rglob("*") if path.is_file()}
    monkeypatch.setenv("CAKUPAN_KEY", OTHER.hex())
    with pytest.raises(Stop) as refused:
        load_folder(str(source), str(home))
    assert refused.value.rule == "key_of_another_lake"
    assert Pseudonyms(OTHER).fingerprint() in refused.value.en
    assert "cakupan key rotate" in refused.value.cure
    assert main(["key", "check", "--home", str(home), "--json"]) == 1
    told = capsys.readouterr().out
    assert [one["rule"] for one in json.loads(told)["problems"]] == ["key_of_another_lake"]
    assert main(["key", "rotate", "--home", str(home), "--to", str(tmp_path / "to.key")]) == 1
    assert OTHER.hex() not in told + str(refused.value) + capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in (home / "lake").rglob("*") if path.is_file()} == before


def test_a_file_of_another_key_among_the_others_is_named(loaded_home: Loaded, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(loaded_home[0], home.root, symlinks=True)
    path = lake.token_files(home)[0]
    strange = lake.read(path)
    strange.write_parquet(path, metadata=lake.marked("0" * 16))
    with pytest.raises(Stop) as refused:
        load_folder(str(loaded_home[1]), str(home.root))
    assert refused.value.rule == "tokens_of_another_key"
    assert path.name in refused.value.en


def test_check_says_whether_two_lakes_can_be_joined(
    loaded_home: Loaded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = loaded_home[0]
    (tmp_path / "lake").mkdir()
    shutil.copy(home / "lake" / "key.json", tmp_path / "lake" / "key.json")
    assert main(["key", "check", "--home", str(home), "--with", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["joinable"] is True
    assert told["key"]["mode"] == "0600"
    assert told["key"]["id"] == told["lake"]["id"]
    (tmp_path / "lake" / "key.json").write_text(json.dumps({"id": "x", "number": 1, "since": "", "before": []}))
    assert main(["key", "check", "--home", str(home), "--with", str(tmp_path)]) == 1
    assert "tidak / no" in capsys.readouterr().out


def test_check_says_that_the_key_of_a_lake_is_gone(
    loaded_home: Loaded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lake").mkdir()
    shutil.copy(loaded_home[0] / "lake" / "key.json", tmp_path / "lake" / "key.json")
    assert main(["key", "check", "--home", str(tmp_path)]) == 1
    assert "key_missing" in capsys.readouterr().out
    assert not (tmp_path / "keys").exists()
