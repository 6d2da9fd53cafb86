"""Broken and hostile Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

BROKEN = ("unreadable_file", "file_kills_reader")
ROWS = 200


def inputs() -> Iterator[tuple[Any, ...]]:
    """Yield name, content, and the rules by which each may be refused; an empty rule: it may also be read right."""
    whole = _good()
    for share in (3, 20, 50, 80, 99):
        yield f"cut at {share}%", whole[: max(len(whole) * share // 100, 4)], *BROKEN
    for place in range(4, len(whole) - 8, max((len(whole) - 12) // 24, 1)):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        yield (
            f"a wrong byte at {place}",
            bytes(changed),
            *BROKEN,
            "too_many_rows",
            "expands_too_much",
            "column_missing",
            "column_twice",
            "",
        )
    yield "only its first bytes", b"PAR1", *BROKEN
    yield "first and last bytes", b"PAR1PAR1", *BROKEN
    yield "a footer longer than the file", b"PAR1" + bytes(40) + (1 << 30).to_bytes(4, "little") + b"PAR1", *BROKEN
    yield "a footer of zeros", b"PAR1" + bytes(400) + (200).to_bytes(4, "little") + b"PAR1", *BROKEN
    yield "no columns", _written(pa.table({})), *BROKEN, "empty_file", "column_missing"
    yield "100,000 columns", _wide, "too_many_columns"
    yield "a bomb of nulls", _bomb, "expands_too_much", "file_kills_reader"
    yield "nested columns", _nested(), "column_missing"
    yield "another kind", _written(pa.table({"nik": ["1"], "kpj": ["2"]})), "column_missing"


def _good() -> bytes:
    target = BytesIO()
    frame = {
        "kode_kab": ["15.03"] * ROWS,
        "tahun": [2025] * ROWS,
        "upah_minimum": list(range(ROWS)),
        "dasar": ["SK"] * ROWS,
    }
    pl.DataFrame(frame).write_parquet(target, compression="zstd")
    return target.getvalue()


def _written(table: pa.Table) -> bytes:
    target = BytesIO()
    pq.write_table(table, target)
    return target.getvalue()


def _wide(path: Path) -> None:
    pq.write_table(pa.table({f"c{place}": [1] for place in range(100_000)}), path)


def _bomb(path: Path) -> None:
    """Write a few kB that say: one text of a megabyte, a hundred thousand times."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["a" * (1 << 20)]))
    plain = pa.array(["x"] * 100_000)
    columns = {"kode_kab": text, "tahun": plain, "upah_minimum": plain, "dasar": plain}
    pq.write_table(pa.table(columns), path, compression="zstd")


def _nested() -> bytes:
    deep: Any = 1
    for _ in range(50):
        deep = {"a": deep}
    return _written(pa.table({"kode_kab": [deep], "tahun": [1], "upah_minimum": [1], "dasar": ["x"]}))
