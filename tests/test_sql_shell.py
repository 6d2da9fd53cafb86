"""The conversation: in a pipe and at a real terminal, with history, completion, new versions and interrupted questions."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from flows.asking import harlequin
from flows.cli import main
from tests.asked import LONG, asked_home, command, environment, publish_again
from tests.endtoend import ROOT
from warehouse.home import Home

ACTIVE = "SELECT active_workers AS n\nFROM coverage WHERE region_code = '15.03';\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a small published home."""
    return asked_home(tmp_path_factory.mktemp("shell"))


def piped(home: Home, text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", StringIO(text))
    return main(["sql", "--home", str(home.root), "--csv"])


def test_in_a_pipe_there_are_answers_and_nothing_else(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{ACTIVE}.as-of 2025-04-02\n{ACTIVE}.as-of off\n\nSELECT ';' AS mark -- ;\n;\nSELECT 1 AS last"
    assert piped(home, text, monkeypatch) == 0
    assert capsys.readouterr() == ("n\n60\nn\n52\nmark\n;\nlast\n1\n", "")


def test_a_question_that_fails_is_explained_the_others_are_answered_and_the_end_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        ".as-of tomorrow\n.describe coverge\nFROM coverag;\nDROP TABLE dim_region;\nSELECT 1 AS one;\n.quit\nSELECT 2;"
    )
    assert piped(home, text, monkeypatch) == 1
    out, err = capsys.readouterr()
    assert out == "one\n1\n"
    assert err.count("did you mean: coverage") == 2
    assert "2025-03-16" in err and "query_not_a_question" in err and "Traceback" not in err


def test_commands_show_what_there_is(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert piped(home, ".tables\n.csv off\n.describe plan_to_target\n.what\n", monkeypatch) == 0
    out = capsys.readouterr().out
    assert "\nmart.coverage,view," in out
    assert "mart.plan_to_target(region, ratio, premium_idr): What it takes" in out and ".describe NAME" in out


class Terminal:
    """A program at a terminal: what it shows, and a hand that types."""

    def __init__(self, end: int) -> None:
        self._end, self._shown = end, ""

    def types(self, text: str, until: str) -> str:
        """Return what is shown after `text` is typed, up to and with `until`."""
        os.write(self._end, text.encode())
        return self.shows(until)

    def shows(self, until: str) -> str:
        """Return what is shown up to and with `until`."""
        while until not in self._shown:
            assert select.select([self._end], [], [], 60)[0], f"no {until!r} in {self._shown!r}"
            self._shown += os.read(self._end, 4096).decode().replace("\r\n", "\n")
        before, found, self._shown = self._shown.partition(until)
        return before + found


@contextmanager
def terminal(home: Home, user: Path) -> Iterator[Terminal]:
    """Yield a terminal of its own session in which the small shell runs, until it is left."""
    pid, end = pty.fork()
    if not pid:
        os.chdir(ROOT)
        os.execve(sys.executable, command("sql", "--plain", "--home", str(home.root)), environment(user))
    try:
        yield Terminal(end)
        os.write(end, b".quit\n")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    finally:
        os.close(end)


def test_a_person_at_a_terminal(tmp_path: Path) -> None:
    home, user = asked_home(tmp_path), tmp_path / "user"
    user.mkdir()
    with terminal(home, user) as at:
        assert "version v1" in at.shows("cakupan> ")
        assert "\n60\n" in at.types(f".csv on\n{ACTIVE}", "60\n")
        assert "2060\n" in at.types("SELECT sum(active_w\t) AS s FROM mart.coverage;\n", "2060\n")
        publish_again(home, "v2")
        shown = at.types(ACTIVE, "\n60\n")
        assert "a new version: v2" in shown
        at.types(f"{LONG};\n", "\n")
        time.sleep(1.5)
        at.types("\x03", "interrupted")
        assert "\nstill here\n" in at.types("SELECT 'still ' || 'here' AS x;\n", "still here\n")
    kept = user / ".local" / "state" / "cakupan" / "sql_history"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "FROM coverage WHERE region_code = '15.03';" in kept.read_text()
    with terminal(home, user) as at:
        at.shows("cakupan> ")
        assert "still here" in at.types("\x1b[A\x1b[A\n", "still here\n")


def test_harlequin_is_told_to_read_only_and_to_reach_nothing_else(home: Home, tmp_path: Path) -> None:
    given = Namespace(home=home.root, internal=False, config=None)
    words = harlequin.command(home.current.resolve(), tmp_path, given)
    assert "--read-only" in words and words[-1].endswith("published/v1/cakupan.duckdb")
    assert (tmp_path / "harlequin.toml").read_text() == ""
    with duckdb.connect(words[-1], read_only=True) as connection:
        connection.execute((tmp_path / "settings.sql").read_text())
        assert connection.execute("SELECT count(*) FROM coverage").fetchall() == [(2,)]
        for refused in ("FROM read_csv('/etc/passwd')", "SET threads = 1", "INSTALL httpfs"):
            with pytest.raises(duckdb.Error, match=r"disabled|locked"):
                connection.execute(refused)


def test_harlequin_says_which_version_it_keeps_and_whether_a_newer_one_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, said = asked_home(tmp_path), list[str]()

    def meanwhile(words: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        assert not check
        publish_again(home, "v2")
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr("flows.asking.harlequin.subprocess.run", meanwhile)
    assert harlequin.run(Namespace(home=home.root, internal=False, config=None), said.append) == 0
    assert "v1" in said[0] and "v2" in said[1]
