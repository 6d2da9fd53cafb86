"""The long checks of what is promised: `python -m tests.verify [--list] [--only NAME ...] [--record] [--document]`.

They run one after another, whatever becomes of those before; the summary names what failed, and the exit code is 1 then.
With `--record` the last line that a check printed, if it passed, is kept with the day in `verified.json`; `--document`
prints docs/promises.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.promised import CHECKS, LOST, PROMISES, SEEN, Long, Promise

ROOT = Path(__file__).parents[1]
RECORD = Path(__file__).with_name("verified.json")
LONGEST = 300
HEAD = """# Promises

*Every published version is complete, was checked before anyone could read it, and can be rebuilt from the kept extracts; a
load appears whole or not at all, once.* What that means in figures, and who checks it: tests in every run of `make test`, and
long checks, of which `make verify` runs all and `make verify ONLY="bits power"` some. The last column holds what a long check
last printed, and when. What stands against which threat: [threats and faults](security.md).

This page is made by `python -m tests.verify --document > docs/promises.md` from `tests/promised.py` and `tests/verified.json`.
"""
COLUMNS = "| promise | figure to reach | tests | long check | last figure |\n|---|---|---|---|---|"


def main(words: Sequence[str] | None = None) -> int:
    """Return 0 when every check that ran passed."""
    asked = argparse.ArgumentParser("python -m tests.verify", description=__doc__)
    asked.add_argument("--list", action="store_true", help="name the checks and what they run")
    asked.add_argument("--only", nargs="*", default=[], choices=[one.name for one in CHECKS], metavar="NAME")
    asked.add_argument("--record", action="store_true", help="keep the figures of those that pass")
    asked.add_argument("--document", action="store_true", help="print docs/promises.md")
    given = asked.parse_args(words)
    chosen = [one for one in CHECKS if not given.only or one.name in given.only]
    if given.list:
        print("\n".join(f"{one.name:12} python {one.command}" for one in chosen))
    elif given.document:
        print(document(), end="")
    else:
        return verify(chosen, record=given.record)
    return 0


def verify(checks: Sequence[Long], *, record: bool = False) -> int:
    """Return 0 when all of the checks pass, after printing how each ended as it ends, and all of them at the end."""
    ended: list[tuple[Long, str, bool]] = []
    for check in checks:
        begun = time.monotonic()
        told, passed = run(check) if check.is_here else ("it is not here", False)
        minutes = (time.monotonic() - begun) / 60
        ended.append((check, f"{'passed' if passed else 'FAILED'} in {minutes:.0f} min: {told}", passed))
        print(f"{check.name}: {ended[-1][1]}", flush=True)
        if record and passed:
            keep(check.name, told)
    failed = [check.name for check, _, passed in ended if not passed]
    print(f"\n{len(ended) - len(failed)} of {len(ended)} passed" + (f"; FAILED: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def run(check: Long) -> tuple[str, bool]:
    """Return the last line that a check printed, and whether it passed; what it says on stderr is passed on."""
    command = [sys.executable, *check.command.split()]
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | dict(check.environment), stdout=subprocess.PIPE, text=True
    )
    lines = [line for line in ended.stdout.splitlines() if line.strip()]
    if ended.returncode:
        print(*lines[:-1], sep="\n")
    return (lines[-1].strip("= ") if lines else "it printed nothing")[:LONGEST], ended.returncode == 0


def recorded() -> dict[str, dict[str, str]]:
    """Return the last figure of every check that has one, and its day."""
    found: dict[str, dict[str, str]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def keep(name: str, figure: str) -> None:
    """Keep a figure under the name of its check."""
    known = recorded() | {name: {"figure": figure, "day": f"{datetime.now(UTC):%Y-%m-%d}"}}
    RECORD.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def document() -> str:
    """Return the page of all promises, as Markdown."""
    return "\n".join([HEAD, *(line for part in (LOST, SEEN) for line in _part(part))])


def _part(part: str) -> Iterator[str]:
    yield from (f"## {part}", "", COLUMNS)
    known = recorded()
    for one in PROMISES:
        if one.part == part:
            cells = (one.what, one.reach, ", ".join(f"`{name}`" for name in one.tests), *_long(one, known))
            yield "| " + " | ".join(cells) + " |"
    yield ""


def _long(promise: Promise, known: dict[str, dict[str, str]]) -> tuple[str, str]:
    targets = {check.name: check.target for check in CHECKS}
    named = ", ".join(dict.fromkeys(f"`make {targets[name]}`" for name in promise.long)) or "none"
    figures = [f"{name}: {known[name]['figure']} ({known[name]['day']})" for name in promise.long if name in known]
    missing = [name for name in promise.long if name not in known]
    if missing:
        figures.append(f"not yet counted out: {', '.join(missing)}")
    return named, "<br>".join([*figures, *filter(None, [promise.gap])]).replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
