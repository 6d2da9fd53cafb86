"""Run the bench: `python -m bench --size 1M --engines ours,floor,scan --pairs 3`.

The engines take turns, set by set. A set counts when every engine gave the floor's facts, to the unit, and when the
load of others differed by at most 15 points between them. What was measured is added to `bench/history.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import facts
from bench.engines import ENGINES
from bench.generate import generate
from bench.measure import measured
from bench.report import HISTORY, table
from bench.world import SIZES, World

MOST_DIFFERENCE = 0.15


def main() -> int:
    """Return 0 when all engines agreed, 1 when one failed or gave other facts."""
    given = _asked().parse_args()
    size = SIZES[given.size] if given.size in SIZES else int(given.size)
    source = given.data / f"{given.size}-{given.format}"
    if not (source / "_ledger").exists():
        generate(World(source, size, given.format))
    names = [name for name in dict.fromkeys(["floor", *given.engines.split(",")]) if name in ENGINES]
    begun = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"begun": begun, "size": given.size, "format": given.format, "rows": _rows(source), "commit": _commit()}
    found: list[dict[str, Any]] = []
    for number in range(given.pairs):
        order = names[number % len(names) :] + names[: number % len(names)]
        entries = [told | {"set": number} | _run(name, source, given.data / "work" / name) for name in order]
        _compare(entries, given.data / "work")
        loads = [one["others"] for one in entries]
        steady = max(loads) - min(loads) <= MOST_DIFFERENCE
        found += [one | {"kept": steady} for one in entries]
    with HISTORY.open("a", encoding="utf-8") as history:
        history.writelines(json.dumps(one) + "\n" for one in found)
    print(table(found))
    return 0 if all(one["code"] == 0 and one["equal"] is not False for one in found) else 1


def _asked() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--size", default="1M", help=f"memberships: {', '.join(SIZES)} or a number")
    asked.add_argument("--format", choices=("parquet", "csv", "typed"), default="parquet")
    asked.add_argument("--engines", default="scan,floor,ours", help=f"some of {', '.join(ENGINES)}")
    asked.add_argument("--pairs", type=int, default=3)
    asked.add_argument("--data", type=Path, default=Path("bench-data"), help="where extracts and results lie")
    return asked


def _run(name: str, source: Path, out: Path) -> dict[str, Any]:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [ENGINES[name].python, "-m", f"bench.engines.{name}", str(source), str(out)]
    cost = measured(command, out / "log.txt")
    print(f"{time.strftime('%H:%M:%S')} {name}: {cost}", file=sys.stderr)
    return {"engine": name, **asdict(cost)}


def _compare(entries: list[dict[str, Any]], work: Path) -> None:
    """Add to the entries of a set the checksum of the facts and whether they are the floor's."""
    floor = facts.of_database(work / "floor" / "facts.duckdb")
    for one in entries:
        read = ENGINES[one["engine"]].facts
        one |= {"checksum": None, "equal": None}
        if read is None or one["code"]:
            continue
        mine = read(work / one["engine"])
        differing = {name: rows for name, rows in facts.differences(mine, floor).items() if rows}
        one |= {"checksum": facts.checksum(mine), "equal": not differing}
        if differing:
            print(f"{one['engine']}: other facts than the floor: {differing}", file=sys.stderr)


def _rows(source: Path) -> int:
    planted: dict[str, dict[str, int]] = json.loads((source / "_ledger/planted.json").read_text(encoding="utf-8"))
    return sum(planted["rows"][kind] for kind in ("kepesertaan", "iuran", "badan_usaha"))


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
