"""The log of a run: what it tells of a run that ended, failed, was killed or is running, and what steps cost."""

from __future__ import annotations

import json
import os
import signal
from datetime import datetime
from pathlib import Path

import pytest

from flows.context import utc_now
from tests.endtoend import ask, load, start, wait
from tests.extracts import memberships, write
from warehouse import runs
from warehouse.errors import Stop
from warehouse.home import Home

PEOPLE = """
    | orang | kode_kab_domisili |
    | 1-5   | 15.03             |
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = memberships("2025-02", "2025-02-28", PEOPLE)
    return write(tmp_path_factory.mktemp("source"), {"kepesertaan_202502.csv": rows})


def test_a_killed_run_is_told_apart_and_entered_by_the_next(source: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    running = start(source, home, "--plain")
    assert wait(running, lambda: bool(runs.runs(Home(home))))
    (record,) = runs.runs(Home(home))
    assert record.state == runs.RUNNING
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert [one.state for one in runs.runs(Home(home))] == [runs.CRASHED]
    load(source, home)
    states = dict(ask(home, "SELECT run_id, state FROM ops.run"))
    assert states.pop(record.run_id) == "CRASHED"
    assert list(states.values()) == ["LOADED"]


def test_a_run_that_cannot_begin_is_kept_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(Stop):
        load(tmp_path / "absent", tmp_path / "home")
    (record,) = runs.runs(Home(tmp_path / "home"))
    assert record.state == runs.FAILED
    assert record.ended["reason"].startswith("source_missing")


@pytest.mark.parametrize("typed", ["3201014502900017", "3201.0145 0290-0017", "26133068531"])
def test_a_number_of_a_person_that_was_typed_by_mistake_is_kept_nowhere(typed: str, tmp_path: Path) -> None:
    log = runs.RunLog(Home(tmp_path), "satu", utc_now)
    log.start("0.1", f"cakupan run --month {typed} --home {tmp_path}")
    log.say(f"{typed} is not YYYY-MM; 28840868466 rupiah are")
    log.end(runs.FAILED, reason=f"month_unreadable: {typed} is not YYYY-MM")
    kept = log.path.read_text(encoding="utf-8")
    assert typed not in kept
    assert "run --month *** --home" in kept
    assert "28840868466 rupiah" in kept


def test_every_step_is_kept_with_its_cost_and_entered(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path)
    (record,) = runs.runs(Home(tmp_path))
    steps = [(one.name, one.subject) for one in record.stages]
    assert steps == [
        ("register", ""), ("validate", "kepesertaan_202502.csv"), ("transform", "2025-02"), ("audit", "2025-02"),
        ("compare", "2025-02"), ("load", "2025-02"), ("compare", ""), ("records", ""), ("journal", ""), ("prune", ""),
        ("publish", ""), ("report", ""),
    ]  # fmt: skip
    validated = record.stages[1]
    assert validated.rows == 5
    assert validated.peak_bytes > 0
    assert validated.cpu_seconds > 0
    load(source, tmp_path)
    entered = ask(
        tmp_path, f"SELECT stage, subject FROM ops.run_stage WHERE run_id = '{record.run_id}' ORDER BY position"
    )
    assert entered == steps


def test_every_line_of_a_log_bears_its_run_level_and_moment(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path)
    (path,) = Home(tmp_path).runs.glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {line["run_id"] for line in lines} == {path.stem}
    assert {line["level"] for line in lines} == {"info"}
    assert [line["event"] for line in lines][:1] == ["started"]
    assert lines[-1]["event"] == "ended"
    assert sorted(line["at"] for line in lines) == [line["at"] for line in lines]


def test_a_line_that_was_cut_off_is_none(tmp_path: Path) -> None:
    log = runs.RunLog(Home(tmp_path), "20250101T000000-000000", lambda: datetime(2025, 1, 1))
    log.start("code", "command")
    with log.path.open("a") as file:
        file.write('{"at": "2025')
    (record,) = runs.runs(Home(tmp_path))
    assert record.state == runs.RUNNING


def test_an_id_that_another_process_took_over_is_no_running_run(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    line = {"at": "x", "level": "info", "run_id": "a", "event": "started", "code_version": "", "command": ""}
    path.write_text(json.dumps(line | {"process": os.getpid(), "process_started": 1}) + "\n")
    record = runs.read(path)
    assert record is not None
    assert record.state == runs.CRASHED


def test_only_the_newest_logs_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.runs.mkdir()
    for number in range(5):
        (home.runs / f"2025010{number}.jsonl").touch()
    runs.forget_old(home, kept=2)
    assert sorted(path.stem for path in home.runs.iterdir()) == ["20250103", "20250104"]


def test_the_log_as_json_goes_to_stderr_and_the_summary_to_stdout(source: Path, tmp_path: Path) -> None:
    running = start(source, tmp_path, "--plain", "--log", "json", "--json")
    told, talk = running.communicate()
    events = [json.loads(line)["event"] for line in talk.splitlines() if line.startswith("{")]
    assert events[0] == "started"
    assert events[-1] == "ended"
    assert json.loads(told)["state"] == "LOADED"


def test_of_two_loads_one_loads_and_the_other_names_the_holder_or_waits(source: Path, tmp_path: Path) -> None:
    first = start(source, tmp_path, "--plain")
    assert wait(first, lambda: bool(runs.runs(Home(tmp_path))))
    second, third = start(source, tmp_path, "--plain"), start(source, tmp_path, "--plain", "--wait", "5")
    _, refused = second.communicate()
    _, waited = third.communicate()
    first.communicate()
    assert (first.returncode, second.returncode, third.returncode) == (0, 1, 0)
    assert f"writer_busy: load sedang ditulis oleh process {first.pid}" in refused
    assert f"process {first.pid}" in waited
