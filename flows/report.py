"""The summary of a run for people: Bahasa Indonesia first, English beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.showing import in_markdown

COUNTS = {
    "files": "berkas / files",
    "received": "berkas baru / new files",
    "rows_in": "baris masuk / rows in",
    "rows_accepted": "diterima / accepted",
    "rows_rejected": "ditolak / rejected",
    "months_unchanged": "bulan tidak berubah / months unchanged",
}
NAMED = 5
"""How many of many are named."""
STATES = {
    "LOADED": "dimuat / loaded",
    "LOADED_WITH_REJECTIONS": "dimuat, sebagian baris ditolak / loaded with rejected rows",
    "STOPPED": "ada sumber, berkas atau bulan yang dihentikan / a source, a file or a month was stopped",
}


def markdown(result: Mapping[str, Any]) -> str:
    """Return the result of a run as Markdown: counts first, then what was rejected, stopped and noted."""
    counts = {title: result[key] for key, title in COUNTS.items()}
    parts = [
        f"# {STATES[result['state']]}",
        f"Proses / run `{result['run_id']}`",
        _table(("", "jumlah / count"), counts),
        _section("Bulan dimuat / months loaded (fact rows written)", result["months_loaded"]),
        _section("Ditolak menurut aturan / rejected by rule", result["rejected_rules"]),
        _section("Peringatan / warnings", result["warnings"]),
        _corrections(result["corrections"]),
        _lines("Tidak diterima / not received", {name: "; ".join(why) for name, why in result["not_received"].items()}),
        _lines(
            "Berkas dihentikan / files stopped", {name: "; ".join(why) for name, why in result["stopped_files"].items()}
        ),
        _lines("Bulan dihentikan / months stopped", result["stopped_months"]),
        _lines("Fakta ditahan / facts held back", result.get("stopped_facts", {})),
        _second_engine(result.get("second_engine", {})),
        _lines("Catatan / notes", {name: "; ".join(said) for name, said in result["notes"].items()}),
        _lines("Bukan berkas data / not extracts", dict.fromkeys(result["ignored"], "diabaikan / ignored")),
        _lines("Dipulihkan / healed", {name: "; ".join(said) for name, said in result.get("healed", {}).items()}),
        f"Terbitan / published: `{result['published']}`",
        _withheld(result["withheld"]),
        _hidden(result.get("hidden_cells", 0)),
        _unproven(result.get("unproven_cells", [])),
        _lines("Tidak terkirim / not sent", result["not_sent"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _second_engine(found: Mapping[str, int]) -> str:
    if not found:
        return ""
    facts, differing = found["facts"], found["differing"]
    return f"Mesin kedua / second engine: {facts - differing:,} dari / of {facts:,} fakta sama / facts equal"


def _hidden(cells: int) -> str:
    return f"Sel disembunyikan / cells hidden: {cells:,} (`mart.hidden_cell`)" if cells else ""


def _unproven(cells: Sequence[str]) -> str:
    named = "\n".join(f"- {in_markdown(one)}" for one in cells[:NAMED])
    head = f"## Disembunyikan tanpa bukti / hidden without proof: {len(cells):,}"
    return f"{head}\n\n{named}\n\ndocs/disclosure.md; --json: `unproven_cells`" if cells else ""


def _withheld(version: str) -> str:
    told = f"Isi `{version}` telah ditarik dan tidak diterbitkan lagi / its content was withdrawn and is not published again"
    return f"{told}: `cakupan publish --restore`" if version else ""


def _corrections(corrections: Sequence[Mapping[str, Any]]) -> str:
    if not corrections:
        return ""
    head = "| id | tindakan / action | baris / rows | berkas / files | alasan / reason | dasar / citation |"
    rows = [
        f"| {one['id']} | {one['action']} | {one['rows']:,} | {one['files']:,} | {_cell(one['reason_id'])} / "
        f"{_cell(one['reason_en'])} | {_cell(one['citation'])} |"
        for one in corrections
    ]
    return "\n".join(["## Koreksi / corrections", "", head, "|---|---|---:|---:|---|---|", *rows])


def _cell(text: str) -> str:
    return in_markdown(text)


def _section(title: str, counts: Mapping[str, int]) -> str:
    return f"## {title}\n\n{_table(('', 'jumlah / count'), counts)}" if counts else ""


def _table(head: tuple[str, str], counts: Mapping[str, int]) -> str:
    rows = [f"| {in_markdown(name)} | {value:,} |" for name, value in counts.items()]
    return "\n".join([f"| {head[0]} | {head[1]} |", "|---|---:|", *rows])


def _lines(title: str, lines: Mapping[str, str]) -> str:
    listed = "\n".join(f"- **{in_markdown(name)}**: {in_markdown(text)}" for name, text in lines.items())
    return f"## {title}\n\n{listed}" if lines else ""
