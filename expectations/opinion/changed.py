"""What the payers and persons whose rows a change concerns added up to before it, and add up to now: only they are asked about.

Of whom a row is gone or has come is asked with all rows in all files; of all others nothing can be otherwise than it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from expectations.opinion import opinions, statement
from expectations.opinion.near import PAYER, ROW_KEY, Exchange, Side, add_who_shares, counting, differing, look
from expectations.opinion.past import of_past
from expectations.opinion.rows import fed, has_copies, in_files
from warehouse.asking import Workbench
from warehouse.calendar import Version
from warehouse.rules import LINE_NO
from warehouse.schema import Extract
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

OF_PERSONS = ("person", "holders")
VERSIONS: Mapping[str, type[Extract]] = {
    "membership_versions": Membership,
    "contribution_versions": Contribution,
    "employer_versions": Employer,
}
KEYS: Mapping[str, Mapping[type[Extract], str]] = {
    "persons": {Membership: "worker_key"},
    "payers": {Membership: PAYER, Contribution: PAYER, Employer: ROW_KEY[Employer]},
}
"""What names a person, and a payer, in the rows of a kind."""
REMEMBERED: Mapping[str, Mapping[str, str]] = {"persons": {"places": "worker_key"}, "payers": {"receipts": "payer"}}
"""What names them in what is remembered."""
PERSONS, PAYERS, REGISTERED = "persons_named", "payers_named", "registered"
NAMED = {"persons": PERSONS, "payers": PAYERS}
ON_SHEETS = "registration"
Sums = dict[str, pl.DataFrame]


def lay_out_versions(bench: Workbench, version: Version, before: Side, now: Side) -> bool:
    """Keep on the bench which versions there are of each kind, for rows of some do not tell; return whether there were the same."""
    same = True
    for name, table in VERSIONS.items():
        bench.put(
            _none(table), pl.DataFrame(schema={**table.polars_schema(), LINE_NO: pl.Int64(), "file": pl.String()})
        )
        found: list[pl.DataFrame] = []
        for side in (before, now):
            rows = fed(table, side.kinds[table], in_files) or f"FROM {_none(table)}"
            with bench.only({table.kind: rows}, held=False):
                found.append(bench.ask(f"FROM ({statement(name, version)}) ORDER BY ALL"))
        bench.put(name, found[-1])
        same = same and found[0].equals(found[-1])
    return same


def of_changed(
    bench: Workbench, sums: Sequence[str], version: Version, sides: tuple[Side, Side], exchanges: Sequence[Exchange]
) -> tuple[Sums, Sums]:
    """Return the rows of some sums, and of employers, of all whom a change of files concerns: before it and now.

    Those whom it concerns stay named on the bench.
    """
    found: tuple[Sums, Sums] = {}, {}
    names = {differing(bench, f"differing_{place}", one): one for place, one in enumerate(exchanges)}
    for whom in KEYS:
        bench.table(NAMED[whom], _concerned(whom, names, version))
        asked = [one for one in sums if (one in OF_PERSONS) == (whom == "persons")]
        if asked and bench.count(NAMED[whom]):
            with _near(bench, whom, NAMED[whom], version, sides) as near:
                for side, rows in zip(found, near, strict=True):
                    with bench.only(rows):
                        side |= {name: one.found() for name, one in opinions(bench, asked, version, [*VERSIONS])}
    for name in names:
        bench.drop(name)
    return found


def lay_out_registered(bench: Workbench, version: Version, now: Side) -> None:
    """Keep the rows of `registration` under its name: members are looked for among those on a sheet, and no others."""
    bench.table(REGISTERED, "SELECT DISTINCT worker_key AS key FROM tk_baru WHERE worker_key IS NOT NULL")
    with _near(bench, "persons", REGISTERED, version, (now, now)) as (rows, _), bench.only(rows):
        for name, opinion in opinions(bench, [ON_SHEETS], version, [*VERSIONS]):
            bench.table(name, opinion.sql)
    bench.drop(REGISTERED)


def _concerned(whom: str, differing: Mapping[str, Exchange], version: Version) -> str:
    """Return the query for those who have a row that differs; payers owe what is in force in the month alone."""
    keys = KEYS[whom]
    asked = [
        f"SELECT {keys[one.table]} AS key FROM {name}"
        for name, one in differing.items()
        if one.table in keys
        and not (whom == "payers" and one.table is Membership and one.version.month != version.month)
    ]
    every = " UNION ALL ".join(asked) or "SELECT CAST(NULL AS BLOB) AS key"
    return f"SELECT DISTINCT key FROM ({every}) WHERE key IS NOT NULL"


@contextmanager
def _near(
    bench: Workbench, whom: str, named: str, version: Version, sides: tuple[Side, Side]
) -> Iterator[list[dict[str, str]]]:
    """Yield, for each side, the queries for the rows of those named that count there, by what they stand for."""
    rows: list[dict[str, str]] = [{}, {}]
    kept = [_near_of_kind(bench, whom, table, named, version, sides) for table in KEYS[whom]]
    for table, near in zip(KEYS[whom], tuple(kept), strict=True):
        holding = [Path(one) for one in bench.ask(f"SELECT DISTINCT file FROM {near}")["file"]]
        for side, found in zip(sides, rows, strict=True):
            found[table.kind] = counting(table, side.kinds[table], near, holding)
    for name, key in REMEMBERED[whom].items():
        for path in dict.fromkeys(side.past.get(name) for side in sides):
            kept.append(_near_of_past(bench, f"past_{name}_{len(kept)}", of_past(name, path), key, named))
            for side, found in zip(sides, rows, strict=True):
                if side.past.get(name) == path:
                    found[f"past_{name}"] = f"FROM {kept[-1]}"
    yield rows
    for near in kept:
        bench.drop(near)


def _near_of_kind(
    bench: Workbench, whom: str, table: type[Extract], named: str, version: Version, sides: tuple[Side, Side]
) -> str:
    """Keep all rows of a kind that those named have, on either side, and return under which name.

    Who shares with them what tells a row is named too: which of two rows with one key counts, both of them tell.
    """
    near, key = f"{table.kind}_near", KEYS[whom][table]
    files = list(dict.fromkeys(one.path for side in sides for one in side.kinds[table]))
    if not files or not bench.count(named):
        bench.table(near, f"FROM {_none(table)}")
        return near
    of_month = f"month = DATE '{version.month}' AND " if (whom, table) == ("payers", Membership) else ""
    may_share = whom == "persons" and any(has_copies(table, side.kinds[table]) for side in sides)
    while True:
        look(bench, near, files, f"{of_month}{key} IN (SELECT key FROM {named})")
        if not (may_share and add_who_shares(bench, named, key, table, near, files)):
            return near
        bench.drop(near)


def _near_of_past(bench: Workbench, near: str, rows: str, key: str, named: str) -> str:
    bench.table(near, f"FROM ({rows}) WHERE {key} IN (SELECT key FROM {named})")
    return near


def _none(table: type[Extract]) -> str:
    return f"{table.kind}_none"
