"""`python -m tests.backfill_killed`: a backfill of many months, killed while some are computed and others not.

It is killed with SIGKILL when a third and when two thirds of its months are computed, between them while a month is
written into the warehouse, and while the copy is published; each time it is begun again. At the end every version of every
row is held to that of a backfill that nobody disturbed, and whatever was done at a kill must be the same file still.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.endtoend import LISTINGS, ROOT, Results, ask, assert_whole, results, wait
from warehouse.home import Home
from warehouse.runs import CRASHED, runs

LOADED = (0, 3)


@dataclass(frozen=True)
class Backfill:
    """The months that are loaded, from where, and into which home."""

    months: str
    source: Path
    home: Path

    def start(self) -> subprocess.Popen[str]:
        """Return the running command."""
        said = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        words = ["--months", self.months, "--source", self.source, "--home", self.home, "--plain"]
        return subprocess.Popen(command("backfill", *words), cwd=ROOT, env=environment(), text=True, **said)  # type: ignore[call-overload,no-any-return]

    def complete(self) -> None:
        """Load to the end."""
        code = self.start().wait()
        assert code in LOADED, f"the load ended with {code}"

    def kill_when(self, reached: Callable[[], bool]) -> None:
        """Load, and kill the load when it has come so far."""
        running = self.start()
        assert wait(running, reached, seconds=3_600), "the load ended before its moment"
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL

    def computed(self) -> int:
        """Return how many months are computed."""
        return len(list(self.home.glob(LISTINGS)))

    def moments(self, months: int) -> dict[str, Callable[[], bool]]:
        """Return when it is to be killed, in order."""
        return {
            "while months are computed": lambda: self.computed() >= months // 3,
            "while a month is loaded": lambda: self.computed() >= months // 2 and self._builds(),
            "while more months are computed": lambda: self.computed() >= 2 * months // 3,
            "while the copy is published": lambda: any(self.home.glob("published/.part-*")),
        }

    def _builds(self) -> bool:
        return Home(self.home).warehouse.with_suffix(".duckdb.next").exists()


def main() -> int:
    """Print every kill and what stood then, and what came of it; raises AssertionError when anything was lost, changed or done twice."""
    arguments = ArgumentParser(prog="python -m tests.backfill_killed", description=__doc__)
    arguments.add_argument("--months", default="2022-01..2024-12", metavar="FROM..TO")
    arguments.add_argument("--workers", type=int, default=1_500, metavar="N")
    given = arguments.parse_args()
    with TemporaryDirectory(prefix="cakupan-backfill-") as folder:
        source, homes = Path(folder) / "extracts", (Path(folder) / "undisturbed", Path(folder) / "killed")
        extracts = ["--out", source, "--workers", given.workers, "--regions", "15.03", "--format", "parquet"]
        subprocess.run(command("synth", "--months", given.months, *extracts), cwd=ROOT, check=True)
        undisturbed, killed = (Backfill(given.months, source, home) for home in homes)
        undisturbed.complete()
        months = undisturbed.computed()
        print(f"undisturbed: {months} months computed, {loaded(undisturbed.home)} loaded", flush=True)
        kept: Results = {}
        for moment, reached in killed.moments(months).items():
            killed.kill_when(reached)
            assert_kept(kept, results(killed.home))
            kept = results(killed.home)
            told = f"{killed.computed()} of {months} computed, {loaded(killed.home)} loaded, {len(kept)} results kept"
            print(f"killed {moment}: {told}", flush=True)
        killed.complete()
        assert_kept(kept, results(killed.home))
        assert_whole(killed.home, undisturbed.home)
        states = [run.state for run in runs(Home(killed.home))]
        assert states[:-1] == [CRASHED] * len(killed.moments(months)), states
    print(f"completed: every version of every row as undisturbed, nothing done twice, runs {', '.join(states)}")
    return 0


def command(*words: Any) -> list[str]:
    """Return a command of ours as another process runs it."""
    return [sys.executable, "-m", "flows", *map(str, words)]


def environment() -> dict[str, str]:
    """Return the environment without settings of ours."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CAKUPAN_") or name == "CAKUPAN_DISCLOSURE_THRESHOLD"
    }


def loaded(home: Path) -> int:
    """Return how many months the warehouse holds."""
    return int(ask(home, "SELECT count(*) FROM ops.month_load")[0][0]) if Home(home).warehouse.exists() else 0


def assert_kept(before: Results, after: Results) -> None:
    """Check that every result is the very file that it was: one that is computed again would be another."""
    changed = [str(path) for path, state in before.items() if after.get(path) != state]
    assert changed == [], f"done again: {changed[:5]}"


if __name__ == "__main__":
    sys.exit(main())
