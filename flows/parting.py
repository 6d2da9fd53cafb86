"""The tables of payers and workers are made part by part where a month has more rows than a load may hold at once.

The rows that are taken in parts are written once more, each part to files of its own, for the time of the step. Where one
part holds everything nothing is written: the facts are then computed as if there were no parts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from flows.assembly import Inputs
from flows.ceiling import rows_at_once
from flows.context import Load
from flows.parts import SCRATCH
from transforms.graph import between, build, families, inputs_of, missing_for
from transforms.parting import PARTINGS, Parting
from warehouse import lake
from warehouse.calendar import Version
from warehouse.schema import Table, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.in_force import InForce
from warehouse.tables.membership import Membership
from warehouse.tables.open_history import OpenHistory

CHEAP = (InForce, OpenHistory)
BYTES_A_ROW = 64


@contextmanager
def taken_in_parts(load: Load, facts: Sequence[type[Table]], inputs: Inputs, version: Version) -> Iterator[Inputs]:
    """Yield the inputs, and with them what was made part by part of that which leads to the facts."""
    known, memory = dict(inputs), load.settings.most_memory()
    with tempfile.TemporaryDirectory(dir=load.home.lake, prefix=SCRATCH) as scratch:
        for number, parting in enumerate(PARTINGS):
            asked = {*facts, *between(facts, known, CHEAP)}
            wanted = [table for table in parting.makes if table in asked and can_be_made(table, known)]
            parts = number_of_parts(parting, known, memory)
            if wanted and parts > 1:
                known |= _made(parting, parts, wanted, known, version, Path(scratch, str(number)))
        yield known


def number_of_parts(parting: Parting, inputs: Inputs, memory: int) -> int:
    """Return how many parts of the rows a load has to take that may hold `memory` bytes in all."""
    delivered = [Membership if table is InForce else table for table in parting.of]
    rows = sum(lake.height(inputs[table]) for table in delivered if table in inputs)
    return -(-rows // rows_at_once(memory, BYTES_A_ROW, most_rows=max(rows, 1)))


def can_be_made(table: type[Table], inputs: Inputs) -> bool:
    """Return whether all is there that a table needs."""
    return missing_for(table, inputs) is None


def with_steps(family: Sequence[type[Table]], inputs: Inputs, version: Version) -> Inputs:
    """Return the inputs with what the family is made of in between, computed: a plan of everything shares less than its steps."""
    known = dict(inputs)
    for table in between(family, inputs, cheap=(InForce,)):
        if can_be_made(table, known):
            known[table] = lake.held(build([table], known, version)[table]).lazy()
    return known


def _made(
    parting: Parting,
    parts: int,
    wanted: Sequence[type[Table]],
    inputs: Inputs,
    version: Version,
    folder: Path,
) -> Inputs:
    """Return the wanted tables, made of each part and put below each other in files of the folder."""
    whole = _with_what_is_whole(parting, wanted, inputs, version)
    spread: dict[type[Table], list[Path]] = {}
    for table, (key, columns) in parting.of.items():
        if can_be_made(table, inputs):
            rows = build([table], inputs, version)[table].select(columns)
            spread[table] = lake.spread(rows, key % parts, folder / table.__name__, parts)
    made: dict[type[Table], list[Path]] = {table: [] for table in wanted}
    for number in range(parts):
        part = whole | {table: lake.gated(paths[number]) for table, paths in spread.items()}
        if Contribution in inputs and ContributionHistory in part:
            part[Contribution] = conform(
                part[ContributionHistory].filter(pl.col("month") == version.month), Contribution
            )
        for family in families(wanted, cheap=CHEAP):
            frames = build(family, with_steps(family, part, version), version)
            paths = {table: folder / f"{table.__name__}-{number}.parquet" for table in family}
            lake.write_all({paths[table]: frame for table, frame in frames.items()})
            for table, path in paths.items():
                made[table].append(path)
    return {table: lake.rows_of(paths, table) for table, paths in made.items()}


def _with_what_is_whole(parting: Parting, wanted: Sequence[type[Table]], inputs: Inputs, version: Version) -> Inputs:
    """Return the inputs with the steps to the wanted tables that no part is made of, computed once for all."""
    parted = inputs_of(list(parting.of)) | {Contribution}
    steps = [one for one in between(wanted, inputs, cheap=CHEAP) if not inputs_of([one]) & parted]
    return inputs | {one: lake.held(build([one], inputs, version)[one]).lazy() for one in steps}
