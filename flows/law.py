"""What is made of the law alone: the same for whatever is loaded, and computed once in a process."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from flows.assembly import Inputs
from transforms.graph import build
from warehouse import lake
from warehouse.calendar import Version
from warehouse.tables.reference import ContributionRule
from warehouse.tables.tariff_terms import MonthlyTerms


def terms_of_the_law(version: Version) -> Inputs:
    """Return the terms of every class that owes by the month, by the rules of the seeds on the reference day of a version."""
    return {MonthlyTerms: _terms(version.reference_day).lazy()}


@cache
def _terms(day: date) -> pl.DataFrame:
    rules: Inputs = {ContributionRule: lake.seed(ContributionRule)}
    return lake.held(build([MonthlyTerms], rules, Version(day.replace(day=1), day))[MonthlyTerms])
