"""What a load shows in Prefect: its progress, its summary, months and costs as tables, links to reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.report import markdown
from flows.steps import Call
from warehouse.home import Home
from warehouse.runs import read

DONE_AFTER = {
    "register": 10, "validate": 40, "transform": 60, "audit": 65, "compare": 75, "load": 80, "records": 90,
    "journal": 94, "prune": 95, "publish": 100,
}  # fmt: skip
FIRST_MONTH, LAST_MONTH = DONE_AFTER["validate"], DONE_AFTER["load"]
MIB = 1 << 20


class Progress:
    """How far a run is, in percent: it only grows, and is told when it does. Of several `months` each has its share."""

    def __init__(self, key: str, told: str, months: Sequence[str] = ()) -> None:
        made = create_progress_artifact(0.0, key=key, description=told)
        assert isinstance(made, UUID)
        self._artifact, self._percent, self._months = made, 0.0, list(months)

    def reach(self, percent: float) -> None:
        """Tell that so much is done."""
        if percent > self._percent:
            self._percent = percent
            update_progress_artifact(self._artifact, progress=percent)

    def following(self, call: Call) -> Call:
        """Return `call` such that every step of a load moves the progress on."""

        def followed(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
            result = call(name, step, *arguments)
            self.reach(self._after(*name.partition(" ")[::2]))
            return result

        return followed

    def _after(self, step: str, about: str) -> float:
        if about not in self._months:
            return DONE_AFTER.get(step, 0)
        done = self._months.index(about) + (step == "load")
        return FIRST_MONTH + (LAST_MONTH - FIRST_MONTH) * done / len(self._months)


def show(home: Home, result: Mapping[str, Any]) -> None:
    """Keep the summary of a load, its months and costs, and where its reports lie."""
    run_id = result["run_id"]
    create_markdown_artifact(markdown(result), key="load-summary", description=f"Load {run_id}")
    months = [{"bulan / month": month, "baris / rows": rows} for month, rows in result["months_loaded"].items()]
    if months:
        create_table_artifact(months, key="load-months", description="Bulan dimuat / months loaded")
    if costs := _costs(home, run_id):
        create_table_artifact(costs, key="load-costs", description="Biaya tiap langkah / cost of every step")
    for key, path, told in _reports(home.reports, run_id):
        if path.exists():
            create_link_artifact(path.resolve().as_uri(), key=key, link_text=told, description=str(path))


def _costs(home: Home, run_id: str) -> list[dict[str, Any]]:
    log = home.runs / f"{run_id}.jsonl"
    record = read(log) if log.exists() else None
    return [
        {
            "langkah / step": one.name, "tentang / about": one.subject, "detik / seconds": one.wall_seconds,
            "detik CPU / CPU seconds": one.cpu_seconds, "MiB": one.peak_bytes // MIB, "baris / rows": one.rows,
        }
        for one in (record.stages if record else ())
    ]  # fmt: skip


def _reports(reports: Path, run_id: str) -> tuple[tuple[str, Path, str], ...]:
    return (
        ("sender-reports", reports / "senders" / run_id, "Laporan untuk pengirim / reports for senders"),
        ("data-docs", reports / "data_docs" / "index.html", "Data Docs"),
    )
