"""Faults of the machine at the calls a load makes to the disk; `python -m tests.faults` is the long count of the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.faults.errors import refuse_often
from tests.faults.forks import ROOT, Forks, forks
from tests.faults.kills import kill_often
from tests.faults.power import Recorded, cut_often, no_sync, record, require_completed
from tests.faults.recording import recorded
from tests.faults.scenes import Scene, scenes
from tests.faults.shim import BAD_PAGE, ERRORS, Call, Orders, library, refused
from tests.tracing import strace

STATES = 100
TRACED = (
    "trace=write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,fsync,fdatasync,rename,renameat,renameat2"
)
CALLED = re.compile(r"^\d+ +(\w+)\(")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of this module."""
    return tmp_path_factory.mktemp("faults")


@pytest.fixture(scope="module")
def running(place: Path) -> Iterator[Forks]:
    """Yield what runs commands under faults."""
    with forks(place / "forks") as made:
        yield made


@pytest.fixture(scope="module")
def found(running: Forks, place: Path) -> tuple[Scene, Scene, Scene]:
    """Return a first load, a restatement and a publishing."""
    return scenes(running, place / "scenes")


@pytest.fixture(scope="module")
def restated(running: Forks, found: tuple[Scene, Scene, Scene], place: Path) -> Recorded:
    """Return the recorded restatement."""
    return record(running, found[1], place / "recorded")


def test_a_command_killed_at_its_calls_to_the_disk_is_completed_by_the_next(
    running: Forks, found: tuple[Scene, Scene, Scene], tmp_path: Path
) -> None:
    done = kill_often(running, [(found[1], 6), (found[2], 30)], 1, tmp_path, quietly)
    assert done.kills == 36


def test_a_disk_that_refuses_is_named_with_its_cure_and_harms_nothing(
    running: Forks, found: tuple[Scene, Scene, Scene], tmp_path: Path
) -> None:
    done = refuse_often(running, found[2:], 12, 1, tmp_path, quietly)
    assert done.wrong == []
    assert set(done.met) >= set(ERRORS) - {BAD_PAGE}
    assert done.codes[1] > 0


def test_a_load_that_may_not_read_what_it_kept_says_so_and_the_next_one_reads_it(
    running: Forks, found: tuple[Scene, Scene, Scene], tmp_path: Path
) -> None:
    done = refuse_often(running, found[1:2], 3, 1, tmp_path, quietly, errors=["EIO reading"])
    assert done.wrong == []
    assert done.met["EIO reading"] == 3


ASKED = """
import json
import sys
from dataclasses import asdict
from pathlib import Path
from warehouse.errors import Stop
from warehouse.reading.limits import Limits
from warehouse.sandbox import SANDBOX
try:
    about = json.loads(sys.argv[2]) | {"limits": asdict(Limits())}
    print(SANDBOX.run(sys.argv[1], 1 << 28, 60, **about))
except Stop as stop:
    print(stop.rule, stop.of_machine)
"""


@pytest.mark.parametrize(("error", "rule"), [("EIO reading", "disk_failing"), ("ENOSPC", "disk_full")])
def test_what_the_disk_refuses_a_process_that_reads_is_not_taken_for_a_fault_of_the_file(
    error: str, rule: str, tmp_path: Path
) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("umk.csv", "kode_kab;tahun\n")
    told = asked(refused(tmp_path, error, 1, lasting=True), "archive", packed, member="", into=str(tmp_path / "into"))
    assert told == f"{rule} True\n"


@pytest.mark.parametrize(
    ("lasting", "told"), [(False, "2\n"), (True, "file_kills_reader False\n")], ids=["once", "for ever"]
)
def test_a_process_that_dies_of_a_page_that_cannot_be_read_is_asked_once_more(
    lasting: bool, told: str, tmp_path: Path
) -> None:
    pl.DataFrame({"a": ["1", "2"]}).write_parquet(tmp_path / "two.parquet")
    assert asked(refused(tmp_path, BAD_PAGE, 1, lasting=lasting), "parquet", tmp_path / "two.parquet") == told


def test_what_was_promised_is_there_after_a_power_cut(restated: Recorded, running: Forks, tmp_path: Path) -> None:
    cut, kept = cut_often(restated, STATES, Random(1))
    assert cut.broken == Counter()
    assert cut.states == STATES and cut.opened > 1
    for state in kept[:2]:
        require_completed(running, restated.scene, state, tmp_path / "home")


def test_a_program_that_never_syncs_is_found_out(restated: Recorded) -> None:
    broken = cut_often(restated, 30, Random(1), heard=no_sync)[0].broken
    assert any(one.startswith("published/") for one in broken)
    assert "warehouse.duckdb is not what was placed there" in broken


def test_a_program_that_syncs_files_and_not_folders_is_found_out(restated: Recorded) -> None:
    folders = {one.path.rpartition("/")[0] for one in restated.calls}

    def files_only(done: object) -> bool:
        return getattr(done, "call", None) is not Call.SYNC or getattr(done, "path", "") not in folders

    assert cut_often(restated, 60, Random(1), heard=files_only)[0].broken


def test_a_published_file_that_is_changed_in_place_is_found_out(restated: Recorded) -> None:
    current = str(restated.before["published/current"])
    changed = replace(
        restated.calls[0],
        call=Call.WRITE,
        path=f"published/{current}/cakupan.duckdb",
        inode=1,
        at=8192,
        data=b"x" * 9000,
    )
    broken = cut_often(replace(restated, calls=[changed, *restated.calls]), 60, Random(1))[0].broken
    assert f"published/{current}/cakupan.duckdb is not what was published" in broken


def test_the_recording_misses_no_call_that_strace_sees(found: tuple[Scene, Scene, Scene], tmp_path: Path) -> None:
    home, log, orders = found[2].home(tmp_path / "home"), tmp_path / "log", tmp_path / "orders"
    Orders(home, log=log).written(orders)
    command = [strace(), "-f", "-y", "-qq", "--seccomp-bpf", "-e", TRACED, "-o", str(tmp_path / "trace")]
    shim = ["-E", f"LD_PRELOAD={library()}", "-E", f"FAULTS_ORDERS={orders}"]
    done = subprocess.run([*command, *shim, sys.executable, "-m", "flows", *map(str, found[2].command(home))], cwd=ROOT)
    if done.returncode != 0 and not log.exists():
        pytest.skip("strace may not trace on this machine: nothing holds the recording against another")
    seen = [
        line
        for line in (tmp_path / "trace").read_text("utf-8", "replace").splitlines()
        if f"{home}/" in line or f"{home}>" in line
    ]
    traced = Counter(kind for line in seen if " = -1 " not in line and (kind := kind_of(line)) is not None)
    told = Counter(one.call for one in recorded(log, home) if one.call in set(traced))
    assert traced[Call.WRITE] > 100 and traced[Call.SYNC] > 10
    assert told == traced


def asked(orders: Orders, job: str, path: Path, **about: str) -> str:
    """Return what a process prints that gives the sandbox a job under orders."""
    written = orders.written(orders.home.with_suffix(".orders"))
    command = [sys.executable, "-c", ASKED, job, json.dumps({"path": str(path), **about})]
    shim = {"LD_PRELOAD": str(library()), "FAULTS_ORDERS": str(written)}
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | shim, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def kind_of(line: str) -> Call | None:
    """Return what a line of strace is about; None for the end of a call that was interrupted."""
    name = CALLED.match(line)
    if name is None:
        return None
    if "sync" in name[1]:
        return Call.SYNC
    return Call.RENAME if "rename" in name[1] else Call.WRITE


def quietly(message: str) -> None:
    """Say nothing."""
    assert message
