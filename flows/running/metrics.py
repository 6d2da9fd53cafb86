"""The last run and the state of the installation as a file for Prometheus' textfile collector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

from flows.context import silent
from flows.watching.condition import Condition, Weight
from warehouse.files import folder as made_folder
from warehouse.files import forget_unplaced, only_writer, placed
from warehouse.home import Home
from warehouse.ledger import moment
from warehouse.runs import CRASHED, FAILED, RUNNING, RunRecord, runs

FILE = "cakupan.prom"
READABLE = 0o644
PATIENCE_SECONDS = 10
Sample = tuple[str, str, float]
HELP = {
    "cakupan_run_start_timestamp_seconds": "Start of the last run that ended.",
    "cakupan_run_end_timestamp_seconds": "End of the last run that ended.",
    "cakupan_run_success": "1 when the last run ended without failure and left nothing out.",
    "cakupan_run_rows": "Rows of the last run by what became of them.",
    "cakupan_run_months_loaded": "Months that the last run loaded.",
    "cakupan_run_cpu_seconds": "CPU seconds of the last run by step.",
    "cakupan_run_peak_memory_bytes": "Most memory of the last run.",
    "cakupan_runs": "Runs that the home remembers, by state.",
    "cakupan_conditions": "Conditions that the last watch found, by weight.",
}


def write_metrics(home: Home, conditions: list[Condition], folder: Path | None = None) -> Path:
    """Return the file, replaced whole, in `folder` or in the home, readable by the collector."""
    target = (folder or home.watch) / FILE
    made_folder(home.watch)
    with only_writer(home.watch / FILE, PATIENCE_SECONDS, silent):
        forget_unplaced(target)
        with placed(target) as beside:
            beside.write_text(text(home, conditions), encoding="utf-8")
            beside.chmod(READABLE)
    return target


def text(home: Home, conditions: list[Condition]) -> str:
    """Return every sample in the text format of Prometheus."""
    logs = runs(home)
    ended = [one for one in logs if one.state not in (RUNNING, CRASHED)]
    samples = [*_states(logs), *_conditions(conditions), *(_of_run(ended[-1]) if ended else ())]
    lines: list[str] = []
    for name, told in HELP.items():
        if mine := [one for one in samples if one[0] == name]:
            lines += [f"# HELP {name} {told}", f"# TYPE {name} gauge"]
            lines += [f"{name}{labels} {value:.15g}" for _, labels, value in mine]
    return "\n".join(lines) + "\n"


def _states(logs: list[RunRecord]) -> Iterator[Sample]:
    for state, count in sorted(Counter(one.state for one in logs).items()):
        yield "cakupan_runs", f'{{state="{state}"}}', count


def _conditions(conditions: list[Condition]) -> Iterator[Sample]:
    counts = Counter(one.weight for one in conditions)
    for weight in Weight:
        yield "cakupan_conditions", f'{{weight="{weight}"}}', counts[weight]


def _of_run(run: RunRecord) -> Iterator[Sample]:
    yield "cakupan_run_start_timestamp_seconds", "", _seconds(run.started_at)
    yield "cakupan_run_end_timestamp_seconds", "", _seconds(run.ended_at)
    yield "cakupan_run_success", "", run.state not in (FAILED, "STOPPED")
    for what in ("rows_in", "rows_accepted", "rows_rejected"):
        yield "cakupan_run_rows", f'{{what="{what.removeprefix("rows_")}"}}', run.ended.get(what, 0)
    yield "cakupan_run_months_loaded", "", len(run.ended.get("months_loaded", {}))
    for step in sorted({one.name for one in run.stages}):
        spent = sum(one.cpu_seconds for one in run.stages if one.name == step)
        yield "cakupan_run_cpu_seconds", f'{{step="{step}"}}', spent
    yield "cakupan_run_peak_memory_bytes", "", max((one.peak_bytes for one in run.stages), default=0)


def _seconds(text: str) -> float:
    return moment(text).replace(tzinfo=UTC).timestamp()
