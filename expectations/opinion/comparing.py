"""Two answers to one question, held against each other to the unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from expectations.opinion import Opinion, conformed
from warehouse import lake
from warehouse.asking import literal
from warehouse.ledger import Check
from warehouse.schema import Fact

RULE = "equals_second_engine"
HIDDEN_UNITS = ("id", "text", "token", "url")
HIDDEN, PLACES = "…", 12
SECOND = "_second"
AT_ONCE = 200_000
"""How many rows are held against each other at once, but for those of one regency, which are never parted."""
REGION = "region_code"


@dataclass(frozen=True)
class Differences:
    """How many cells two answers have between them, how many differ, and the first that does, in codes and counts."""

    cells: int
    differing: int = 0
    first: str = ""

    def __add__(self, other: Differences) -> Differences:
        """Return those of two parts together."""
        return Differences(self.cells + other.cells, self.differing + other.differing, self.first or other.first)


def compared(first: pl.LazyFrame, second: Opinion, table: type[Fact], subject: str) -> Check:
    """Return whether the rows of a fact equal those of the second opinion, in every cell; no more of them are in memory than have to be."""
    found = Differences(0)
    for part, where in _parts(first, table):
        rows = lake.held(first.filter(part))
        found += differences(conformed(rows, table), conformed(second.found(where), table), table)
    seen = f"{found.differing} of {found.cells} cells differ" + (f": {found.first}" if found.first else "")
    return Check(table.name, RULE, "second_engine", subject, seen, "0", "critical", found.differing == 0)


def _parts(rows: pl.LazyFrame, table: type[Fact]) -> Iterator[tuple[pl.Expr, str]]:
    """Yield conditions, for Polars and for SQL, that part all rows there can be by ranges of regions."""
    if REGION not in table.stored_columns():
        yield pl.lit(True), "true"
        return
    code, sql = pl.col(REGION).cast(pl.String).fill_null(""), f"coalesce({REGION}, '')"
    sizes = rows.group_by(code).len().sort(REGION).with_columns(part=pl.col("len").cum_sum() // AT_ONCE)
    later = lake.few(sizes.group_by("part").agg(pl.col(REGION).min()).sort("part"))[REGION].to_list()[1:]
    for start, end in zip(["", *later], [*later, None], strict=True):
        if end is None:
            yield code >= start, f"{sql} >= {literal(start)}"
        else:
            yield (
                code.is_between(pl.lit(start), pl.lit(end), closed="left"),
                f"{sql} >= {literal(start)} AND {sql} < {literal(end)}",
            )


def differences(first: pl.DataFrame, second: pl.DataFrame, table: type[Fact]) -> Differences:
    """Return in how many cells two frames of a table differ; a row that only one of them has differs in all of its cells.

    Fractions are equal when they are to the twelfth place.
    """
    columns = table.stored_columns()
    floats = [pl.col(name).round(PLACES) for name, column in columns.items() if column.dtype.is_float()]
    one, other = (frame.with_columns(floats).sort(list(columns)) for frame in (first, second))
    cells = max(one.height, other.height) * len(columns)
    if one.equals(other):
        return Differences(cells)
    key = list(table.key())
    numbered = [
        frame.with_columns(pl.int_range(pl.len()).over(key).alias("nth"), pl.lit(True).alias("is_there"))
        for frame in (one, other)
    ]
    both = numbered[0].join(numbered[1], on=[*key, "nth"], how="full", suffix=SECOND, coalesce=True, nulls_equal=True)
    compared = ["is_there", *(name for name in columns if name not in key)]
    unlike = both.with_columns(pl.col(name).ne_missing(pl.col(name + SECOND)).alias(f"{name} ≠") for name in compared)
    marks = [f"{name} ≠" for name in compared]
    wrong = unlike.filter(pl.any_horizontal(marks)).sort(key)
    return Differences(cells, int(wrong.select(pl.sum_horizontal(pl.col(marks).sum())).item()), _first(wrong, table))


def _first(wrong: pl.DataFrame, table: type[Fact]) -> str:
    """Return the key, the column and the two values of the first cell that differs; what may name somebody is left out."""
    row = wrong.row(0, named=True)
    key = ", ".join(
        f"{name}={_shown(table, name, row[name])}" for name in table.key() if name not in ("month", "as_of_date")
    )
    if not (row["is_there"] and row[f"is_there{SECOND}"]):
        return f"{key or '-'}: row " + (
            "not found by the second engine" if row["is_there"] else "found by the second engine alone"
        )
    column = next(name for name in table.stored_columns() if row.get(f"{name} ≠"))
    values = (_shown(table, column, row[name]) for name in (column, column + SECOND))
    return f"{key or '-'}: {column} {next(values)}, second engine {next(values)}"


def _shown(table: type[Fact], name: str, value: object) -> str:
    return HIDDEN if table.columns[name].unit in HIDDEN_UNITS and value is not None else str(value)
