"""The coverage facts, counted from the words of every region."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from transforms.presence import BEFORE_AT, EARLIER_AT, KEYS, PROGRAMMES_AT, VULNERABLE_AT, WIDTH, has, per_scope
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage import FactCoverage, FactProgrammeCoverage, PresenceBefore
from warehouse.tables.coverage_parts import EligibleWorkers, RegionWord
from warehouse.vocabulary import PROGRAMMES

CHANGES = ("joined_workers", "returned_workers", "left_workers")


@transform
def fact_coverage(
    words: Lazy[RegionWord],
    before: Lazy[PresenceBefore] | None,
    eligible: Lazy[EligibleWorkers] | None,
    version: Version,
) -> Lazy[FactCoverage]:
    """Return distinct workers per region of every level, basis and scope, with those who joined, returned and left.

    A region and scope that all its workers left stays, with none active. Joined, returned and left are null
    without the month before; the denominator is null without a release of the working population.
    """
    counts = per_scope(words, _movements)
    counted = counts.filter(pl.any_horizontal(pl.col("active_workers", *CHANGES) > 0))
    if before is None:
        counted = counted.with_columns(pl.lit(None, pl.Int64).alias(change) for change in CHANGES)
    denominators = EligibleWorkers.polars_schema()
    if eligible is None:
        nothing = [pl.lit(None, dtype).alias(name) for name, dtype in denominators.items() if name != "region_code"]
        measured = counted.with_columns(nothing)
    else:
        measured = counted.join(eligible, on="region_code", how="left")
    return conform(measured.with_columns(stamp(version)), FactCoverage)


@transform
def fact_programme_coverage(words: Lazy[RegionWord], version: Version) -> Lazy[FactProgrammeCoverage]:
    """Return distinct workers who hold a programme, per region of every level, basis and scope; no rows of none."""
    counts = per_scope(words, _programmes)
    tall = counts.unpivot(PROGRAMMES, index=KEYS, variable_name="programme", value_name="active_workers")
    return conform(tall.filter(pl.col("active_workers") > 0).with_columns(stamp(version)), FactProgrammeCoverage)


def _movements(scope: str) -> dict[str, pl.Expr]:
    now, before, earlier = has(scope, 0), has(scope, BEFORE_AT), has(scope, EARLIER_AT)
    return {
        "active_workers": now,
        "vulnerable_workers": has(scope, VULNERABLE_AT),
        "joined_workers": now & ~before & ~earlier,
        "returned_workers": now & ~before & earlier,
        "left_workers": before & ~now,
    }


def _programmes(scope: str) -> dict[str, pl.Expr]:
    return {programme: has(scope, PROGRAMMES_AT + WIDTH * number) for number, programme in enumerate(PROGRAMMES)}
