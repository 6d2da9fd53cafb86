"""Contributions without what is settled, made of a part of the payers at a time and kept in the lake."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl

from flows.ceiling import rows_at_once
from flows.context import Load
from flows.parts import SCRATCH
from transforms.parting import PAYER
from transforms.settled_past import settled_past
from warehouse import lake
from warehouse.calendar import dim_month
from warehouse.lot_file import lot_file
from warehouse.tables.contribution_history import ContributionHistory

BYTES_A_ROW = 64


def settle(load: Load, rows: pl.LazyFrame, through: date, path: Path) -> None:
    """Place at `path` what `settled_past` makes of the rows, of months up to `through`."""
    months, schema = dim_month(), ContributionHistory.polars_schema()
    with _parts(load, rows) as parts, lot_file(path, schema, load.pseudonyms.fingerprint()) as file:
        for part in parts:
            file.write_table(lake.few(settled_past(part, months, through)).to_arrow())


@contextmanager
def _parts(load: Load, rows: pl.LazyFrame) -> Iterator[list[pl.LazyFrame]]:
    """Yield the rows in parts, those of a payer in one: as many as the memory wants, written once more where they are several."""
    parts = -(-lake.height(rows) // rows_at_once(load.settings.most_memory(), BYTES_A_ROW))
    if parts < 2:
        yield [rows]
        return
    with tempfile.TemporaryDirectory(dir=load.home.lake, prefix=SCRATCH) as scratch:
        yield [lake.gated(path) for path in lake.spread(rows, PAYER % parts, Path(scratch) / "rows", parts)]
