"""Text with separators: the header, the separator under which it is known, and the rows behind a proof."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl

from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading.headers import joined
from warehouse.reading.kinds import refuse_foreign
from warehouse.reading.limits import MIB, Limits
from warehouse.reading.opened import Opened, places
from warehouse.reading.regular import Shape, proved, too_long
from warehouse.reading.strict import Footer, irregular, rewritten, split
from warehouse.rules import LINE_NO
from warehouse.texts import tidied

SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 20
BOM = b"\xef\xbb\xbf"

Score = Callable[[Sequence[str]], int]


class Head(NamedTuple):
    """The header of a text: its separator, one header per column, and where the data begins, by line and byte."""

    separator: str
    headers: tuple[str, ...]
    line: int
    start: int


def opened_text(
    path: Path, encoding: str, dialect: Dialect, score: Score | None, scratch: Path, limits: Limits
) -> Opened:
    """Return the rows of UTF-8 text as `line_no`, the line on which each begins, and `c1` to `cn`.

    `score` says how well headers are known, where the separator is not declared. Raises Stop.
    """
    head = _head(path, dialect, score, limits)
    if score is None or score(head.headers):
        _refuse_second_table(path, head)
    footer = Footer(dialect.footer_rows, dialect.footer)
    width, notes = len(head.headers), []
    shape = None if footer or not width else proved(path, head.start, head.separator, width, limits)
    if shape:
        frame = _fast(path, head, shape)
    else:
        target = scratch / f"{path.name}.records.parquet"
        rows, left = rewritten(path, head.separator, width, head.line, footer, limits, target)
        frame = _tidy(pl.scan_parquet(rows))
        if left:
            notes.append(f"{left} baris kaki tidak dibaca / footer lines left out")
        if not width:
            width = frame.collect_schema().len() - 1
    return Opened("csv", encoding, head.separator, head.headers or tuple(places(width)), frame, tuple(notes))


def _refuse_second_table(path: Path, head: Head) -> None:
    """Raise Stop when the last line of the header stands in the file once more."""
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as text:
        begins = text.rfind(b"\n", 0, max(head.start - 1, 0)) + 1
        line = text[begins : head.start].rstrip(b"\r\n").removeprefix(BOM)
        again = text.find(b"\n" + line, head.start - 1) if len(head.headers) > 1 else -1
        behind = again + 1 + len(line)
        if again >= 0 and text[behind : behind + 1] in (b"", b"\r", b"\n"):
            place = sum(text[at : min(at + MIB, again)].count(b"\n") for at in range(0, again, MIB)) + 2
            raise irregular(place, "the header once more: a second table?", "judul kolom terulang: tabel kedua?")


def _fast(path: Path, head: Head, shape: Shape) -> pl.LazyFrame:
    names = places(len(head.headers))
    frame = pl.scan_csv(
        path, separator=head.separator, quote_char='"' if shape.quoted else None, infer_schema=False, has_header=False,
        new_columns=names, skip_lines=head.line - 1, null_values=[""] if shape.quoted else None,
        row_index_name=LINE_NO, row_index_offset=head.line,
    )  # fmt: skip
    return frame.select(
        pl.col(LINE_NO).cast(pl.Int64),
        *(tidied(pl.col(name)) if place in shape.padded else pl.col(name) for place, name in enumerate(names)),
    )


def _tidy(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.select(LINE_NO, *map(tidied, map(pl.col, frame.collect_schema().names()[1:])))


def _head(path: Path, dialect: Dialect, score: Score | None, limits: Limits) -> Head:
    first, lines = _lines(path, dialect.header_row, limits.line_bytes)
    if not any(line.strip() for line in lines[:1]):
        raise Stop("empty_file", "the file has no header", "berkas tidak memiliki baris judul", "send the file again")
    choices = (dialect.separator,) if dialect.separator else SEPARATORS
    found = {mark: head for mark in choices if (head := _split(lines, mark, dialect, limits))}
    if not found:
        raise irregular(dialect.header_row, "the quotes of the header", "tanda kutip pada baris judul")
    if score and dialect.header_rows:
        best = max(found, key=lambda mark: score(found[mark][0]))
    else:
        best = max(found, key=lambda mark: _evenness(lines, mark))
    headers, used = found[best]
    limits.refuse_wide(len(headers))
    start = first + sum(len(line.encode()) for line in lines[:used])
    return Head(best, headers, dialect.header_row + used, start)


def _lines(path: Path, header_row: int, longest: int) -> tuple[int, list[str]]:
    """Return at which byte line `header_row` begins, and that line with some more."""
    with path.open("rb") as source:
        refuse_foreign(source.read(512))
    at = len(BOM) if _has_bom(path) else 0
    with path.open(encoding="utf-8-sig", newline="") as source:
        for _ in range(header_row - 1):
            line = source.readline(longest + 1)
            if len(line) > longest:
                raise too_long(longest)
            at += len(line.encode())
        lines = [line for _ in range(SAMPLE) if (line := source.readline(longest + 1))]
    if any(len(line) > longest for line in lines):
        raise too_long(longest)
    return at, lines


def _has_bom(path: Path) -> bool:
    with path.open("rb") as source:
        return source.read(len(BOM)) == BOM


def _split(lines: list[str], mark: str, dialect: Dialect, limits: Limits) -> tuple[tuple[str, ...], int] | None:
    """Return the headers under a separator and on how many lines they stand, None where its quotes have no one reading."""
    if not dialect.header_rows:
        return (), 0
    try:
        found = list(islice(split(lines, mark, limits), dialect.header_rows))
    except Stop:
        return None
    width = max((len(cells) for *_, cells in found), default=0)
    return joined([cells + [""] * (width - len(cells)) for *_, cells in found], merged=False), found[-1][1]


def _evenness(lines: list[str], mark: str) -> tuple[int, int]:
    widths = [line.count(mark) for line in lines if line.strip()]
    common = max(set(widths), key=widths.count)
    return (widths.count(common) if common else 0, common)
