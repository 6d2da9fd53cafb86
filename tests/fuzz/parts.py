"""Strategies that know formats: texts with broken quotes, tables of figures, parts of workbooks, Parquet files of odd types."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from tests.fuzz.drawing import Bytes, cells, mutations_of
from tests.fuzz.mutating import mutated
from tests.workbooks import zipped

COLUMNS = ("kode_kab", "tahun", "upah_minimum", "dasar")
TYPES: tuple[Callable[[], pa.DataType], ...] = (
    pa.string, pa.large_string, pa.binary, pa.int8, pa.int64, pa.uint64, pa.float16, pa.float32, pa.float64, pa.bool_, pa.date32, pa.date64,
    pa.null, lambda: pa.timestamp("ns"), lambda: pa.timestamp("us", "Asia/Jakarta"), lambda: pa.time64("us"), lambda: pa.duration("ms"),
    lambda: pa.decimal128(38, 10), lambda: pa.decimal256(60, 3), lambda: pa.list_(pa.string()), lambda: pa.list_(pa.list_(pa.int64())),
    lambda: pa.struct([("a", pa.string())]), lambda: pa.map_(pa.string(), pa.int64()), lambda: pa.dictionary(pa.int8(), pa.string()),
    lambda: pa.binary(16), lambda: pa.list_(pa.decimal128(9, 2)), lambda: pa.list_(pa.date32()),
)  # fmt: skip


def texts(good: bytes) -> Bytes:
    """Return texts whose records are joined by hand: quotes, separators and line ends anywhere."""
    field = st.one_of(
        cells,
        cells.map(lambda cell: f'"{cell}"'),
        st.sampled_from(('"', '""', 'a"b', '"a"b', "a\r\nb", " ", '" "', "x" * 300)),
    )
    record = st.lists(field, min_size=1, max_size=6).map(",".join)
    ends = st.sampled_from(("\n", "\n", "\r\n", "\r", "\n\n", ""))
    lines = st.lists(st.tuples(record, ends), max_size=6).map(lambda found: "".join(map("".join, found)))
    encodings = st.sampled_from(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"))
    drawn = st.builds(lambda text, encoding: (good.decode() + text).encode(encoding, "replace"), lines, encodings)
    return st.one_of(drawn, drawn, mutations_of(drawn))


def grids(good: bytes) -> Bytes:
    """Return tables of regions and years, with cells of every kind in every place."""
    label = st.one_of(
        cells,
        st.sampled_from(
            ("Kabupaten/Kota", "Kota Jambi", "Kab. Bungo", "2023", "2024", "2024*", "Jumlah", "Semester I", "61,2")
        ),
    )
    grid = st.lists(st.lists(label, min_size=1, max_size=5), min_size=1, max_size=7)
    drawn = grid.map(
        lambda rows: "\n".join(",".join(f'"{cell.replace(chr(34), chr(39))}"' for cell in row) for row in rows).encode()
    )
    headed = drawn.map(lambda rows: good + rows)
    return st.one_of(drawn, headed)


def zips(*books: bytes) -> Bytes:
    """Return workbooks of which one part was changed, or is missing, or stands twice."""

    def changed(book: bytes, place: int, seed: int, how: str) -> bytes:
        with zipfile.ZipFile(BytesIO(book)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = sorted(members)[place % len(members)]
        if how == "gone":
            del members[name]
        elif how == "renamed":
            members[f"../{name}" if seed % 2 else f"{name}x"] = members.pop(name)
        else:
            members[name] = mutated([members[name]], Random(seed))
        return zipped(members)

    how = st.sampled_from(("changed", "changed", "changed", "changed", "gone", "renamed"))
    return st.builds(changed, st.sampled_from(books), st.integers(0, 20), st.integers(0, 2**32), how)


def parquets() -> Bytes:
    """Return Parquet files with columns of every type, odd names and metadata, whole or with changed bytes."""
    names = st.one_of(
        st.just(list(COLUMNS)),
        st.lists(st.one_of(st.sampled_from((*COLUMNS, "line_no", "c1", "raw_dasar", "")), cells), max_size=5),
    )
    drawn = st.builds(
        _table,
        names,
        st.lists(st.sampled_from(TYPES), min_size=6, max_size=6),
        st.integers(0, 5),
        st.integers(0, 2**16),
        st.booleans(),
    )
    return st.one_of(drawn, drawn, mutations_of(drawn))


def _table(names: list[str], types: list[Callable[[], pa.DataType]], rows: int, seed: int, plain: bool) -> bytes:
    dice, kept, columns = Random(seed), [], []
    for name, made in zip(names, types, strict=False):
        dtype = made()
        try:
            columns.append(pa.array([_value(dtype, dice) for _ in range(rows)], dtype))
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            columns.append(pa.nulls(rows, pa.string()))
        kept.append(name)
    table = pa.table(columns, names=kept) if columns else pa.table({})
    table = table.replace_schema_metadata(
        {b"ARROW:x": b"\xff", "pandas": "{", "naskah": "\u202e"} if seed % 3 else None
    )
    target = BytesIO()
    try:
        pq.write_table(
            table, target, compression=dice.choice(["none", "zstd", "snappy", "gzip"]), use_dictionary=plain, store_schema=plain,
            version=dice.choice(["1.0", "2.4", "2.6"]), data_page_version=dice.choice(["1.0", "2.0"]), row_group_size=dice.choice([1, 3, 100]),
        )  # fmt: skip
    except (pa.ArrowException, ValueError):
        return b"PAR1"
    return target.getvalue()


def _value(dtype: pa.DataType, dice: Random) -> Any:
    if dice.random() < 0.2 or pa.types.is_null(dtype):
        return None
    if pa.types.is_list(dtype):
        return [_value(dtype.value_type, dice) for _ in range(dice.randrange(3))]
    if pa.types.is_struct(dtype):
        return {"a": "x"}
    if pa.types.is_map(dtype):
        return [("a", 1)]
    if pa.types.is_boolean(dtype):
        return dice.random() < 0.5
    if pa.types.is_floating(dtype):
        return dice.choice([0.0, -1.5, 1e15, 1e300, 2025.0, float("nan"), float("inf")])
    if pa.types.is_integer(dtype) or pa.types.is_temporal(dtype):
        return dice.choice([0, 1, -1, 2025, 127, 2**62])
    if pa.types.is_decimal(dtype):
        from decimal import Decimal

        return dice.choice([Decimal(0), Decimal("2025.5"), Decimal("-1.25")])
    if pa.types.is_fixed_size_binary(dtype):
        return bytes(16)
    text = dice.choice(["15.03", "2025", "3000000", "SK", "", "\x00", "1503011203850001"])
    return text.encode() if pa.types.is_binary(dtype) else text
