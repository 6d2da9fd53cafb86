"""Finds words in the files of a folder, whatever holds them: text, JSON, HTML, Parquet, DuckDB, SQLite, gzip, zip.

A word is found in capitals or not, with separators in it, with `.0` behind it, as an escape or entity, and, when it
is a number, as an integer or a float. Files are also searched as bytes, so that what was deleted is found where its
bytes remain.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import polars as pl

from warehouse.store import query

NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
SHORTEST = 8
RUN = re.compile(rb"[0-9A-Za-z]{8,}")
WIDE_RUN = re.compile(rb"(?:[0-9A-Za-z]\0){8,}")
Found = dict[str, set[str]]
COLUMNS = "SELECT DISTINCT table_schema, table_name FROM information_schema.columns ORDER BY ALL"


class Words:
    """The words that are looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        """Know the words in every way they may be written."""
        self.folded = {fold(word): word for word in words}
        self.numbers = {int(word): word for word in self.folded if word.isdigit() and int(word) < 1 << 63}
        if short := [word for word in self.folded if len(word) < SHORTEST]:
            raise ValueError(f"too short to be told from chance: {short}")

    def in_text(self, text: str) -> set[str]:
        """Return the words that stand in a text, or in what a reader of JSON or HTML makes of it."""
        seen = [fold(view) for view in _views(text)]
        return {word for folded, word in self.folded.items() if any(folded in view for view in seen)}

    def in_bytes(self, data: bytes) -> set[str]:
        """Return the words whose bytes stand in `data`, as text or as an integer of eight bytes."""
        runs = b" ".join(RUN.findall(data) + [wide.replace(b"\0", b"") for wide in WIDE_RUN.findall(data)])
        text = runs.decode("ascii").casefold()
        found = {word for folded, word in self.folded.items() if folded in text}
        return found | {self.folded[self.numbers[number]] for number in self._packed_in(data)}

    def _packed_in(self, data: bytes) -> set[int]:
        found: set[int] = set()
        for offset in range(min(8, max(0, len(data) - 7))):
            for order in ("<u8", ">u8"):
                packed = np.frombuffer(data, order, (len(data) - offset) // 8, offset)
                found.update(packed[np.isin(packed, np.array([*self.numbers], order))].tolist())
        return found

    def in_file(self, path: Path) -> set[str]:
        """Return the words in a file, read as bytes and as what it is."""
        data = path.read_bytes()
        found = self.in_bytes(data)
        for text in _texts(data, path):
            found |= self.in_text(text)
        return found

    def in_folder(self, folder: Path, *, without: Iterable[str] = ()) -> Found:
        """Return the words in the files of a folder by the path they were found at, paths included.

        Folders named in `without`, directly below, are left out.
        """
        left_out = tuple(folder / name for name in without)
        files = [path for path in folder.rglob("*") if not any(path.is_relative_to(one) for one in left_out)]
        found = {
            str(path.relative_to(folder)): self.in_text(path.name) | (self.in_file(path) if path.is_file() else set())
            for path in files
        }
        return {name: words for name, words in found.items() if words}


def fold(text: str) -> str:
    """Return a text without case, marks, spaces or forms of letters."""
    return NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).casefold())


def _views(text: str) -> Iterator[str]:
    yield text
    yield html.unescape(text)
    for part in {text, *text.splitlines()} if "\\" in text else ():
        try:
            yield json.dumps(json.loads(part), ensure_ascii=False)
        except ValueError:
            continue


def _texts(data: bytes, path: Path) -> Iterator[str]:
    if data.startswith(b"\x1f\x8b"):
        yield from _texts(gzip.decompress(data), path)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield from (name, *_texts(packed.read(name), path))
    elif data.startswith(b"PAR1"):
        yield from _frame_texts(pl.read_parquet(io.BytesIO(data)))
    elif data[8:12] == b"DUCK":
        for schema, table in query(path, COLUMNS).iter_rows():
            yield from _frame_texts(query(path, f'SELECT CAST(COLUMNS(*) AS VARCHAR) FROM "{schema}"."{table}"'))
    elif data.startswith(b"SQLite format 3"):
        yield from _sqlite_texts(path)
    elif b"\0" not in data[:1024]:
        yield data.decode("utf-8", errors="replace")


def _frame_texts(frame: pl.DataFrame) -> Iterator[str]:
    for column in frame:
        if column.dtype == pl.Binary:
            yield "\n".join(value.decode("latin-1") for value in column.drop_nulls())
        elif column.dtype.is_nested():
            yield json.dumps(column.drop_nulls().to_list(), default=str, ensure_ascii=False)
        else:
            yield "\n".join(column.cast(pl.String).drop_nulls().unique())


def _sqlite_texts(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield " ".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row)
