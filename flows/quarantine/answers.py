"""Answers: files in which a sender sends rejected rows back, each with the mark of the row it answers.

The mark is a column of its own, written by the export. It names the content and the line, never a person.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from warehouse import reading
from warehouse.dialect import Dialect
from warehouse.disk import refusal_of
from warehouse.rules import LINE_NO, RAW
from warehouse.schema import Column, Extract
from warehouse.spreadsheet_writer import GUARDED

MARK = "cakupan_asal"
OF_LINE, OF_CONTENT = "of_line", "of_content"
FORM = r"^(?i:c)([0-9a-f]{12})-(\d{1,12})$"
LOOKED_AT = 1 << 18
GZIP = b"\x1f\x8b"
TEXTS_OF_SHEETS = re.compile(r"(?i)sharedstrings|worksheets/sheet|content\.xml$")
SEVERAL = (
    "answers_several_files",
    "the rows answer rows of several files",
    "baris-barisnya menjawab beberapa berkas",
    "kirim satu berkas untuk setiap berkas yang dijawab / send one file for each file that is answered",
)
AS_IN_THE_FIRST = (
    "decimal", "thousands", "date_formats", "code_system", "aliases", "layout", "layouts", "constants", "missing", "bare_names",
)  # fmt: skip


class Answer(Extract, grain="one row per row sent back"):
    """The one column by which a row says which rejected row it answers."""

    mark = Column(pl.String(), "Content and line of the row it answers.", "text", arrives_as=MARK, required=True)


def mark(sha256: str, line: int) -> str:
    """Return the mark of a row: a word that no spreadsheet takes for a number or a date."""
    return f"C{sha256[:12]}-{line}"


def marks(sha256: str) -> pl.Expr:
    """Return the marks of rows of a content by their `line_no`."""
    return pl.format("C{}-{}", pl.lit(sha256[:12]), pl.col(LINE_NO)).alias(MARK)


def is_answer(path: Path) -> bool:
    """Return whether the head of a file bears the column of marks; nothing but the head is read."""
    words = [MARK.encode(), MARK.upper().encode(), MARK.encode("utf-16-le"), MARK.upper().encode("utf-16-le")]
    return any(word in head for head in _heads(path) for word in words)


def _heads(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        head = source.read(LOOKED_AT)
    yield head
    if head.startswith(GZIP):
        yield zlib.decompressobj(31).decompress(head, LOOKED_AT)
    elif head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as packed:
                for name in [one for one in packed.namelist() if TEXTS_OF_SHEETS.search(one)][:8]:
                    with packed.open(name) as member:
                        yield member.read(LOOKED_AT)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error) as broken:
            if refused := refusal_of(broken):
                raise refused from None
            return


def references(path: Path, scratch: Path) -> pl.LazyFrame:
    """Return, by `line_no` of an answer, the head of the SHA-256 and the line of the row it answers; null where unreadable."""
    text = reading.scan(path, Answer, Dialect(), scratch).frame
    found = pl.col(RAW + MARK).str.replace_all(r"\s", "").str.to_lowercase()
    return text.select(
        LINE_NO,
        found.str.extract(FORM, 1).alias(OF_CONTENT),
        found.str.extract(FORM, 2).cast(pl.Int64).alias(OF_LINE),
    )


def as_sent(text: pl.LazyFrame) -> pl.LazyFrame:
    """Return the raw texts of an answer without the apostrophe that keeps a spreadsheet from reckoning with them."""
    apart = pl.col(f"^{RAW}.*$").str.replace(GUARDED, "$1")
    return text.with_columns(apart.str.strip_chars())


def dialect_of_answers(first: Dialect) -> Dialect:
    """Return the dialect in which a file that we exported comes back: what the cells mean is as in the first file."""
    return replace(Dialect(), **{name: getattr(first, name) for name in AS_IN_THE_FIRST})
