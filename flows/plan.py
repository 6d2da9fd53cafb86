"""The way to a target: workers missing and rupiah, per number of eligible workers known and per payer's premium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl

from flows.packages import Package, fixed, packages
from flows.printing import as_table
from flows.regions import region_named
from warehouse.errors import Stop
from warehouse.store import query

MOST_RATIO = 2
NEWEST = """
SELECT month, as_of_date, active_workers
FROM mart.coverage
WHERE region_code = ? AND basis = 'RESIDENCE' AND segment = 'UCJ'
ORDER BY month DESC
LIMIT 1
"""
TARGETS = "SELECT year, frame, target_ratio FROM mart.fact_target WHERE superseded_at IS NULL AND region_code = ? ORDER BY ALL"
MISSING = "SELECT workforce_source, workforce_period, eligible_workers, active_workers, workers_missing FROM mart.plan_to_target(?, ?, 0)"


@dataclass(frozen=True)
class Target:
    """A coverage to reach, and who set it; `frame` and `year` are empty for one that was asked for."""

    ratio: float
    frame: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Plan:
    """What it takes: one row per target, denominator and package; workers active in `active_month` as of a day."""

    region_code: str
    region_name: str
    month: date
    active_month: date | None
    active_as_of_date: date | None
    packages: tuple[Package, ...]
    rows: tuple[dict[str, Any], ...]


def plan(
    current: Path,
    region: str,
    *,
    ratio: str | None = None,
    month: date | None = None,
    frame: str | None = None,
    premium: int | None = None,
) -> Plan:
    """Return the plan of a region, from the published copy.

    Without `ratio` for every target of the month's year (of one `frame` if asked); without `premium` for every package
    that the rules of the month ask of a payer. The month is that of the newest coverage unless given; the workers active
    are always the newest known. Raises Stop when region, ratio, target, month or denominator is not known.
    """
    code = region_named(region)
    newest = query(current, NEWEST, [code])
    active_month, as_of, _ = newest.row(0) if newest.height else (None, None, None)
    when = month or active_month
    if when is None:
        raise Stop("month_unknown", f"no coverage of {code} is loaded", f"cakupan {code} belum dimuat", "say --month")
    offered = (fixed(premium),) if premium is not None else packages(when)
    targets = [Target(read_ratio(ratio), frame)] if ratio else _targets(current, code, when.year, frame)
    rows = [row for target in targets for row in _rows(current, code, target, offered)]
    if not rows:
        text = f"no number of eligible workers is known for {code}", f"penduduk bekerja {code} belum diketahui"
        raise Stop("denominator_unknown", *text, "load penduduk_bekerja")
    name = query(current, "SELECT name FROM mart.dim_region WHERE region_code = ?", [code])["name"].first()
    return Plan(code, str(name), when, active_month, as_of, offered, tuple(rows))


def read_ratio(text: str) -> float:
    """Return the fraction that 0.962, 96.2% or 96,2% means. Raises Stop for anything else: 96.2 lacks its percent sign."""
    number = text.strip().replace(",", ".")
    try:
        value = Decimal(number.removesuffix("%").strip()) / (100 if number.endswith("%") else 1)
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_nan() or not 0 < value <= MOST_RATIO:
        raise Stop(
            "ratio_unreadable", f"{text} is no share", f"{text} bukan bagian", "write it as 0.962 or 96.2% / tulis 0.962 atau 96,2%"
        )  # fmt: skip
    return float(value)


def as_data(found: Plan) -> dict[str, Any]:
    """Return the plan as plain values: `packages` with the premium of each of twelve months, `plans` with the rows."""
    return {
        "region_code": found.region_code,
        "region_name": found.region_name,
        "month": f"{found.month:%Y-%m}",
        "active_month": f"{found.active_month:%Y-%m}" if found.active_month else None,
        "active_as_of_date": str(found.active_as_of_date) if found.active_as_of_date else None,
        "packages": [one.as_data() for one in found.packages],
        "plans": list(found.rows),
    }


def text(found: Plan) -> str:
    """Return the plan as text: the packages, then one table over all rows."""
    active = "-"
    if found.active_month:
        active = f"{found.active_month:%Y-%m} per {found.active_as_of_date}"
    head = (
        f"{found.region_code} {found.region_name}; pekerja aktif / active workers: {active};"
        f" aturan iuran / premium rules: {found.month:%Y-%m}"
    )
    listed = "\n".join(f"  {one.name}  {one.told()}" for one in found.packages)
    kept = [{name: cell for name, cell in row.items() if name not in ("payers", "sub_sector")} for row in found.rows]
    table = as_table(pl.DataFrame(kept, schema_overrides={"year": pl.Int32}, infer_schema_length=None))
    return f"{head}\n\nIuran per pekerja / premium per worker\n{listed}\n\n{table}"


def _targets(current: Path, code: str, year: int, frame: str | None) -> list[Target]:
    known = [Target(ratio, name, when) for when, name, ratio in query(current, TARGETS, [code]).iter_rows()]
    found = [one for one in known if one.year == year and frame in (None, one.frame)]
    if not found:
        others = ", ".join(f"{one.frame} {one.year}" for one in known) or "-"
        asked = f" {frame}" if frame else ""
        raise Stop(
            "target_unknown",
            f"no target{asked} of {code} is known for {year}; known: {others}",
            f"target{asked} {code} tahun {year} belum diketahui; yang ada: {others}",
            "say --ratio, or another --month",
        )
    return found


def _rows(current: Path, code: str, target: Target, offered: Sequence[Package]) -> list[dict[str, Any]]:
    goal = {"frame": target.frame, "year": target.year, "ratio": target.ratio}
    return [
        goal | missing | one.costs(missing["workers_missing"])
        for missing in query(current, MISSING, [code, target.ratio]).to_dicts()
        for one in offered
    ]
