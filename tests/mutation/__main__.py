"""Try the mutants of every transform in copies of the project, two at a time, and say which nobody noticed.

    python -m tests.mutation [MODULE ...] [--timeout SECONDS] [--workers N]

Exit code 1 when fewer than the wanted share is noticed, or when a survivor has no reason in survivors.toml.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.session import Mutant, try_mutants

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
PARTS = ("warehouse", "transforms", "expectations", "flows", "tests", "docs", "pyproject.toml")
WANTED = 0.85


def main() -> int:
    """Return 0 when enough mutants are noticed and every survivor is explained."""
    parser = argparse.ArgumentParser("mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as arrears; all without")
    parser.add_argument("--timeout", type=int, default=120, help="seconds after which a mutant counts as noticed")
    parser.add_argument("--workers", type=int, default=2, help="copies of the project at work at a time")
    given = parser.parse_args()
    plan: dict[str, list[str]] = tomllib.loads((HERE / "plan.toml").read_text(encoding="utf-8"))
    chosen = {module: tests for module, tests in plan.items() if not given.modules or module in given.modules}
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch, ThreadPoolExecutor(given.workers) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(given.workers):
            copies.put(_copy(Path(scratch) / str(number)))
        tried = list(pool.map(lambda one: _try(copies, one, chosen[one], given.timeout), chosen))
    return _report([mutant for mutants in tried for mutant in mutants])


def _try(copies: SimpleQueue[Path], module: str, tests: list[str], timeout: int) -> list[Mutant]:
    copy = copies.get()
    try:
        found = try_mutants(copy, f"transforms/{module}.py", [f"tests/{test}" for test in tests], timeout)
    finally:
        copies.put(copy)
    noticed = sum(not mutant.survived for mutant in found)
    print(f"{module}: {noticed} of {len(found)} mutants noticed", file=sys.stderr, flush=True)
    return found


def _copy(folder: Path) -> Path:
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    return folder


def _report(mutants: list[Mutant]) -> int:
    reasons = {
        (one["module"], one["operator"], one["source"]): one["reason"]
        for one in tomllib.loads((HERE / "survivors.toml").read_text(encoding="utf-8")).get("survivor", [])
    }
    survivors = [one for one in mutants if one.survived]
    for one in survivors:
        reason = reasons.get((one.module, one.operator, one.source), "NO REASON GIVEN")
        print(
            json.dumps(
                {
                    "module": one.module,
                    "line": one.line,
                    "operator": one.operator,
                    "source": one.source,
                    "reason": reason,
                }
            )
        )
    share = 1 - len(survivors) / len(mutants) if mutants else 0.0
    unexplained = [one for one in survivors if (one.module, one.operator, one.source) not in reasons]
    print(
        f"{len(mutants) - len(survivors)} of {len(mutants)} mutants noticed: {share:.1%}; {len(unexplained)} survivors without a reason"
    )
    return int(share < WANTED or bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
