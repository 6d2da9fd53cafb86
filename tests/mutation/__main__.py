"""Try mutants of the planned modules in copies of the project, and say which nobody noticed.

    python -m tests.mutation [MODULE ...] [--share SHARE] [--seed SEED] [--seconds CPU] [--workers N] [--record]

A MODULE is named like transforms.arrears; all of plan.toml without. Exit code 1 when in a package fewer than the wanted
share is noticed, or when a survivor has no reason in survivors.toml.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.plan import PROJECT, planned
from tests.mutation.scores import Score, record, report
from tests.mutation.session import mutations, sample, try_mutants

PARTS = ("warehouse", "transforms", "expectations", "flows", "tests", "docs", "pyproject.toml")


def main() -> int:
    """Return 0 when enough mutants are noticed and every survivor is explained."""
    parser = argparse.ArgumentParser("mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as transforms.arrears; all without")
    parser.add_argument("--share", type=float, default=1.0, help="how many of the mutants of a module are tried")
    parser.add_argument("--seed", type=int, default=1, help="which of them, where not all are")
    parser.add_argument("--seconds", type=int, default=300, help="CPU seconds after which a mutant counts as noticed")
    parser.add_argument("--workers", type=int, default=2, help="copies of the project at work at a time")
    parser.add_argument("--record", action="store_true", help="keep the scores in scores.toml")
    given = parser.parse_args()
    plan = planned()
    if unknown := set(given.modules) - plan.keys():
        parser.error(f"not in plan.toml: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch, ThreadPoolExecutor(given.workers) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(given.workers):
            copies.put(_copy(Path(scratch) / str(number)))
        chosen = given.modules or list(plan)
        scores = list[Score]()
        for score in pool.map(lambda one: _try(copies, one, plan[one], given), chosen):
            scores.append(score)
            if given.record:
                record(score)
    return report(scores)


def _try(copies: SimpleQueue[Path], module: str, tests: list[str], given: argparse.Namespace) -> Score:
    copy, path = copies.get(), f"{module.replace('.', '/')}.py"
    score = Score(module)
    try:
        every = mutations(copy, path)
        chosen = sample(every, given.share, f"{given.seed} {module}")
        score.mutants, score.asked = len(every), len(chosen)
        for mutant in try_mutants(copy, path, tests, chosen, given.seconds):
            score.add(mutant)
    finally:
        copies.put(copy)
    print(score, file=sys.stderr, flush=True)
    return score


def _copy(folder: Path) -> Path:
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    return folder


if __name__ == "__main__":
    sys.exit(main())
