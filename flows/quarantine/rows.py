"""The rows of a file again as they were sent, read from landing: personal data, for the eyes of operators only."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import polars as pl

from flows.at_rest.landed import opened
from flows.at_rest.settings import LandingSettings
from flows.gating import SCRATCH, extract_of
from warehouse import reading
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.layouts.headers import expected, places, plain
from warehouse.ledger import Delivery
from warehouse.rules import LINE_NO


class Sent(NamedTuple):
    """Rows in the sender's own columns: the headers, where each declared column stands (from 0), and the cells as c1...cn."""

    headers: tuple[str, ...]
    places: dict[str, int]
    rows: pl.DataFrame


def raw_rows(home: Home, path: Path, kind: str, dialect: Dialect) -> pl.DataFrame:
    """Return `line_no` and the raw text of every declared column of a file of a kind."""
    with tempfile.TemporaryDirectory(dir=home.landing, prefix=SCRATCH) as scratch:
        return reading.scan(path, extract_of(kind), dialect, Path(scratch)).frame.collect(engine="streaming")


def landed_rows(home: Home, delivery: Delivery, dialect: Dialect, settings: LandingSettings) -> pl.DataFrame:
    """Return the rows of a delivery as `raw_rows` does. Raises Stop when landing holds its file no more."""
    with tempfile.TemporaryDirectory(dir=home.landing, prefix=SCRATCH) as scratch:
        return raw_rows(home, opened(home, delivery.sha256, Path(scratch), settings), delivery.kind, dialect)


def sent_rows(
    home: Home, delivery: Delivery, dialect: Dialect, lines: Collection[int], settings: LandingSettings
) -> Sent:
    """Return lines of a delivery in the columns and the order in which they were sent.

    Raises Stop when a line of the gate is not one line of the file: of a table that the layout turned around; and when
    landing holds the file no more.
    """
    table = extract_of(delivery.kind)
    known = expected(table, dialect)
    with tempfile.TemporaryDirectory(dir=home.landing, prefix=SCRATCH) as scratch:
        file = reading.opened(
            opened(home, delivery.sha256, Path(scratch), settings), dialect, Path(scratch),
            score=lambda headers: sum(plain(header) in known for header in headers),
        )  # fmt: skip
        rows = file.frame.filter(pl.col(LINE_NO).is_in(list(lines))).collect(engine="streaming").sort(LINE_NO)
        found = places(file.headers, table, dialect)
    if rows[LINE_NO].to_list() != sorted(lines):
        en, id = "its rows are not lines of the file", "barisnya bukan baris berkas"
        raise Stop("rows_not_of_the_file", en, id, "correct the table as a whole / perbaiki tabelnya secara utuh")
    return Sent(file.headers, {name: place - 1 for name, place in found.items()}, rows)
