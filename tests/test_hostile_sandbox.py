"""The process that reads untrusted files: it may die, grow or dawdle, and the load goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import xlsx
from warehouse.errors import Stop
from warehouse.reading import Limits
from warehouse.sandbox import Sandbox

ENOUGH = 512 << 20


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Return a sandbox of this test's own."""
    made = Sandbox()
    yield made
    made.close()


def look(sandbox: Sandbox, folder: Path, memory: int = ENOUGH, seconds: float = 60) -> Any:
    """Return what the sandbox says of a workbook."""
    path = folder / "book"
    path.write_bytes(xlsx([["a"], ["b"]]))
    return sandbox.run("archive", memory, seconds, path=str(path), member="", into="", limits=asdict(Limits()))


def test_one_child_does_all_jobs_and_another_one_comes_when_it_is_killed(sandbox: Sandbox, tmp_path: Path) -> None:
    assert look(sandbox, tmp_path)["format"] == "xlsx"
    first = sandbox.process
    look(sandbox, tmp_path)
    assert sandbox.process == first
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert look(sandbox, tmp_path)["format"] == "xlsx"
    assert sandbox.process != first


@pytest.mark.parametrize(("memory", "seconds", "named"), [(1, 60, "MiB"), (ENOUGH, 0, "seconds")])
def test_who_takes_too_much_is_ended_and_named(
    sandbox: Sandbox, tmp_path: Path, memory: int, seconds: float, named: str
) -> None:
    with pytest.raises(Stop, match=named) as refused:
        look(sandbox, tmp_path, memory, seconds)
    assert (refused.value.rule, sandbox.process) == ("file_kills_reader", 0)
    assert look(sandbox, tmp_path)["format"] == "xlsx"


def test_what_it_waits_for_a_processor_is_not_counted(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of a machine on which the child gets no turn at all: all that passes is waiting."""
    short = 0.02
    with pytest.raises(Stop, match="seconds"):
        look(sandbox, tmp_path, seconds=short)
    monkeypatch.setattr("warehouse.sandbox._queued", lambda _: time.monotonic())
    monkeypatch.setattr("warehouse.sandbox.PATIENCE", 60 / short)
    assert look(sandbox, tmp_path, seconds=short)["format"] == "xlsx"


def test_the_child_knows_no_secret_of_ours(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAKUPAN_KEY", "00" * 32)
    look(sandbox, tmp_path)
    assert b"CAKUPAN" not in Path(f"/proc/{sandbox.process}/environ").read_bytes()


def test_the_child_ends_with_its_parent(sandbox: Sandbox, tmp_path: Path) -> None:
    look(sandbox, tmp_path)
    child = sandbox.process
    sandbox.close()
    assert not Path(f"/proc/{child}").exists()
