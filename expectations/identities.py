"""What must hold between computed rows: levels, scopes, and nothing lost between the lake and the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from warehouse.ledger import Check
from warehouse.schema import Fact
from warehouse.tables.compliance import EmployerMonth, FactCompliance
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.premium import FactPremium
from warehouse.vocabulary import NATION, SCOPES

CONSERVED = ("billed_idr", "paid_idr")
Frames = Mapping[type[Fact], pl.DataFrame]


def check_identities(frames: Frames, conserved: Mapping[str, int], subject: str) -> list[Check]:
    """Return one check per identity of one version of a month; `conserved` are the sums of the rows in the lake."""
    found: list[Check] = []
    if FactCoverage in frames:
        found += _coverage(frames[FactCoverage], subject)
    if FactPremium in frames:
        sums = frames[FactPremium].select(pl.col(CONSERVED).sum()).row(0, named=True)
        found += [_equal(FactPremium, f"{name}_conserved", subject, sums[name], conserved[name]) for name in CONSERVED]
    if FactCompliance in frames and EmployerMonth in frames:
        counted = int(frames[FactCompliance]["obliged_employers"].sum())
        found.append(_equal(FactCompliance, "every_employer_counted", subject, counted, frames[EmployerMonth].height))
    return found


def _coverage(rows: pl.DataFrame, subject: str) -> Iterator[Check]:
    place, value = ["basis", "region_code"], "active_workers"
    wide = rows.pivot("segment", index=place, values=value).fill_null(0)
    scopes = wide.with_columns(pl.lit(0, pl.Int64).alias(scope) for scope in SCOPES if scope not in wide.columns)
    for scope, parts in SCOPES.items():
        within = (pl.col(scope) <= pl.sum_horizontal(parts)) & (pl.col(scope) >= pl.max_horizontal(parts))
        yield _none(FactCoverage, f"scope_{scope.lower()}_fits_its_segments", subject, scopes.filter(~within).height)
    level = pl.col("region_code").str.len_chars()
    regencies, provinces = rows.filter(level == 5), rows.filter((level == 2) & (pl.col("region_code") != NATION))
    above = {
        "province": (regencies.with_columns(pl.col("region_code").str.head(2)), provinces),
        "nation": (provinces.with_columns(region_code=pl.lit(NATION)), rows.filter(pl.col("region_code") == NATION)),
    }
    for name, (below, top) in above.items():
        yield _none(FactCoverage, f"{name}_fits_its_regions", subject, _misfits(below, top))


def _misfits(below: pl.DataFrame, top: pl.DataFrame) -> int:
    key, value = ["basis", "segment", "region_code"], pl.col("active_workers")
    bounds = below.group_by(key).agg(value.sum().alias("most"), value.max().alias("least"))
    both = top.join(bounds, on=key, how="full", coalesce=True)
    return both.filter(~value.is_between("least", "most").fill_null(False)).height


def _equal(table: type[Fact], rule: str, subject: str, observed: int, expected: int) -> Check:
    return Check(table.name, rule, "identity", subject, str(observed), str(expected), "critical", observed == expected)


def _none(table: type[Fact], rule: str, subject: str, misfits: int) -> Check:
    return _equal(table, rule, subject, misfits, 0)
