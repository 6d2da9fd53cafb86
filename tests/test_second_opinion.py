"""Two engines, written apart, agree to the last row; and the identities of coverage hold whatever the data.

CAKUPAN_EXAMPLES says on how many random worlds: 40 without it, 5,000 in `make verify`.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from expectations.opinion import NAMES, NEEDS
from tests.rules import REFERENCE
from tests.second import EXAMPLES, made, opinion, opinions
from tests.world import CLOSED_MARCH, MARCH, MID_MARCH, World, inputs_of_version, random_world, worlds
from transforms.graph import build
from warehouse.calendar import Version, shift
from warehouse.schema import Table, conform
from warehouse.tables.arrears import FactArrears
from warehouse.tables.benefit import FactBenefit
from warehouse.tables.budget import FactBudget, FactMinimumPremium
from warehouse.tables.compliance import EmployerMonth, FactCompliance
from warehouse.tables.coverage import FactCoverage, FactProgrammeCoverage
from warehouse.tables.indicator import FactIndicator
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWageReference
from warehouse.tables.movement import FactMovement
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_difference import FactPremiumDifference
from warehouse.tables.premium_rule import FactPremiumRule
from warehouse.tables.published_figure import FactPublishedFigure
from warehouse.tables.registration import FactRegistration
from warehouse.tables.target import FactTarget
from warehouse.tables.tariff_terms import MonthlyTerms
from warehouse.tables.workforce import FactWorkforce

FACTS: dict[str, type[Table]] = {
    "benefit": FactBenefit,
    "budget": FactBudget,
    "arrears_by_class": FactArrears,
    "compliance": FactCompliance,
    "coverage": FactCoverage,
    "employer_month": EmployerMonth,
    "indicator": FactIndicator,
    "minimum_premium": FactMinimumPremium,
    "minimum_wage": MinimumWageReference,
    "movement": FactMovement,
    "premium": FactPremium,
    "premium_difference": FactPremiumDifference,
    "premium_rule": FactPremiumRule,
    "programme_coverage": FactProgrammeCoverage,
    "published_figure": FactPublishedFigure,
    "registration": FactRegistration,
    "target": FactTarget,
    "workforce": FactWorkforce,
}
half = settings(
    max_examples=EXAMPLES // 2, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@cache
def terms_of_version(version: Version) -> pl.DataFrame:
    """Return the terms of every class on a version's day: they depend on the rules alone, and no world has its own."""
    return build([MonthlyTerms], REFERENCE, version)[MonthlyTerms].collect()


def facts(world: World, version: Version) -> dict[str, pl.DataFrame]:
    """Return what the transforms make of a world."""
    inputs = {**inputs_of_version(world, version), MonthlyTerms: terms_of_version(version).lazy()}
    found = made(list(FACTS.values()), inputs, version)
    if inputs[Membership].collect().is_empty():
        unknown = {kind: frame for kind, frame in inputs.items() if kind is not Membership}
        found |= made([FactPremium, FactRegistration], unknown, version)
    return {name: found[fact] for name, fact in FACTS.items()}


def assert_engines_agree(world: World, version: Version, parts: int = 1) -> None:
    """Check that every fact equals what the plain SQL says, its large steps taken in so many parts."""
    second_opinions = opinions(FACTS, {**REFERENCE, **world}, version, parts)
    for name, found in facts(world, version).items():
        second = conform(second_opinions[name].lazy(), FACTS[name]).collect()
        assert_frame_equal(found, second, check_row_order=False)


def test_every_statement_is_asked() -> None:
    assert set(NAMES) == set(FACTS) | {step for steps in NEEDS.values() for step in steps}


@given(world=worlds(rows=12))
@half
def test_transforms_and_plain_sql_agree_on_a_month_still_running(world: World) -> None:
    assert_engines_agree(world, MID_MARCH)


@given(world=worlds(rows=12))
@half
def test_transforms_and_plain_sql_in_parts_agree_on_a_closed_month(world: World) -> None:
    assert_engines_agree(world, CLOSED_MARCH, parts=2)


@pytest.mark.parametrize("seed", range(4))
def test_transforms_and_plain_sql_agree_on_crowded_worlds(seed: int) -> None:
    world = random_world(seed, rows=400)
    assert_engines_agree(world, CLOSED_MARCH if seed % 2 else MID_MARCH)


def test_transforms_and_plain_sql_agree_on_a_month_with_later_months_overdue() -> None:
    world = random_world(4, rows=400)
    assert_engines_agree(world, Version(shift(MARCH, -1), CLOSED_MARCH.as_of_date))


@pytest.mark.parametrize("seed", range(4))
def test_active_is_the_previous_active_plus_joined_plus_returned_less_left(seed: int) -> None:
    world = random_world(seed, rows=60)
    versions = (
        world[Membership].filter(pl.col("month") == shift(MARCH, -1)).select(pl.col("as_of_date").max()).collect()
    )
    february = Version(shift(MARCH, -1), versions.item())
    key = ["basis", "region_code", "segment"]
    now, before = (facts(world, version)["coverage"] for version in (CLOSED_MARCH, february))
    both = now.join(before.select(*key, previous="active_workers"), on=key, how="full", coalesce=True).fill_null(0)
    explained = pl.col("previous") + pl.col("joined_workers") + pl.col("returned_workers") - pl.col("left_workers")
    assert min(both.select(pl.col("joined_workers", "returned_workers", "left_workers").sum()).row(0)) > 0
    assert both.filter(explained != pl.col("active_workers")).is_empty()


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_and_files_changes_nothing(seed: int) -> None:
    world = random_world(seed, rows=80)
    shuffled = {
        table: frame.collect().sample(fraction=1, shuffle=True, seed=seed + 1).lazy() for table, frame in world.items()
    }
    first, second = facts(world, CLOSED_MARCH), facts(shuffled, CLOSED_MARCH)
    for name in FACTS:
        assert_frame_equal(first[name], second[name], check_row_order=False)


def test_the_second_opinion_notices_a_day_of_difference() -> None:
    world = random_world(1, rows=60)
    inputs = inputs_of_version(world, MID_MARCH)
    sources = {**REFERENCE, **world}
    late = Version(MARCH, date(2025, 3, 17))
    found = build([FactCoverage], inputs, late)[FactCoverage].drop("as_of_date").collect()
    second = conform(opinion("coverage", sources, MID_MARCH).lazy(), FactCoverage).drop("as_of_date").collect()
    with pytest.raises(AssertionError):
        assert_frame_equal(found, second, check_row_order=False)
