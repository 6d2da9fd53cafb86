"""Answers as tables, CSV and JSON."""

from __future__ import annotations

from typing import Any

import polars as pl


def as_table(frame: pl.DataFrame) -> str:
    """Return the rows as an aligned text table, all of them."""
    cells = [frame.columns, *([_cell(value) for value in row] for row in frame.iter_rows())]
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


def status_text(state: dict[str, Any]) -> str:
    """Return the state of a home as text."""
    parts = [f"Terbitan / published: {state['published']}"]
    for title, key in (("Bulan / months", "months"), ("Proses terakhir / last runs", "runs"), ("Berkas dihentikan / stopped files", "stopped_files")):
        rows = state[key]
        parts.append(f"{title}\n{as_table(pl.DataFrame(rows))}" if rows else f"{title}: -")
    return "\n\n".join(parts)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def _fit(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)
