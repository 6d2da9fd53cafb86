"""Answers as tables, CSV and JSON."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import polars as pl

NARROWEST = 14


def as_table(frame: pl.DataFrame, width: int | None = None) -> str:
    """Return the rows as an aligned text table, all of them.

    With a `width` long texts are cut and columns that do not fit are left out, numbers never; the last lines say so.
    """
    plain = [dtype == pl.Int32 for dtype in frame.dtypes]
    cells = [frame.columns, *([_cell(*one) for one in zip(row, plain, strict=True)] for row in frame.iter_rows())]
    widths = [max(len(row[place]) for row in cells) for place in range(len(frame.columns))]
    right = [dtype.is_numeric() for dtype in frame.dtypes]
    narrow = _narrowed(widths, right, width) if width else widths
    rows = [[_cut(*one) for one in zip(row, narrow, strict=False)] for row in cells]
    lines = ["  ".join(_fit(*one) for one in zip(row, narrow, right, strict=False)).rstrip() for row in rows]
    table = [lines[0], "  ".join("-" * width for width in narrow), *lines[1:]]
    return "\n".join([*table, *_left_out(frame.columns, widths, narrow, width or 0)])


def as_csv(frame: pl.DataFrame) -> str:
    """Return the rows as CSV with a header; every number as it is, a decimal with its places."""
    return frame.write_csv().rstrip("\n")


def as_json(frame: pl.DataFrame) -> str:
    """Return the rows as a JSON array of objects: whole numbers as integers, days and moments as ISO 8601.

    A whole number beyond 64 bits is a string, for no reader of JSON is bound to keep it.
    """
    fractions = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal) and kind.scale]
    moments = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    return frame.with_columns(
        pl.col(fractions).cast(pl.Float64), pl.col(moments).dt.to_string("iso:strict")
    ).write_json()


def write_parquet(frame: pl.DataFrame, file: Path) -> None:
    """Write the rows as Parquet."""
    frame.write_parquet(file)


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
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if plain else f"{value:,}"
    return "".join(mark if mark.isprintable() else " " for mark in str(value))


def _narrowed(widths: list[int], right: list[bool], width: int) -> list[int]:
    """Return the widths of as many columns as fit: first the widest texts give way, then the last columns."""
    narrow = list(widths)
    texts = [place for place, numbers in enumerate(right) if not numbers]
    while _total(narrow) > width and (long := [place for place in texts if narrow[place] > NARROWEST]):
        widest = max(long, key=narrow.__getitem__)
        narrow[widest] = max(NARROWEST, narrow[widest] - (_total(narrow) - width))
    while _total(narrow) > width and len(narrow) > 1:
        narrow.pop()
    return narrow


def _total(widths: list[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def _left_out(names: list[str], widths: list[int], narrow: list[int], width: int) -> list[str]:
    """Return the lines that say what the terminal did not hold."""
    hidden = names[len(narrow) :]
    cut = any(now < before for now, before in zip(narrow, widths, strict=False))
    told = [f"tidak muat / not shown: {', '.join(hidden)}"] * bool(hidden)
    told += ["teks dipotong / texts are cut"] * cut
    text = f"… {'; '.join(told)}; semuanya / all of it: --csv, --out FILE, | less -S"
    return textwrap.wrap(text, width) if told else []


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _fit(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)
