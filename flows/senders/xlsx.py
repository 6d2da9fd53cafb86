"""The report of a delivery as a workbook: the same as the page, to be sorted and filtered."""

from __future__ import annotations

from flows.senders.html import example_text, percent
from flows.senders.reporting import STATES, Report
from warehouse.spreadsheet_writer import Sheet


def sheets(told: Report) -> list[Sheet]:
    """Return the sheets of the report: summary, rejected rows by rule, warnings, and changes of the layout if any."""
    found = [_summary(told), _rejected(told), _warnings(told)]
    if told.drift:
        rows = [[one.change, one.header, one.before, one.now, str(one.line or ""), one.proposal] for one in told.drift]
        heads = [
            "perubahan / change",
            "kolom / header",
            "sebelum / before",
            "sekarang / now",
            "baris / line",
            "usul / proposal",
        ]
        found.append(Sheet("susunan", heads, rows))
    return found


def _summary(told: Report) -> Sheet:
    one = told.delivery
    rows = [
        ["berkas / file", one.name],
        ["jenis / kind", one.kind],
        ["status / state", f"{told.state} / {STATES[told.state]}"],
        ["ukuran (bita) / size (bytes)", str(one.bytes)],
        ["SHA-256", one.sha256],
        ["diterima pada / received (UTC)", one.received_at[:19].replace("T", " ")],
        ["disaring pada / judged (UTC)", told.at[:19].replace("T", " ")],
        ["baris masuk / rows in", _count(told.rows)],
        ["diterima / accepted", _count(told.accepted)],
        ["ditolak / rejected", _count(told.rejected)],
    ]
    rows += [["menjawab / answers", told.answers]] if told.answers else []
    rows += [
        [f"bulan / month {month[:7]}, tanggal data / as of {day}", f"{count} diterima / accepted"]
        for month, day, count in told.versions
    ]
    rows += [[f"dihentikan / stopped: {one.rule}", f"{one.id} / {one.en} — {one.cure}"] for one in told.stops]
    rows += [
        [f"total kontrol / control total: {what}", f"dinyatakan / declared {stated}; ditemukan / found {measured}"]
        for what, stated, measured in told.totals
    ]
    rows += [["catatan / note", note] for note in told.notes]
    rows += [["langkah berikutnya / next", f"{id} / {en}"] for id, en in told.steps]
    return Sheet("ringkasan", ["", "Laporan penerimaan berkas / report on a delivery"], rows)


def _rejected(told: Report) -> Sheet:
    heads = [
        "aturan / rule",
        "kolom / column",
        "alasan",
        "reason",
        "baris / rows",
        "bagian / share",
        "contoh / examples",
    ]
    rows = [
        [
            one.blame.rule,
            ", ".join(one.blame.columns),
            one.blame.id,
            one.blame.en,
            str(one.rows),
            percent(one.share),
            "; ".join(example_text(example) for example in one.examples),
        ]
        for one in told.broken
    ]
    return Sheet("ditolak", heads, rows)


def _warnings(told: Report) -> Sheet:
    heads = ["aturan / rule", "peringatan", "warning", "baris / rows", "bagian / share"]
    rows = [[one.blame.rule, one.blame.id, one.blame.en, str(one.rows), percent(one.share)] for one in told.warned]
    return Sheet("peringatan", heads, rows)


def _count(value: int | None) -> str:
    return "" if value is None else str(value)
