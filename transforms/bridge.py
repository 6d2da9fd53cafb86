"""The movement fact: who arrived, who left and who only moved, told apart by the bits of the whole nation."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from transforms.presence import (
    ANYWHERE_BEFORE_AT,
    ANYWHERE_EARLIER_AT,
    ANYWHERE_NOW_AT,
    BEFORE_AT,
    has,
    per_scope,
)
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage_parts import RegionWord, VersionBefore
from warehouse.tables.movement import FactMovement


@transform
def fact_movement(
    words: Lazy[RegionWord], previous: Lazy[VersionBefore] | None, version: Version
) -> Lazy[FactMovement]:
    """Return the workers of the month before and of this one, and all that lies between, per region, basis and scope.

    A region and scope without a worker in either month has no row; without the month before there are no rows at all.
    """
    if previous is None:
        return conform(pl.LazyFrame(schema=FactMovement.polars_schema()), FactMovement)
    counts = per_scope(words, _movements)
    counted = counts.filter((pl.col("active_workers") > 0) | (pl.col("previous_workers") > 0))
    return conform(counted.join(previous, how="cross").with_columns(stamp(version)), FactMovement)


def _movements(scope: str) -> dict[str, pl.Expr]:
    now, before = has(scope, 0), has(scope, BEFORE_AT)
    anywhere_now, anywhere_before = has(scope, ANYWHERE_NOW_AT), has(scope, ANYWHERE_BEFORE_AT)
    anywhere_earlier = has(scope, ANYWHERE_EARLIER_AT)
    return {
        "previous_workers": before,
        "joined_workers": now & ~anywhere_before & ~anywhere_earlier,
        "returned_workers": now & ~anywhere_before & anywhere_earlier,
        "moved_in_workers": now & ~before & anywhere_before,
        "left_workers": before & ~anywhere_now,
        "moved_out_workers": before & ~now & anywhere_now,
        "active_workers": now,
    }
