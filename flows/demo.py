"""The demonstration: the eleven regencies of Jambi, as the press told of Sarolangun on 16 March 2025."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flows.claims import checked_claims
from flows.claims import text as claims_text
from flows.printing import as_table
from flows.steps import span
from warehouse.calendar import months_between
from warehouse.home import Home
from warehouse.store import query
from warehouse.synthetic import Plan, write

JAMBI, SAROLANGUN = "15", "15.03"
MONTHS = (date(2025, 2, 1), date(2025, 3, 1))
LEAGUE = f"""
SELECT rank_in_province AS rank, region_code, region_name AS name, active_workers, eligible_workers,
    round(100 * coverage_ratio, 1) AS coverage_percent
FROM mart.league_table
WHERE province_code = '{JAMBI}' AND month = DATE '2025-03-01'
ORDER BY rank_in_province, region_code
"""
GAPS = f"""
SELECT frame, round(100 * target_ratio, 2) AS target_percent, target_workers_computed, workers_missing,
    target_workers_stated, workers_missing_stated
FROM mart.coverage_gap
WHERE region_code = '{SAROLANGUN}' AND month = DATE '2025-03-01' AND basis = 'RESIDENCE'
ORDER BY frame
"""
TO_TARGET = f"""
SELECT workforce_source, workforce_period, eligible_workers, active_workers,
    round(100.0 * active_workers / eligible_workers, 1) AS coverage_percent, workers_missing, monthly_idr, yearly_idr
FROM mart.plan_to_target('{SAROLANGUN}', {{ratio}}, {{premium}})
ORDER BY eligible_workers DESC, workforce_source
"""
RATIO, PREMIUM = 0.962, 16_800
CLAIM = "1"


@dataclass(frozen=True)
class Told:
    """The figures, and the text that tells them."""

    figures: dict[str, Any]
    text: str


def write_extracts(home: Path, say: Callable[[str], None]) -> Path:
    """Return the folder with the extracts of Jambi beside the home, written unless they are there."""
    folder = home.resolve().with_name(home.name + "-extracts")
    if not (folder / "complete").exists():
        write(Plan(folder, MONTHS, (JAMBI,)), say)
        (folder / "complete").touch()
    return folder


def coverage_of_jambi(home: Path) -> Told:
    """Return the ranking of Jambi, Sarolangun's place in it, its gaps to the targets, and what was claimed of it."""
    current = Home(home.resolve()).current
    league, gaps = query(current, LEAGUE), query(current, GAPS)
    plans = query(current, TO_TARGET.format(ratio=RATIO, premium=PREMIUM))
    claim = checked_claims(current, SAROLANGUN).filter(pl.col("row_id") == CLAIM)
    place = next(row for row in league.to_dicts() if row["region_code"] == SAROLANGUN)
    text = "\n\n".join(
        [
            f"Cakupan UCJ Jambi, Maret 2025 / UCJ coverage of Jambi, March 2025\n{as_table(league)}",
            f"{place['name']}: {place['active_workers']:,} / {place['eligible_workers']:,} = {place['coverage_percent']:.1f}%,"
            f" peringkat {place['rank']} dari {league.height} / rank {place['rank']} of {league.height}",
            f"Jarak ke target / gap to the targets\n{as_table(gaps)}",
            f"Menuju / on the way to {RATIO:.2%}, Rp {PREMIUM:,} per pekerja / per worker\n{as_table(plans)}",
            f"Angka yang dipublikasikan / what was published\n{claims_text(claim)}",
            "Data contoh ini sintetis; hanya angka Sarolangun mengikuti yang dipublikasikan."
            " / These data are synthetic; only Sarolangun's figures follow what was published.",
            f"Gudang data / warehouse: {current}",
        ]
    )
    return Told(
        {
            "league": league.to_dicts(),
            "gaps": gaps.to_dicts(),
            "plans": plans.to_dicts(),
            "claims": claim.to_dicts(),
            "warehouse": str(current),
        },
        text,
    )


def plan_of(given: Namespace) -> Plan:
    """Return the plan that the arguments of `synth` describe. Raises Stop when the months cannot be read."""
    wanted = span(given.months)
    assert wanted is not None
    regions = tuple(code.strip() for code in given.regions.split(","))
    months = tuple(months_between(wanted.first, wanted.last))
    return Plan(Path(given.out), months, regions, given.workers, given.defects, given.seed, given.format)
