"""Reading a text record by record: for quotes over several lines, footers, and files that no header describes."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import Stop
from warehouse.reading.limits import Limits
from warehouse.reading.opened import places
from warehouse.reading.regular import too_long
from warehouse.rules import LINE_NO

BATCH = 50_000


class Footer(NamedTuple):
    """Which records are no data: the last `rows`, and those whose first cell `pattern` finds."""

    rows: int = 0
    pattern: str = ""

    def __bool__(self) -> bool:
        """Return whether any footer is declared."""
        return bool(self.rows or self.pattern)


def records(path: Path, separator: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each record begins, from 1, and its fields; empty lines are passed over.

    Raises Stop for unbalanced quotes and for lines and fields longer than the limits allow.
    """
    with path.open(encoding="utf-8-sig", newline="") as source:
        for begins, _, record in split(_lines(source, limits.line_bytes), separator, limits):
            if record:
                limits.refuse_wide(len(record))
                yield begins, record


def split(lines: Iterable[str], separator: str, limits: Limits) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the first and the last line of each record, counted from 1, and its fields; an empty line has none.

    Quotes have one reading: around a whole field, doubled inside, or in pairs within a field that has none around it.
    Raises Stop naming the line of the first record whose quotes could be read in two ways.
    """
    csv.field_size_limit(limits.line_bytes)
    held: list[str] = []
    reader = csv.reader(_keeping(lines, held), delimiter=separator, strict=True)
    begins = 1
    try:
        for record in reader:
            if any('"' in field for field in record) and not _one_reading(separator).fullmatch("".join(held)):
                raise irregular(begins, "a quote inside a field", "tanda kutip di dalam isian")
            yield begins, reader.line_num, record
            held.clear()
            begins = reader.line_num + 1
    except csv.Error as wrong:
        if "field larger" in str(wrong):
            en, id = "a field without end: a quote that is never closed?", "isian tanpa akhir: kutip tidak ditutup?"
            raise irregular(begins, en, id) from None
        raise irregular(begins, "unbalanced quotes", "tanda kutip tidak seimbang") from None


def rewritten(
    path: Path, separator: str, width: int, first: int, footer: Footer, limits: Limits, target: Path
) -> tuple[Path, int]:
    """Return `target`, a Parquet file of the records from line `first` on, and how many footer records were left out.

    Without a `width` records may differ: it is the widest one's, and short ones end in nulls.
    Raises Stop naming the line of the first record that has other than `width` fields.
    """
    data = ((line, record) for line, record in records(path, separator, limits) if line >= first)
    if not width:
        width = max((len(record) for _, record in records(path, separator, limits)), default=0)
        data = ((line, record + [""] * (width - len(record))) for line, record in data)
    left: list[int] = []
    kept = _without(data, footer, left)
    schema = pa.schema([(LINE_NO, pa.int64()), *((name, pa.large_string()) for name in places(width))])
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        while batch := list(islice(_fitting(kept, width), BATCH)):
            writer.write_table(pa.table(list(map(list, zip(*batch, strict=True))), schema=schema))
    return target, len(left)


def irregular(line: int, en: str, id: str) -> Stop:
    """Return the error of a record that does not fit."""
    return Stop(
        "irregular_record", f"line {line}: {en}", f"baris {line}: {id}", "correct the line and send the file again"
    )


def _keeping(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    for line in lines:
        held.append(line)
        yield line


@cache
def _one_reading(separator: str) -> re.Pattern[str]:
    """Return what a record looks like whose quotes whoever splits it understands in the same way."""
    mark = re.escape(separator)
    plain, blank = rf'[^"{mark}\r\n]', rf"(?:(?!{mark})[^\S\r\n])"
    bare = rf'(?!{blank}*+"){plain}*+(?:"{plain}*+"{plain}*+)*+'
    field = rf'(?:"(?:[^"]++|"")*+"|{bare})'
    return re.compile(rf"{field}(?:{mark}{field})*+[\r\n]*+")


def _lines(source: IO[str], longest: int) -> Iterator[str]:
    while line := source.readline(longest + 2):
        if len(line) > longest + 1:
            raise too_long(longest)
        yield line


def _without(data: Iterator[tuple[int, list[str]]], footer: Footer, left: list[int]) -> Iterator[tuple[int, list[str]]]:
    finds, waiting = re.compile(footer.pattern), deque[tuple[int, list[str]]]()
    for line, record in data:
        if footer.pattern and finds.search(record[0].strip()):
            left.append(line)
            continue
        waiting.append((line, record))
        if len(waiting) > footer.rows:
            yield waiting.popleft()
    left.extend(line for line, _ in waiting)


def _fitting(data: Iterator[tuple[int, list[str]]], width: int) -> Iterator[list[object]]:
    for line, record in data:
        if len(record) != width:
            raise irregular(
                line, f"{len(record)} fields instead of {width}", f"{len(record)} isian, seharusnya {width}"
            )
        yield [line, *record]
