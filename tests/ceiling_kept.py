"""A ceiling of memory is kept: `python -m tests.ceiling_kept` loads more than fits under it, and looks every 50 ms.

A load finishes or is refused as `memory_exceeded`, and the whole tree of its processes never takes more than 15% above the
ceiling. What it takes is the proportional set size, as the kernel tells it: a page that several share counts once. It holds
pages of files too, which the ceiling does not count and the kernel can drop; what is a process's own stands beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flows.ceiling import held, tree
from tests.endtoend import ROOT

LOOK_SECONDS = 0.05
MARGIN = 1.15
MIB = 1 << 20
FINISHED = {0: "finished", 3: "finished", 4: "finished, files or months stopped"}
TOO_MUCH = "memory_exceeded"


@dataclass(frozen=True)
class Kept:
    """How a load under a ceiling ended, and the most that its processes took at one moment: all of it, and of their own."""

    ceiling: int
    ended: str
    peak: int
    own: int
    seconds: float
    looks: int

    @property
    def wrong(self) -> bool:
        """Return whether it took too much, or ended without finishing and without that name."""
        return self.peak > MARGIN * self.ceiling or self.ended not in (*FINISHED.values(), TOO_MUCH)

    def __str__(self) -> str:
        """Return it as a line."""
        share = f"{self.peak / self.ceiling:.2f} of {self.ceiling / (1 << 30):.2f} GiB"
        looks = f"{self.looks} looks in {self.seconds:.0f} s"
        return f"{share}: {self.ended}, peak {self.peak // MIB:,} MiB, of its own {self.own // MIB:,} MiB, {looks}"


def under(ceiling: int, source: Path, place: Path) -> Kept:
    """Return how a load of `source` under a ceiling of so many bytes ended."""
    config = place / f"{ceiling}.toml"
    config.write_text(f"memory = {ceiling}\n", encoding="utf-8")
    peak = own = looks = 0
    begun, said = time.monotonic(), place / f"{ceiling}.said"
    words = ("run", "--plain", "--source", source, "--home", place / f"home {ceiling}", "--config", config)
    with said.open("wb") as file:
        running = subprocess.Popen(
            [sys.executable, "-m", "flows", *map(str, words)], cwd=ROOT, stdout=file, stderr=file
        )
        while running.poll() is None:
            peak, own, looks = max(peak, taken(running.pid)), max(own, held(running.pid)), looks + 1
            time.sleep(LOOK_SECONDS)
    told = said.read_text("utf-8", "replace")
    other = TOO_MUCH if TOO_MUCH in told else f"ended with {running.returncode}: {told[-500:]}"
    ended = FINISHED.get(running.returncode, other)
    return Kept(ceiling, ended, peak, own, time.monotonic() - begun, looks)


def taken(process: int) -> int:
    """Return the bytes that a process and all below it take; a page of several counts once."""
    return sum(_proportional(one) for one in tree(process))


def _proportional(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def main() -> int:
    """Print how a load under each ceiling ended; 1 when one took too much or ended otherwise."""
    asked = argparse.ArgumentParser("python -m tests.ceiling_kept", description=__doc__)
    asked.add_argument("--size", default="1M", help="memberships, as of python -m bench.generate")
    asked.add_argument("--data", type=Path, help="extracts that were generated before")
    asked.add_argument("--gib", type=float, nargs="*", default=[1.5, 2.0], help="ceilings")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="cakupan-ceiling-") as folder:
        source = given.data or Path(folder) / "extracts"
        if not given.data:
            made = [sys.executable, "-m", "bench.generate", "--size", given.size, "--out", str(source)]
            subprocess.run(made, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        wrong = 0
        for gib in given.gib:
            found = under(int(gib * (1 << 30)), source, Path(folder))
            wrong += found.wrong
            print(found, flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
