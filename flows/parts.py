"""Persons are counted part by part: a load needs the memory of one part, however many rows a month has."""

from __future__ import annotations

import polars as pl

from flows.ceiling import rows_at_once
from transforms.graph import build
from warehouse import buckets, lake
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import AlikePersons

PERSON = "person_high"
BYTES_A_ROW = 128


def alike_persons(inputs: dict[type[Table], pl.LazyFrame], version: Version, memory: int) -> pl.LazyFrame:
    """Return what `build` makes of the presence in `inputs`, of a part of the persons at a time within `memory` bytes."""
    present: dict[type[Table], pl.LazyFrame] = {
        table: inputs[table] for table in (Presence, PresenceBefore, PresenceEarlier) if table in inputs
    }
    parts = _parts(sum(map(lake.height, present.values())), rows_at_once(memory, BYTES_A_ROW))
    counted = []
    for number in range(parts):
        part = {table: buckets.part_of(frame, PERSON, number, parts) for table, frame in present.items()}
        counted.append(lake.few(build([AlikePersons], part, version)[AlikePersons]))
    return pl.concat(counted).lazy()


def _parts(rows: int, most: int) -> int:
    """Return the least power of two of parts that have at most `most` rows: persons spread evenly over their tokens."""
    return 1 << max(0, -(-rows // most) - 1).bit_length()
