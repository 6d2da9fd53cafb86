"""Loads with corrections, as tests write them: an entry is a plain correction and what is said of it instead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.entry import load_folder
from tests.endtoend import BEHIND_TRANSFORMS, left_out
from tests.extracts import Row, rows, write

PLAIN: dict[str, object] = {
    "id": "satu", "kind": "iuran", "action": "drop", "where": "funding_source = 'APBN'", "from": "2025-03-01",
    "reason_id": "baris ganda", "reason_en": "counted twice", "citation": "surat 12/2025",
}  # fmt: skip
DATES = ("from", "until")


def entry(**said: object) -> str:
    """Return the text of a correction: the plain one with what is `said` of it; None takes a key away."""
    told = {name.rstrip("_"): value for name, value in said.items()}
    pairs = [(name, value) for name, value in (PLAIN | told).items() if value is not None]
    return "[[correction]]\n" + "".join(f"{name} = {_toml(name, value)}\n" for name, value in pairs)


def settings(folder: Path, *entries: str, more: str = "") -> Path:
    """Return a settings file that names the file of these corrections, both in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corrections.toml").write_text("\n".join(entries), encoding="utf-8")
    path = folder / "cakupan.toml"
    path.write_text(f'corrections = "corrections.toml"\n{more}', encoding="utf-8")
    return path


def loaded(
    folder: Path, files: Mapping[str, list[Row]], *entries: str, without: tuple[str, ...] = BEHIND_TRANSFORMS
) -> dict[str, Any]:
    """Return the result of a load of these files with these corrections into `folder / "home"`, `without` some steps."""
    source, config = write(folder / "source", files), settings(folder, *entries)
    with left_out(*without) as call:
        return load_folder(str(source), str(folder / "home"), config=str(config), call=call)


def receipts(table: str, **same: str) -> list[Row]:
    """Return contributions for March 2025 as seen on 31 March."""
    return rows("iuran", table, **{"blth": "2025-03", "tgl_data": "2025-03-31"} | same)


def _toml(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) or name in DATES:
        return str(value)
    return '"' + str(value).replace('"', '\\"') + '"'
