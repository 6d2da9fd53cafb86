"""`cakupan config check` and `cakupan receive`: every mistake is explained, no secret is shown, and what comes is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from flows.cli import main
from flows.settings import Settings, load
from flows.sources import ADDRESSES, HttpsAddress, PostgresqlAddress, S3Address, SftpAddress
from tests.servers.openssh import Server
from warehouse import ledger
from warehouse.errors import Stop
from warehouse.home import Home

KEY = "SHA256:" + "a" * 43
SFTP = f'url = "sftp://u@host/out"\nhost_key = "{KEY}"\npassword = {{ env = "P" }}'
GOOD = {
    "file": 'url = "file:///srv/kiriman"',
    "sftp": SFTP,
    "s3": 'url = "s3://ember/kiriman/"\naccess_key_id = { env = "K" }\nsecret_access_key = { file = "/run/kunci" }',
    "https": 'url = "https://host/data/"\nindex = "html"\nbearer = { block = "portal" }',
    "postgresql": 'url = "postgresql://u@host/db"\nname = "kepesertaan"\ntable = "tk"\npassword = { env = "P" }',
}
Asked = Callable[..., tuple[int, str, str]]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Return what a command answers: its exit code and both outputs."""

    def ask(*arguments: object) -> tuple[int, str, str]:
        code = main([str(one) for one in arguments])
        return code, *capsys.readouterr()

    return ask


def config(folder: Path, text: str) -> Path:
    """Return a settings file."""
    path = folder / "cakupan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def checked(asked: Asked, folder: Path, text: str, *options: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the answer of a check."""
    code, told, _ = asked("config", "check", "--config", config(folder, text), "--json", *options)
    return code, json.loads(told)


def wrong(folder: Path, text: str) -> str:
    """Return what is said of one source that is written so."""
    with pytest.raises(Stop) as stop:
        load(config(folder, f"[sources.kantor]\n{text}"))
    return stop.value.en


@pytest.mark.parametrize("scheme", GOOD)
def test_every_scheme_has_its_address_and_files_need_no_glob(tmp_path: Path, scheme: str) -> None:
    source = load(config(tmp_path, f'[sources.kantor]\nkind = "iuran"\nseparator = ";"\n{GOOD[scheme]}')).sources[
        "kantor"
    ]
    assert (type(source.remote), source.glob, source.dialect.separator) == (ADDRESSES[scheme], "*", ";")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SFTP.replace('"sftp:', '"ftp:'), "ftp is not encrypted"),
        (SFTP.replace('"sftp:', '"gopher:'), "file://, sftp://, s3://, https://, postgresql://"),
        (SFTP.replace("u@host", "u:pw9@host"), "url holds a password"),
        (SFTP.replace("u@host", "host"), "url names no user"),
        (SFTP.replace("host/", "host:99999/"), "url cannot be read"),
        (SFTP.replace(KEY, "SHA256:short"), "43 characters"),
        (SFTP.replace(f'host_key = "{KEY}"', ""), 'host_key = "SHA256:..." or known_hosts'),
        (SFTP + '\nknown_hosts = "k"', 'host_key = "SHA256:..." or known_hosts'),
        (SFTP + '\nkey_file = "k"', "log in one way"),
        (SFTP.replace('{ env = "P" }', '"pw9"'), '{ env = "NAME" }'),
        (SFTP.replace('{ env = "P" }', '{ env = "P", file = "pw9" }'), "kept in one place"),
        (SFTP.replace('{ env = "P" }', '{ literal = "pw9" }'), "sources.kantor.password.literal is not a setting"),
        (SFTP + "\nhost_kye = 1", "sources.kantor.host_kye is not a setting (did you mean host_key?)"),
        (SFTP + "\nseperator = ';'", "sources.kantor.seperator is not a setting (did you mean separator?)"),
        (SFTP + '\nregion = "x"', "sources.kantor.region is not a setting"),
        (SFTP + "\nretries = -1", "sources.kantor.retries"),
        ("host_key = 1\nglob = '*'", "sources.kantor.host_key is not a setting"),
        (GOOD["file"].replace("///", "//server/"), "file url names no host"),
        (GOOD["s3"].replace("secret_access_key", "session_token"), "go together"),
        (GOOD["s3"] + '\nendpoint = "http://s3.example/"', "endpoint is an https url"),
        (GOOD["https"].replace('index = "html"', ""), "say which files"),
        (GOOD["https"].replace("data/", "data/?token=pw9"), "looks like a secret"),
        (GOOD["https"].replace('{ block = "portal" }', '"pw9"'), '{ env = "NAME" }'),
        (GOOD["postgresql"] + '\nquery = "select 1"', "table or query"),
        (GOOD["postgresql"] + '\nsslmode = "disable"', "in the clear"),
        (GOOD["postgresql"].replace('"kepesertaan"', '"../x"'), "sources.kantor.name"),
    ],
)
def test_a_mistake_is_told_by_its_key_and_no_secret_with_it(tmp_path: Path, text: str, told: str) -> None:
    said = wrong(tmp_path, text)
    assert told in said
    assert "pw9" not in said


def test_several_mistakes_of_one_source_are_told_at_once(tmp_path: Path) -> None:
    said = wrong(tmp_path, 'url = "sftp://host"\npassphrase = { env = "P" }')
    assert [part in said for part in ("names no user", "declare the key", "log in one way", "passphrase")] == [True] * 4


def test_the_name_of_a_source_with_a_url_can_begin_the_name_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="small letters"):
        load(config(tmp_path, f'[sources."../x"]\n{SFTP}'))


def test_settings_show_where_a_secret_is_kept_and_never_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("P", "pw9")
    told = load(config(tmp_path, f"[sources.kantor]\n{SFTP}"))
    remote = told.sources["kantor"].remote
    assert isinstance(remote, SftpAddress) and remote.password and remote.password.reveal() == "pw9"
    assert "pw9" not in repr(told) + str(told) + told.model_dump_json()


def test_files_that_settings_name_lie_beside_the_settings(tmp_path: Path) -> None:
    told = load(config(tmp_path, f"[sources.kantor]\n{SFTP}".replace(f'host_key = "{KEY}"', 'known_hosts = "k"')))
    remote = told.sources["kantor"].remote
    assert isinstance(remote, SftpAddress)
    assert remote.known_hosts == tmp_path / "k"


def test_a_file_belongs_to_the_source_that_its_name_begins_with() -> None:
    told = Settings.model_validate(
        {"sources": {"semua": {"glob": "*.csv", "kind": "umk"}, "kantor": {"url": "file:///x", "kind": "iuran"}}}
    )
    assert [told.kind_of(name) for name in ("kantor/a.csv", "a.csv", "lain/kantor/a.csv")] == ["iuran", "umk", "umk"]


def test_a_check_lists_every_mistake_with_its_key_what_is_known_and_the_cure(asked: Asked, tmp_path: Path) -> None:
    code, told = checked(asked, tmp_path, f"most_rejectd = 1\nkeep_versions = 0\n[sources.kantor]\n{SFTP}\nregion = 1")
    assert (code, told["valid"]) == (2, False)
    problems = {one["key"]: one for one in told["problems"]}
    assert problems.keys() == {"most_rejectd", "keep_versions", "sources.kantor.region"}
    assert "write most_rejected" in problems["most_rejectd"]["cure"]
    assert {"host_key", "retries", "glob", "separator"} <= set(problems["sources.kantor.region"]["known"])
    assert "bucket" not in problems["sources.kantor.region"]["known"]


def test_a_check_of_what_is_right_says_so(asked: Asked, tmp_path: Path) -> None:
    code, said, _ = asked("config", "check", "--config", config(tmp_path, '[sources.bps]\nglob = "bps/*.csv"'))
    assert (code, "no mistakes" in said) == (0, True)


@pytest.mark.parametrize("text", ["[sources", "keep_versions = 'x'", 'corrections = "absent.toml"'])
def test_a_check_explains_a_file_that_cannot_be_used_at_all(asked: Asked, tmp_path: Path, text: str) -> None:
    code, told = checked(asked, tmp_path, text)
    assert (code, len(told["problems"])) == (2, 1)


def test_a_check_misses_secrets_and_files(asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("P", raising=False)
    (tmp_path / "open").write_text("pw9", encoding="utf-8")
    (tmp_path / "open").chmod(0o644)
    kept = f'{{ file = "{tmp_path / "open"}" }}'
    login = f'\nknown_hosts = "absent"\npassword = {{ env = "P" }}\n[sources.b]\n{GOOD["s3"]}'.replace(
        '{ env = "K" }', kept
    )
    code, told = checked(asked, tmp_path, f'[sources.a]\nurl = "sftp://u@host/"{login}')
    rules = {one["key"]: one["wrong"].split(":")[0] for one in told["problems"]}
    assert (code, rules.pop("sources.a.known_hosts").endswith("does not exist")) == (2, True)
    assert rules == {
        "sources.a.password": "secret_missing",
        "sources.b.access_key_id": "secret_open_to_others",
        "sources.b.secret_access_key": "secret_missing",
    }
    assert "pw9" not in json.dumps(told)


def test_a_check_that_connects_lists_the_files_of_every_source(asked: Asked, tmp_path: Path, served: Server) -> None:
    served.put("iuran.csv", b"a")
    served.put("catatan.txt", b"bc")
    right = f'url = "{served.url}"\nkey_file = "{served.key_file}"'
    text = f'[sources.a]\n{right}\nhost_key = "{served.fingerprint}"\n[sources.b]\n{right}\nhost_key = "{KEY}"'
    code, told = checked(asked, tmp_path, text, "--connect")
    listed = [{"name": "catatan.txt", "size": 2, "kind": None}, {"name": "iuran.csv", "size": 1, "kind": "iuran"}]
    assert (code, told["offered"]) == (2, {"a": listed})
    ((key, said),) = ((one["key"], one["wrong"]) for one in told["problems"])
    assert key == "sources.b"
    assert served.fingerprint in said


def test_receiving_alone_fills_the_ledger_talks_on_stderr_and_answers_on_stdout(
    asked: Asked, tmp_path: Path, served: Server
) -> None:
    served.put("iuran.csv", b"a")
    trust = f'key_file = "{served.key_file}"\nhost_key = "{served.fingerprint}"'
    path = config(tmp_path, f'[sources.kantor]\nurl = "{served.url}"\n{trust}')
    code, said, talk = asked("receive", "--home", tmp_path / "home", "--config", path)
    assert (code, "1 baru / new" in said, "kantor/iuran.csv" in talk) == (0, True, True)
    code, told, _ = asked("receive", "--home", tmp_path / "home", "--config", path, "--json")
    assert (code, json.loads(told)["names"], json.loads(told)["arrived"]) == (0, ["kantor/iuran.csv"], [])
    assert [one.name for one in ledger.deliveries(Home(tmp_path / "home"))] == ["kantor/iuran.csv"]


def test_receiving_alone_says_with_its_exit_code_that_something_did_not_come(asked: Asked, tmp_path: Path) -> None:
    path = config(tmp_path, '[sources.kantor]\nurl = "file:///absent-folder"\nretries = 0')
    code, said, _ = asked("receive", "--home", tmp_path / "home", "--config", path)
    assert (code, "! kantor: source_missing" in said) == (4, True)


def test_a_secret_of_prefect_is_revealed_and_a_missing_one_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.blocks.system import Secret as Block

    def loaded(name: str, **_: object) -> Block[str]:
        if name != "portal":
            raise ValueError(name)
        return Block(value=SecretStr("pw9"))

    monkeypatch.setattr(Block, "load", loaded)
    told = {"url": "https://host/", "files": ["a.csv"]}
    right = HttpsAddress.model_validate(told | {"bearer": {"block": "portal"}}).bearer
    absent = HttpsAddress.model_validate(told | {"bearer": {"block": "lain"}}).bearer
    assert right is not None and absent is not None
    assert right.reveal() == "pw9"
    with pytest.raises(Stop, match="secret_missing"):
        absent.reveal()


def test_addresses_say_their_parts() -> None:
    s3 = S3Address.model_validate({"url": "s3://ember/a/b/", "anonymous": True})
    database = PostgresqlAddress.model_validate({"url": "postgresql://u@[::1]:5433/d%20b", "name": "n", "table": "t"})
    assert (s3.bucket, s3.prefix) == ("ember", "a/b/")
    assert (database.host, database.parts.port, database.path) == ("::1", 5433, "/d b")
