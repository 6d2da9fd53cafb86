"""`python -m tests.breach_timed [--home HOME]`: how long the command takes to say whom a leak of a load would touch.

Without a home the demonstration is made: Jambi in two months, 1.5 million memberships. The report of everything and that
of the newest run are each asked of a process of their own; 1 when one takes longer than a minute or names nobody.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from warehouse.home import Home
from warehouse.runs import runs

MOST_SECONDS = 60
ROOT = Path(__file__).parents[1]


def main() -> int:
    """Return 0 when every report came within a minute."""
    asked = argparse.ArgumentParser("python -m tests.breach_timed")
    asked.add_argument("--home", type=Path, help="a loaded home; without it the demonstration is made")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "demo"
        if given.home is None:
            cakupan("demo", "--plain", "--home", str(home))
        newest = runs(Home(home.resolve()))[-1].run_id
        everything, of_run = reported(home), reported(home, "--run", newest)
    (seconds, persons, files), (seconds_of_run, persons_of_run, _) = everything, of_run
    print(
        f"{persons:,} persons in {files:,} files told in {seconds:.1f} s, {persons_of_run:,} of the newest load in {seconds_of_run:.1f} s"
    )
    return int(max(seconds, seconds_of_run) > MOST_SECONDS or not persons or not persons_of_run)


def reported(home: Path, *options: str) -> tuple[float, int, int]:
    """Return the seconds that a report takes, and the persons and files in it."""
    begun = time.monotonic()
    told = json.loads(cakupan("breach-report", "--json", "--home", str(home), *options))
    return time.monotonic() - begun, told["persons"]["persons"], len(told["files"])


def cakupan(*words: str) -> str:
    """Return what the command prints. Raises CalledProcessError when it fails."""
    command = [sys.executable, "-m", "flows", *words]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
