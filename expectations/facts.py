"""The audit of computed rows before anyone can read them."""

from __future__ import annotations

import polars as pl

from warehouse.ledger import Check
from warehouse.schema import Fact


def audit_fact(rows: pl.LazyFrame, table: type[Fact], subject: str) -> list[Check]:
    """Return what Great Expectations finds on the computed rows of a fact, one check per expectation."""
    from expectations.declared import fact_suite
    from expectations.engine import validate

    suite = fact_suite(table, min_rows=0)
    verdict = validate(rows, suite, name=f"{table.name} {subject}")
    return [one.check(table.name, subject) for one in verdict.outcomes]
