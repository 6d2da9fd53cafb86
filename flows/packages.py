"""The lowest premium of an own-account worker by who pays it, month by month, from the dated rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from string import ascii_uppercase
from typing import Any

import polars as pl

from transforms.tariff import CLASS, cases_of, terms
from transforms.tariff_rules import numbered
from warehouse import lake
from warehouse.calendar import shift
from warehouse.tables.reference import ContributionRule
from warehouse.vocabulary import FUNDING_SOURCES

SEGMENT, PROGRAMMES = "BPU", ("JKK", "JKM")
PAYERS = tuple(source for source in FUNDING_SOURCES if source != "EMPLOYER")
MONTHS = 12


@dataclass(frozen=True)
class Package:
    """What one worker costs in each of twelve months, and which payers pay that; without payers it was asked for."""

    name: str
    premiums: tuple[int, ...]
    payers: tuple[str, ...] = ()
    sub_sector: str | None = None

    @property
    def premium_idr(self) -> int:
        """Return the premium of the first month."""
        return self.premiums[0]

    def costs(self, workers: int | None) -> dict[str, Any]:
        """Return the columns that a plan has from this package; rupiah are null when the number of workers is."""
        paid = None if workers is None else max(workers, 0)
        return {
            "package": self.name,
            "payers": ",".join(self.payers) or None,
            "sub_sector": self.sub_sector,
            "premium_idr": self.premium_idr,
            "monthly_idr": None if paid is None else paid * self.premium_idr,
            "yearly_idr": None if paid is None else paid * sum(self.premiums),
        }

    def as_data(self) -> dict[str, Any]:
        """Return the package as plain values."""
        return {
            "package": self.name,
            "payers": list(self.payers),
            "sub_sector": self.sub_sector,
            "premium_idr": self.premium_idr,
            "premiums_idr": list(self.premiums),
            "yearly_premium_idr": sum(self.premiums),
        }

    def told(self) -> str:
        """Return the package in words: the runs of equal months add up to the year."""
        runs = [(len(list(same)), premium) for premium, same in groupby(self.premiums)]
        added = " + ".join(f"{months} x {premium:,}" for months, premium in runs)
        who = f"{self.sub_sector}: {', '.join(self.payers)}" if self.sub_sector else ", ".join(self.payers)
        return f"Rp {self.premium_idr:,} ({added} = {sum(self.premiums):,} setahun / a year) {who}".rstrip()


def fixed(premium_idr: int) -> Package:
    """Return the package of a premium that was asked for: the same in every month."""
    return Package(ascii_uppercase[0], (premium_idr,) * MONTHS)


def packages(month: date) -> tuple[Package, ...]:
    """Return the lowest packages of JKK and JKM that hold in a month, most general and cheapest first.

    Payers who pay the same in each of the twelve months from `month` on share a package; those of a sub-sector with rules
    of its own have one where theirs differs. Employers do not pay for own-account workers and are left out.
    """
    rules = lake.seed(ContributionRule)
    classes = _classes(month, rules)
    cases = cases_of(classes)
    priced = cases.join(terms(cases, numbered(rules)), on=["class_id", "programme"])
    monthly = (
        priced.filter(pl.col("programme").is_in(PROGRAMMES))
        .group_by("sub_sector", "funding_source", "day")
        .agg(pl.col("payable_idr").sum())
        .sort("day")
        .group_by("sub_sector", "funding_source")
        .agg("payable_idr")
        .collect()
    )
    schedules = {(sector, payer): tuple(paid) for sector, payer, paid in monthly.iter_rows()}
    return tuple(Package(name, *found) for name, found in zip(ascii_uppercase, _shared(schedules), strict=False))


Schedules = dict[tuple[str | None, str], tuple[int, ...]]


def _shared(schedules: Schedules) -> Iterator[tuple[tuple[int, ...], tuple[str, ...], str | None]]:
    """Yield each schedule with the payers who share it, those of a sub-sector only where theirs is their own."""
    special = {
        (sector, payer): paid
        for (sector, payer), paid in schedules.items()
        if sector is None or paid != schedules[None, payer]
    }
    groups = {(sector, paid) for (sector, _), paid in special.items()}
    for sector, paid in sorted(groups, key=lambda group: (group[0] or "", group[1])):
        yield paid, tuple(payer for payer in PAYERS if special.get((sector, payer)) == paid), sector


def _classes(month: date, rules: pl.LazyFrame) -> pl.LazyFrame:
    """Return every class of own-account workers by month, sub-sector with rules of its own, and payer."""
    sectors = rules.filter(pl.col("segment") == SEGMENT).select("sub_sector").unique()
    days = pl.LazyFrame({"day": [shift(month, number) for number in range(MONTHS)]})
    payers = pl.LazyFrame({"funding_source": PAYERS})
    crossed = days.join(sectors, how="cross").join(payers, how="cross")
    return crossed.with_columns(
        segment=pl.lit(SEGMENT),
        risk_class=pl.lit(None, pl.String),
        jkp_member=pl.lit(None, pl.Boolean),
        labour_intensive=pl.lit(None, pl.Boolean),
        contract_value_idr=pl.lit(None, pl.Int64),
        contract_months=pl.lit(None, pl.Int64),
    ).select(CLASS)
