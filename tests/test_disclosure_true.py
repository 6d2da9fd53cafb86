"""What everybody is taken to know of a month is true of every month, whoever joined a second segment or came back elsewhere."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from flows.publishing.disclosing import counted
from tests.second import EXAMPLES, made
from tests.warehouse_of_facts import warehouse_of
from tests.world import CLOSED_MARCH, MARCH, inputs_of_version, random_world
from transforms.disclosure_cells import FLOWS, month_of
from warehouse.schema import Fact
from warehouse.tables.coverage import FactCoverage, FactProgrammeCoverage
from warehouse.tables.movement import FactMovement
from warehouse.tables.registration import FactRegistration

LINKED: tuple[type[Fact], ...] = (FactCoverage, FactProgrammeCoverage, FactMovement, FactRegistration)
MONTHS = range(max(EXAMPLES, 10))
"""By their seeds; among fewer than ten there may be nobody of whom the statements were untrue once."""
PARENTS = {"15.03": "15", "15.04": "15", "16.01": "16", "15": "00", "16": "00"}


@cache
def cells_of(seed: int) -> pl.DataFrame:
    """Return the counted cells of a random month, as the choice of hidden cells is given them."""
    found = made(LINKED, inputs_of_version(random_world(seed, rows=60), CLOSED_MARCH), CLOSED_MARCH)
    with warehouse_of({fact: found[fact] for fact in LINKED}) as read:
        cells = pl.concat([*counted(read, MARCH)])
    return cells.with_columns(known=pl.lit(False), hidden=pl.lit(False))


@pytest.mark.parametrize("seed", MONTHS)
def test_no_count_of_a_random_month_breaks_what_everybody_is_taken_to_know(seed: int) -> None:
    cells = cells_of(seed)
    family = month_of(cells, PARENTS).family
    untrue = [
        (family.identities[at].data.tolist(), cells[family.identities[at].indices].rows())
        for at in ((family.sums < 0) & ~family.exact).nonzero()[0]
    ]
    assert untrue == []


def test_random_months_have_those_who_join_a_segment_and_not_its_scope_and_those_who_return_to_a_whole_alone() -> None:
    """Else the test above could not fail."""
    keys = ["region_code", "basis", "object", "column_name"]
    cells = pl.concat([cells_of(seed).with_columns(seed=seed) for seed in MONTHS])
    coverage = cells.filter(pl.col("object") == "mart.fact_coverage")
    by_scope = coverage.pivot(on="segment", index=["seed", *keys], values="value").filter(pl.col("PU") > pl.col("UCJ"))
    assert set(by_scope["column_name"]) == {*FLOWS}
    back = coverage.filter(pl.col("column_name") == "returned_workers", pl.col("segment") == "ALL")
    parts = back.with_columns(region_code=pl.col("region_code").replace_strict(PARENTS, default=None))
    whole = parts.group_by("seed", "region_code", "basis").agg(parts=pl.col("value").sum())
    assert back.join(whole, on=["seed", "region_code", "basis"]).filter(pl.col("value") > pl.col("parts")).height
