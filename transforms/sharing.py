"""What several readers of one plan share."""

from __future__ import annotations

import polars as pl


def shared(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return `frame`, computed once however many read it in one collect, with every column.

    `cache()` alone does not hold: the filter of a reader moves through it, and readers with different filters then have a
    copy of all that is below, each. Nothing moves through a function that Polars cannot see into.
    """
    whole = frame.map_batches(_itself, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False)
    return whole.cache()


def _itself(rows: pl.DataFrame) -> pl.DataFrame:
    return rows
