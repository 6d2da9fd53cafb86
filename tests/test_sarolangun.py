"""The case the warehouse was born from: Sarolangun on 16 March 2025, from extracts to the published figures."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from warehouse.home import Home
from warehouse.store import query

SAROLANGUN, PREMIUM = "15.03", 16_800
MARCH = "month = DATE '2025-03-01'"


def claims() -> tuple[dict[str, str], dict[str, str]]:
    """Return the two published claims about that day: against the central target, and against the regency's own."""
    text = (resources.files("warehouse.seeds") / "published_figures.csv").read_text(encoding="utf-8")
    by_id = {row["row_id"]: row for row in csv.DictReader(text.splitlines())}
    return by_id["1"], by_id["2"]


@pytest.fixture(scope="module")
def published(demonstration: Path) -> Path:
    """Return the published copy of the demonstration."""
    return Home(demonstration / "demo").current


def rows(published: Path, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query on the published copy."""
    return query(published, sql).to_dicts()


def test_as_many_workers_are_covered_as_was_said_and_the_share_is_the_one_that_was_said(published: Path) -> None:
    central, _ = claims()
    (figure,) = rows(
        published,
        f"FROM mart.coverage WHERE region_code = '{SAROLANGUN}' AND segment = 'UCJ' AND basis = 'RESIDENCE' AND {MARCH}",
    )
    assert figure["as_of_date"] == date.fromisoformat(central["as_of"])
    assert figure["active_workers"] == int(central["workers_covered"])
    assert round(100 * figure["coverage_ratio"], 1) == float(central["coverage_pct"])
    assert figure["eligible_workers"] == round(int(central["workers_covered"]) / float(central["coverage_pct"]) * 100)


def test_the_central_target_implies_the_other_denominator_and_another_share(published: Path) -> None:
    central, _ = claims()
    implied = round(int(central["target_workers"]) / float(central["target_pct"]) * 100)
    releases = rows(published, f"FROM mart.plan_to_target('{SAROLANGUN}', 0.962, {PREMIUM})")
    older = min(releases, key=lambda row: row["workforce_period"])
    assert older["eligible_workers"] == implied
    assert round(100 * older["active_workers"] / implied, 1) == 57.4


def test_the_gap_is_the_smallest_whole_number_of_workers_that_reaches_the_target(published: Path) -> None:
    _, own = claims()
    percent = round(100 * float(own["target_pct"]))
    ratio = percent / 10_000
    releases = rows(published, f"FROM mart.plan_to_target('{SAROLANGUN}', {ratio}, {PREMIUM})")
    for one in releases:
        reached, eligible = one["active_workers"] + one["workers_missing"], one["eligible_workers"]
        assert reached * 10_000 >= percent * eligible > (reached - 1) * 10_000
        assert one["yearly_idr"] == 12 * one["monthly_idr"] == 12 * PREMIUM * one["workers_missing"]
    assert sorted(one["workers_missing"] for one in releases) == [43_656, 55_003]


def test_both_targets_stand_beside_each_other_in_their_frames(published: Path) -> None:
    central, own = claims()
    targets = rows(
        published, f"FROM mart.fact_target WHERE region_code = '{SAROLANGUN}' AND year = 2025 ORDER BY frame"
    )
    assert [(one["frame"], round(100 * one["target_ratio"], 2), one["target_workers"]) for one in targets] == [
        ("DAERAH", float(own["target_pct"]), None),
        ("KEMENDAGRI", float(central["target_pct"]), int(central["target_workers"])),
    ]


def test_vulnerable_workers_on_the_regencys_budget_are_billed_the_lowest_premium(published: Path) -> None:
    bills = rows(
        published,
        "SELECT programme, members, billed_idr, workers_billed FROM mart.premium"
        f" WHERE region_code = '{SAROLANGUN}' AND funding_source = 'APBD_REGENCY' AND segment = 'BPU' AND {MARCH}",
    )
    assert sum(one["billed_idr"] // one["workers_billed"] for one in bills) == PREMIUM
    assert all(one["billed_idr"] % one["workers_billed"] == 0 for one in bills)
