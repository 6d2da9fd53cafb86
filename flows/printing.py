"""Answers as tables, CSV and JSON."""

from __future__ import annotations

from typing import Any

import polars as pl


def as_table(frame: pl.DataFrame) -> str:
    """Return the rows as an aligned text table, all of them."""
    plain = [dtype == pl.Int32 for dtype in frame.dtypes]
    cells = [frame.columns, *([_cell(*one) for one in zip(row, plain, strict=True)] for row in frame.iter_rows())]
    widths = [max(len(row[place]) for row in cells) for place in range(len(frame.columns))]
    right = [dtype.is_numeric() for dtype in frame.dtypes]
    lines = ["  ".join(_fit(*one) for one in zip(row, widths, right, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def as_csv(frame: pl.DataFrame) -> str:
    """Return the rows as CSV with a header."""
    return frame.write_csv().rstrip("\n")


def as_json(frame: pl.DataFrame) -> str:
    """Return the rows as a JSON array of objects."""
    return frame.write_json()


SECTIONS = {
    "withdrawn": "Ditarik / withdrawn versions",
    "months": "Bulan / months",
    "runs": "Proses terakhir / last runs",
    "stopped_files": "Berkas dihentikan / stopped files",
}


def status_text(state: dict[str, Any]) -> str:
    """Return the state of a home as text."""
    parts = [f"Terbitan / published: {state['published']}"]
    for key, title in SECTIONS.items():
        rows = state[key]
        parts.append(f"{title}\n{as_table(pl.DataFrame(rows))}" if rows else f"{title}: -")
    return "\n\n".join(parts)


def _cell(value: object, plain: bool) -> str:
    """Return a value as text; whole numbers are grouped by thousands, except the 32-bit ones: years and quarters."""
    if value is None:
        return "-"
    if isinstance(value, float):
        shown = f"{value:.4f}".rstrip("0")
        return shown + "0" if shown.endswith(".") else shown
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and not plain else str(value)


def _fit(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)
