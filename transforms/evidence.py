"""The rows behind every finding of an employer: found by the expressions that found the finding.

Rows bring two columns of their own along: `file`, a number for where they were read, and their line in it.
"""

from __future__ import annotations

import polars as pl

from transforms.arrears import overdue, paid_late
from transforms.compliance import Observed, assessed
from transforms.settlement import ACCOUNT, by_payer, unpaid_by_month
from transforms.workers import HAS_NO_WORKPLACE, IS_WAGE_EARNER, below_minimum, with_minimum
from warehouse.calendar import Version
from warehouse.rules import LINE_NO

FILE = "file"
ROW = (FILE, LINE_NO)
EMPLOYER = ("employer_key", "region_code")
FLAGS = {
    "PWBD": pl.col("is_unregistered"),
    "PDS_TK": pl.col("is_workers_missing"),
    "PDS_UPAH": pl.col("is_wage_below_minimum"),
    "PDS_PROGRAM": pl.col("is_programme_missing"),
    "TUNGGAKAN": pl.col("arrears_idr") > 0,
    "TERLAMBAT": pl.col("is_late"),
}


def evidence(observed: Observed, version: Version) -> dict[str, pl.LazyFrame]:
    """Return, per finding, the rows that raised it, with EMPLOYER, ROW and what they say; no wage, no person.

    PWBD, PDS_TK and PDS_PROGRAM are raised by the row of the employer; PDS_UPAH by memberships in force, TERLAMBAT by
    contributions paid late, TUNGGAKAN by the bills of every month in arrears, once for each account.
    """
    employers = assessed(observed, version)
    told = {
        "PWBD": (),
        "PDS_TK": ("declared_workers", "registered_workers", "missing_workers"),
        "PDS_PROGRAM": ("scale", "owed_programmes", "followed_programmes"),
    }
    found = {name: employers.filter(FLAGS[name]).select(*EMPLOYER, *ROW, *columns) for name, columns in told.items()}
    listed = employers.filter(pl.col("npp").is_not_null()).select(*EMPLOYER, "npp")
    return found | {
        "PDS_UPAH": _low_wages(observed, listed, version),
        "TUNGGAKAN": _unpaid_bills(observed, listed, version),
        "TERLAMBAT": _late_payments(observed, listed, version),
    }


def _low_wages(observed: Observed, listed: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    rows = observed.in_force.join(listed, left_on="employer_key", right_on="npp", suffix="_listed")
    here = rows.select(*ROW, "segment", "wage_idr", "workplace_code", "region_code", employer_key="employer_key_listed")
    at_work = with_minimum(here.filter(IS_WAGE_EARNER), observed.minimum_wages, "workplace_code", version)
    elsewhere = with_minimum(here.filter(HAS_NO_WORKPLACE), observed.minimum_wages, "region_code", version)
    by_place = [
        frame.filter(below_minimum("wage_idr")).select(*EMPLOYER, *ROW, "minimum_wage_idr", minimum_wage_of=place)
        for frame, place in ((at_work, "workplace_code"), (elsewhere, "region_code"))
    ]
    return pl.concat(by_place)


def _unpaid_bills(observed: Observed, listed: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    known = observed.contributions.filter(pl.col("employer_key").is_not_null())
    unpaid = overdue(unpaid_by_month(known), observed.months, version)
    bills = by_payer(known).filter(pl.col("billed_idr") > 0).select(*ACCOUNT, "month", "billed_idr", *ROW)
    raised = bills.join(unpaid, on=[*ACCOUNT, "month"], nulls_equal=True).join(observed.months, on="month")
    facts = ("month", "segment", "programme", "funding_source", "due_date", "billed_idr", "unpaid_idr")
    return _of_employers(raised, listed, facts)


def _late_payments(observed: Observed, listed: pl.LazyFrame, version: Version) -> pl.LazyFrame:
    late = paid_late(observed.contributions, observed.months, version)
    return _of_employers(
        late, listed, ("month", "segment", "programme", "funding_source", "due_date", "paid_date", "paid_idr")
    )


def _of_employers(rows: pl.LazyFrame, listed: pl.LazyFrame, facts: tuple[str, ...]) -> pl.LazyFrame:
    """Return the rows of listed employers once for each of their regencies; `account_region` is where the account is."""
    paying = rows.select(*ROW, *facts, npp="employer_key", account_region="region_code")
    return listed.join(paying, on="npp").select(*EMPLOYER, *ROW, "account_region", *facts)
