"""Presence of several months as one: every person, residence and workplace once, with the segments of any of the months."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.alike_persons import PLACE_BITS
from transforms.persons import firsts, together, united
from transforms.presence import ANY_SEGMENT
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage import Presence, PresenceEarlier

WIDTH = np.uint64(PLACE_BITS)


def earlier_presence(rows: pl.LazyFrame) -> Lazy[PresenceEarlier]:
    """Return each person and pair of places of `rows` once, with the segments in force there in any row, and no other bits."""
    schema = Presence.polars_schema()
    once = rows.map_batches(
        _once, schema=schema, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False
    )
    return conform(once, PresenceEarlier)


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    order, is_first = together(rows["person_high"].to_numpy(), rows["person_low"].to_numpy())
    residence, workplace = (rows[place].to_numpy().astype(np.uint64)[order] for place in ("residence", "workplace"))
    person = np.cumsum(is_first, dtype=np.uint64)
    keys = (((person << WIDTH) | residence) << WIDTH) | workplace
    by_place = np.argsort(keys)
    begins, order = firsts(keys[by_place]), order[by_place]
    segments = rows["word"].to_numpy()[order].astype(np.uint64) & np.uint64(ANY_SEGMENT)
    word = pl.Series("word", united(segments, begins)).cast(pl.UInt32)
    return rows.select(pl.all().gather(order[begins])).with_columns(word)
