"""Rejected rows as people may see them: a value shows only where it was read as what its column holds.

Otherwise only its shape shows, letters as a and digits as #, for a NIK or a name may stand in any column.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.rules import RAW
from warehouse.schema import Column, Extract, Parse

FREE = (Parse.TEXT, Parse.CODE, Parse.IDENTIFIER)
LONG_NUMBER = r"\p{N}{9,}"


def masked_row(table: type[Extract], explained: Sequence[pl.Expr] = ()) -> pl.Expr:
    """Return the row of an extract as JSON under the names it arrived with, null where empty, then what is `explained`."""
    shown = [_shown(column).alias(name) for name, column in table.arriving().items()]
    return pl.struct(*shown, *explained).struct.json_encode().alias("masked_row")


def _shown(column: Column) -> pl.Expr:
    text = pl.col(RAW + column.arrives_as)
    shape = text.str.replace_all(r"\p{L}", "a").str.replace_all(r"\p{N}", "#")
    if column.personal or column.pseudonym:
        return shape
    if column.parse in FREE and not column.values:
        return text.str.replace_all(LONG_NUMBER, "#")
    return pl.when(_reads_well(column)).then(text).otherwise(shape)


def _reads_well(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    kept = [value.is_not_null()]
    if column.values:
        kept.append(value.is_in(column.values))
    if column.minimum is not None:
        kept.append(value >= column.minimum)
    if column.maximum is not None:
        kept.append(value <= column.maximum)
    return pl.all_horizontal(kept)
