"""Hunting by coverage: atheris changes bytes so that they reach new branches of parsers in pure Python, one process a parser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.fuzz.hunting import Find

NAMES = ("settings", "control", "index", "checksum", "journal", "proof", "sheet", "text", "grid")
OURS = ("flows", "warehouse", "transforms", "expectations")
PARSERS = ("tomllib", "json", "csv", "html")
CASES = re.compile(rb"stat::number_of_executed_units: (\d+)|Done (\d+) runs")
RAISED = re.compile(r"\s*[A-Z][\w.]+(Error|Exception|Lost|Leak|TooLong)\b|\s*(Lost|Leak)\b")
LONGEST = 4_096


def hunt(name: str, seconds: float, seed: int, folder: Path) -> list[dict[str, Any]]:
    """Return what was tried in a target for so long, and what was found, as the rounds tell it."""
    place = folder / f"guided-{name}"
    place.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(place), str(max(int(seconds), 2)), str(seed)]
    ran = subprocess.run(command, capture_output=True, env={**os.environ, "TMPDIR": str(folder)}, timeout=seconds + 600)
    counted = max((int(one or other) for one, other in CASES.findall(ran.stderr)), default=0)
    lines: list[dict[str, Any]] = [{"target": f"{name}, guided", "cases": counted}]
    for path in [path for path in place.iterdir() if path.name.startswith(("crash-", "timeout-", "oom-"))]:
        spoken = (ran.stdout + ran.stderr).decode("utf-8", "replace").splitlines()
        told = [line.strip() for line in spoken if RAISED.match(line)] or [path.name.partition("-")[0]]
        find = Find(name, path.read_bytes(), told[0][:300])
        path.unlink()
        lines.append(
            {
                "target": f"{name}, guided",
                "cases": 0,
                "kept": find.keep().name,
                "told": find.told,
                "place": find.told[:80],
            }
        )
    if ran.returncode and len(lines) == 1:
        told = ran.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        lines.append(
            {
                "target": f"{name}, guided",
                "cases": 0,
                "kept": "-",
                "told": f"ended with {ran.returncode}: {told}",
                "place": "start",
            }
        )
    return lines


def _run(name: str, place: Path, seconds: int, seed: int) -> None:
    """Give the process to libFuzzer, which never gives it back."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=[*OURS, *PARSERS]):
        from tests.fuzz.targets import targets
    target = next(one for one in targets(place) if one.name == name)
    seeds = place / "corpus"
    seeds.mkdir(exist_ok=True)
    for number, good in enumerate(target.good):
        (seeds / f"good-{number}").write_bytes(good[:LONGEST])
    tempfile.tempdir = str(place)
    options = [f"-max_total_time={seconds}", f"-seed={seed}", f"-artifact_prefix={place}/", f"-max_len={LONGEST}"]
    options += ["-timeout=30", "-rss_limit_mb=3000", "-print_final_stats=1", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(seeds)], target.take)
    atheris.Fuzz()


if __name__ == "__main__":
    _run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
