"""The build graph finds transforms by their annotations, joins them, and says clearly what is wrong."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

import polars as pl
import pytest

from tests.asciitable import assert_table, table
from tests.rules import PARAMETERS
from transforms import discover, graph
from transforms.graph import GraphError, MissingInputError, build, inputs_of, missing_for, transform
from warehouse import vocabulary as v
from warehouse.calendar import Version, dim_month
from warehouse.schema import Fact, Lazy, Table, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import FactCoverage, FactProgrammeCoverage, Presence, PresenceBefore
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.in_force import InForce
from warehouse.tables.membership import Membership
from warehouse.tables.open_history import OpenHistory
from warehouse.tables.payer_parts import DueByRule, LeftOpen, PaidFor
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_due import PremiumDue
from warehouse.tables.premium_rule import FactPremiumRule
from warehouse.tables.reference import ContributionParameter, MembershipRule
from warehouse.tables.tariff_terms import MonthlyTerms

MARCH = Version(date(2025, 3, 1), date(2025, 4, 30))


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a test registers vanish with the test."""
    discover()
    monkeypatch.setattr(graph, "_transforms", dict(graph._transforms))


class WagesByRegency(Fact, layer="mart", grain="one row per regency and month"):
    """A fact that the product does not have: the wages of those in force."""

    region_code = v.REGION_CODE
    month = v.MONTH
    wages_idr = v.rupiah("Wages of the memberships in force.", "Upah")


class Egg(Table):
    """A table that needs a hen."""


class Hen(Table):
    """A table that needs an egg."""


def wages(in_force: Lazy[InForce], version: Version) -> Lazy[WagesByRegency]:
    """Return the wages per regency."""
    sums = in_force.group_by(region_code="residence_code").agg(wages_idr=pl.col("wage_idr").sum())
    return conform(sums.with_columns(month=pl.lit(version.month)), WagesByRegency)


def given() -> dict[type[Table], pl.LazyFrame]:
    """Return one month of memberships and the rules."""
    return {
        Membership: table(
            Membership,
            """
            | worker_key | residence_code | wage_idr  | start_date | end_date   |
            | budi       | 15.03          | 3_000_000 | 2024-01-01 | -          |
            | siti       | 15.03          | 4_000_000 | 2024-01-01 | -          |
            | gone       | 15.03          | 9_000_000 | 2024-01-01 | 2024-12-31 |
            """,
            month="2025-03", as_of_date="2025-04-30",
        ),
        MembershipRule: table(
            MembershipRule,
            """
            | parameter            | segment | value | effective_from |
            | arrears_grace_months | BPU     | 3     | 2015-07-01     |
            """,
        ),
    }  # fmt: skip


def test_a_new_fact_is_a_declaration_and_a_transform() -> None:
    transform(wages)
    built = build([WagesByRegency], given(), MARCH)
    assert_table(
        built[WagesByRegency],
        """
        | region_code | month   | wages_idr |
        | 15.03       | 2025-03 | 7_000_000 |
        """,
        WagesByRegency,
    )


def test_what_two_targets_need_is_built_once() -> None:
    calls: list[str] = []

    def counted(in_force: Lazy[InForce]) -> Lazy[Presence]:
        calls.append("presence")
        return conform(in_force.select(pl.lit(1).alias(name) for name in Presence.columns), Presence)

    graph._transforms.pop(Presence)
    transform(counted)
    build([Presence, FactCoverage, FactProgrammeCoverage], given(), MARCH)
    assert calls == ["presence"]


def test_targets_that_share_work_stand_together_and_what_is_cheap_joins_nobody() -> None:
    facts: list[type[Table]] = [FactCoverage, FactPremium, FactProgrammeCoverage]
    assert graph.families(facts, cheap=(InForce,)) == [[FactPremium], [FactCoverage, FactProgrammeCoverage]]
    assert graph.families(facts) == [[FactCoverage, FactPremium, FactProgrammeCoverage]]


def test_the_steps_between_inputs_and_targets_are_named_each_after_what_it_is_made_of() -> None:
    steps = graph.between([FactPremium, FactPremiumRule], given(), cheap=(InForce,))
    assert sorted(steps, key=lambda one: one.__name__) == [
        DueByRule, LeftOpen, MonthlyTerms, OpenHistory, PaidFor, PremiumDue,
    ]  # fmt: skip
    assert steps.index(PremiumDue) > max(steps.index(MonthlyTerms), steps.index(OpenHistory))
    assert PremiumDue not in graph.between([FactPremium, PremiumDue], given())
    assert graph.between([FactPremium], [*given(), DueByRule, LeftOpen, PaidFor, InForce]) == []


def test_an_input_wins_over_the_transform_that_makes_the_same_table() -> None:
    transform(wages)
    stored = table(WagesByRegency, "| region_code | wages_idr |\n| 15.03 | 1 |")
    assert build([WagesByRegency], {WagesByRegency: stored})[WagesByRegency] is stored


def test_a_missing_delivery_names_the_transform_and_the_table() -> None:
    rules: dict[type[Table], pl.LazyFrame] = {MembershipRule: given()[MembershipRule]}
    with pytest.raises(MissingInputError, match=r"transforms\.membership\.in_force needs Membership"):
        build([InForce], rules, MARCH)


def test_an_optional_delivery_that_is_absent_is_none() -> None:
    inputs: dict[type[Table], pl.LazyFrame] = {
        Contribution: table(Contribution, "| region_code | billed_idr |\n| 15.03 | 16_800 |", month="2025-03"),
        ContributionHistory: table(ContributionHistory, "| region_code |"),
        DimMonth: dim_month(),
        MembershipRule: given()[MembershipRule],
        ContributionParameter: PARAMETERS,
    }
    built = build([FactPremium], inputs, MARCH)
    assert_table(built[FactPremium], "| billed_idr | members |\n| 16_800 | - |", FactPremium)


def test_a_missing_reference_table_is_an_error_even_behind_an_optional_parameter() -> None:
    inputs: dict[type[Table], pl.LazyFrame] = {
        Contribution: table(Contribution, "| region_code |\n| 15.03 |"),
        ContributionHistory: table(ContributionHistory, "| region_code |"),
        DimMonth: dim_month(),
        Membership: given()[Membership],
    }
    with pytest.raises(MissingInputError, match="left_open needs ContributionParameter"):
        build([FactPremium], inputs, MARCH)


@pytest.mark.parametrize("target", [FactCoverage, FactPremium, FactPremiumRule])
def test_what_is_missing_is_told_without_building_anything(target: type[Table]) -> None:
    """Of all inputs one is left out at a time: it is needed by its reader, or by what cannot go without it, or by nobody."""
    inputs = {one: pl.LazyFrame(schema=one.polars_schema()) for one in inputs_of([target])}
    told = dict[str, str]()
    for left_out in inputs:
        given = {one: frame for one, frame in inputs.items() if one is not left_out}
        with suppress(MissingInputError):
            build([target], given, MARCH)
            assert missing_for(target, given) is None
            continue
        told[left_out.__name__] = str(missing_for(target, given))
        with pytest.raises(MissingInputError, match=re.escape(told[left_out.__name__])):
            build([target], given, MARCH)
    assert told
    assert len(told) < len(inputs)
    assert missing_for(target, inputs) is None


def test_two_transforms_for_one_table_are_refused() -> None:
    def another(membership: Lazy[Membership]) -> Lazy[InForce]:
        return conform(membership, InForce)

    with pytest.raises(GraphError, match=r"another and transforms\.membership\.in_force both make InForce"):
        transform(another)


def test_transforms_that_need_each_other_are_refused() -> None:
    def lay(hen: Lazy[Hen]) -> Lazy[Egg]:
        return conform(hen, Egg)

    def hatch(egg: Lazy[Egg]) -> Lazy[Hen]:
        return conform(egg, Hen)

    transform(lay)
    transform(hatch)
    with pytest.raises(GraphError, match=r"need each other: .*lay -> .*hatch -> .*lay"):
        build([Egg], {})
    assert missing_for(Egg, {}) is None


def test_a_transform_without_a_result_or_with_a_strange_parameter_is_refused() -> None:
    def makes_nothing(egg: Lazy[Egg]) -> None:
        del egg

    def wants_a_number(egg: Lazy[Egg], number: int) -> Lazy[Hen]:
        return conform(egg.head(number), Hen)

    def wants_two(egg: Lazy[Egg] | Lazy[Hen]) -> Lazy[Hen]:
        return conform(egg, Hen)

    def wants_one_or_a_number(egg: Lazy[Egg] | int | None) -> Lazy[Hen]:
        return conform(egg, Hen)  # type: ignore[arg-type]

    for strange in (wants_two, wants_one_or_a_number):
        with pytest.raises(GraphError, match=rf"parameter egg of .*{strange.__name__} must be"):
            transform(strange)
    with pytest.raises(GraphError, match="makes_nothing must say what it makes"):
        transform(makes_nothing)  # type: ignore[type-var]
    with pytest.raises(GraphError, match=r"parameter number of .*wants_a_number must be"):
        transform(wants_a_number)


def test_a_transform_that_needs_a_version_says_so_when_there_is_none() -> None:
    for target in (InForce, Presence):
        with pytest.raises(GraphError, match=r"^transforms\.membership\.in_force needs a version"):
            build([target], given())


def test_the_inputs_of_a_target_are_what_no_transform_makes() -> None:
    inputs = inputs_of([FactCoverage])
    assert {Membership, MembershipRule, PresenceBefore} <= inputs
    assert not {InForce, Presence} & inputs
