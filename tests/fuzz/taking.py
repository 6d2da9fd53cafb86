"""What takes bad input in, and what must hold then: an answer that says what was given, or a Stop that names no person."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from flows.gating import extract_of, gazetteers
from tests.fuzz.making import Row, plain, text_file, workbook
from tests.fuzz.people import Lost, require_discreet
from transforms.standardize import standardize
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import Reading, scan
from warehouse.rules import LINE_NO, RAW, raw
from warehouse.schema import Extract
from warehouse.tables.membership import Membership

Take = Callable[[bytes], None]
DIALECTS = (Dialect(), Dialect(decimal=",", thousands=".", date_formats=("%d-%m-%Y",), code_system="bps"))


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Let a Stop end the block, unless it names a person."""
    try:
        yield
    except Stop as stop:
        require_discreet([str(stop), stop.en, stop.id, stop.cure])


@contextlib.contextmanager
def landed(content: bytes) -> Iterator[Path]:
    """Yield a file with the content, in a folder of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "landed"
        path.write_bytes(content)
        yield path


def reading(table: type[Extract], dialect: Dialect = DIALECTS[0]) -> Take:
    """Return what reads a file of a kind to its end, types included."""

    def take(content: bytes) -> None:
        with landed(content) as path, refused():
            _whole(scan(path, table, dialect, path.parent), table, dialect)

    return take


def recipe_of_text(content: bytes) -> None:
    """Read the text that a recipe describes: refused, or every row on its line as it was given."""
    recipe = json.loads(content)
    _held_to(recipe, *text_file(recipe), Dialect())


def recipe_of_book(content: bytes) -> None:
    """Read the workbook that a recipe describes: refused, or every text in its place as it was given."""
    recipe = json.loads(content)
    _held_to(recipe, *workbook(recipe), Dialect(header_row=recipe["above"] + 1))


def _held_to(recipe: Mapping[str, Any], content: bytes, wanted: list[Row], dialect: Dialect) -> None:
    table = extract_of(recipe["kind"])
    with landed(content) as path, refused():
        frame = _whole(scan(path, table, dialect, path.parent), table, dialect)
        columns = [LINE_NO, *(RAW + header for header in recipe["headers"])]
        found = {line: cells for line, *cells in frame.select(columns).iter_rows()}
        for line, cells in wanted:
            there = found.pop(line, None)
            if there is None and not any(cells):
                continue
            if there is None or not all(_same(one, other) for one, other in zip(there, cells, strict=True)):
                raise Lost(f"line {line} of {len(wanted)} rows is not what was given")
        if any(any(cells) for cells in found.values()) and recipe.get("format", "") == "":
            raise Lost(f"{len(found)} rows that nobody gave")


def _same(found: str | None, given: str | None) -> bool:
    return given is None or (None if found is None else plain(found)) == given


def _whole(read: Reading, table: type[Extract], dialect: Dialect) -> pl.DataFrame:
    """Return the rows with their raw texts, after everything was decoded and every value was parsed."""
    require_discreet([*read.notes, *(str(rule) for rule in read.left_out)])
    frame = read.frame.collect(engine="streaming")
    parsed = standardize(frame.lazy(), table, dialect, gazetteers(dialect.code_system)).collect()
    if parsed.height != frame.height:
        raise Lost(f"{frame.height} rows became {parsed.height}")
    return frame


def values(content: bytes) -> None:
    """Parse texts, one in a NUL, as every column of every way of writing; whole numbers that are plain must stay."""
    texts = [text or None for text in content.decode("utf-8", "replace").split("\0")]
    columns = {raw(column): texts for column in Membership.arriving().values()}
    frame = pl.LazyFrame(
        {LINE_NO: range(1, len(texts) + 1), **columns}, schema_overrides=dict.fromkeys(columns, pl.String)
    )
    for dialect in DIALECTS:
        parsed = standardize(frame, Membership, dialect, gazetteers(dialect.code_system)).collect()
        for text, wage in zip(texts, parsed["wage_idr"], strict=True):
            if text and text.isascii() and text.isdigit() and len(text) < 16 and wage != int(text):
                raise Lost(f"a whole number became {wage}")


def foreseen(take: Callable[[str], object]) -> Take:
    """Return what takes a text of a person at the terminal and may refuse it, quoting it."""

    def taken(content: bytes) -> None:
        with contextlib.suppress(Stop):
            take(content.decode("utf-8", "replace"))

    return taken
