"""Of the rows of lake files those alone that a change can concern: those that differ, and those that are found by their keys.

Of a file little is read where keys are looked for, and most files hold nobody who is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from flows.copies import is_of
from warehouse import lake
from warehouse.calendar import Version
from warehouse.rules import LINE_NO
from warehouse.schema import Extract, Lazy, TableT, conform

LOT = 16_000
FILE, NUMBER = "file", "number"
Select = Callable[[pl.LazyFrame], pl.LazyFrame]


class TooManyError(Exception):
    """A frame has more rows than may be held."""


def at_most(frame: pl.LazyFrame, rows: int) -> pl.LazyFrame:
    """Return the rows of a frame, held, in no order. Raises TooManyError where they are more: hardly more than that are held."""
    held, found = 0, [pl.DataFrame(schema=frame.collect_schema())]
    for lot in lake.lots(frame, LOT):
        held += lot.height
        if held > rows:
            raise TooManyError
        found.append(lot)
    return pl.concat(found).lazy()


def near(
    paths: Mapping[Path, Collection[int]], table: type[Extract], version: Version, select: Select, most: int
) -> pl.LazyFrame:
    """Return the rows that `select` picks of a version in lake files, without the lines that are left out of each, held.

    Raises TooManyError where more than `most` are picked.
    """
    found = lines_near([*paths], table, version, select, most)
    picked = [rows_at(path, lines.filter(~lines.is_in(list(paths[path])))) for path, lines in found.items()]
    return lake.few(conform(pl.concat(picked), table)).lazy() if picked else lake.rows_of([], table)


def lines_near(
    paths: Sequence[Path], table: type[Extract], version: Version, select: Select, most: int
) -> dict[Path, pl.Series]:
    """Return, of the files that hold any, the lines of the rows that `select` picks of a version.

    Raises TooManyError where more than `most` are picked.
    """
    if not paths:
        return {}
    rows = lake.beside_path(paths, FILE).filter(is_of(table, version))
    found = lake.few(at_most(select(rows).select(FILE, LINE_NO), most)).partition_by(FILE, as_dict=True)
    return {path: found[str(path),][LINE_NO] for path in paths if (str(path),) in found}


def rows_at(path: Path, lines: pl.Series) -> pl.LazyFrame:
    """Return the rows of some lines of a lake file."""
    return lake.gated(path).filter(pl.col(LINE_NO).is_in(lines.implode()))


def differing(gone: pl.LazyFrame, come: pl.LazyFrame, table: type[TableT]) -> Lazy[TableT]:
    """Return the rows that are not as often among those that have come as among those that are gone."""
    counted = [rows.with_columns(pl.lit(number).alias(NUMBER)) for number, rows in ((1, gone), (-1, come))]
    summed = pl.concat(counted).group_by([*table.stored_columns()]).agg(pl.col(NUMBER).sum())
    return conform(summed.filter(pl.col(NUMBER) != 0), table)
