"""Feed readers, parsers, settings and commands with bad input: `python -m tests.fuzz --minutes 60 --seed 1`.

One process at a time hunts with strategies; where atheris is installed every fourth quarter of an hour one hunts guided by
coverage. A process that dies of a case, or does not come back from it, is a find like any other. Prints each find, keeps
its input in tests/fuzz/found, which the tests read, and returns 1 if there was any.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz import guided
from tests.fuzz.hunting import Find
from tests.fuzz.rounds import CASE, TOLD

PATIENCE, LOOK = 600, 5
TURN = 600.0
SHARE = 0.25


def main(minutes: float, seed: int, names: list[str]) -> int:
    """Return 1 when anything was found."""
    finds: dict[tuple[str, str], str] = {}
    cases = Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        until, turn = time.monotonic() + 60 * minutes, 0
        guides = find_spec("atheris") is not None
        while (left := until - time.monotonic()) > 1:
            seconds = min(left, TURN)
            if guides:
                share = SHARE * seconds / len(guided.NAMES)
                for name in guided.NAMES:
                    _told(guided.hunt(name, share, seed + turn, Path(folder)), cases, finds)
                seconds *= 1 - SHARE
            _told(_turn(Path(folder), seconds, seed + 1_000 * turn, names), cases, finds)
            turn += 1
    counts = Counter(target for target, _ in finds)
    for name, count in cases.items():
        print(f"{count:9,} cases, {counts[name]:4} found: {name}")
    print(f"{cases.total():,} cases in {minutes:g} minutes, seed {seed}: {len(finds)} found")
    return 1 if finds else 0


def _turn(folder: Path, seconds: float, seed: int, names: list[str]) -> list[dict[str, object]]:
    """Return what a process tells that hunted for so long; its last case is found when it dies of it or does not come back."""
    told = folder / TOLD
    told.write_text("", encoding="utf-8")
    (folder / CASE).unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.rounds", str(folder), str(seconds), str(seed), *names]
    with (folder / "stderr").open("wb") as talk:
        hunting = subprocess.Popen(command, stderr=talk, start_new_session=True)
        how = _ended(hunting, folder / CASE, time.monotonic() + seconds + PATIENCE)
    if hunting.returncode > 0 or not (folder / CASE).exists():
        raise SystemExit((folder / "stderr").read_text(encoding="utf-8", errors="replace")[-2_000:])
    lines: list[dict[str, object]] = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    if how:
        name, _, content = (folder / CASE).read_bytes().partition(b"\n")
        find = Find(name.decode(), content, how, how)
        lines.append({"target": find.target, "cases": 0, "kept": find.keep().name, "told": how, "place": how})
    return lines


def _ended(hunting: subprocess.Popen[bytes], case: Path, latest: float) -> str:
    """Return how a process ended that should have gone on; empty when it ended as it should."""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = hunting.wait(LOOK)
            return f"the process ended with {status}" if status else ""
        age = time.time() - case.stat().st_mtime if case.exists() else 0
        if age > PATIENCE or time.monotonic() > latest + PATIENCE:
            os.killpg(hunting.pid, signal.SIGKILL)
            hunting.wait()
            return f"no end within {PATIENCE} seconds"


def _told(lines: list[dict[str, object]], cases: Counter[str], finds: dict[tuple[str, str], str]) -> None:
    for line in lines:
        target = str(line["target"])
        cases[target] += int(str(line["cases"]))
        key = (target, str(line.get("place")))
        if "kept" in line and key not in finds:
            finds[key] = str(line["kept"])
            print(f"{line['kept']}: {line['told']} ({line['place']})", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("targets", nargs="*", help="only these")
    given = parser.parse_args()
    sys.exit(main(given.minutes, given.seed, given.targets))
