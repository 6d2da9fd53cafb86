"""One process that hunts: round after round over all targets, until a moment; what it is about to try lies in a file.

So the one that started it knows the case even when the process dies of it or never comes back.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.endtoend import load
from tests.extracts import memberships, write
from tests.fuzz.hunting import hunted
from tests.fuzz.targets import targets
from warehouse.sandbox import SANDBOX

CASE, TOLD = "case", "told.jsonl"


def main(folder: Path, seconds: float, seed: int, names: list[str]) -> None:
    """Hunt in the targets of these names, or in all, and write what was tried and found to the folder, a line a round."""
    home, known = _home(folder), set[str]()
    chosen = [target for target in targets(home) if not names or target.name in names]
    until = time.monotonic() + seconds
    with (folder / TOLD).open("a", encoding="utf-8") as told:
        while time.monotonic() < until:
            for target in chosen:
                cases, find = hunted(target, seed, known, lambda name, content: _note(folder, name, content))
                line = {"target": target.name, "cases": cases}
                if find:
                    known.add(find.place)
                    line |= {"kept": find.keep().name, "told": find.told, "place": find.place}
                print(json.dumps(line), file=told, flush=True)
                if time.monotonic() > until:
                    break
            seed += 1
    SANDBOX.close()


def _home(folder: Path) -> Path:
    home = folder / "home"
    if not home.exists():
        rows = memberships("2025-03", "2025-03-16", "| orang |\n| 1-9 |")
        load(write(folder / "in", {"kepesertaan_202503.csv": rows}), home)
    return home


def _note(folder: Path, name: str, content: bytes) -> None:
    beside = folder / f"{CASE}.new"
    beside.write_bytes(name.encode() + b"\n" + content)
    beside.replace(folder / CASE)


if __name__ == "__main__":
    scratch = Path(sys.argv[1])
    tempfile.tempdir = str(scratch / "tmp")
    Path(tempfile.tempdir).mkdir(parents=True, exist_ok=True)
    main(scratch, float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
