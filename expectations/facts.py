"""The audit of computed rows before anyone can read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from expectations.verdict import CouldNotRunError
from warehouse.ledger import Check
from warehouse.rules import FILE
from warehouse.schema import Fact

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

    from expectations.verdict import Outcome


def audit_fact(rows: pl.LazyFrame, table: type[Fact], subject: str) -> list[Check]:
    """Return what Great Expectations finds on the computed rows of a fact, one check per expectation."""
    from expectations.declared import fact_suite
    from expectations.engine import validate

    suite, name = fact_suite(table, min_rows=0), f"{table.name} {subject}"
    try:
        outcomes = _decided(rows, suite)
    except CouldNotRunError:
        outcomes = validate(rows, suite, name=name).outcomes
    return [one.check(table.name, subject) for one in outcomes]


def _decided(rows: pl.LazyFrame, suite: ExpectationSuite) -> tuple[Outcome, ...]:
    """Return the outcomes, by a suite that is read once for all months. Raises CouldNotRunError as soon as a rule cannot run."""
    from expectations.engine import configurations_kept
    from expectations.prepared import prepared
    from expectations.tally import counted, tallies

    ready = prepared(suite, rows.collect_schema())
    if ready.errors:
        raise CouldNotRunError(ValueError())
    judged = rows.with_columns(ready.word).with_columns(pl.lit(0, pl.UInt32).alias(FILE))
    try:
        collected = pl.collect_all(counted(judged, ready, ()), engine="streaming")
    except Exception as cause:
        raise CouldNotRunError(cause) from None
    with configurations_kept():
        return ready.outcomes(tallies(collected, ready, 1, 0)[0].counts)
