"""Sums of a month made of what they were: what changed rows added is taken off, and what stands in their place is added."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.schema import Lazy, Table, TableT, conform
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.coverage_parts import AlikePersons
from warehouse.tables.payer_parts import ArrearsOfPayers, DueByRule, JudgedPayers, LeftOpen, PaidFor

ADDS_UP: Mapping[type[Table], tuple[str, ...]] = {
    AlikePersons: ("persons",),
    PaidFor: ("members",),
    DueByRule: ("memberships", "due_idr"),
    LeftOpen: ("arrears_idr", "fine_idr"),
    JudgedPayers: (
        "payers", "memberships", "without_price", "without_earlier_price", "due_idr", "payable_idr", "earlier_due_idr",
        "earlier_payable_idr", "billed_idr",
    ),
    ArrearsOfPayers: ("bills", "accounts", "arrears_idr"),
}  # fmt: skip
"""What adds up over sets of persons, or of payers; all other columns of these tables tell the groups apart."""


def renewed(table: type[TableT], was: pl.LazyFrame, gone: pl.LazyFrame, come: pl.LazyFrame) -> Lazy[TableT]:
    """Return the sums of `table` as they `was`, less those of what is `gone`, with those of what has `come`.

    A group without anything left is left out: each is counted by something that is above 0 in it, or is nothing at all.
    """
    names = ADDS_UP[table]
    groups = [name for name in table.stored_columns() if name not in names]
    signed = pl.concat([was, come, gone.with_columns(-pl.col(names))])
    priced = [pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in names]
    totals = signed.group_by(groups).agg(priced)
    return conform(totals.filter(pl.any_horizontal((pl.col(names) != 0).fill_null(False))), table)


def employers_renewed(was: pl.LazyFrame, changed: pl.LazyFrame, come: pl.LazyFrame) -> Lazy[EmployerMonth]:
    """Return the employers as they `was`, but for the `changed` ones (npp, or the nib of one without), which are as they `come`."""
    key = pl.coalesce("npp", pl.format("NIB:{}", "nib"))
    others = was.join(changed.select(employer_key=key).unique(), on="employer_key", how="anti")
    return conform(pl.concat([others, come]), EmployerMonth)
