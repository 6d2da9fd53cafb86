"""The doctor finds what would keep a load from running, and names the cure of each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from flows.running.doctor import examine, text
from flows.running.findings import Finding, State
from warehouse.files import only_writer
from warehouse.home import Home
from warehouse.runs import FAILED, RunLog


def found(home: Path, what: str, config: str | None = None) -> list[Finding]:
    return [one for one in examine(home, config) if one.what == what]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home")
    place.create()
    return place


def test_a_home_that_is_not_there_is_broken(tmp_path: Path) -> None:
    (finding,) = found(tmp_path / "absent", "home")
    assert finding.fatal
    assert "--home" in finding.cure


def test_a_new_home_has_nothing_broken_and_says_what_is_not_there_yet(home: Home) -> None:
    looked = examine(home.root, None)
    assert [one for one in looked if one.fatal] == []
    assert {one.what for one in looked if one.seen.startswith("none yet")} == {"key", "runs", "published copy"}


def test_a_key_that_others_can_read_is_broken(home: Home) -> None:
    key = home.root / "keys" / "pseudonym.key"
    key.parent.mkdir()
    key.write_text("ab" * 32)
    key.chmod(0o644)
    (finding,) = found(home.root, "key")
    assert finding.fatal
    assert "chmod 600" in finding.cure


def test_a_landing_area_that_others_may_enter_is_to_be_looked_at(home: Home) -> None:
    home.landing.chmod(0o755)
    (finding,) = found(home.root, "permissions")
    assert finding.state is State.LOOK
    assert str(home.landing) in finding.cure


def test_a_running_load_is_named_and_the_note_of_a_killed_one_holds_nobody_up(home: Home) -> None:
    with only_writer(home.load_lock):
        (held,) = found(home.root, "lock")
    (free,) = found(home.root, "lock")
    assert "a load is running" in held.seen
    assert free.seen.startswith("free")


@pytest.mark.parametrize(("state", "meaning"), [(FAILED, State.LOOK), ("LOADED", State.FINE), ("STOPPED", State.FINE)])
def test_a_last_run_that_failed_is_to_be_looked_at(home: Home, state: str, meaning: State) -> None:
    log = RunLog(home, "20250101T000000-000000", lambda: datetime(2025, 1, 1))
    log.start("code", "command")
    log.end(state, reason="why")
    (finding,) = found(home.root, "runs")
    assert finding.state is meaning
    assert state in finding.seen
    assert ("why" in finding.seen) is (state == FAILED)


def test_settings_with_a_mistake_are_broken(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "cakupan.toml"
    path.write_text("keep_verisons = 3\n")
    (finding,) = found(home.root, "settings", str(path))
    assert finding.fatal
    assert "keep_versions" in finding.seen


def test_a_copy_that_does_not_open_is_broken(home: Home) -> None:
    version = home.published / "20250101"
    version.mkdir()
    (version / "cakupan.duckdb").write_bytes(b"no database")
    (home.published / "current").symlink_to(version.name)
    (finding,) = found(home.root, "published copy")
    assert finding.fatal


def test_a_server_that_does_not_answer_is_broken(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    (finding,) = found(home.root, "Prefect server")
    assert finding.fatal


def test_each_cure_stands_below_what_it_mends(home: Home) -> None:
    lines = text(examine(home.root, None)).splitlines()
    place = next(index for index, line in enumerate(lines) if line.startswith("look  runs"))
    assert lines[place + 1].strip() == "→ cakupan run"


def test_an_address_for_alerts_is_named_by_its_place_and_kind_or_is_to_be_looked_at(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "cakupan.toml"
    settings.write_text('[watch]\nnotify = [{ env = "A" }, { env = "B" }, { env = "C" }]\n')
    monkeypatch.setenv("A", "tgram://123456789:rahasia/-1001/")
    monkeypatch.setenv("B", "telegram://123456789:rahasia/-1001/")
    monkeypatch.delenv("C", raising=False)
    looked = found(home.root, "alerts", str(settings))
    assert [(one.state, one.seen) for one in looked] == [
        (State.FINE, "$A: Telegram"),
        (State.LOOK, "$B: no address that Apprise knows"),
        (State.LOOK, "$C: the variable is not set"),
    ]
