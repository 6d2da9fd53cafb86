"""The values of columns as texts and bytes that can be looked through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl

SMALLEST = 10_000_000
SHORT = (pl.Int8, pl.Int16, pl.UInt8, pl.UInt16)
LARGEST = float(1 << 63)
BLOB = 64


class Piece(NamedTuple):
    """Bytes to look through; `packed` where numbers may be packed in them."""

    data: bytes
    packed: bool = False


def pieces(series: pl.Series) -> Iterator[Piece]:
    """Yield the values of a series, those of nested ones too; numbers too small for an id are left out."""
    kind = series.dtype
    if isinstance(kind, pl.Struct):
        for name in series.struct.fields:
            yield Piece(name.encode())
            yield from pieces(series.struct.field(name))
    elif isinstance(kind, pl.List | pl.Array):
        yield from pieces(series.drop_nulls().explode(empty_as_null=False))
    elif isinstance(kind, pl.Binary):
        yield from blobs(series.drop_nulls().to_list())
    elif kind in SHORT:
        return
    elif kind.is_integer() or kind.is_float():
        yield _text(_whole(series).cast(pl.String))
    elif isinstance(kind, pl.String | pl.Categorical | pl.Enum | pl.Decimal):
        yield _text(series.cast(pl.String))


def blobs(values: Sequence[bytes]) -> Iterator[Piece]:
    """Yield binary values: long ones each by itself, since they may be packed files, and short ones together."""
    yield from (Piece(value, packed=True) for value in values if len(value) > BLOB)
    yield Piece(b"\n".join(value for value in values if len(value) <= BLOB), packed=True)


def texts(values: Sequence[Any]) -> Iterator[Piece]:
    """Yield values of Python, as a database without types gives them."""
    yield from blobs([value for value in values if isinstance(value, bytes)])
    told = (str(value) for value in values if isinstance(value, str | int | float))
    yield Piece("\n".join(told).encode("utf-8", "surrogatepass"))


def _whole(series: pl.Series) -> pl.Series:
    if series.dtype.is_integer():
        return series.filter(series >= SMALLEST).unique()
    large = series.filter((series >= SMALLEST) & (series < LARGEST)).unique()
    return large.filter(large == large.floor()).cast(pl.Int64)


def _text(series: pl.Series) -> Piece:
    return Piece("\n".join(series.drop_nulls().unique()).encode())
