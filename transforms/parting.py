"""Which tables can be made part by part: of all rows of a set of payers, or of workers, and of no others.

What is made of two sets apart, and put below each other, says what is made of both: nothing in these tables looks from
one payer, or worker, to another. So a month needs the memory of one part, however many rows it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from transforms.premium import PLACE
from transforms.premium_due import ASKED
from warehouse.schema import Table
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.employer import Employer
from warehouse.tables.in_force import InForce
from warehouse.tables.payer_parts import ArrearsOfPayers, DueByRule, JudgedPayers, LeftOpen, PaidFor


class Keyed(NamedTuple):
    """Rows that are told apart by the hash `key`, and the columns of theirs that are looked at."""

    key: pl.Expr
    columns: tuple[str, ...]


class Parting(NamedTuple):
    """The tables that one way of taking parts can make, and what of them is taken in parts; all else is whole."""

    makes: tuple[type[Table], ...]
    of: Mapping[type[Table], Keyed]


def _first_of(name: str, other: str) -> pl.Expr:
    """Return the hash of one column, or where it is null that of another: equal values of either have one hash."""
    return pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash()).otherwise(pl.col(other).hash())


PAYER = _first_of("employer_key", "membership_key")
BY_PAYER = Parting(
    (LeftOpen, ArrearsOfPayers, DueByRule, JudgedPayers, EmployerMonth),
    {
        InForce: Keyed(PAYER, (*ASKED, "worker_key", "workplace_code")),
        ContributionHistory: Keyed(PAYER, tuple(ContributionHistory.stored_columns())),
        Employer: Keyed(_first_of("npp", "nib"), tuple(Employer.stored_columns())),
    },
)
BY_WORKER = Parting(
    (PaidFor,),
    {InForce: Keyed(pl.col("worker_key").hash(), ("residence_code", *PLACE[1:], "worker_key", "programmes"))},
)
PARTINGS = (BY_PAYER, BY_WORKER)
