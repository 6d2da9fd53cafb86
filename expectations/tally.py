"""What one scan counts in every file of a group: rows by verdict and version, and what else Great Expectations asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from expectations.corrections import OUT_OF_SCOPE
from expectations.verdict import BROKEN_RULES
from warehouse.calendar import Version
from warehouse.rules import FILE

if TYPE_CHECKING:
    from great_expectations.validator.metric_configuration import MetricConfigurationID

    from expectations.prepared import Prepared

ROWS, MONTH, DAY = "rows", "version month", "version day"


class Tally(NamedTuple):
    """The rows of a file, by metric the counts in them, and the rows that broke no rule of rejection by version."""

    rows: int
    counts: Mapping[MetricConfigurationID, int]
    versions: tuple[tuple[Version, int], ...]


def counted(judged: pl.LazyFrame, ready: Prepared, version: Sequence[pl.Expr]) -> list[pl.LazyFrame]:
    """Return what is to be collected from judged rows for `tallies`: a small frame, and a second one if sums do not tell all.

    `version` is the month and the date of a row; without them its rows have no version.
    """
    keys = [key.alias(name) for key, name in zip(version, (MONTH, DAY), strict=False)]
    sums = [count.cast(pl.Int64).alias(str(at)) for at, count in enumerate(ready.sums.values())]
    frames = [judged.group_by(FILE, BROKEN_RULES, *keys).agg(pl.len().cast(pl.Int64).alias(ROWS), *sums)]
    if ready.wholes:
        frames.append(judged.group_by(FILE).agg(count.alias(str(at)) for at, count in enumerate(ready.wholes.values())))
    return frames


def tallies(collected: Sequence[pl.DataFrame], ready: Prepared, files: int, rejects: int) -> list[Tally]:
    """Return the tally of each file from the frames of `counted`; `rejects` are the bits that reject a row."""
    found, word = collected[0], pl.col(BROKEN_RULES)
    bits = [
        pl.when(word & (1 << bit) != 0).then(ROWS).otherwise(0).sum().alias(f"bit {at}")
        for at, bit in enumerate(ready.bits.values())
    ]
    sums = [pl.col(str(at)).sum() for at in range(len(ready.sums))]
    by_file = _rows(found.group_by(FILE).agg(pl.col(ROWS).sum(), *bits, *sums))
    wholes = _rows(collected[1]) if ready.wholes else {}
    versions: dict[int, list[tuple[Version, int]]] = {}
    if DAY in found.columns:
        good = found.filter(word & rejects == 0).group_by(FILE, MONTH, DAY).agg(pl.col(ROWS).sum())
        for file, month, day, rows in good.sort(FILE, MONTH, DAY).iter_rows():
            versions.setdefault(file, []).append((Version(month, day), rows))
    metrics = [*ready.bits, *ready.sums, *ready.wholes]
    none, not_about = (0,) * (1 + len(ready.bits) + len(ready.sums)), (OUT_OF_SCOPE,) * len(ready.wholes)
    told = []
    for file in range(files):
        rows, *counts = *by_file.get(file, none), *wholes.get(file, not_about)
        told.append(Tally(rows, dict(zip(metrics, counts, strict=True)), tuple(versions.get(file, ()))))
    return told


def _rows(frame: pl.DataFrame) -> dict[int, tuple[int, ...]]:
    return {file: tuple(counts) for file, *counts in frame.iter_rows()}
