"""Reading untrusted files in a process of its own, with a limit on memory and time.

A native reader that aborts, fills the memory or never ends takes that process along and not the load: the parent gives
a named error and starts another one for the next file. One child serves a whole load; it begins with the first job.
Both speak JSON, one line per message, on pipes.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from warehouse.disk import refusal_of
from warehouse.errors import Stop

JOBS = {
    "archive": "warehouse.reading.archive:looked_into",
    "parquet": "warehouse.reading.parquet:proved",
    "workbook": "warehouse.reading.workbook:converted",
}
FULL = 256 * (1 << 20)
LOOK = 0.02
RESERVED = 3
LONGEST_ANSWER = 1 << 24
PATIENCE = 20


class Sandbox:
    """A child process that does one job at a time; `run` may be called from several threads."""

    def __init__(self) -> None:
        """A sandbox without a child yet."""
        self._child: subprocess.Popen[bytes] | None = None
        self._one = threading.Lock()

    def run(self, job: str, memory: int, seconds: float, **about: Any) -> Any:
        """Return the answer of the child to a job of `JOBS`.

        Raises the Stop that the job raised, or `file_kills_reader` when the child died, asked for more than `memory`
        bytes or took more than `seconds`. A child that died of a page that could not be read is asked once more, after the
        file was read as a whole: OSError tells of a disk that fails.
        """
        message = json.dumps({"job": job, "memory": memory, "about": about}).encode() + b"\n"
        with self._one:
            line = self._asked(message, memory, seconds)
            status = 0 if line else self._end(patience=2)
            if status == -signal.SIGBUS and "path" in about:
                _require_readable(Path(about["path"]))
                line = self._asked(message, memory, seconds)
                status = 0 if line else self._end(patience=2)
            if not line:
                told = f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"
                raise _killed(f"{told}, of {memory >> 20} MiB it was given", f"{told}, memori {memory >> 20} MiB")
            answer = json.loads(line)
            if answer["last"]:
                self._end()
        if "stop" in answer:
            raise Stop(*answer["stop"])
        return answer["done"]

    @property
    def process(self) -> int:
        """Return the number of the child process, 0 while there is none."""
        return self._child.pid if self._child else 0

    def close(self) -> None:
        """End the child, if there is one."""
        with self._one:
            self._end()

    def _asked(self, message: bytes, memory: int, seconds: float) -> bytes:
        """Return the answer of the child as a line, or nothing when it died."""
        child = self._started()
        assert child.stdin and child.stdout
        try:
            child.stdin.write(message)
            child.stdin.flush()
            return _line(child, seconds, memory)
        except BrokenPipeError:
            return b""
        except MemoryError:
            self._end()
            raise _killed(f"asked for more than {memory >> 20} MiB", f"meminta lebih dari {memory >> 20} MiB") from None
        except TimeoutError:
            self._end()
            raise _killed(f"took more than {seconds:.0f} seconds", f"melebihi {seconds:.0f} detik") from None
        except BaseException:
            self._end()
            raise

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child and self._child.poll() is None:
            return self._child
        self._end()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "warehouse.sandbox"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=_environment(), start_new_session=True,
        )  # fmt: skip
        return self._child

    def _end(self, patience: float = 0) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        try:
            status = child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            status = child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
        return status


SANDBOX = Sandbox()


def _environment() -> dict[str, str]:
    """Return what the child may know: where the code is, and no secret."""
    code = str(Path(__file__).resolve().parent.parent)
    return {"PATH": os.defpath, "PYTHONPATH": code, "POLARS_MAX_THREADS": "2", "PYTHONHASHSEED": "0"}


def _line(child: subprocess.Popen[bytes], seconds: float, memory: int) -> bytes:
    """Return the next line of the child, or nothing at its end. Raises TimeoutError, MemoryError.

    What the child waits for a processor does not count, up to PATIENCE times the seconds: a busy machine is no fault of a file.
    """
    assert child.stdout
    pipe, found = child.stdout.fileno(), bytearray()
    begun, queued = time.monotonic(), _queued(child.pid)
    while not found.endswith(b"\n"):
        if not select.select([pipe], [], [], LOOK)[0]:
            waited = time.monotonic() - begun
            if waited - (_queued(child.pid) - queued) > seconds or waited > PATIENCE * seconds:
                raise TimeoutError
            if _pages(child.pid)[0] > memory:
                raise MemoryError
            continue
        piece = os.read(pipe, 1 << 16)
        if not piece or len(found) > LONGEST_ANSWER:
            return b""
        found += piece
    return bytes(found)


def _require_readable(path: Path) -> None:
    """Read a file as a whole. Raises OSError when its disk fails."""
    with path.open("rb") as file:
        while file.read(FULL >> 4):
            pass


def _killed(en: str, id: str) -> Stop:
    return Stop(
        "file_kills_reader", f"the process that read the file {en}", f"proses pembaca berkas: {id}",
        "save it again as CSV or XLSX, or raise limits.memory_bytes or limits.seconds for a trusted source",
    )  # fmt: skip


def _pages(process: int | str = "self") -> tuple[int, int]:
    """Return the bytes of a process that are resident, and those that are its own to write, touched or not."""
    try:
        sizes = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return int(sizes[1]) * resource.getpagesize(), int(sizes[5]) * resource.getpagesize()


def _queued(process: int) -> float:
    """Return the seconds in which the main thread of a process was ready and waited for a processor; 0 where nothing tells."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _bounded(memory: int) -> None:
    """Let no single allocation go far beyond `memory`: allocators reserve more than they touch, so it is no exact bound."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (_pages()[1] + RESERVED * memory, hard))


def _answer(job: Callable[..., Any], memory: int, about: dict[str, Any]) -> dict[str, Any]:
    _bounded(memory)
    try:
        return {"done": job(**about)}
    except Stop as stop:
        return {"stop": [stop.rule, stop.en, stop.id, stop.cure]}
    except MemoryError:
        os._exit(1)
    except BaseException as broken:
        if refused := refusal_of(broken):
            return {"stop": [refused.rule, refused.en, refused.id, refused.cure]}
        kind = type(broken).__name__
        told = f"the file cannot be read ({kind})", f"berkas tidak dapat dibaca ({kind})"
        return {"stop": ["unreadable_file", *told, "save it again and send it again"]}


def main() -> None:
    """Do the jobs that come in as lines until there are no more; a child that has grown fat ends after its answer."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    for line in sys.stdin:
        task = json.loads(line)
        module, name = JOBS[task["job"]].split(":")
        job = getattr(import_module(module), name)
        answer = _answer(job, task["memory"], task["about"])
        last = _pages()[0] > FULL
        answers.write(json.dumps({**answer, "last": last}) + "\n")
        answers.flush()
        if last:
            return


if __name__ == "__main__":
    main()
