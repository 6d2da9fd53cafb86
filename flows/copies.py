"""Rows of a version that stand in several of its files: found once, and left out of every file but the first by name.

Two rows with one key have one hash. So rows are compared by the whole key only where their hash occurs again, which is
next to nowhere, and what is held of all others is the hash alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from warehouse import lake
from warehouse.calendar import Version
from warehouse.rules import LINE_NO
from warehouse.schema import Extract

FILE = "file"
LOT = 1_000_000


def rows_with_place(paths: Sequence[Path], table: type[Extract], version: Version) -> pl.LazyFrame:
    """Return the rows of a version in several lake files, with their line and, as `file`, the place of their file."""
    return lake.numbered(paths, FILE).filter(is_of(table, version))


def is_first_of_key(table: type[Extract]) -> pl.Expr:
    """Return whether a row is the first with its key, or lacks what a key needs."""
    return ~is_comparable(table) | pl.struct(table.unique).is_first_distinct()


def copies(paths: Sequence[Path], table: type[Extract], version: Version) -> dict[int, list[int]]:
    """Return, by the place of a file, the lines whose key an earlier file or line holds; files without any are not named."""
    key = pl.struct(table.unique)
    mine = is_of(table, version) & is_comparable(table)
    hashes = np.empty(sum(map(lake.count, paths)), np.uint64)
    known = 0
    for lot in lake.lots(lake.gated(*paths).filter(mine).select(hash=key.hash()), LOT):
        hashes[known : known + lot.height] = lot["hash"].to_numpy()
        known += lot.height
    hashes = hashes[:known]
    hashes.sort()
    again = pl.Series(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
    if again.is_empty():
        return {}
    is_suspect = is_comparable(table) & key.hash().is_in(again.implode())
    rows = rows_with_place(paths, table, version).filter(is_suspect)
    suspects = lake.few(rows.select(FILE, LINE_NO, *table.unique))
    found = suspects.sort(FILE, LINE_NO).filter(~key.is_first_distinct()).group_by(FILE).agg(LINE_NO)
    return dict(found.iter_rows())


def rows_but(
    left_out: Mapping[int, Sequence[int]], paths: Sequence[Path], table: type[Extract], version: Version
) -> pl.LazyFrame:
    """Return the rows of a version in several lake files, but for the lines left out of a file, by its place."""
    others = [path for place, path in enumerate(paths) if place not in left_out]
    frames = [lake.gated(*others)] if others else []
    frames += [
        lake.gated(paths[place]).filter(~pl.col(LINE_NO).is_in(list(lines))) for place, lines in left_out.items()
    ]
    return pl.concat(frames).filter(is_of(table, version))


def is_of(table: type[Extract], version: Version) -> pl.Expr:
    """Return whether a row is of a version."""
    day = pl.col("as_of_date") == version.as_of_date
    return day & (pl.col("month") == version.month) if table.monthly else day


def is_comparable(table: type[Extract]) -> pl.Expr:
    """Return whether a row has what its key needs."""
    return pl.all_horizontal(pl.col(name).is_not_null() for name in table.unique_needs)
