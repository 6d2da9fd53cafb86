"""Sources with a url: every one in turn, every file by itself, and a record of what became of each."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from flows.entry import load_folder
from flows.receive import receiving, reception
from flows.receive.receiving import receive
from flows.receive.reception import Received
from flows.receive.retry import Patience
from flows.settings import Settings
from tests.endtoend import load_unshown
from tests.extracts import two_months, write
from tests.scripted import Scripted, lost
from warehouse import ledger
from warehouse.errors import Stop
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait between tries."""
    monkeypatch.setattr(reception, "Patience", lambda retries: Patience(retries, sleep=lambda _: None))


def kantor(more: str = "", **files: Scripted) -> Settings:
    """Return settings with one source per remote; the remotes are scripted."""
    told = "".join(f'[sources.{key}]\nurl = "file:///{key}"\nretries = 1\n{more}\n' for key in files)
    return Settings.model_validate(tomllib.loads(told))


def take(
    home: Home, monkeypatch: pytest.MonkeyPatch, more: str = "", run_id: str = "run", **remotes: Scripted
) -> Received:
    """Return what came from remotes, each a source of its own."""
    monkeypatch.setattr(receiving, "remote_of", lambda address: remotes[address.path.strip("/")])
    return receive(home, None, kantor(more, **remotes), run_id)


def manifest(home: Home, run_id: str = "run", source: str = "kantor") -> dict[str, Any]:
    """Return the manifest of a source in a run."""
    told: dict[str, Any] = json.loads((home.landing / "manifests" / f"{run_id}.{source}.json").read_text("utf-8"))
    return told


def test_a_delivery_is_called_by_its_source_and_its_name_below_the_url(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = take(home, monkeypatch, kantor=Scripted({"2025/iuran.csv": b"a", "catatan.txt": b"b"}))
    assert (found.names, found.arrived) == (["kantor/2025/iuran.csv"], ["kantor/2025/iuran.csv"])
    assert (found.ignored, found.failed) == (["kantor/catatan.txt"], {})
    (one,) = ledger.deliveries(home)
    assert (one.name, one.kind, one.uri) == ("kantor/2025/iuran.csv", "iuran", "scripted:///2025/iuran.csv")


def test_the_manifest_says_what_became_of_every_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"iuran.csv": b"a", "iuran_2.csv": b"a", "umk.csv": b"c", "catatan.txt": b"b"}
    remote = Scripted(files, [(0, lost()), (1, None), (1, Stop("permission_denied", "no", "tidak"))])
    take(home, monkeypatch, kantor=remote)
    told = manifest(home)
    listed = {one["name"]: (one["result"], one["tries"], one["bytes"]) for one in told["files"]}
    assert listed == {
        "catatan.txt": ("ignored", 0, None),
        "iuran.csv": ("delivered", 2, 1),
        "iuran_2.csv": ("failed", 0, None),
        "umk.csv": ("delivered", 1, 1),
    }
    by_name = {one["name"]: one for one in told["files"]}
    assert by_name["iuran.csv"]["sha256"] == hashlib.sha256(b"a").hexdigest()
    assert by_name["iuran.csv"]["address"] == "scripted:///iuran.csv"
    assert by_name["iuran_2.csv"]["reason"].startswith("permission_denied")
    assert (told["source"], told["failed"]) == ("kantor", "")
    assert told["started_at"] <= told["finished_at"]


def test_a_file_that_fails_and_a_source_that_fails_lose_no_other(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Down(Scripted):
        def list(self) -> list[Any]:
            raise lost()

    bad = Scripted({"iuran.csv": b"a", "umk.csv": b"b"}, [(0, Stop("permission_denied", "no", "tidak"))])
    found = take(home, monkeypatch, jauh=Down({}), kantor=bad, lain=Scripted({"umk.csv": b"c"}))
    assert found.arrived == ["kantor/umk.csv", "lain/umk.csv"]
    assert {name: why[0].split(":")[0] for name, why in found.failed.items()} == {
        "jauh": "connection_lost",
        "kantor/iuran.csv": "permission_denied",
    }
    assert "connection_lost" in manifest(home, source="jauh")["failed"]


def test_an_error_that_nobody_foresaw_is_named_without_its_text(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = Scripted({"iuran.csv": b"a", "umk.csv": b"b"}, [(0, RuntimeError("1503011203850001"))])
    found = take(home, monkeypatch, kantor=remote)
    assert found.arrived == ["kantor/umk.csv"]
    assert found.failed["kantor/iuran.csv"][0].startswith("receive_failed: RuntimeError at scripted.py:")


def test_an_interruption_keeps_what_came(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = Scripted({"iuran.csv": b"a", "umk.csv": b"b"}, [(1, None), (0, KeyboardInterrupt())])
    with pytest.raises(KeyboardInterrupt):
        take(home, monkeypatch, kantor=remote)
    assert [one.name for one in ledger.deliveries(home)] == ["kantor/iuran.csv"]
    assert [one["name"] for one in manifest(home)["files"]] == ["iuran.csv"]


@pytest.mark.parametrize(
    ("strong", "more", "read_again"), [(False, "", True), (True, "", False), (False, "trust_mtime = true", False)]
)
def test_only_a_tag_of_the_content_or_a_trusted_time_saves_a_transfer(
    home: Home, monkeypatch: pytest.MonkeyPatch, strong: bool, more: str, read_again: bool
) -> None:
    remote = Scripted({"iuran.csv": b"a"}, strong=strong)
    take(home, monkeypatch, more, kantor=remote)
    remote.asked.clear()
    found = take(home, monkeypatch, more, "again", kantor=remote)
    assert (bool(remote.asked), found.names, found.arrived) == (read_again, ["kantor/iuran.csv"], [])
    told = manifest(home, "again")
    assert [one["result"] for one in told["files"]] == (["known"] if read_again else [])
    assert told["unread"] == (0 if read_again else 1)


def test_a_tag_saves_no_transfer_when_it_is_another_or_the_content_is_gone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = Scripted({"iuran.csv": b"a"}, strong=True)
    take(home, monkeypatch, kantor=remote)
    remote.version, remote.files["iuran.csv"] = 2, b"b"
    assert take(home, monkeypatch, run_id="again", kantor=remote).arrived == ["kantor/iuran.csv"]
    home.landed(hashlib.sha256(b"b").hexdigest()).unlink()
    remote.asked.clear()
    take(home, monkeypatch, run_id="third", kantor=remote)
    assert remote.asked == [("iuran.csv", 0)]


def test_a_memory_that_cannot_be_read_costs_a_transfer_and_nothing_else(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = Scripted({"iuran.csv": b"a"}, strong=True)
    take(home, monkeypatch, kantor=remote)
    (home.landing / "seen" / "kantor.json").write_text("{", encoding="utf-8")
    assert take(home, monkeypatch, run_id="again", kantor=remote).failed == {}


def test_the_senders_sha256_file_is_obeyed_and_is_no_extract(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = hashlib.sha256(b"a").hexdigest(), hashlib.sha256(b"x").hexdigest()
    files = {"iuran.csv": b"a", "iuran.csv.sha256": f"{right}  iuran.csv\n".encode()}
    assert take(home, monkeypatch, kantor=Scripted(dict(files))).names == ["kantor/iuran.csv"]
    files["iuran.csv.sha256"] = f"{wrong} *iuran.csv\n{right}  lain.csv\n".encode()
    found = take(home, monkeypatch, kantor=Scripted(dict(files)))
    assert found.failed["kantor/iuran.csv"][0].startswith("sha256_differs")
    files["iuran.csv.sha256"] = b"<html>"
    found = take(home, monkeypatch, kantor=Scripted(files))
    assert found.failed["kantor/iuran.csv"][0].startswith("checksum_unreadable")


def test_a_control_file_comes_with_its_file_though_no_glob_names_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"iuran.csv": b"a", "iuran.csv.control.json": b'{"rows": 1}', "umk.txt": b"b"}
    found = take(home, monkeypatch, 'glob = "*.csv"', kantor=Scripted(files))
    assert (found.names, found.ignored) == (["kantor/iuran.csv"], ["kantor/umk.txt"])
    (one,) = ledger.deliveries(home)
    assert home.landed(one.control).read_bytes() == b'{"rows": 1}'


@pytest.mark.parametrize("name", ["../iuran.csv", "/iuran.csv", "a//iuran.csv", "iuran\n.csv", "iuran\u202e.csv"])
def test_a_name_that_leads_elsewhere_or_hides_something_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found = take(home, monkeypatch, 'kind = "iuran"', kantor=Scripted({name: b"a"}))
    ((_, why),) = found.failed.items()
    assert why[0].startswith("name_refused")
    assert ledger.deliveries(home) == []


def test_a_file_that_is_still_being_written_waits(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"iuran.csv{ending}": b"a" for ending in (".part", ".filepart", ".tmp")}
    assert take(home, monkeypatch, kantor=Scripted(files)).names == []


def test_without_a_folder_and_without_a_url_there_is_nothing_to_receive(home: Home) -> None:
    with pytest.raises(Stop, match="source_missing"):
        receive(home, None, Settings(), "run")


def test_a_run_without_a_folder_loads_what_the_sources_offer_and_says_what_did_not_come(tmp_path: Path) -> None:
    files = {name: rows for name, rows in two_months().items() if name.startswith("kepesertaan")}
    source = write(tmp_path / "source", files)
    config = tmp_path / "cakupan.toml"
    absent = '[sources.jauh]\nurl = "file:///absent-folder"\nretries = 0\n'
    config.write_text(f'[sources.kantor]\nurl = "{source.as_uri()}"\n{absent}', encoding="utf-8")
    result = load_folder(None, str(tmp_path / "home"), config=str(config))
    plainly = load_unshown(source, tmp_path / "plain")
    assert (result["state"], result["exit_code"]) == ("STOPPED", 4)
    assert list(result["not_received"]) == ["jauh"]
    assert (result["months_loaded"], result["rows_in"]) == (plainly["months_loaded"], plainly["rows_in"])
    report = next((tmp_path / "home" / "reports").glob("run-*.md")).read_text(encoding="utf-8")
    assert "source_missing" in report
