"""`python -m tests.faults kills|errors|power [--count N] [--seed S]`: faults in numbers; progress on stderr, the summary on stdout."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from math import inf
from pathlib import Path

from tests.faults import kills, power
from tests.faults.errands import NAMES, errands
from tests.faults.errors import refuse_often
from tests.faults.forks import forks
from tests.faults.kills import kill_often
from tests.faults.power import cut_scenes
from tests.faults.scenes import scenes


def main(words: Sequence[str] | None = None) -> int:
    """Return 0 when nothing was lost; what was is an AssertionError, and the same seed finds it again."""
    parser = argparse.ArgumentParser("python -m tests.faults", description=__doc__)
    parser.add_argument("fault", choices=("kills", "errors", "power"))
    parser.add_argument(
        "--count", "--states", type=int, help="errors: so many of each scene; without it one at every call"
    )
    parser.add_argument("--scene", choices=NAMES, help="errors: only this one")
    parser.add_argument("--minutes", type=float, default=inf, help="errors: no longer than so for each scene")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="cakupan-faults-") as folder, forks(Path(folder) / "forks") as running:
        place = Path(folder)
        if given.fault == "errors":
            met = errands(running, place / "scenes", (given.scene,) if given.scene else NAMES)
            refused = refuse_often(running, met, given.count, given.seed, place / "homes", say, given.minutes)
            print(refused)
            return 1 if refused.wrong else 0
        found = scenes(running, place / "scenes")
        if given.fault == "kills":
            print(kill_often(running, kills.shared(found, given.count or 1000), given.seed, place / "homes", say))
        else:
            cut = cut_scenes(running, power.shared(found, given.count or 5000), given.seed, place / "homes", say)
            print(cut)
            return 1 if cut.broken else 0
    return 0


def say(message: str) -> None:
    """Tell how far it is."""
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
