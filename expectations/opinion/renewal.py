"""What the statements add up, made of what it was: of the payers and persons of changed files alone everything is asked again.

Sums over payers, and over persons, can be taken apart. What those whom a changed file names added to them, with all
their rows in all files, is taken off, and what they add now is added. The rest is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from expectations.opinion import NEEDS, opinions, statement
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
EMPLOYERS, ON_SHEETS = "employer_month", "registration"
OF_PERSONS = ("person", "holders")
VERSIONS = ("membership_versions", "contribution_versions", "employer_versions")
PAYER = "coalesce(encode(employer_key), membership_key)"
KEYS: Mapping[str, Mapping[str, str]] = {
    "persons": {"kepesertaan": "worker_key", "past_places": "worker_key"},
    "payers": {
        "kepesertaan": PAYER,
        "iuran": PAYER,
        "badan_usaha": "encode(coalesce(npp, 'NIB:' || nib))",
        "past_receipts": "payer",
    },
}
"""What names a person, and a payer, in what lies on the bench."""
NAMED = "whom_files_name"
Changed = Mapping[str, Mapping[str, Sequence[Path]]]
Sums = dict[str, pl.DataFrame]


def made_of(names: Sequence[str]) -> list[str]:
    """Return the sums, and employers, that some statements are made of."""
    asked, found = list(names), set(names)
    while asked:
        needs = NEEDS.get(asked.pop(), ())
        asked += [one for one in needs if one not in found]
        found.update(needs)
    return [one for one in (*SUMS, EMPLOYERS) if one in found]


def lay_out_versions(bench: Workbench, version: Version) -> list[pl.DataFrame]:
    """Return which versions there are of each kind, and keep it on the bench: rows of some do not tell those of all."""
    for name in VERSIONS:
        bench.table(name, statement(name, version))
    return [bench.ask(f"FROM {name} ORDER BY ALL") for name in VERSIONS]


def of_changed(bench: Workbench, sums: Sequence[str], version: Version, changed: Changed) -> Sums:
    """Return the rows of some sums, and of employers, of all whom the `changed` files name, in all their rows.

    `changed` are by kind the files that name persons, and those that name payers.
    """
    found: Sums = {}
    for whom, keys in KEYS.items():
        asked = [one for one in sums if (one in OF_PERSONS) == (whom == "persons")]
        if asked and any(changed[whom].values()):
            bench.table(NAMED, _named(whom, changed))
            with bench.only({name: _is_named(whom, name, version) for name in keys}):
                found |= {name: opinion.found() for name, opinion in opinions(bench, asked, version, VERSIONS)}
            bench.drop(NAMED)
    return found


def lay_out(
    bench: Workbench, version: Version, was: Mapping[str, Path], gone: Sums, come: Sums, changed: Changed
) -> list[str]:
    """Return the steps that lie on the bench now: sums, and employers, made of what they were, and who is registered."""
    _lay_out_registered(bench, version)
    for name, path in was.items():
        if name not in come:
            bench.table(name, _stored(path))
        elif name == EMPLOYERS:
            _lay_out_employers(bench, path, come[name], changed)
        else:
            _lay_out_sum(bench, name, path, gone[name], come[name])
    return [*was, *VERSIONS, ON_SHEETS]


def _lay_out_registered(bench: Workbench, version: Version) -> None:
    """Keep the rows of `registration` under its name: members are looked for among those on a sheet, and no others."""
    with bench.only({"kepesertaan": "worker_key IN (SELECT worker_key FROM tk_baru)"}):
        for name, opinion in opinions(bench, [ON_SHEETS], version, VERSIONS):
            bench.table(name, opinion.sql)


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


def _lay_out_employers(bench: Workbench, was: Path, come: pl.DataFrame, changed: Changed) -> None:
    """Keep the employers under their name: as they were, but for those whom the changed files name."""
    bench.put("come", come)
    bench.table(NAMED, _named("payers", changed))
    others = f"FROM ({_stored(was)}) e WHERE NOT EXISTS (FROM {NAMED} n WHERE n.key = encode(e.employer_key))"
    bench.table(EMPLOYERS, f"{others} UNION ALL BY NAME FROM come")
    bench.drop(NAMED)
    bench.drop("come")


def _stored(*paths: Path) -> str:
    listed = ", ".join(literal(str(path)) for path in paths)
    return f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"


def _named(whom: str, changed: Changed) -> str:
    """Return the query for those whom the changed files name."""
    asked = [
        f"SELECT {KEYS[whom][kind]} AS key FROM ({_stored(*files)})" for kind, files in changed[whom].items() if files
    ]
    return f"SELECT DISTINCT key FROM ({' UNION ALL '.join(asked)}) WHERE key IS NOT NULL"


def _is_named(whom: str, name: str, version: Version) -> str:
    """Return the condition for the rows of a table that those who are named have; payers owe what is in force in the month alone."""
    named = f"{KEYS[whom][name]} IN (SELECT key FROM {NAMED})"
    return f"month = DATE '{version.month}' AND {named}" if (whom, name) == ("payers", "kepesertaan") else named
