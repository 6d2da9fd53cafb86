"""How tables join: no foreign key is declared, so a join is implied by a column that can hold the key of a dimension.

That is a column with the name and the type of the only key of a dimension, whose values, where both say which they are,
are all among those of the dimension.
"""

from __future__ import annotations

from typing import NamedTuple

import warehouse.tables  # noqa: F401  (declares every table)
from warehouse.schema import Table, tables_of


class Join(NamedTuple):
    """A column of a table that holds the key of a dimension."""

    table: type[Table]
    column: str
    dimension: type[Table]


def dimensions() -> list[type[Table]]:
    """Return the dimensions that tables join: those of schema mart with one key column that another table holds."""
    named = [table for table in tables_of("mart") if table.name.startswith("dim_") and len(table.key()) == 1]
    return [table for table in named if any(held(other, table) for other in _joining())]


def joins() -> list[Join]:
    """Return every implied join of the tables of mart and core, in order of declaration."""
    return [
        Join(table, name, dimension)
        for table in _joining()
        for name in table.columns
        for dimension in dimensions()
        if name in held(table, dimension)
    ]


def held(table: type[Table], dimension: type[Table]) -> tuple[str, ...]:
    """Return the column of `table` that holds the key of `dimension`; none, or none for the dimension itself."""
    (key,) = dimension.key()
    if table is dimension or key not in table.columns:
        return ()
    mine, theirs = table.columns[key], dimension.columns[key]
    fits = not (mine.values and theirs.values) or set(mine.values) <= set(theirs.values)
    return (key,) if mine.dtype == theirs.dtype and fits else ()


def _joining() -> list[type[Table]]:
    return [*tables_of("mart"), *tables_of("core")]
