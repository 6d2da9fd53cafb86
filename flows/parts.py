"""Persons are counted part by part: a load needs the memory of one part, however many rows a month has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

import polars as pl

from flows.ceiling import rows_at_once
from transforms.earlier import earlier_presence
from transforms.graph import build
from warehouse import buckets, lake
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import AlikePersons

PERSON = "person_high"
BYTES_A_ROW = 128
SCRATCH = ".parts-"
K = TypeVar("K")


def alike_persons(inputs: dict[type[Table], pl.LazyFrame], version: Version, memory: int) -> pl.LazyFrame:
    """Return what `build` makes of the presence in `inputs`, of a part of the persons at a time within `memory` bytes."""
    present: dict[type[Table], pl.LazyFrame] = {
        table: inputs[table] for table in (Presence, PresenceBefore, PresenceEarlier) if table in inputs
    }
    made = [build([AlikePersons], part, version)[AlikePersons] for part in _parts(present, memory)]
    return pl.concat(map(lake.few, made)).lazy()


def earlier(presences: Collection[pl.LazyFrame], memory: int) -> Iterator[pl.DataFrame]:
    """Yield what `earlier_presence` makes of presence of several months, of a part of the persons at a time."""
    for part in _parts(dict(enumerate(presences)), memory):
        yield lake.few(earlier_presence(pl.concat(part.values())))


def _parts(frames: Mapping[K, pl.LazyFrame], memory: int) -> Iterator[dict[K, pl.LazyFrame]]:
    """Yield the frames part by part: a range of the persons each, as many as keep the rows of all frames in bounds."""
    parts = number_of_parts(sum(map(lake.height, frames.values())), rows_at_once(memory, BYTES_A_ROW))
    for number in range(parts):
        yield {name: buckets.part_of(frame, PERSON, number, parts) for name, frame in frames.items()}


def number_of_parts(rows: int, most: int) -> int:
    """Return the least power of two of parts that have at most `most` rows: persons spread evenly over their tokens."""
    return 1 << max(0, -(-rows // most) - 1).bit_length()
