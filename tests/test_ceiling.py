"""The memory and the threads that a load may take: over the ceiling it ends by name, and the next one goes on."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from pydantic import ByteSize

from flows import ceiling, settings, threads
from tests.endtoend import ROOT, ask, load
from tests.extracts import memberships, write
from warehouse import files, store
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.runs import runs

MIB = 1 << 20
GROWING = """
import sys
from flows import ceiling
told = []
held = []
def grow():
    while True:
        held.append(bytearray(8 << 20))
try:
    with ceiling.under(ceiling.held({me}) + (200 << 20), told.append):
        {what}
except BaseException as ended:
    print(type(ended).__name__, str(ended).split(":")[0], len(held) * 8)
"""
STARTING = """
import os, signal, time
from flows.ceiling import held
mine = bytearray(b"x") * (200 << 20)
before = held(os.getpid())
child = os.fork()
if child == 0:
    time.sleep(60)
print(held(os.getpid()) - before)
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
"""
STUBBORN = """while True:
            try:
                grow() if len(held) < 60 else None
            except BaseException: pass"""
IN_A_CHILD = """import subprocess
        subprocess.run([sys.executable, "-c", "import time; held = [(bytearray(8 << 20), time.sleep(0.03)) for _ in range(60)]"])"""
IN_DUCKDB = """import duckdb
        duckdb.connect(config={"threads": 1}).execute("CREATE TABLE t AS SELECT md5(range::VARCHAR) FROM range(50_000_000)")"""
IN_POLARS = """import numpy, polars
        wide = polars.LazyFrame({"a": numpy.arange(60_000)})
        wide.join(wide, how="cross").select(polars.all().sort()).collect()"""


def grown(what: str) -> subprocess.CompletedProcess[str]:
    """Return what became of a process that takes more than 200 MiB above what it began with."""
    code = GROWING.replace("{what}", what).replace("{me}", "__import__('os').getpid()")
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "what",
    ["grow()", IN_A_CHILD, IN_POLARS, IN_DUCKDB],
    ids=["python", "a child", "polars", "duckdb"],
)
def test_who_takes_too_much_is_interrupted_and_named(what: str) -> None:
    ended = grown(what)
    assert "memory_exceeded" in ended.stdout + ended.stderr, ended


def test_who_does_not_let_itself_be_interrupted_is_ended_and_named() -> None:
    ended = grown(STUBBORN)
    assert (ended.returncode, ended.stdout) == (ceiling.FAILED, "")
    assert "memory_exceeded" in ended.stderr


def test_ctrl_c_stays_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceiling, "held", lambda _: 0)
    with pytest.raises(KeyboardInterrupt), ceiling.under(1, print):
        raise KeyboardInterrupt


def test_a_load_without_memory_or_room_ends_by_name_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = memberships("2025-02", "2025-02-28", "| orang |\n| 1-9 |")
    plain = next(write(tmp_path / "in", {"kepesertaan_202502.csv": rows}).iterdir())
    plain.with_name(plain.name + ".gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    home = Home(tmp_path / "home")
    with monkeypatch.context() as small, pytest.raises(Stop) as stopped:
        small.setattr(settings, "of_machine", lambda: ceiling.held(os.getpid()) + 4 * MIB)
        load(plain.parent, home.root)
    assert stopped.value.rule == "memory_exceeded"
    assert "memory_exceeded" in str(runs(home)[-1].ended["reason"])
    with monkeypatch.context() as full, pytest.raises(Stop) as stopped:
        full.setattr(files, "LEFT_FREE", 1 << 60)
        load(plain.parent, home.root)
    assert stopped.value.rule == "no_room"
    assert load(plain.parent, home.root)["exit_code"] == 0
    assert ask(home.root, "SELECT sum(rows_accepted) FROM ops.source_file") == [(9,)]


def test_duckdb_gets_its_share_of_what_is_left_and_says_by_name_that_it_is_too_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceiling, "held", lambda _: 0)
    given = settings.Settings(memory=ByteSize(1 << 30), threads=1)
    assert given.of_engine() == {"memory_limit": f"{512 * MIB}B", "threads": 1}
    monkeypatch.setattr(ceiling, "held", lambda _: 624 * MIB)
    assert given.of_engine()["memory_limit"] == f"{200 * MIB}B"
    assert settings.Settings(memory_limit="1GB", memory=ByteSize(8 << 30)).of_engine()["memory_limit"] == "1000000000B"
    with pytest.raises(Stop) as stopped, store.building(tmp_path / "w.duckdb", memory_limit="1MB"):
        pass
    assert stopped.value.rule == "memory_exceeded"


def test_duckdb_spills_to_a_bounded_part_of_the_disk(tmp_path: Path) -> None:
    with store.building(tmp_path / "w.duckdb") as build:
        most = build.frame("SELECT current_setting('max_temp_directory_size') AS most").item()
    assert most.endswith("iB") and most[0].isdigit()


def test_threads_hold_for_polars_arrow_and_the_libraries_below(tmp_path: Path) -> None:
    config = tmp_path / "cakupan.toml"
    config.write_text("threads = 1\n", encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-c", f"""
from flows import threads
threads.announce({str(config)!r})
said = threads.hold(1)
import os, polars, pyarrow
print([polars.thread_pool_size(), pyarrow.cpu_count(), pyarrow.io_thread_count(), os.environ["OMP_NUM_THREADS"], said])
"""], cwd=ROOT, capture_output=True, text=True, check=True,
        env={name: value for name, value in os.environ.items() if name not in threads.VARIABLES},
    ).stdout  # fmt: skip
    assert told.strip() == "[1, 1, 1, '1', '']"


def test_polars_that_began_with_more_threads_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 3)
    before = (__import__("pyarrow").cpu_count(), __import__("pyarrow").io_thread_count())
    assert "POLARS_MAX_THREADS" in threads.hold(2)
    __import__("pyarrow").set_cpu_count(before[0])
    __import__("pyarrow").set_io_thread_count(before[1])


@pytest.mark.parametrize("wrong", ['memory = "64MB"', "threads = -1", 'memory_limit = "much"', 'threads = "all"'])
def test_wrong_limits_are_refused_by_name(tmp_path: Path, wrong: str) -> None:
    config = tmp_path / "cakupan.toml"
    config.write_text(wrong + "\n", encoding="utf-8")
    threads.announce(str(config))
    with pytest.raises(Stop, match=wrong.split()[0]):
        settings.load(config)


def test_what_is_held_is_counted_with_the_children_and_never_less_than_nothing() -> None:
    alone = ceiling.held(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", "x = bytearray(100 << 20); print(1, flush=True); input()"], stdin=-1, stdout=-1
    ) as child:
        assert child.stdout and child.stdout.readline()
        assert ceiling.held(os.getpid()) > alone + 90 * MIB
        child.communicate(b"\n")
    assert ceiling.held(2**22 + 1) == 0


def test_a_large_step_waits_until_what_was_freed_has_gone_back_to_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    holds, naps = iter([900, 850, 500, 495, 100]), list[float]()
    monkeypatch.setattr(ceiling, "held", lambda _: next(holds))
    monkeypatch.setattr("time.sleep", naps.append)
    ceiling.wait_for_returns()
    assert (next(holds), len(naps)) == (100, 3)


def test_a_child_that_is_being_started_is_not_counted_for_a_second_load() -> None:
    ended = subprocess.run([sys.executable, "-c", STARTING], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ended.stdout) < 20 * MIB
