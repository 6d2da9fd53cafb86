"""Coverage targets."""

from __future__ import annotations

import polars as pl

from transforms.graph import transform
from warehouse.schema import Lazy, conform
from warehouse.tables.reference import TargetSeed
from warehouse.tables.target import FactTarget, Target


@transform
def fact_target(published: Lazy[TargetSeed], delivered: Lazy[Target] | None) -> Lazy[FactTarget]:
    """Return one target per region, year and frame: the delivered one where there is one, else the published one."""
    seeds = conform(published, FactTarget)
    if delivered is None:
        return seeds
    extracts = conform(delivered, FactTarget)
    others = seeds.join(extracts, on=FactTarget.key(), how="anti")
    return conform(pl.concat([extracts, others]), FactTarget)
