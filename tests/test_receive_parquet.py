"""A Parquet file out of rows that come in batches: the rows alone decide its bytes."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.receive.parquet_stream import parquet


@pytest.mark.parametrize("cuts", [[25], [1] * 25, [9, 2, 14], [10, 10, 5], [0, 25, 0]])
def test_the_same_rows_are_the_same_bytes_however_they_come(monkeypatch: pytest.MonkeyPatch, cuts: list[int]) -> None:
    monkeypatch.setattr("flows.receive.parquet_stream.ROWS_PER_GROUP", 10)
    table = pa.table({"n": range(25), "isi": [str(n) for n in range(25)]})
    starts = [sum(cuts[:place]) for place in range(len(cuts))]
    batches = [
        pa.record_batch(table.slice(start, rows).to_pydict(), table.schema)
        for start, rows in zip(starts, cuts, strict=True)
    ]
    found = b"".join(parquet(table.schema, batches))
    assert found == b"".join(parquet(table.schema, table.to_batches()))
    file = pq.ParquetFile(io.BytesIO(found))
    assert [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)] == [10, 10, 5]
    assert file.read() == table
