"""The report of a delivery as one HTML page: no script, nothing from outside, made for A4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from flows.senders.reporting import ACCEPTED, STATES, STOPPED, Example, Found, Report

STYLE = """
@page{size:A4;margin:16mm}
body{font:10.5pt/1.45 system-ui,"Segoe UI",Roboto,sans-serif;color:#1b2430;max-width:186mm;margin:0 auto;padding:8mm}
h1{font-size:17pt;margin:0}h2{font-size:12pt;margin:7mm 0 2mm;border-bottom:1px solid #9fb0c3;padding-bottom:1mm}
small,.en{color:#5b6775;font-size:8.5pt}p{margin:1mm 0}
table{border-collapse:collapse;width:100%;margin:1mm 0 3mm}
th,td{border:1px solid #c5cfda;padding:1.2mm 2mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eaf0f6;font-weight:600}td.n,th.n{text-align:right;white-space:nowrap;overflow-wrap:normal}
tr,li{break-inside:avoid}thead{display:table-header-group}h2{break-after:avoid}
.state{display:inline-block;border-radius:1mm;padding:1mm 3mm;font-weight:700;color:#fff;background:#9a5b00}
.ok{background:#1d6b2f}.bad{background:#9b1c1c}
.numbers{display:flex;gap:4mm;margin:3mm 0}.numbers div{flex:1;border:1px solid #c5cfda;padding:2mm 3mm}
.numbers b{display:block;font-size:16pt}code{font:8.5pt ui-monospace,monospace}
@media print{body{padding:0;max-width:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""


def page(told: Report) -> str:
    """Return the report as a page of its own."""
    title = f"Laporan penerimaan berkas: {told.delivery.name}"
    colour = {ACCEPTED: "ok", STOPPED: "bad"}.get(told.state, "")
    parts = [
        "<h1>Laporan penerimaan berkas</h1><p class=en>Report on a delivery</p>",
        f'<p><span class="state {colour}">{escape(told.state)}</span> <span class=en>{escape(STATES[told.state])}</span></p>',
        _numbers(told),
        _came(told),
        _stops(told),
        _broken(told),
        _totals(told),
        _warned(told.warned),
        _drift(told),
        _list("Catatan", "Notes", told.notes),
        _steps(told),
    ]
    return document(title, "".join(parts))


def document(title: str, body: str) -> str:
    """Return a page with a title around a body, which is HTML already."""
    head = (
        f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{STYLE}</style></head>"
    )
    return f"{head}<body>{body}</body></html>\n"


def number(value: int | None) -> str:
    """Return a count as Indonesians write it."""
    return "–" if value is None else f"{value:,}".replace(",", ".")


def percent(share: float) -> str:
    """Return a share as a percentage with two decimals, as Indonesians write it."""
    return f"{share:.2%}".replace(".", ",")


def heading(id: str, en: str) -> str:
    """Return a heading of the second level in both languages."""
    return f"<h2>{escape(id)} <small>{escape(en)}</small></h2>"


def both(id: str, en: str) -> str:
    """Return a text in both languages, the English below."""
    return f"{escape(id)}<br><span class=en>{escape(en)}</span>"


def table(heads: Sequence[tuple[str, str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a head is its two languages and whether the column holds numbers. Cells are HTML already."""
    top = "".join(f"<th{' class=n' if n else ''}>{both(id, en)}</th>" for id, en, n in heads)
    body = "".join(
        "<tr>"
        + "".join(f"<td{' class=n' if heads[at][2] else ''}>{cell}</td>" for at, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _numbers(told: Report) -> str:
    shown = (
        ("Baris masuk", "rows in", told.rows),
        ("Diterima", "accepted", told.accepted),
        ("Ditolak", "rejected", told.rejected),
    )
    boxes = "".join(
        f"<div>{escape(id)} <span class=en>{escape(en)}</span><b>{number(n)}</b></div>" for id, en, n in shown
    )
    return f"<div class=numbers>{boxes}</div>"


def _came(told: Report) -> str:
    one = told.delivery
    rows = [
        ("Nama berkas", "file", escape(one.name)),
        ("Jenis", "kind", escape(one.kind)),
        ("Ukuran", "size", f"{number(one.bytes)} bita <span class=en>bytes</span>"),
        ("SHA-256", "", f"<code>{escape(one.sha256)}</code>"),
        ("Diterima pada", "received", f"{escape(one.received_at[:19].replace('T', ' '))} UTC"),
        ("Disaring pada", "judged", f"{escape(told.at[:19].replace('T', ' '))} UTC"),
    ]
    if told.answers:
        rows.append(("Menjawab baris yang ditolak dari", "answers rejected rows of", escape(told.answers)))
    listed = "".join(f"<tr><th>{both(id, en) if en else escape(id)}</th><td>{cell}</td></tr>" for id, en, cell in rows)
    versions = table(
        [("Bulan", "month", False), ("Tanggal data", "as of", False), ("Baris diterima", "rows accepted", True)],
        [(escape(month[:7]), escape(day), number(rows)) for month, day, rows in told.versions],
    )  # fmt: skip
    return (
        heading("Yang kami terima", "What came")
        + f"<table><tbody>{listed}</tbody></table>"
        + (versions if told.versions else "")
    )


def _stops(told: Report) -> str:
    if not told.stops:
        return ""
    rows = [(both(one.id, one.en), escape(one.cure), f"<code>{escape(one.rule)}</code>") for one in told.stops]
    heads = [("Sebab", "reason", False), ("Yang harus dilakukan", "cure", False), ("Aturan", "rule", False)]
    return heading("Mengapa berkas dihentikan", "Why the file was stopped") + table(heads, rows)


def _broken(told: Report) -> str:
    title = heading("Baris yang ditolak", "Rejected rows")
    if not told.broken:
        return title + "<p>Tidak ada. <span class=en>None.</span></p>" if told.rows is not None else ""
    heads = [
        ("Kolom", "column", False), ("Alasan", "reason", False), ("Baris", "rows", True), ("Bagian", "share", True),
        ("Contoh", "examples: line, masked value", False),
    ]  # fmt: skip
    rows = [
        (
            escape(", ".join(one.blame.columns) or "–"),
            both(one.blame.id, one.blame.en) + f"<br><code>{escape(one.blame.rule)}</code>",
            number(one.rows),
            percent(one.share),
            "<br>".join(escape(example_text(example)) for example in one.examples),
        )
        for one in told.broken
    ]
    note = (
        "<p class=en>Satu baris dapat melanggar beberapa aturan. Data pribadi disamarkan: huruf menjadi a, angka menjadi #."
        " / A row may break several rules. Personal data is masked.</p>"
    )
    return title + table(heads, rows) + note


def example_text(one: Example) -> str:
    """Return an example in one line: where it stands and the masked values that are wrong."""
    shown = ", ".join(f"{name} = {'(kosong)' if value is None else value}" for name, value in one.values.items())
    return f"baris {one.line}" + (f": {shown}" if shown else "")


def _totals(told: Report) -> str:
    title = heading("Total kontrol", "Control totals")
    if not told.totals:
        return title + (
            "<p>Pengirim tidak menyertakan berkas kontrol. <span class=en>No control file came with it.</span></p>"
        )
    heads = [
        ("Total", "total", False),
        ("Dinyatakan", "declared", True),
        ("Ditemukan", "found", True),
        ("Cocok", "equal", False),
    ]
    rows = [
        (escape(what), escape(stated), escape(found), "ya / yes" if stated == found else "<b>TIDAK / NO</b>")
        for what, stated, found in told.totals
    ]
    return title + table(heads, rows)


def _warned(warned: Sequence[Found]) -> str:
    if not warned:
        return ""
    heads = [("Peringatan", "warning; the rows are kept", False), ("Baris", "rows", True), ("Bagian", "share", True)]
    rows = [(both(one.blame.id, one.blame.en), number(one.rows), percent(one.share)) for one in warned]
    return heading("Peringatan", "Warnings") + table(heads, rows)


def _drift(told: Report) -> str:
    if not told.drift:
        return ""
    heads = [
        ("Perubahan", "change", False), ("Kolom", "header", False), ("Sebelum", "before", False), ("Sekarang", "now", False),
        ("Baris", "line", True),
    ]  # fmt: skip
    rows = [
        (escape(one.change), escape(one.header), escape(one.before), escape(one.now), str(one.line or "–"))
        for one in told.drift
    ]
    return heading("Perubahan susunan berkas", "Changes of the layout since the last delivery") + table(heads, rows)


def _list(id: str, en: str, lines: Sequence[str]) -> str:
    return heading(id, en) + "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else ""


def _steps(told: Report) -> str:
    listed = "".join(f"<li>{both(id, en)}</li>" for id, en in told.steps)
    return heading("Langkah berikutnya", "What to do next") + f"<ol>{listed}</ol>"
