"""The report: `python -m bench.report` writes docs/performance.md from what `bench/history.jsonl` remembers."""

from __future__ import annotations

import json
import os
import platform
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.engines import ENGINES

HISTORY = Path(__file__).parent / "history.jsonl"
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
NOTES = Path(__file__).parent / "notes.md"
HEADINGS = ("engine", "CPU s", "wall s", "peak GiB", "x floor", "x scan", "rows / CPU s", "facts", "sets", "measured")
Entries = Sequence[dict[str, Any]]


def table(entries: Entries) -> str:
    """Return the engines of one size and format as Markdown, each by its newest run: medians, and ratios within a set.

    An engine is told by its steady sets; where its newest run has none, by all of them, with a star.
    """
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|" + "---:|" * 6 + "---|---:|---|"]
    sets: dict[tuple[str, int], dict[str, Any]] = {}
    for one in entries:
        sets.setdefault((one["begun"], one["set"]), {})[one["engine"]] = one
    for engine in ENGINES:
        begun = max((begun for begun, _ in sets if engine in sets[begun, _]), default=None)
        run = [found for (start, _), found in sets.items() if start == begun and engine in found]
        steady = [found for found in run if found[engine]["kept"]]
        if run:
            lines.append(_line(engine, steady or run, "" if steady else "*"))
    dropped = len({key for key, found in sets.items() if not any(one["kept"] for one in found.values())})
    told = f"Of {len(sets)} sets {dropped} were not steady: the load of others moved by more than 15 points."
    return "\n".join(lines) + (f"\n\n{told}\n" if dropped else "\n")


def _line(engine: str, sets: Sequence[dict[str, Any]], mark: str) -> str:
    mine = [one[engine] for one in sets]
    cells = [
        engine, f"{_median(mine, 'cpu_s'):.1f}", f"{_median(mine, 'wall_s'):.1f}", f"{_median(mine, 'peak_bytes') / 2**30:.2f}",
        *(_ratio(engine, other, sets) for other in ("floor", "scan")), f"{mine[0]['rows'] / _median(mine, 'cpu_s'):,.0f}",
        _facts(mine), f"{len(mine)}{mark}", f"{mine[0]['begun'][:10]} {mine[0]['commit']}",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def page(history: Entries) -> str:
    """Return the page: a table for every size and format, of the runs of one day, and the notes."""
    day = fullest_day(history)
    history = [one for one in history if one["begun"].startswith(day)]
    parts = ["# Performance\n", _intro(day), *(f"- {name}: {engine.about}" for name, engine in ENGINES.items()), ""]
    kinds = {(one["size"], one["format"]) for one in history}
    for size, form in sorted(kinds, key=lambda kind: (_order(kind[0]), kind[1])):
        mine = [one for one in history if (one["size"], one["format"]) == (size, form)]
        parts += [f"## {size} memberships, {form}", "", f"{mine[-1]['rows']:,} rows.", "", table(mine)]
    return "\n".join(parts) + "\n" + NOTES.read_text(encoding="utf-8")


def fullest_day(history: Entries) -> str:
    """Return the day on which the most engines were measured at the most sizes and formats, the newest of several."""
    kinds: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for one in history:
        kinds[one["begun"][:10]].add((one["size"], one["format"], one["engine"]))
    return max(kinds, key=lambda day: (len(kinds[day]), day))


def _intro(day: str) -> str:
    return (
        "One month of memberships, contributions and employers, one percent of defective rows, made by `python -m bench.generate`.\n"
        "`make bench SIZE=5M` measures and adds to `bench/history.jsonl`; `python -m bench.report` writes this page from it.\n"
        "CPU seconds are those of the whole process tree; the ratios are the medians of the ratios within a set, in which the\n"
        "engines ran one after another. A star: in no set was the load of others steady, to 15 points. `facts` says whether coverage,\n"
        f"programme coverage, premium and the rejected rows by rule are the floor's, to the unit. All runs are of one day, {day}: of each\n"
        "engine its newest run of it. Runs of other days stand in the history, and in the notes where they say something new.\n"
        f"Machine: {os.cpu_count()} processors, {platform.machine()}; other work ran on it.\n"
    )


def _order(size: str) -> float:
    return float(size.removesuffix("M").removesuffix("k")) * {"M": 1e6, "k": 1e3}.get(size[-1], 1)


def _median(entries: Entries, name: str) -> float:
    return float(median(one[name] for one in entries))


def _ratio(engine: str, other: str, sets: Sequence[dict[str, Any]]) -> str:
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
