"""The registration fact: workers whom employers register as new, and how many of them are members."""

from __future__ import annotations

import polars as pl

from transforms.dated import stamp
from transforms.graph import transform
from warehouse.calendar import Version
from warehouse.schema import Lazy, conform
from warehouse.tables.employer import Employer
from warehouse.tables.in_force import InForce
from warehouse.tables.registration import FactRegistration, RegistrationHistory
from warehouse.vocabulary import NATION

WORKER, EMPLOYER = "worker_key", "employer_key"
MEMBERS = {"member_workers": "is_member", "employer_member_workers": "is_member_there"}


@transform
def fact_registration(
    registered: Lazy[RegistrationHistory],
    in_force: Lazy[InForce] | None,
    employers: Lazy[Employer] | None,
    version: Version,
) -> Lazy[FactRegistration]:
    """Return distinct workers registered per region of every level; those who are members are null without memberships.

    An employer listed in several regencies gives no region: its workers without a stated one count in the nation only.
    """
    asked = registered.select(WORKER, EMPLOYER, "region_code").unique()
    marked = _marked(_placed(asked, employers), in_force)
    levels = pl.concat_list(pl.col("region_code"), pl.col("region_code").str.head(2), pl.lit(NATION))
    everywhere = (
        marked.with_columns(region_code=levels).explode("region_code").filter(pl.col("region_code").is_not_null())
    )
    counted = everywhere.group_by("region_code").agg(
        pl.col(EMPLOYER).n_unique().alias("registering_employers"),
        pl.col(WORKER).n_unique().alias("registered_workers"),
        *(pl.col(WORKER).filter(pl.col(mark)).n_unique().alias(name) for name, mark in MEMBERS.items()),
    )
    if in_force is None:
        counted = counted.with_columns(pl.lit(None, pl.Int64).alias(name) for name in MEMBERS)
    return conform(counted.with_columns(stamp(version)), FactRegistration)


def _placed(asked: pl.LazyFrame, employers: pl.LazyFrame | None) -> pl.LazyFrame:
    if employers is None:
        return asked
    seats = employers.group_by(pl.col("npp").alias(EMPLOYER)).agg(pl.col("region_code").unique().alias("seats"))
    seat = pl.when(pl.col("seats").list.len() == 1).then(pl.col("seats").list.first())
    joined = asked.join(seats.drop_nulls(EMPLOYER), on=EMPLOYER, how="left")
    return joined.with_columns(pl.col("region_code").fill_null(seat)).drop("seats")


def _marked(placed: pl.LazyFrame, in_force: pl.LazyFrame | None) -> pl.LazyFrame:
    if in_force is None:
        return placed.with_columns(pl.lit(False).alias(mark) for mark in MEMBERS.values())
    theirs = in_force.join(placed.select(WORKER).unique(), on=WORKER, how="semi").select(WORKER, EMPLOYER).unique()
    members = theirs.select(WORKER).unique().with_columns(is_member=pl.lit(True))
    there = theirs.with_columns(is_member_there=pl.lit(True))
    marked = placed.join(members, on=WORKER, how="left").join(there, on=[WORKER, EMPLOYER], how="left")
    return marked.with_columns(pl.col(list(MEMBERS.values())).fill_null(False))
