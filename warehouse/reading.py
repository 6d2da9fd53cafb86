"""Reading an extract as text: every value as it was written, with the line it stood on.

The fast reader is used only behind a proof that the file is regular; otherwise a strict one reads record by
record and stops at the first that does not fit the header.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.decoding import is_parquet, plain_text, refuse_spreadsheet
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.rules import LINE_NO, RAW
from warehouse.schema import Extract, Parse

SEPARATORS = (",", ";", "\t", "|")
BATCH = 50_000


class Reading(NamedTuple):
    """The rows of an extract as text, and what was decided or ignored on the way, in both languages."""

    frame: pl.LazyFrame
    notes: tuple[str, ...]


def scan(path: Path, table: type[Extract], dialect: Dialect, scratch: Path) -> Reading:
    """Return the rows of an extract as text: `line_no` and one `raw_` column per declared column, empty as null.

    A CSV counts lines from its header's line, a Parquet file rows from 1. `scratch` is a folder for what has
    to be unpacked or rewritten. Raises Stop when the file cannot be read as declared.
    """
    notes = []
    refuse_spreadsheet(path)
    if is_parquet(path):
        frame = _parquet(path, table)
    else:
        text, encoding = plain_text(path, dialect.encoding, scratch)
        frame = _text(text, table, dialect, scratch)
        if encoding != "utf-8" and not dialect.encoding:
            notes.append(f"dibaca sebagai {encoding} / read as {encoding}: declare the encoding")
    headers = [name for name in frame.collect_schema().names() if name != LINE_NO]
    found = match_columns(headers, table, dialect)
    if unknown := _unknown(headers, table, dialect):
        notes.append(f"kolom diabaikan / columns ignored: {', '.join(unknown)}")
    values = [
        pl.col(found[name]).str.strip_chars() if name in found else pl.lit(None, pl.String) for name in table.arriving()
    ]
    named = [
        pl.when(value != "").then(value).alias(RAW + name) for value, name in zip(values, table.arriving(), strict=True)
    ]
    return Reading(frame.select(pl.col(LINE_NO).cast(pl.Int64), *named), tuple(notes))


def match_columns(headers: Sequence[str], table: type[Extract], dialect: Dialect) -> dict[str, str]:
    """Return the header of every declared column that the file has; order and capitals are free.

    Raises Stop when a header stands twice or a required column is missing, naming the nearest header.
    """
    aliases = {_plain(alias): name for alias, name in dialect.aliases.items()}
    found: dict[str, str] = {}
    for place, header in enumerate(headers, 1):
        name = aliases.get(_plain(header), _plain(header))
        if name in found:
            told = name if name in table.arriving() else f"{list(found).index(name) + 1} / {place}"
            raise Stop(
                "column_twice", f"column {told} stands twice", f"kolom {told} muncul dua kali", "keep one of them"
            )
        found[name] = header
    missing = [name for name, column in table.arriving().items() if column.required and name not in found]
    if missing:
        raise Stop(
            "column_missing", *_missing_text(missing, list(found)), "correct the header, or declare an alias for it"
        )
    return {name: header for name, header in found.items() if name in table.arriving()}


def _unknown(headers: Sequence[str], table: type[Extract], dialect: Dialect) -> list[str]:
    known = set(table.arriving()) | set(table.dropped) | {_plain(alias) for alias in dialect.aliases}
    return [header for header in headers if _plain(header) not in known]


def _missing_text(missing: list[str], headers: list[str]) -> tuple[str, str]:
    words = [header for header in headers if not re.search(r"\d{4}", header)]
    near = {name: get_close_matches(name, words, n=1, cutoff=0.5) for name in missing}
    listed = ", ".join(f"{name} (nearest header: {match[0]})" if match else name for name, match in near.items())
    return f"required columns are missing: {listed}", f"kolom wajib tidak ada: {listed}"


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", header.lstrip("\ufeff").strip().lower()).strip("_")


def _parquet(path: Path, table: type[Extract]) -> pl.LazyFrame:
    frame = pl.scan_parquet(path, row_index_name=LINE_NO, row_index_offset=1)
    schema = frame.collect_schema()
    whole = {name for name, column in table.arriving().items() if column.parse is Parse.WHOLE}
    return frame.select(
        LINE_NO, *(_as_text(name, dtype, _plain(name) in whole) for name, dtype in schema.items() if name != LINE_NO)
    )


def _as_text(name: str, dtype: pl.DataType, whole: bool) -> pl.Expr:
    value = pl.col(name)
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String)).list.join(",")
    if isinstance(dtype, pl.Datetime):
        return value.dt.date().cast(pl.String)
    if dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("Y")).when(~value).then(pl.lit("T")).alias(name)
    if dtype.is_nested() or dtype == pl.Binary:
        return pl.lit(None, pl.String).alias(name)
    if whole and (dtype.is_float() or dtype.is_decimal()):
        return (
            pl.when(value == value.floor())
            .then(value.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(value.cast(pl.String))
        )
    return value.cast(pl.String)


def _text(path: Path, table: type[Extract], dialect: Dialect, scratch: Path) -> pl.LazyFrame:
    separator, headers = _header(path, table, dialect)
    if not _is_regular(path, separator, len(headers), dialect.header_row):
        return pl.scan_parquet(_read_strictly(path, separator, headers, dialect.header_row, scratch))
    return pl.scan_csv(
        path, separator=separator, quote_char=None, infer_schema=False, skip_lines=dialect.header_row - 1,
        row_index_name=LINE_NO, row_index_offset=dialect.header_row + 1,
    )  # fmt: skip


def _header(path: Path, table: type[Extract], dialect: Dialect) -> tuple[str, list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        line = next(islice(lines, dialect.header_row - 1, None), "").rstrip("\r\n")
    if not line:
        raise Stop("empty_file", "the file has no header", "berkas tidak memiliki baris judul", "send the file again")
    known = set(table.arriving()) | {_plain(alias) for alias in dialect.aliases}
    choices = (dialect.separator,) if dialect.separator else SEPARATORS
    split = {mark: next(csv.reader([line], delimiter=mark)) for mark in choices}
    best = max(choices, key=lambda mark: sum(_plain(header) in known for header in split[mark]))
    match_columns(split[best], table, dialect)
    return best, split[best]


def _is_regular(path: Path, separator: str, width: int, header_row: int) -> bool:
    lines = pl.scan_csv(
        path, separator="\x1f", quote_char=None, has_header=False, infer_schema=False, new_columns=["line"],
        skip_lines=header_row - 1, truncate_ragged_lines=True,
    )  # fmt: skip
    line = pl.col("line").fill_null("")
    fits = (line.str.count_matches(separator, literal=True) == width - 1) & ~line.str.contains_any(['"', "\x1f"])
    return bool(lines.select(fits.all()).collect(engine="streaming").item())


def _read_strictly(path: Path, separator: str, headers: list[str], header_row: int, scratch: Path) -> Path:
    target = scratch / f"{path.name}.records.parquet"
    schema = pa.schema([(LINE_NO, pa.int64()), *((header, pa.large_string()) for header in headers)])
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        records = _records(path, separator, len(headers), header_row)
        while batch := list(islice(records, BATCH)):
            writer.write_table(pa.table(list(map(list, zip(*batch, strict=True))), schema=schema))
    return target


def _records(path: Path, separator: str, width: int, header_row: int) -> Iterator[list[object]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        begins = 1
        try:
            for record in reader:
                if begins > header_row and record:
                    if len(record) != width:
                        raise _irregular(
                            begins,
                            f"{len(record)} fields instead of {width}",
                            f"{len(record)} isian, seharusnya {width}",
                        )
                    yield [begins, *record]
                begins = reader.line_num + 1
        except csv.Error:
            raise _irregular(begins, "unbalanced quotes", "tanda kutip tidak seimbang") from None


def _irregular(line: int, en: str, id: str) -> Stop:
    return Stop(
        "irregular_record", f"line {line}: {en}", f"baris {line}: {id}", "correct the line and send the file again"
    )
