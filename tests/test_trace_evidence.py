"""An employer has a finding exactly when there are rows that raise it, whatever the data."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from tests.asciitable import table
from tests.rules import CLASSES, OBLIGATIONS, SECTORS
from tests.world import CLOSED_MARCH, MID_MARCH, World, inputs_of_version, random_world, worlds
from transforms.compliance import Observed
from transforms.evidence import EMPLOYER, FILE, FLAGS, evidence
from transforms.graph import build
from transforms.membership import memberships_in_force
from warehouse.calendar import Version, dim_month
from warehouse.rules import LINE_NO
from warehouse.schema import Lazy, Table, conform
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage, MinimumWageReference
from warehouse.tables.reference import MembershipRule

quick = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
Keys = set[tuple[object, ...]]


def located(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows with the place where they could have been read."""
    lines = pl.int_range(2, pl.len() + 2).alias(LINE_NO)
    return frame.collect().with_columns(lines, pl.lit(0).alias(FILE)).lazy()


def observed(inputs: Mapping[type[Table], pl.LazyFrame], version: Version) -> Observed:
    """Return what the employers of a world are judged by, every row with its place."""
    rules: Lazy[MembershipRule] = conform(inputs[MembershipRule], MembershipRule)
    return Observed(
        employers=located(inputs[Employer]),
        in_force=memberships_in_force(located(inputs[Membership]), rules, version),
        contributions=located(inputs[ContributionHistory]),
        minimum_wages=conform(inputs[MinimumWage], MinimumWageReference),
        months=dim_month(),
        obligations=OBLIGATIONS,
        classes=CLASSES,
        sectors=SECTORS,
    )


def flagged_and_evident(world: World, version: Version) -> dict[str, tuple[Keys, Keys]]:
    """Return, per finding, the employers that have it, and those that rows speak against."""
    inputs = inputs_of_version(world, version)
    employers = build([EmployerMonth], inputs, version)[EmployerMonth].collect()
    rows = evidence(observed(inputs, version), version)
    return {name: (keys(employers.filter(flag)), keys(rows[name].collect())) for name, flag in FLAGS.items()}


def keys(frame: pl.DataFrame) -> Keys:
    """Return the employers of some rows."""
    return set(frame.select(EMPLOYER).rows())


def assert_every_flag_has_its_rows(world: World, version: Version) -> None:
    """Check that no finding is without a row, and no row without a finding."""
    for name, (flagged, evident) in flagged_and_evident(world, version).items():
        assert flagged == evident, name


@given(world=worlds(rows=12))
@quick
def test_a_finding_has_rows_and_rows_have_a_finding_while_the_month_runs(world: World) -> None:
    assert_every_flag_has_its_rows(world, MID_MARCH)


@given(world=worlds(rows=12))
@quick
def test_a_finding_has_rows_and_rows_have_a_finding_when_the_month_is_closed(world: World) -> None:
    assert_every_flag_has_its_rows(world, CLOSED_MARCH)


@pytest.mark.parametrize("seed", range(3))
def test_a_finding_has_rows_and_rows_have_a_finding_in_crowded_worlds(seed: int) -> None:
    assert_every_flag_has_its_rows(random_world(seed, rows=200), CLOSED_MARCH)


def test_every_finding_occurs_in_the_worlds_and_some_employer_is_without_it() -> None:
    seen: dict[str, list[int]] = {name: [0, 0] for name in FLAGS}
    for rows in (30, 60, 200):
        world = random_world(rows, rows)
        inputs = inputs_of_version(world, CLOSED_MARCH)
        everyone = keys(build([EmployerMonth], inputs, CLOSED_MARCH)[EmployerMonth].collect())
        for name, (flagged, _) in flagged_and_evident(world, CLOSED_MARCH).items():
            seen[name][0] += len(flagged)
            seen[name][1] += len(everyone - flagged)
    assert all(min(counts) > 0 for counts in seen.values()), seen


def test_every_compliant_employer_is_without_any_row() -> None:
    inputs = inputs_of_version(random_world(1, rows=40), CLOSED_MARCH)
    compliant = build([EmployerMonth], inputs, CLOSED_MARCH)[EmployerMonth].collect().filter("is_compliant")
    rows = evidence(observed(inputs, CLOSED_MARCH), CLOSED_MARCH)
    assert not keys(compliant) & {key for frame in rows.values() for key in keys(frame.collect())}


def test_the_rows_are_those_of_the_employer_and_say_what_was_wrong_with_them() -> None:
    bills = table(
        ContributionHistory,
        """
        | employer_key | month   | programme | billed_idr | paid_idr | paid_date  | region_code |
        | one          | 2025-01 | JKK       | 120_000    | 0        | -          | 15.03       |
        | one          | 2025-02 | JKK       | 100_000    | 50_000   | 2025-03-10 | 15.03       |
        | one          | 2025-03 | JKM       | 70_000     | 70_000   | 2025-04-20 | 15.04       |
        | two          | 2025-03 | JKM       | 70_000     | 70_000   | 2025-04-15 | 15.04       |
        | one          | 2025-01 | JKK       | 0          | 10_000   | 2025-02-10 | 15.03       |
        """,
    )
    members = table(
        Membership,
        """
        | employer_key | segment | wage_idr  | workplace_code | start_date | month   |
        | one          | PU      | 3_000_000 | 15.04          | 2024-01-01 | 2025-03 |
        | one          | PU      | 3_000_000 | 15.03          | 2024-01-01 | 2025-03 |
        | one          | PU      | 2_999_999 | -              | 2024-01-01 | 2025-03 |
        | one          | JAKON   | 1         | 15.03          | 2024-01-01 | 2025-03 |
        | two          | PU      | 3_000_000 | 15.03          | 2025-04-30 | 2025-03 |
        """,
    )
    wages = table(
        MinimumWageReference,
        """
        | region_code | year | minimum_wage_idr |
        | 15.03       | 2025 | 3_000_000        |
        | 15.04       | 2025 | 3_000_001        |
        """,
    )
    listed = table(
        Employer, "| npp | region_code | scale | programmes | declared_workers |\n| one | 15.03 | KECIL | JKK,JKM | 4 |"
    )
    inputs = {
        Membership: members, ContributionHistory: bills, Employer: listed, MinimumWage: wages,
        MembershipRule: table(MembershipRule, "| parameter | segment | value | effective_from |\n| arrears_grace_months | BPU | 3 | 2014-01-01 |"),
    }  # fmt: skip
    rows = {name: frame.collect() for name, frame in evidence(observed(inputs, CLOSED_MARCH), CLOSED_MARCH).items()}
    assert rows["PDS_UPAH"].select(LINE_NO, "minimum_wage_of", "minimum_wage_idr").sort(LINE_NO).rows() == [
        (2, "15.04", 3_000_001),
        (4, "15.03", 3_000_000),
    ]
    told = rows["TUNGGAKAN"].select(LINE_NO, pl.col("month", "due_date").dt.to_string(), "unpaid_idr").sort(LINE_NO)
    assert told.rows() == [(2, "2025-01-01", "2025-02-17", 60_000), (3, "2025-02-01", "2025-03-17", 100_000)]
    assert rows["TERLAMBAT"].select(LINE_NO, pl.col("paid_date").dt.to_string()).rows() == [(4, "2025-04-20")]
    assert rows["PDS_PROGRAM"].select(LINE_NO, "owed_programmes", "followed_programmes").rows() == [(2, 7, 3)]
    assert rows["PWBD"].is_empty()
    assert rows["PDS_TK"].is_empty()


def test_one_rupiah_unpaid_is_evidence_and_a_receipt_without_a_bill_is_none() -> None:
    text = """
        | employer_key | month   | programme | billed_idr | paid_idr | paid_date  | region_code |
        | one          | 2025-01 | JKK       | 1          | 0        | -          | 15.03       |
        | one          | 2025-02 | JKM       | 100        | 40       | 2025-03-10 | 15.03       |
        | one          | 2025-02 | JKM       | 0          | 59       | 2025-03-11 | 15.03       |
        """
    inputs = inputs_of_version(random_world(1, rows=1), CLOSED_MARCH)
    inputs = {
        **inputs,
        ContributionHistory: table(ContributionHistory, text),
        Employer: table(Employer, "| npp | region_code |\n| one | 15.03 |"),
    }
    rows = evidence(observed(inputs, CLOSED_MARCH), CLOSED_MARCH)["TUNGGAKAN"].collect()
    assert rows.select("billed_idr", "unpaid_idr").sort("billed_idr").rows() == [(1, 1), (100, 1)]
    owing = pl.LazyFrame({"arrears_idr": [0, 1]}).select(FLAGS["TUNGGAKAN"]).collect()
    assert owing.to_series().to_list() == [False, True]
