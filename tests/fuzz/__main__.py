"""Feed readers, parsers, settings and commands with bad input: `python -m tests.fuzz --minutes 60 --seed 1`.

Prints each find and keeps its input in tests/fuzz/found, which the tests read; returns 1 if there was any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.endtoend import load
from tests.extracts import memberships, write
from tests.fuzz.hunting import hunted
from tests.fuzz.targets import targets
from warehouse.sandbox import SANDBOX


def main(minutes: float, seed: int) -> int:
    """Return 1 when anything was found."""
    cases, finds, told = Counter[str](), Counter[str](), set[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as folder:
        rows = memberships("2025-03", "2025-03-16", "| orang |\n| 1-9 |")
        home = Path(folder) / "home"
        load(write(Path(folder) / "in", {"kepesertaan_202503.csv": rows}), home)
        until = time.monotonic() + 60 * minutes
        for target, find in hunted(targets(home), seed):
            cases[target.name] += 1
            if find:
                finds[target.name] += 1
                if (find.target, find.told[:60]) not in told:
                    told.add((find.target, find.told[:60]))
                    print(f"{find.keep().name}: {find.told}", flush=True)
            if time.monotonic() > until:
                break
    SANDBOX.close()
    for name, count in cases.items():
        print(f"{count:9,} cases, {finds[name]:4} found: {name}")
    print(f"{cases.total():,} cases in {minutes:g} minutes, seed {seed}: {finds.total()} found")
    return 1 if finds else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(main(given.minutes, given.seed))
