"""The pages for offices: coverage of every regency and what the last runs did, readable without a database or a network."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import polars as pl

from flows.report import STATES
from flows.senders.html import both, document, heading, number, percent, table
from warehouse.files import placed, point, remove
from warehouse.home import Home
from warehouse.runs import CRASHED, FAILED, RUNNING, RunRecord, runs
from warehouse.store import query

SHOWN_RUNS = 30
KEPT = ".site-"
COVERAGE = """
SELECT province_name, region_code, region_name, as_of_date, active_workers, eligible_workers, workforce_source,
    workforce_period, coverage_ratio, month
FROM mart.coverage
WHERE level = 'regency' AND segment = 'UCJ' AND basis = 'RESIDENCE' AND month = (SELECT max(month) FROM mart.coverage)
ORDER BY region_code
"""
ENDS = STATES | {
    RUNNING: "sedang berjalan / under way",
    FAILED: "gagal / failed",
    CRASHED: "prosesnya mati / its process was killed",
}


def write_site(home: Home) -> Path:
    """Return the folder of the pages, which replaces what stood there in one step.

    The folder is a link to the newest pages; a reader sees the old ones or the new ones, never half of each.
    """
    made, place = home.root / f"{KEPT}{uuid4().hex[:8]}", home.root / "site"
    pages = {"index.html": _coverage(query(home.current, COVERAGE), home), "proses.html": _runs(home)}
    for name, text in pages.items():
        with placed(made / name) as beside:
            beside.write_text(text, encoding="utf-8")
    point(place, made.name)
    for old in home.root.glob(f"{KEPT}*"):
        if old != made:
            remove(old)
    return place


def _coverage(rows: pl.DataFrame, home: Home) -> str:
    title = "Cakupan Jamsostek"
    heads = [
        ("Provinsi", "province", False), ("Kode", "code", False), ("Kabupaten/kota", "regency", False), ("Cakupan UCJ", "coverage", True),
        ("Pekerja aktif", "active workers", True), ("Penduduk bekerja", "eligible workers: the denominator", True),
        ("Sumber penyebut", "source of the denominator", False), ("Tanggal data", "as of", False),
    ]  # fmt: skip
    month = f"{rows['month'][0]:%Y-%m}" if rows.height else "–"
    links = [
        ("proses.html", "Proses terakhir", "last runs"),
        ("../reports/data_docs/index.html", "Hasil pemeriksaan berkas", "Data Docs"),
    ]
    listed = "".join(f'<li><a href="{target}">{both(id, en)}</a></li>' for target, id, en in links)
    version = escape(home.current.parent.resolve().name)
    return document(title, (
        f"<h1>{title}</h1><p class=en>Coverage of Jamsostek, by residence, all segments that count (UCJ)</p>"
        f"{heading(f'Bulan {month}', f'month {month}')}{table(heads, map(_regency, rows.iter_rows(named=True)))}"
        f"<ul>{listed}</ul><p><small>Terbitan / published: <code>{version}</code></small></p>"
    ))  # fmt: skip


def _regency(row: dict[str, Any]) -> tuple[str, ...]:
    ratio, source = (
        row["coverage_ratio"],
        " ".join(str(row[name] or "") for name in ("workforce_source", "workforce_period")),
    )
    return (
        escape(row["province_name"] or "–"), escape(row["region_code"]), escape(row["region_name"] or "–"),
        "–" if ratio is None else percent(ratio), number(row["active_workers"]), number(row["eligible_workers"]),
        escape(source.strip() or "–"), f"{row['as_of_date']:%d-%m-%Y}",
    )  # fmt: skip


def _runs(home: Home) -> str:
    title = "Proses terakhir"
    heads = [
        ("Proses", "run", False), ("Mulai (UTC)", "started", False), ("Selesai (UTC)", "ended", False), ("Hasil", "result", False),
        ("Baris masuk", "rows in", True), ("Ditolak", "rejected", True), ("Bulan dimuat", "months loaded", False),
        ("Laporan pengirim", "reports for senders", False),
    ]  # fmt: skip
    rows = (_run(home, one) for one in reversed(runs(home)[-SHOWN_RUNS:]))
    back = f'<p><a href="index.html">{both("Cakupan", "coverage")}</a></p>'
    return document(title, f"<h1>{title}</h1><p class=en>Last runs</p>{table(heads, rows)}{back}")


def _run(home: Home, one: RunRecord) -> tuple[str, ...]:
    return (
        f"<code>{escape(one.run_id)}</code>", _moment(one.started_at), _moment(one.ended_at),
        escape(ENDS.get(one.state, one.state)), number(one.ended.get("rows_in")), number(one.ended.get("rows_rejected")),
        escape(", ".join(one.ended.get("months_loaded", {})) or "–"), "<br>".join(_reports(home, one.run_id)) or "–",
    )  # fmt: skip


def _reports(home: Home, run_id: str) -> Iterator[str]:
    for page in sorted((home.reports / "senders" / run_id).rglob("*.html")):
        target = Path("..", page.relative_to(home.root)).as_posix()
        yield f'<a href="{escape(quote(target))}">{escape(page.stem)}</a>'


def _moment(text: str) -> str:
    return escape(text[:16].replace("T", " ")) or "–"
