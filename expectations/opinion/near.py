"""Of the rows of all files those alone that a change can concern: found by their keys, and then read where they stand.

Of a file little is read where keys are looked for, and most files hold nobody who is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from expectations.opinion import in_parts
from expectations.opinion.rows import Delivered, Kinds, columns, copies, fed, has_copies, in_files, is_of
from warehouse.asking import Workbench, literal
from warehouse.calendar import Version
from warehouse.rules import LINE_NO
from warehouse.schema import Extract
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

PAYER = "coalesce(encode(employer_key), membership_key)"
ROW_KEY: Mapping[type[Extract], str] = {
    Membership: "membership_key",
    Contribution: PAYER,
    Employer: "encode(coalesce(npp, 'NIB:' || nib))",
}
"""Something that rows of a kind with one key have in common, and rows that are the same."""
FOUND, BESIDE, ASKED = "found", "beside", "asked"


@dataclass(frozen=True)
class Exchange:
    """The files of one version of a kind: those that are gone, those that have come, and those that `stayed`."""

    table: type[Extract]
    version: Version
    gone: Sequence[Path]
    come: Sequence[Path]
    stayed: Sequence[Path]


@dataclass(frozen=True)
class Side:
    """The files that fed the versions before a change, or that feed them now, and those of what is remembered."""

    kinds: Kinds
    past: Mapping[str, Path]

    def keeps_order(self, other: Side) -> bool:
        """Return whether the files that lie on both sides count in the same order: which of two rows with one key counts follows it."""
        for table, files in self.kinds.items():
            mine, others = ([one.path for one in several] for several in (files, other.kinds[table]))
            common = set(mine) & set(others)
            if [one for one in mine if one in common] != [one for one in others if one in common]:
                return False
        return True


def look(bench: Workbench, name: str, files: Iterable[Path], condition: str) -> None:
    """Keep under a name all rows of lake files for which a condition holds, with file and line."""
    every = list(dict.fromkeys(files))
    bench.table(FOUND, f"SELECT file, {LINE_NO} FROM {in_files(every)} WHERE {condition}")
    holding = [Path(one) for one in bench.ask(f"SELECT DISTINCT file FROM {FOUND}")["file"]]
    bench.table(name, f"FROM {in_files(holding or every[:1])} SEMI JOIN {FOUND} USING (file, {LINE_NO})")
    bench.drop(FOUND)


def differing(bench: Workbench, name: str, exchange: Exchange) -> str:
    """Keep under a name, and return it, the rows of files that are gone or have come that are not the same in both.

    With them are all, those of files that stayed included, that may have the key of a row in another file: which of them
    counts may differ.
    """
    table, listed = exchange.table, columns(exchange.table)
    where = f"{is_of(table, exchange.version)} AND hash({ROW_KEY[table]}) BETWEEN $first AND $last"
    sides = [(1, exchange.gone), (-1, exchange.come)]
    both = " UNION ALL ".join(
        f"SELECT {listed}, {number} AS number FROM {in_files(files)} WHERE {where}" for number, files in sides if files
    )
    sql = f"SELECT {listed} FROM ({both}) GROUP BY {listed} HAVING sum(number) <> 0"
    bench.table_in_parts(name, partial(in_parts, sql))
    if table.unique:
        _add_shared(bench, name, exchange)
    return name


def _add_shared(bench: Workbench, name: str, exchange: Exchange) -> None:
    listed, key = columns(exchange.table), ROW_KEY[exchange.table]
    of_version = is_of(exchange.table, exchange.version)
    changed = in_files([*exchange.gone, *exchange.come])
    several = [files for files in (exchange.gone, exchange.come) if len(files) > 1]
    asked = [
        f"SELECT {key} AS key FROM {in_files(files)} WHERE {of_version} GROUP BY key HAVING count(DISTINCT file) > 1"
        for files in several
    ]
    if exchange.stayed:
        keys = f"SELECT {key} FROM {changed} WHERE {of_version}"
        look(bench, BESIDE, exchange.stayed, f"{of_version} AND {key} IN ({keys})")
        bench.add(name, f"SELECT {listed} FROM {BESIDE}")
        asked.append(f"SELECT {key} FROM {BESIDE}")
    if asked:
        bench.table(ASKED, " UNION ALL ".join(asked))
        bench.add(name, f"SELECT {listed} FROM {changed} WHERE {of_version} AND {key} IN (FROM {ASKED})")
        bench.drop(ASKED)
    if exchange.stayed:
        bench.drop(BESIDE)


def add_who_shares(
    bench: Workbench, named: str, whose: str, table: type[Extract], near: str, files: Sequence[Path]
) -> bool:
    """Add to those `named` all others who have a row with what a key of `near` rows is told by; return whether there are any."""
    key = ROW_KEY[table]
    known = bench.count(named)
    keys = f"SELECT {key} FROM {near}"
    bench.add(
        named,
        f"SELECT DISTINCT {whose} FROM {in_files(files)} WHERE {key} IN ({keys}) AND {whose} NOT IN (SELECT key FROM {named})",
    )
    return bench.count(named) > known


def counting(table: type[Extract], files: Sequence[Delivered], near: str, holding: Iterable[Path]) -> str:
    """Return the query for those rows of `near` that count on a side with these files; all of them lie in `holding` ones."""
    held = set(holding)
    places = [(place, one) for place, one in enumerate(files) if one.path in held]
    if not places:
        return f"SELECT {columns(table)} FROM {near} WHERE false"

    def of_files(paths: Iterable[Path]) -> str:
        return f"(FROM {near} WHERE file IN ({', '.join(literal(str(one)) for one in paths)}))"

    here = fed(table, [one for _, one in places], of_files)
    if not has_copies(table, files):
        return f"SELECT {columns(table)} FROM ({here})"
    order = ", ".join(f"({literal(str(one.path))}, {place})" for place, one in places)
    return f"""
        WITH here AS ({here}), place_here(file, place) AS (VALUES {order})
        SELECT {columns(table)} FROM here ANTI JOIN ({copies(table, "here", "place_here")}) USING (file, {LINE_NO})
    """
