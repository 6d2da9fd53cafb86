"""An inspection as people and machines read it; the settings it proposes are TOML that can be pasted."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any

from flows.inspecting.inspection import Inspection
from flows.inspecting.kind import kinds
from flows.settings import DialectSettings


def text(found: Inspection) -> str:
    """Return the inspection as text, Indonesian first."""
    parts = [
        _file(found),
        _kind(found),
        _notes(found),
        _trial(found),
        _problems(found),
        "cakupan.toml:\n\n" + toml(found),
    ]
    return "\n\n".join(part for part in parts if part)


def as_data(found: Inspection) -> dict[str, Any]:
    """Return the inspection as plain values."""
    verdict, opened = found.verdict, found.opened
    return {
        "file": found.name,
        "format": opened.format,
        "encoding": opened.encoding,
        "separator": opened.separator,
        "sheet": opened.sheet,
        "headers": list(opened.headers),
        "kind": found.like.table.kind if found.like else None,
        "layout": found.like.layout if found.like else None,
        "missing_columns": list(found.like.missing) if found.like else [],
        "advice": [one._asdict() for one in found.advised],
        "notes": [*opened.notes, *(verdict.notes if verdict else ())],
        "rows": verdict.rows if verdict else None,
        "accepted": verdict.accepted if verdict else None,
        "rejected": verdict.rejected if verdict else None,
        "broken_rules": verdict.broken if verdict else {},
        "warnings": verdict.warned if verdict else {},
        "stops": [{"rule": one.rule, "id": one.id, "en": one.en, "cure": one.cure} for one in verdict.stops]
        if verdict
        else [],
        "versions": [{"month": month, "as_of_date": day, "rows": rows} for month, day, rows in verdict.versions]
        if verdict
        else [],
        "problems": [
            {"line": one.line, "rules": list(one.rules), "id": one.id, "en": one.en} for one in found.problems
        ],
        "settings": toml(found),
        "exit_code": found.exit_code,
    }


def toml(found: Inspection) -> str:
    """Return the lines of `cakupan.toml` that would load the file; what must be asked or filled in is a comment."""
    key = re.sub(r"[^a-z0-9]+", "_", PurePosixPath(found.name).stem.lower()).strip("_") or "sumber"
    lines = [f"[sources.{key}]", f"glob = {_literal(found.name)}"]
    lines += (
        [f"kind = {_literal(found.like.table.kind)}"]
        if found.like
        else ['# kind = "..."  # ' + " | ".join(table.kind for table in kinds())]
    )
    plain = DialectSettings()
    lines += [
        f"{name} = {_literal(value)}"
        for name, value in found.dialect.model_dump().items()
        if value != getattr(plain, name)
    ]
    lines += [f"# {one.key} = {_literal(one.value)}  # {one.id} / {one.en}" for one in found.advised if not one.sure]
    if found.like and found.like.missing:
        filled = ", ".join(f'{name} = "..."' for name in found.like.missing)
        lines.append(f"# constants = {{ {filled} }}  # kolom yang tidak ada / columns that are missing")
    return "\n".join(lines)


def _file(found: Inspection) -> str:
    opened = found.opened
    told = {
        "format": opened.format,
        "pengodean / encoding": opened.encoding,
        "pemisah / separator": repr(opened.separator) if opened.separator else "",
        "lembar / sheet": opened.sheet,
        "kolom / columns": str(len(opened.headers)),
    }
    listed = "\n".join(f"  {name}: {value}" for name, value in told.items() if value)
    return f"Berkas / file: {found.name}\n{listed}"


def _kind(found: Inspection) -> str:
    if not found.like:
        near = "; ".join(f"{one.table.kind} ({one.share:.0%})" for one in found.others) or "-"
        return f"Jenis / kind: tidak dikenali / not recognised. Yang mirip / alike: {near}"
    like = found.like
    layout = f", tata letak / layout {like.layout}" if like.layout else ""
    lines = [f"Jenis / kind: {like.table.kind}{layout}"]
    if like.missing:
        lines.append(f"  kolom wajib tidak ada / required columns missing: {', '.join(like.missing)}")
    lines += [f"  {one.key} = {_literal(one.value)}: {one.id} / {one.en}" for one in found.advised]
    return "\n".join(lines)


def _notes(found: Inspection) -> str:
    notes = dict.fromkeys([*found.opened.notes, *(found.verdict.notes if found.verdict else ())])
    return "Catatan / notes:\n" + "\n".join(f"  {note}" for note in notes) if notes else ""


def _trial(found: Inspection) -> str:
    verdict = found.verdict
    if verdict is None:
        return ""
    lines = [f"Uji muat / trial: {_count(verdict.rows)} baris / rows, {_count(verdict.accepted)} diterima / accepted, "
             f"{_count(verdict.rejected)} ditolak / rejected"]  # fmt: skip
    lines += [f"  berhenti / stopped: {one.rule}: {one.id} / {one.en} — {one.cure}" for one in verdict.stops]
    lines += [f"  ditolak / rejected {rule}: {rows:,}" for rule, rows in sorted(verdict.broken.items())]
    lines += [f"  peringatan / warning {rule}: {rows:,}" for rule, rows in sorted(verdict.warned.items())]
    lines += [f"  bulan / month {month[:7]}, data per / as of {day}: {rows:,}" for month, day, rows in verdict.versions]
    return "\n".join(lines)


def _problems(found: Inspection) -> str:
    if not found.problems:
        return ""
    listed = [f"  baris / line {one.line}: {one.id or ', '.join(one.rules)} / {one.en}" for one in found.problems]
    return "Masalah pertama / first problems:\n" + "\n".join(listed)


def _count(rows: int | None) -> str:
    return "-" if rows is None else f"{rows:,}"


def _literal(value: object) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_literal(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
