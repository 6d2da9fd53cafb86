"""The identities between facts: they hold on right rows, and each wrong figure is named."""

from __future__ import annotations

import pytest

from expectations.identities import check_identities
from tests.asciitable import table
from warehouse.tables.compliance import FactCompliance
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.premium import FactPremium

RIGHT = """
    | region_code | basis     | segment | active_workers |
    | 15.03       | RESIDENCE | PU      | 6              |
    | 15.03       | RESIDENCE | BPU     | 5              |
    | 15.03       | RESIDENCE | UCJ     | 9              |
    | 15.03       | RESIDENCE | ALL     | 9              |
    | 15.04       | RESIDENCE | PU      | 3              |
    | 15.04       | RESIDENCE | UCJ     | 3              |
    | 15.04       | RESIDENCE | ALL     | 3              |
    | 15          | RESIDENCE | PU      | 8              |
    | 15          | RESIDENCE | BPU     | 5              |
    | 15          | RESIDENCE | UCJ     | 11             |
    | 15          | RESIDENCE | ALL     | 11             |
    | 00          | RESIDENCE | PU      | 8              |
    | 00          | RESIDENCE | BPU     | 5              |
    | 00          | RESIDENCE | UCJ     | 11             |
    | 00          | RESIDENCE | ALL     | 11             |
"""


def failed(text: str) -> set[str]:
    """Return the names of the identities that coverage rows break."""
    rows = table(FactCoverage, text).collect()
    return {one.rule for one in check_identities({FactCoverage: rows}, {}, "2025-03") if not one.success}


def test_right_coverage_breaks_no_identity() -> None:
    assert failed(RIGHT) == set()


@pytest.mark.parametrize(
    ("right", "wrong", "broken"),
    [
        (
            "15.03       | RESIDENCE | UCJ     | 9 ",
            "15.03       | RESIDENCE | UCJ     | 12",
            "scope_ucj_fits_its_segments",
        ),
        (
            "15.03       | RESIDENCE | UCJ     | 9 ",
            "15.03       | RESIDENCE | UCJ     | 5 ",
            "scope_ucj_fits_its_segments",
        ),
        (
            "15          | RESIDENCE | PU      | 8 ",
            "15          | RESIDENCE | PU      | 10",
            "province_fits_its_regions",
        ),
        (
            "15          | RESIDENCE | PU      | 8 ",
            "15          | RESIDENCE | PU      | 5 ",
            "province_fits_its_regions",
        ),
        ("00          | RESIDENCE | ALL     | 11", "00          | RESIDENCE | ALL     | 12", "nation_fits_its_regions"),
    ],
)
def test_a_wrong_count_breaks_the_identity_it_belongs_to(right: str, wrong: str, broken: str) -> None:
    assert right in RIGHT
    assert broken in failed(RIGHT.replace(right, wrong))


def test_a_region_without_its_province_breaks_the_level_identity() -> None:
    kept = "\n".join(line for line in RIGHT.splitlines() if not line.strip().startswith("| 15  "))
    assert {"province_fits_its_regions", "nation_fits_its_regions"} <= failed(kept)


def test_rupiah_that_the_lake_has_and_the_fact_has_not_are_noticed() -> None:
    rows = table(FactPremium, "| billed_idr | paid_idr |\n| 100 | 60 |\n| 50 | 50 |").collect()
    checks = check_identities({FactPremium: rows}, {"billed_idr": 150, "paid_idr": 111}, "2025-03")
    assert {one.rule: one.success for one in checks} == {"billed_idr_conserved": True, "paid_idr_conserved": False}


def test_an_employer_that_is_not_counted_is_noticed() -> None:
    counted = table(FactCompliance, "| obliged_employers |\n| 2 |").collect()
    (check,) = check_identities({FactCompliance: counted}, {"employers": 3}, "2025-03")
    assert (check.success, check.observed, check.expected) == (False, "2", "3")
