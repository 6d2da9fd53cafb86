"""What the statements add up, made of what it was: of the payers and persons whom a change concerns alone everything is asked again.

Sums over payers, and over persons, can be taken apart. What those whom a change concerns added to them, with all their
rows in all files, is taken off, and what they add now is added. The rest is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from expectations.opinion import NEEDS
from expectations.opinion.changed import ON_SHEETS, PAYERS, VERSIONS, Sums, lay_out_registered
from expectations.opinion.near import Side
from warehouse.asking import Workbench, literal
from warehouse.calendar import Version

OWED = ("n", "due", "billed", "payable", "earlier_due", "earlier_payable", "earlier_blind")
SUMS: Mapping[str, tuple[str, ...]] = {
    "person": ("persons",),
    "holders": ("persons",),
    "settled": ("payers", *OWED),
    "paid": ("bills", "workers_billed", "billed_idr", "paid_idr", "paid_on_time_idr", "paid_late_idr"),
    "fines": ("fine_idr",),
    "newly_owed": ("owed_idr",),
    "overdue": ("accounts", "arrears_idr"),
    "ever_billed": ("bills",),
    "due_by_rule": ("memberships", "blind", "due"),
}
"""What adds up in each step: where nothing is left of the first, no row is. All other columns tell the groups apart."""
EMPLOYERS = "employer_month"


def made_of(names: Sequence[str]) -> list[str]:
    """Return the sums, and employers, that some statements are made of."""
    asked, found = list(names), set(names)
    while asked:
        needs = NEEDS.get(asked.pop(), ())
        asked += [one for one in needs if one not in found]
        found.update(needs)
    return [one for one in (*SUMS, EMPLOYERS) if one in found]


def lay_out(
    bench: Workbench, version: Version, was: Mapping[str, Path], gone: Sums, come: Sums, now: Side
) -> list[str]:
    """Return the steps that lie on the bench now: sums, and employers, made of what they were, and who is registered."""
    lay_out_registered(bench, version, now)
    for name, path in was.items():
        if name not in come:
            bench.table(name, _stored(path))
        elif name == EMPLOYERS:
            _lay_out_employers(bench, path, come[name])
        else:
            _lay_out_sum(bench, name, path, gone[name], come[name])
    return [*was, *VERSIONS, ON_SHEETS]


def _lay_out_sum(bench: Workbench, name: str, was: Path, gone: pl.DataFrame, come: pl.DataFrame) -> None:
    """Keep the rows of a sum under its name: as they were, less those of what is gone, and with those of what has come."""
    sums = SUMS[name]
    groups = ", ".join(one for one in gone.columns if one not in sums)
    less = ", ".join(f"-{one} AS {one}" for one in sums)
    added = ", ".join(f"CAST(sum({one}) AS BIGINT) AS {one}" for one in sums)
    bench.put("gone", gone)
    bench.put("come", come)
    every = f"{_stored(was)} UNION ALL BY NAME FROM come UNION ALL BY NAME SELECT {groups}, {less} FROM gone"
    bench.table(name, f"SELECT {groups}, {added} FROM ({every}) GROUP BY {groups} HAVING sum({sums[0]}) <> 0")
    bench.drop("gone")
    bench.drop("come")


def _lay_out_employers(bench: Workbench, was: Path, come: pl.DataFrame) -> None:
    """Keep the employers under their name: as they were, but for those whom the change concerns."""
    bench.put("come", come)
    others = f"FROM ({_stored(was)}) e WHERE NOT EXISTS (FROM {PAYERS} n WHERE n.key = encode(e.employer_key))"
    bench.table(EMPLOYERS, f"{others} UNION ALL BY NAME FROM come")
    bench.drop("come")


def _stored(path: Path) -> str:
    return f"SELECT * FROM read_parquet({literal(str(path))}, hive_partitioning = false)"
