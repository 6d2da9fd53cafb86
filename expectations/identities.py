"""What must hold between computed rows: levels, scopes, and nothing lost between the lake and the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from warehouse.ledger import Check
from warehouse.schema import Fact
from warehouse.tables.arrears import FactArrears
from warehouse.tables.benefit import FactBenefit
from warehouse.tables.compliance import FactCompliance
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.movement import FactMovement
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_difference import FactPremiumDifference
from warehouse.tables.premium_rule import FactPremiumRule
from warehouse.vocabulary import NATION, SCOPES

CONSERVED = ("billed_idr", "paid_idr")
CONSERVED_CLAIMS = {"cases": "claims", "paid_idr": "claims_idr"}
PREMIUM_GROUP = ("region_code", "segment", "programme", "funding_source")
PARTS_OF_PREMIUM: dict[type[Fact], tuple[str, ...]] = {
    FactPremiumRule: ("due_idr",),
    FactPremiumDifference: ("due_idr", "billed_idr"),
}
Frames = Mapping[type[Fact], pl.DataFrame]


def check_identities(frames: Frames, conserved: Mapping[str, int], subject: str) -> list[Check]:
    """Return one check per identity of one version of a month; `conserved` are the sums of the rows in the lake.

    `employers` among them is how many rows core.employer_month has, which grow with the month and are not read here.
    """
    found: list[Check] = []
    if FactCoverage in frames:
        found += _coverage(frames[FactCoverage], subject)
    if FactPremium in frames:
        sums = frames[FactPremium].select(pl.col(CONSERVED).sum()).row(0, named=True)
        found += [_equal(FactPremium, f"{name}_conserved", subject, sums[name], conserved[name]) for name in CONSERVED]
        found += _parts_of_premium(frames, subject)
    if FactPremium in frames and FactArrears in frames:
        beyond = _beyond_stock(frames[FactPremium], frames[FactArrears])
        found.append(_none(FactArrears, "month_within_stock", subject, beyond))
    if FactCoverage in frames and FactMovement in frames:
        found += _movement(frames[FactCoverage], frames[FactMovement], subject)
    if FactBenefit in frames:
        paid = frames[FactBenefit].select(pl.col(list(CONSERVED_CLAIMS)).sum()).row(0, named=True)
        for name, known in CONSERVED_CLAIMS.items():
            found.append(_equal(FactBenefit, f"{name}_conserved", subject, paid[name], conserved[known]))
    if FactCompliance in frames and "employers" in conserved:
        counted = int(frames[FactCompliance]["obliged_employers"].sum())
        found.append(_equal(FactCompliance, "every_employer_counted", subject, counted, conserved["employers"]))
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


def _parts_of_premium(frames: Frames, subject: str) -> Iterator[Check]:
    whole = frames[FactPremium]
    for table, amounts in PARTS_OF_PREMIUM.items():
        if table in frames:
            for amount in amounts:
                sums = [
                    rows.group_by(PREMIUM_GROUP).agg(pl.col(amount).sum().alias(name))
                    for name, rows in (("whole", whole), ("parts", frames[table]))
                ]
                both = sums[0].join(sums[1], on=PREMIUM_GROUP, how="full", coalesce=True)
                unlike = both.filter(pl.col("whole").fill_null(0) != pl.col("parts").fill_null(0))
                yield _none(table, f"{amount}_adds_up_to_fact_premium", subject, unlike.height)


def _beyond_stock(premium: pl.DataFrame, arrears: pl.DataFrame) -> int:
    """Return how many groups owe more for the month alone than for all months up to it."""
    stock = arrears.group_by(PREMIUM_GROUP).agg(pl.col("arrears_idr").sum().alias("stock_idr"))
    both = premium.join(stock, on=PREMIUM_GROUP, how="left")
    return both.filter(pl.col("arrears_idr") > pl.col("stock_idr").fill_null(0)).height


def _movement(coverage: pl.DataFrame, movement: pl.DataFrame, subject: str) -> Iterator[Check]:
    """Yield the checks that a region changed by as much, seen from inside it and seen from the whole nation."""
    place = ["basis", "region_code", "segment"]
    joined, returned, moved_in = map(pl.col, ("joined_workers", "returned_workers", "moved_in_workers"))
    left, moved_out, active = map(pl.col, ("left_workers", "moved_out_workers", "active_workers"))
    inside = coverage.filter(joined.is_not_null()).select(*place, active=active, arrived=joined + returned, gone=left)
    nation = movement.select(*place, active=active, arrived=joined + returned + moved_in, gone=left + moved_out)
    both = inside.join(nation, on=place, how="full", coalesce=True)
    for name in ("active", "arrived", "gone"):
        misfits = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_right"))).height
        yield _none(FactMovement, f"{name}_as_in_coverage", subject, misfits)


def _misfits(below: pl.DataFrame, top: pl.DataFrame) -> int:
    key, value = ["basis", "segment", "region_code"], pl.col("active_workers")
    bounds = below.group_by(key).agg(value.sum().alias("most"), value.max().alias("least"))
    both = top.join(bounds, on=key, how="full", coalesce=True)
    return both.filter(~value.is_between("least", "most").fill_null(False)).height


def _equal(table: type[Fact], rule: str, subject: str, observed: int, expected: int) -> Check:
    return Check(table.name, rule, "identity", subject, str(observed), str(expected), "critical", observed == expected)


def _none(table: type[Fact], rule: str, subject: str, misfits: int) -> Check:
    return _equal(table, rule, subject, misfits, 0)
