"""The report: `python -m bench.report` writes docs/performance.md from what `bench/history.jsonl` remembers."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.engines import ENGINES

HISTORY = Path(__file__).parent / "history.jsonl"
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
NOTES = Path(__file__).parent / "notes.md"
HEADINGS = ("engine", "CPU s", "wall s", "peak GiB", "x floor", "x scan", "rows / CPU s", "facts", "sets")
Entries = Sequence[dict[str, Any]]


def table(entries: Entries) -> str:
    """Return the table of a session as Markdown: medians, and ratios as medians of the ratios within a set."""
    kept = [one for one in entries if one["kept"]] or list(entries)
    by_set = {
        number: {one["engine"]: one for one in kept if one["set"] == number} for number in {one["set"] for one in kept}
    }
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|" + "---:|" * 6 + "---|---:|"]
    for engine in (name for name in ENGINES if any(name in one for one in by_set.values())):
        mine = [one[engine] for one in by_set.values() if engine in one]
        cells = [
            engine, f"{_median(mine, 'cpu_s'):.1f}", f"{_median(mine, 'wall_s'):.1f}", f"{_median(mine, 'peak_bytes') / 2**30:.2f}",
            *(_ratio(engine, other, by_set.values()) for other in ("floor", "scan")), f"{mine[0]['rows'] / _median(mine, 'cpu_s'):,.0f}",
            _facts(mine), str(len(mine)),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    dropped = len({one["set"] for one in entries}) - len(by_set)
    unsteady = not any(one["kept"] for one in entries)
    told = " No set was steady: the load of others moved by more than 15 points in each." if unsteady else ""
    return "\n".join(lines) + f"\n\n{len(by_set)} sets, {dropped} discarded.{told}\n"


def page(history: Entries) -> str:
    """Return the page: the newest session of every size and format, and the notes."""
    newest: dict[tuple[str, str], str] = {}
    for one in history:
        newest[one["size"], one["format"]] = one["session"]
    parts = ["# Performance\n", _intro(), *(f"- {name}: {engine.about}" for name, engine in ENGINES.items()), ""]
    for (size, form), session in sorted(newest.items(), key=lambda item: (_order(item[0][0]), item[0][1])):
        mine = [one for one in history if one["session"] == session and (one["size"], one["format"]) == (size, form)]
        about = f"{mine[0]['rows']:,} rows, {session[:10]}, commit {mine[0]['commit']}"
        parts += [f"## {size} memberships, {form}", "", f"{about}.", "", table(mine)]
    return "\n".join(parts) + "\n" + NOTES.read_text(encoding="utf-8")


def _intro() -> str:
    return (
        "One month of memberships, contributions and employers, one percent of defective rows, made by `python -m bench.generate`.\n"
        "`make bench SIZE=5M` measures and adds to `bench/history.jsonl`; `python -m bench.report` writes this page from it.\n"
        "CPU seconds are those of the whole process tree; the ratios are the medians of the ratios within a set, in which the\n"
        "engines ran one after another. `facts` says whether coverage, programme coverage, premium and the rejected rows by rule\n"
        f"are the floor's, to the unit. Machine: {os.cpu_count()} processors, {platform.machine()}; other work ran on it.\n"
    )


def _order(size: str) -> float:
    return float(size.removesuffix("M").removesuffix("k")) * {"M": 1e6, "k": 1e3}.get(size[-1], 1)


def _median(entries: Entries, name: str) -> float:
    return float(median(one[name] for one in entries))


def _ratio(engine: str, other: str, sets: Iterable[dict[str, Any]]) -> str:
    ratios = [one[engine]["cpu_s"] / one[other]["cpu_s"] for one in sets if engine in one and other in one]
    return f"{median(ratios):.2f}" if ratios else ""


def _facts(mine: Entries) -> str:
    if mine[0]["engine"] == "floor":
        return "reference"
    if any(one["code"] for one in mine):
        return "failed"
    return {None: "", True: "equal", False: "OTHER"}[
        mine[0]["equal"] if all(one["equal"] == mine[0]["equal"] for one in mine) else False
    ]


def main() -> None:
    """Write the page."""
    history = [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]
    PAGE.write_text(page(history), encoding="utf-8")


if __name__ == "__main__":
    main()
