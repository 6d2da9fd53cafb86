"""Both engines on small worlds: the transforms, and the statements of the second engine over frames instead of the lake."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from expectations.opinion import opinions as ask
from expectations.opinion.past import lay_out_past
from flows.parting import with_steps
from tests.rules import REFERENCE
from transforms.graph import build
from warehouse.asking import workbench
from warehouse.calendar import Version
from warehouse.schema import Table
from warehouse.tables.reference import ContributionRule
from warehouse.tables.tariff_terms import MonthlyTerms

EXAMPLES = int(os.environ.get("CAKUPAN_EXAMPLES", "40"))
"""On how many random worlds the engines are held against each other."""


def made(
    targets: Sequence[type[Table]], inputs: Mapping[type[Table], pl.LazyFrame], version: Version
) -> dict[type[Table], pl.DataFrame]:
    """Return what the transforms make of the inputs, step by step as a load does: a plan of everything is slow to plan.

    What is made of the rules alone is made once of those that all worlds have.
    """
    known = dict(inputs)
    if known.get(ContributionRule) is REFERENCE[ContributionRule]:
        known |= {MonthlyTerms: _terms(version).lazy()}
    built = build(targets, with_steps(targets, known, version), version)
    return dict(zip(built, pl.collect_all(built.values()), strict=True))


@cache
def _terms(version: Version) -> pl.DataFrame:
    return build([MonthlyTerms], REFERENCE, version)[MonthlyTerms].collect()


def opinion(name: str, frames: Mapping[type[Table], pl.LazyFrame], version: Version) -> pl.DataFrame:
    """Return the rows of one statement for a version; `frames` are the tables that it may read."""
    return opinions([name], frames, version)[name]


def opinions(
    names: Iterable[str], frames: Mapping[type[Table], pl.LazyFrame], version: Version, parts: int = 1
) -> dict[str, pl.DataFrame]:
    """Return the rows of several statements for a version by their names, payers taken in so many parts."""
    with TemporaryDirectory() as folder, workbench([], Path(folder) / "spill", threads=1, parts=parts) as bench:
        lay_out_past(bench, {})
        for table, frame in frames.items():
            bench.put(table.name, frame.collect())
        return {name: opinion.found() for name, opinion in ask(bench, list(names), version)}
