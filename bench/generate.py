"""Generate the extracts of a national month: `python -m bench.generate --size 1M --out DIR --format parquet`.

Rows are pure functions of the seed: the same size gives the same rows in either format. `_ledger/planted.json` says
how many rows there are of each kind and how many break each rule.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, get_args

import polars as pl

from bench import bills
from bench.memberships import memberships
from bench.people import People
from bench.planted import Writer
from bench.world import MONTH, SIZES, Format, World
from warehouse.synthetic import employers, reference
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.target import Target
from warehouse.tables.workforce import Workforce


def generate(world: World) -> dict[str, Any]:
    """Write the extracts of `world` and return what stands in its ledger."""
    world.out.mkdir(parents=True, exist_ok=True)
    writer = Writer(world)
    _write_reference(world, writer)
    sums, donors = [], []
    for part in world.parts():
        people = People(world.plan, part)
        frame = memberships(people)
        writer.write(Membership, part.name, frame)
        writer.write(Contribution, part.name, bills.of_members(people, frame["upah"]))
        sums.append(bills.employed(people, frame["upah"]))
        donors.append(bills.given(people))
        print(f"{part.name}: {frame.height:,}", file=sys.stderr)
    every, gifts = bills.added(pl.concat(sums)), pl.concat(donors)
    for province, places in world.provinces.items():
        mine = every.filter(pl.col("npp") // 100_000_000 == int(province))
        here = gifts.filter(pl.col("place").is_in([place.index for place in places]))
        writer.write(Contribution, f"{province}_{MONTH:%Y%m}_00", bills.of_payers(world, mine, here))
        workers = mine.select("npp", "workers")
        writer.write(Employer, f"{province}_{MONTH:%Y%m}", employers.extract(world.plan, places, MONTH, workers))
    return writer.finish()


def _write_reference(world: World, writer: Writer) -> None:
    provinces, plan = world.provinces.values(), world.plan
    for year in reference.survey_years(plan):
        surveys = [reference.workforce(places, year) for places in provinces]
        writer.write(Workforce, f"{year}08", pl.concat(surveys), clean=True)
    writer.write(
        MinimumWage, f"{MONTH.year}", pl.concat([reference.wages(one, MONTH.year) for one in provinces]), clean=True
    )
    writer.write(
        Target, f"{MONTH.year}", pl.concat([reference.targets(one, MONTH.year) for one in provinces]), clean=True
    )


def main() -> None:
    """Generate what the command line asks for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", default="1M", help=f"memberships: {', '.join(SIZES)} or a number")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--format", choices=get_args(Format), default="parquet")
    asked.add_argument("--regions", default="00", help="codes of provinces or regencies, comma between; 00 is all")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    size = SIZES[given.size] if given.size in SIZES else int(given.size)
    told = generate(World(given.out, size, given.format, tuple(given.regions.split(",")), seed=given.seed))
    print(
        f"{told['files']} files, {told['bytes'] / 2**20:.0f} MiB, rows {told['rows']}, planted {told['rejected_rows']}"
    )


if __name__ == "__main__":
    main()
