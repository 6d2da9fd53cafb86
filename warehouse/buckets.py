"""Lake files in buckets: rows whose values share their upper bits lie together, so that a part of all rows is read alone.

A file is written as rows come, a lot at a time; of every lot each bucket is a row group of its own, which tells its least
and its greatest value. Memory is that of a lot when it is written and that of a part when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

from warehouse.lake import lots
from warehouse.lot_file import lot_file

BITS, BUCKET_BITS = 64, 6
BUCKETS = 1 << BUCKET_BITS


def write(frame: pl.LazyFrame, by: str, path: Path, lot: int, key: str = "") -> Path:
    """Compute `frame` in a stream, `lot` rows at once, and place it as `write_lots` does."""
    return write_lots(lots(frame, lot), frame.collect_schema(), by, path, key)


def write_lots(rows: Iterable[pl.DataFrame], schema: pl.Schema, by: str, path: Path, key: str = "") -> Path:
    """Place lots of rows at `path`, whole or not at all, each in buckets by the unsigned column `by`.

    `key` names the key of its tokens, if any.
    """
    repeating = [name for name, dtype in schema.items() if dtype != pl.UInt64]
    with lot_file(path, schema, key, use_dictionary=repeating, write_statistics=[by]) as file:
        for lot in rows:
            bucket = (lot[by].to_numpy() >> (BITS - BUCKET_BITS)).astype(np.uint8)
            ordered = lot.select(pl.all().gather(np.argsort(bucket, kind="stable"))).to_arrow()
            begins = 0
            for size in np.bincount(bucket, minlength=BUCKETS):
                if size:
                    file.write_table(ordered.slice(begins, size))
                begins += size
    return path


def part_of(frame: pl.LazyFrame, by: str, number: int, parts: int) -> pl.LazyFrame:
    """Return the rows of one of `parts` equal ranges of the values of `by`; read from buckets, little else is looked at."""
    width = (1 << BITS) // parts
    least, most = (pl.lit(bound, pl.UInt64) for bound in (number * width, (number + 1) * width - 1))
    return frame.filter(pl.col(by).is_between(least, most))
