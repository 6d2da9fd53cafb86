"""The report of a delivery for its sender: what came, what was accepted, what was rejected and why, and what to do.

It may leave the house: it holds counts, lines and masked values, no person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from flows.gating import extract_of
from flows.quarantine.blame import Blame, blamed
from flows.quarantine.state import Content, contents
from warehouse import lake
from warehouse.files import placed
from warehouse.home import Home
from warehouse.ledger import Delivery, Drift, Reason, deliveries
from warehouse.rules import LINE_NO

KEPT_RUNS = 10
EXAMPLES = 5
LONGEST = 120
ACCEPTED, PARTLY, STOPPED = "DITERIMA", "DITERIMA SEBAGIAN", "DIHENTIKAN"
STATES = {
    ACCEPTED: "accepted",
    PARTLY: "accepted in part",
    STOPPED: "stopped: nothing of it was loaded",
}


@dataclass(frozen=True)
class Example:
    """A rejected row: its line and the masked values of the cells that are wrong."""

    line: int
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Found:
    """A rule that rows broke: in which columns, how many rows, which share of the file, and the first of them."""

    blame: Blame
    rows: int
    share: float
    examples: Sequence[Example] = ()


@dataclass(frozen=True)
class Report:
    """What a sender is told of one delivery; counts are rows, `versions` are (month, as_of_date, accepted rows)."""

    delivery: Delivery
    state: str
    at: str
    rows: int | None
    accepted: int | None
    rejected: int | None
    versions: Sequence[tuple[str, str, int]]
    broken: Sequence[Found]
    warned: Sequence[Found]
    stops: Sequence[Reason]
    totals: Sequence[tuple[str, str, str]]
    notes: Sequence[str]
    drift: Sequence[Drift]
    answers: str
    steps: Sequence[tuple[str, str]]


def report_of(home: Home, one: Content, names: Mapping[str, str]) -> Report:
    """Return the report of a content as its gating in force left it; `names` are the names of contents, for answers."""
    delivery, verdict = one.judged.delivery, one.judged.verdict
    table, rows, repeated = extract_of(delivery.kind), verdict.rows, len(one.now.repeated)
    counts = dict(verdict.broken)
    if repeated:
        counts["duplicate_row"] = counts.get("duplicate_row", 0) + repeated
    rejected = None if verdict.rejected is None else verdict.rejected + repeated
    shown = _examples(home, one)
    broken = [
        Found(blamed(rule, table)[0], count, count / (rows or 1), shown.get(rule, ()))
        for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    warned = [Found(blamed(rule, table)[0], count, count / (rows or 1)) for rule, count in verdict.warned.items()]
    state = STOPPED if verdict.stopped else PARTLY if rejected else ACCEPTED
    return Report(
        delivery, state, one.now.at, rows, None if verdict.accepted is None else verdict.accepted - repeated, rejected,
        verdict.versions, broken, warned, verdict.stops, verdict.totals, verdict.notes, verdict.drift,
        names.get(verdict.answers, ""), _steps(state, delivery, bool(broken)),
    )  # fmt: skip


def names_of(known: Sequence[Content]) -> dict[str, str]:
    """Return by its SHA-256 what each content is called."""
    return {one.judged.delivery.sha256: one.judged.delivery.name for one in known}


def write_report(home: Home, one: Content, folder: Path, names: Mapping[str, str]) -> list[Path]:
    """Return the report of a content as an HTML page and as a workbook, written to a folder; `names` are as in `report_of`."""
    from flows.senders.html import page
    from flows.senders.xlsx import sheets
    from warehouse.spreadsheet_writer import write_xlsx

    told = report_of(home, one, names)
    paths = [folder / f"{file_name(one.judged.delivery)}{suffix}" for suffix in (".html", ".xlsx")]
    with placed(paths[0]) as beside:
        beside.write_text(page(told), encoding="utf-8")
    with placed(paths[1]) as beside:
        write_xlsx(beside, sheets(told))
    return paths


def write_reports(home: Home, run_id: str, keep: int = KEPT_RUNS) -> list[Path]:
    """Return the reports of the deliveries that a run received, written; those of the newest `keep` runs stay."""
    if all(one.run_id != run_id for one in deliveries(home)):
        return []
    folder, known = home.reports / "senders", contents(home)
    mine, names = [one for one in known if one.judged.delivery.run_id == run_id], names_of(known)
    paths = [path for one in mine for path in write_report(home, one, folder / run_id, names)]
    runs = sorted((path for path in folder.glob("*") if path.is_dir()), reverse=True) if paths else []
    for old in runs[keep:]:
        rmtree(old)
    return paths


def file_name(delivery: Delivery) -> str:
    """Return a name for the files of a report that is safe everywhere and that no other content has."""
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '_', delivery.name).strip('.')[-LONGEST:]}_{delivery.sha256[:8]}"


def _examples(home: Home, one: Content) -> dict[str, list[Example]]:
    """Return the first rejected rows of each rule, with the masked values of the columns it blames."""
    delivery, table = one.judged.delivery, extract_of(one.judged.delivery.kind)
    found: dict[str, list[Example]] = {}
    for row in lake.first_rejected(home, delivery.kind, one.now.gate_id, EXAMPLES).iter_rows(named=True):
        masked, columns = json.loads(row["masked_row"]), blamed(row["rule"], table)[0].columns
        values = {name: masked.get(name) for name in columns if name in table.arriving()}
        found.setdefault(row["rule"], []).append(Example(row[LINE_NO], values))
    found.setdefault("duplicate_row", [Example(line, {}) for line in one.now.repeated[:EXAMPLES]])
    return found


def _steps(state: str, delivery: Delivery, rejected: bool) -> list[tuple[str, str]]:
    """Return what the sender should do next, in both languages."""
    if state == STOPPED:
        return [
            (
                f"Perbaiki penyebabnya dan kirim lagi seluruh berkas dengan nama {delivery.name}.",
                f"Mend the cause and send the whole file again under the name {delivery.name}.",
            )
        ]
    if rejected:
        return [
            (
                "Minta berkas perbaikan (XLSX) kepada petugas: berisi hanya baris yang ditolak, dengan alasannya.",
                "Ask the operator for the file of rejected rows (XLSX): it holds them with the reasons.",
            ),
            (
                "Perbaiki sel yang salah dan kirim berkas itu kembali; baris yang sudah diterima tidak perlu dikirim lagi.",
                "Mend the wrong cells and send that file back; accepted rows need not be sent again.",
            ),
        ]
    return [("Tidak ada yang perlu dilakukan.", "Nothing needs to be done.")]
