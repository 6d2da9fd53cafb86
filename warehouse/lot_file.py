"""Lake files that are written a lot of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from warehouse.lake import marked
from warehouse.seals import sealed


@contextmanager
def lot_file(path: Path, schema: pl.Schema, key: str = "", **options: Any) -> Iterator[pq.ParquetWriter]:
    """Yield the writer of a file that is placed at `path`, whole or not at all; `key` names the key of its tokens, if any."""
    empty = pl.DataFrame(schema=schema).to_arrow().schema.with_metadata(marked(key))
    with sealed(path) as beside, pq.ParquetWriter(beside, empty, compression="zstd", **options) as file:
        yield file
