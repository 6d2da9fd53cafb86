"""Sums made of what they were, less what is gone, with what has come, are those of all that is there."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.asciitable import table as rows_of
from transforms.renewal import ADDS_UP, employers_renewed, renewed
from warehouse.schema import Table, conform
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.payer_parts import DueByRule, LeftOpen, PaidFor

GROUP = ("15.03", "15.04")
Part = list[tuple[str, int]]
PARTS = st.lists(st.tuples(st.sampled_from(GROUP), st.integers(1, 5)), max_size=6)


def paid_for(part: Part) -> pl.LazyFrame:
    """Return how many members each regency has in a part."""
    rows = pl.LazyFrame(part, {"region_code": pl.String, "members": pl.Int64}, orient="row")
    whole = rows.with_columns(segment=pl.lit("PU"), programme=pl.lit("JKK"), funding_source=pl.lit("EMPLOYER"))
    keys = [name for name in PaidFor.stored_columns() if name != "members"]
    return conform(whole.group_by(keys).agg(pl.col("members").sum()), PaidFor)


@given(PARTS, PARTS, PARTS)
def test_what_was_less_what_is_gone_with_what_has_come_is_what_is_there(stayed: Part, gone: Part, come: Part) -> None:
    found = renewed(PaidFor, paid_for(stayed + gone), paid_for(gone), paid_for(come))
    expected = paid_for(stayed + come)
    assert_frame_equal(found.collect(), expected.collect(), check_row_order=False)


def test_a_group_that_lost_all_it_had_is_left_out_and_one_without_a_price_stays_without() -> None:
    was, gone = (
        rows_of(DueByRule, f"| rules | memberships | due_idr |\n{text}", region_code="15.03", confidence=None)
        for text in ("| R1 | 2 | 100 |\n| NO_RULE | 3 | - |", "| R1 | 2 | 100 |\n| NO_RULE | 1 | - |")
    )
    found = renewed(DueByRule, was, gone, gone.clear()).select("rules", "memberships", "due_idr").collect()
    assert found.rows() == [("NO_RULE", 2, None)]


def test_what_is_open_of_nothing_is_no_group() -> None:
    was = rows_of(LeftOpen, "| arrears_idr | fine_idr |\n| 70 | 0 |")
    assert renewed(LeftOpen, was, was, was.clear()).collect().is_empty()


def test_employers_that_changed_are_as_they_come_and_all_others_as_they_were() -> None:
    was = rows_of(EmployerMonth, "| employer_key | declared_workers |\n| NPP1 | 1 |\n| NPP2 | 2 |")
    come = rows_of(EmployerMonth, "| employer_key | declared_workers |\n| NPP2 | 5 |\n| NPP4 | 4 |")
    changed = pl.LazyFrame(
        {"npp": ["NPP2", "NPP3", "NPP4"], "nib": [None, None, "1"]}, {"npp": pl.String, "nib": pl.String}
    )
    found = employers_renewed(was, changed, come).select("employer_key", "declared_workers").collect()
    assert sorted(found.rows()) == [("NPP1", 1), ("NPP2", 5), ("NPP4", 4)]


@pytest.mark.parametrize("table", ADDS_UP)
def test_what_adds_up_is_a_number_and_all_else_tells_groups_apart(table: type[Table]) -> None:
    schema = table.polars_schema()
    assert all(schema[name] == pl.Int64 for name in ADDS_UP[table])
