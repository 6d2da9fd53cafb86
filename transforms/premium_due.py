"""What payers owe for a month: every membership in force, priced by the rules of the reference day."""

from __future__ import annotations

import polars as pl

from transforms.arrears import overdue_by_month
from transforms.graph import transform
from transforms.sharing import shared
from transforms.tariff import CLASS
from transforms.tariff_memberships import (
    AMOUNTS,
    BITS,
    BY_MONTH,
    amount_of,
    charged_by_month,
    charged_once,
    classes_by_month,
    is_charged_once,
    priced,
    terms_of,
)
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.employer import Employer
from warehouse.tables.in_force import InForce
from warehouse.tables.open_history import OpenHistory
from warehouse.tables.premium_due import PremiumDue
from warehouse.tables.reference import ContributionRule
from warehouse.tables.tariff_terms import MonthlyTerms
from warehouse.vocabulary import PROGRAMMES

ASKED = (
    "employer_key", "membership_key", "residence_code", "segment", "sub_sector", "programmes", "funding_source", "wage_idr",
    "start_date", "end_date", "contract_value_idr",
)  # fmt: skip
PAYER = ("employer_key", "membership_key")
ALIKE = (*PAYER, "region_code", "class_id", "programmes", "charged")
SHORT = ("segment", "programme", "funding_source", "rules", "confidence")


@transform
def monthly_terms(rules: Lazy[ContributionRule], version: Version) -> Lazy[MonthlyTerms]:
    """Return the terms, on the reference day, of every class that owes by the month, whether it occurs or not."""
    days = pl.LazyFrame({"day": [version.reference_day]})
    return conform(shared(terms_of(classes_by_month(days, rules), rules)), MonthlyTerms)


@transform
def premium_due(
    in_force: Lazy[InForce],
    contributions: Lazy[Contribution],
    history: Lazy[OpenHistory],
    employers: Lazy[Employer] | None,
    months: Lazy[DimMonth],
    rules: Lazy[ContributionRule],
    terms: Lazy[MonthlyTerms],
    version: Version,
) -> Lazy[PremiumDue]:
    """Return what the memberships in force owe by the rules of the reference day.

    Risk class and labour intensity are those of the employer in `employers`, one snapshot; without it they are unknown.
    Who holds JKP is a member of JKP while the employer has nothing in arrears up to the version's month.
    """
    classes = shared(_classes(employers, history, months, version))
    named = shared(_named_by_bills(contributions))
    monthly, once = (
        _facing_the_law(in_force.select(ASKED).filter(part), named, classes, version)
        for part in (~is_charged_once(), is_charged_once())
    )
    own, contracts = _with_known_sub_sector(charged_by_month(monthly), rules), shared(charged_once(once))
    of_contracts = shared(terms_of(contracts.select(CLASS), rules))
    due = [_summed(own, terms, BY_MONTH), _summed(contracts, of_contracts, CLASS)]
    return conform(shared(pl.concat(due)), PremiumDue)


def _classes(
    employers: pl.LazyFrame | None, history: pl.LazyFrame, months: pl.LazyFrame, version: Version
) -> pl.LazyFrame:
    """Return, per npp: risk_class, labour_intensive (null when not listed) and in_arrears (null when not).

    An NPP listed several times is what its row with the most declared workers says, then its lowest nib.
    """
    known = history.filter(pl.col("employer_key").is_not_null())
    in_arrears = overdue_by_month(known, months, version).select("employer_key", in_arrears=pl.lit(True)).unique()
    if employers is None:
        nothing = {"risk_class": pl.lit(None, pl.String), "labour_intensive": pl.lit(None, pl.Boolean)}
        return in_arrears.with_columns(**nothing)
    listed = employers.filter(pl.col("npp").is_not_null()).sort(
        "declared_workers", "nib", "risk_class", "labour_intensive", descending=[True, False, False, False]
    )
    first = listed.unique("npp", keep="first", maintain_order=True)
    named = first.select("risk_class", "labour_intensive", employer_key="npp")
    return named.join(in_arrears, on="employer_key", how="full", coalesce=True)


def _named_by_bills(contributions: pl.LazyFrame) -> pl.LazyFrame:
    """Return the memberships, as payer too, that pay a bill themselves."""
    own = contributions.filter(pl.col("employer_key").is_null()).select("membership_key").unique()
    return own.with_columns(payer="membership_key")


def _facing_the_law(
    in_force: pl.LazyFrame, named: pl.LazyFrame, classes: pl.LazyFrame, version: Version
) -> pl.LazyFrame:
    """Return the memberships with what the law asks about them, and the token of those that a bill names as payer."""
    own = pl.when(pl.col("employer_key").is_null()).then("payer")
    holds_jkp = (pl.col("programmes") & BITS["JKP"]) != 0
    known = in_force.join(classes, on="employer_key", how="left").join(named, on="membership_key", how="left")
    return known.with_columns(
        day=pl.lit(version.reference_day),
        jkp_member=holds_jkp & pl.col("in_arrears").is_null(),
        payer=own,
    )


def _with_known_sub_sector(rows: pl.LazyFrame, rules: pl.LazyFrame) -> pl.LazyFrame:
    named = rules.select("sub_sector", named="sub_sector").drop_nulls().unique()
    return rows.join(named, on="sub_sector", how="left").with_columns(sub_sector="named")


def _summed(rows: pl.LazyFrame, terms: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    """Return the rows of PremiumDue that memberships make whose class, told apart by the columns `by`, is one of `terms`.

    Memberships are added up while their programmes lie side by side, and only the sums are unfolded by programme.
    """
    amounts = sorted({amount_of(name, programme) for name in AMOUNTS for programme in PROGRAMMES})
    placed = priced(rows, terms, by).with_columns(
        membership_key="payer", region_code=pl.col("residence_code").cast(pl.Categorical)
    )
    alike = shared(placed.group_by(ALIKE).agg(pl.col(amounts).sum(), memberships=pl.len().cast(pl.Int64)))
    ruled = terms.with_columns(pl.col(SHORT).cast(pl.Categorical))
    return pl.concat([_of_programme(alike, ruled.filter(pl.col("programme") == one), one) for one in PROGRAMMES])


def _of_programme(alike: pl.LazyFrame, terms: pl.LazyFrame, programme: str) -> pl.LazyFrame:
    """Return what is owed for one programme; memberships whose payer nobody names are one row a class."""
    amounts = {name: amount_of(name, programme) for name in AMOUNTS}
    held = alike.filter((pl.col("programmes") & BITS[programme]) != 0).select(
        *PAYER, "region_code", "class_id", "memberships", is_charged=pl.col("charged") != 0, **amounts
    )
    nobody = pl.all_horizontal(pl.col(PAYER).is_null())
    together = held.filter(nobody).group_by(*PAYER, "region_code", "class_id", "is_charged")
    due = pl.concat([held.filter(~nobody), together.agg(pl.col("memberships", *AMOUNTS).sum())], how="diagonal")
    rates = {name: rate for name, (rate, *_) in AMOUNTS.items()}
    known = {name: pl.when(pl.col(rate).is_not_null()).then(name) for name, rate in rates.items()}
    return due.join(terms.select("class_id", *SHORT, *rates.values()), on="class_id").with_columns(**known)
