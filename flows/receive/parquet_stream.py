"""Rows that come in batches, as the bytes of one Parquet file that depend on the rows alone."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 100_000


def parquet(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield a Parquet file piece by piece, holding one group of rows at a time. How the rows were cut does not matter."""
    outbox = _Outbox()
    with pq.ParquetWriter(outbox, schema, compression="zstd") as writer:
        for group in _groups(schema, batches):
            writer.write_table(group)
            yield from outbox.emptied()
    yield from outbox.emptied()


def _groups(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        plain = pa.record_batch(
            [batch[name].cast(kind) for name, kind in zip(schema.names, schema.types, strict=True)], schema=schema
        )
        while rows + plain.num_rows >= ROWS_PER_GROUP:
            taken = ROWS_PER_GROUP - rows
            yield pa.Table.from_batches([*held, plain.slice(0, taken)]).combine_chunks()
            plain, held, rows = plain.slice(taken), [], 0
        held.append(plain)
        rows += plain.num_rows
    if rows:
        yield pa.Table.from_batches(held).combine_chunks()


class _Outbox(io.RawIOBase):
    """Takes what is written and hands it on."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.written = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        taken = bytes(piece)
        self.pieces.append(taken)
        self.written += len(taken)
        return len(taken)

    def tell(self) -> int:
        return self.written

    def emptied(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        pieces, self.pieces = self.pieces, []
        yield from pieces
