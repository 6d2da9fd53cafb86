"""Two engines agree on what is due, and on why bills differ, in every month in which the law changed."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import polars.selectors as cs
import pytest
from polars.testing import assert_frame_equal

from tests.rules import REFERENCE
from tests.second import made, opinion, opinions
from tests.world import CLOSED_MARCH, MARCH, MID_MARCH, World, inputs_of_version, random_world
from warehouse.calendar import Version
from warehouse.schema import Table, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.membership import Membership
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_difference import CAUSES, FactPremiumDifference
from warehouse.tables.premium_rule import FactPremiumRule

FACTS: dict[str, type[Table]] = {
    "premium": FactPremium,
    "premium_difference": FactPremiumDifference,
    "premium_rule": FactPremiumRule,
}
MONTHS_OF_CHANGE = (
    date(2015, 7, 1), date(2020, 8, 1), date(2021, 2, 1), date(2021, 3, 1), date(2023, 2, 1), date(2023, 10, 1),
    date(2025, 2, 1), date(2025, 8, 1), date(2026, 1, 1), date(2026, 4, 1), date(2027, 1, 1), date(2027, 4, 1),
)  # fmt: skip


def moved(world: World, month: date) -> World:
    """Return the world with every day moved by as many months as lie between March 2025 and `month`."""
    by = _distance(month)
    return {kind: frame.with_columns(cs.date().dt.offset_by(by)) for kind, frame in world.items()}


def moved_version(version: Version, month: date) -> Version:
    """Return the version moved likewise."""
    return Version(month, pl.select(pl.lit(version.as_of_date).dt.offset_by(_distance(month))).item())


def _distance(month: date) -> str:
    return f"{(month.year - MARCH.year) * 12 + month.month - MARCH.month}mo"


def billed(world: World, version: Version, seed: int) -> World:
    """Return the world with bills that follow what is due: right, by another opinion, elsewhere, wrong, or not at all."""
    dice = Random(seed)
    key = ["payer", "region_code", "segment", "programme", "funding_source"]
    columns = ("due", "payable", "earlier_payable")
    due = opinion("due", {**REFERENCE, **named(world, version)}, version)
    owed = due.group_by(key).agg(pl.col(columns).sum()).sort(key)
    members = set(world[Membership].select("membership_key").collect().to_series())
    bills = []
    for row in owed.to_dicts():
        amount = dice.choice(
            [*(row[name] for name in columns), row["due"] + 1, row["due"] // 2, row["due"] + 1000, None]
        )
        region = dice.choice([row["region_code"], row["region_code"], "16.01"])
        is_member = row["payer"] in members
        employer = None if is_member else row["payer"].decode()
        payer = {
            "employer_key": dice.choice([employer] * 9 + ["donor"]),
            "membership_key": row["payer"] if is_member else None,
        }
        same = {name: row[name] for name in ("segment", "programme", "funding_source")}
        day = {"month": version.month, "as_of_date": version.as_of_date, "workers": 1, "paid_idr": amount}
        if amount is not None:
            bills.append({**payer, **same, **day, "region_code": region, "billed_idr": amount})
    schema = Contribution.polars_schema()
    frame = pl.DataFrame([{name: bill.get(name) for name in schema} for bill in bills], schema=schema).lazy()
    return {**world, Contribution: pl.concat([world[Contribution], frame])}


def named(world: World, version: Version) -> World:
    """Return the world with a bill of nothing for every membership without employer: each is a payer with a number then."""
    free = world[Membership].filter(pl.col("employer_key").is_null()).select("membership_key").unique()
    words = {"region_code": "15.01", "segment": "BPU", "programme": "JKK", "funding_source": "SELF"}
    nothing = free.with_columns(
        pl.lit(version.month).alias("month"),
        pl.lit(version.as_of_date).alias("as_of_date"),
        *(pl.lit(word).alias(name) for name, word in words.items()),
        *(pl.lit(0).alias(name) for name in ("workers", "billed_idr", "paid_idr")),
    )
    frames = [world[Contribution], nothing]
    return {**world, Contribution: pl.concat(frames, how="diagonal_relaxed")}


def agreed(world: World, version: Version) -> dict[str, pl.DataFrame]:
    """Return the facts of premium, after checking that plain SQL finds the same."""
    seconds = opinions(FACTS, {**REFERENCE, **world}, version)
    facts = made(list(FACTS.values()), inputs_of_version(world, version), version)
    found = {name: facts[fact] for name, fact in FACTS.items()}
    for name, frame in found.items():
        assert_frame_equal(frame, conform(seconds[name].lazy(), FACTS[name]).collect(), check_row_order=False)
    return found


@pytest.mark.parametrize("month", MONTHS_OF_CHANGE, ids=lambda month: f"{month:%Y-%m}")
def test_two_engines_agree_in_every_month_in_which_the_law_changed(month: date) -> None:
    for seed, version in enumerate((moved_version(MID_MARCH, month), moved_version(CLOSED_MARCH, month))):
        world = moved(random_world(month.year + month.month + seed, rows=160), month)
        agreed(billed(world, version, seed), version)


def test_every_cause_of_a_difference_occurs_in_the_worlds_on_which_two_engines_agree() -> None:
    causes: set[str] = set()
    for seed in range(4):
        world = billed(random_world(seed, rows=400), CLOSED_MARCH, seed)
        causes |= set(agreed(world, CLOSED_MARCH)["premium_difference"]["cause"])
    assert causes == set(CAUSES)


@pytest.mark.parametrize("parts", [2, 7])
def test_payers_taken_in_parts_owe_what_all_of_them_at_once_owe(parts: int) -> None:
    without_bills = random_world(5, rows=400)
    for world in (without_bills, billed(without_bills, CLOSED_MARCH, 5)):
        once, parted = (opinions(FACTS, {**REFERENCE, **world}, CLOSED_MARCH, some) for some in (1, parts))
        assert once["premium_difference"].height > parts
        for name in FACTS:
            assert_frame_equal(once[name], parted[name], check_row_order=False)
