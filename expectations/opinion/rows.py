"""What the second opinion reads: the accepted rows of the lake, without those whose key another file of the version has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse import lake
from warehouse.asking import Workbench, literal
from warehouse.calendar import Version, dim_month
from warehouse.rules import LINE_NO
from warehouse.schema import Extract, Table
from warehouse.tables.dimensions import DimMonth

PLACE = "delivered"


@dataclass(frozen=True)
class Delivered:
    """A lake file that feeds some `versions` of a kind; one that `is_whole` holds nothing else.

    `shares` says that another file feeds one of its versions too.
    """

    path: Path
    versions: tuple[Version, ...] = ()
    is_whole: bool = True
    shares: bool = False


Kinds = Mapping[type[Extract], Sequence[Delivered]]
"""Files by kind, in the order in which they count."""


def references() -> dict[type[Table], pl.DataFrame]:
    """Return the seeds and the calendar."""
    seeds = {table: lake.seed(table).collect() for table in Table.registry.values() if table.seed}
    return {**seeds, DimMonth: dim_month().collect()}


def lay_out(bench: Workbench, kinds: Kinds) -> None:
    """Put the references and the rows of every kind on the bench."""
    for table, frame in references().items():
        bench.put(table.name, frame)
    order = [(str(one.path), place) for files in kinds.values() for place, one in enumerate(files)]
    bench.put(PLACE, pl.DataFrame(order, schema={"file": pl.String, "place": pl.Int64}, orient="row"))
    for table, files in kinds.items():
        if not files:
            bench.put(table.kind, pl.DataFrame(schema=table.polars_schema()))
            continue
        rows, without = f"{table.kind}_rows", ""
        bench.view(rows, fed(table, files, in_files))
        if has_copies(table, files):
            bench.table(f"{table.kind}_copies", copies(table, rows, PLACE))
            without = f" ANTI JOIN {table.kind}_copies USING (file, {LINE_NO})"
        bench.view(table.kind, f"SELECT {columns(table)} FROM {rows}{without}")


def in_files(files: Iterable[Path]) -> str:
    """Return what is to be read of lake files, with the name of each as `file`."""
    listed = ", ".join(literal(str(one)) for one in files)
    return f"read_parquet([{listed}], filename = 'file', hive_partitioning = false)"


def fed(table: type[Extract], files: Sequence[Delivered], source: Callable[[Iterable[Path]], str]) -> str:
    """Return the query for the rows of files that feed a version, with file and line; `source` says where rows of files lie."""
    return " UNION ALL ".join(_fed(table, files, source))


def _fed(table: type[Extract], files: Sequence[Delivered], source: Callable[[Iterable[Path]], str]) -> Iterator[str]:
    read = f"SELECT {columns(table)}, {LINE_NO}, file FROM {{}}"
    if whole := [one.path for one in files if one.is_whole]:
        yield read.format(source(whole))
    for one in files:
        if not one.is_whole:
            several = " OR ".join(f"({is_of(table, version)})" for version in one.versions)
            yield f"{read.format(source([one.path]))} WHERE {several or 'false'}"


def is_of(table: type[Extract], version: Version) -> str:
    """Return the condition for the rows of a version."""
    day = f"as_of_date = DATE '{version.as_of_date}'"
    return f"{day} AND month = DATE '{version.month}'" if table.monthly else day


def has_copies(table: type[Extract], files: Sequence[Delivered]) -> bool:
    """Return whether a key of a kind may stand in several of these files."""
    return bool(table.unique) and any(one.shares for one in files)


def copies(table: type[Extract], rows: str, place: str) -> str:
    """Return the query for those of named `rows` that do not count: of a dated kind the first file has a key, of others the last.

    `place` names the table that says where each file stands.
    """
    dated = "as_of_date" in table.columns
    version = [name for name in ("month", "as_of_date") if dated and name in table.columns]
    key = ", ".join(dict.fromkeys([*version, *table.unique]))
    comparable = " AND ".join(f"{name} IS NOT NULL" for name in table.unique_needs)
    order = f"place, {LINE_NO}" if dated else f"place DESC, {LINE_NO} DESC"
    return f"""
        WITH twice AS (SELECT hash({key}) AS mark FROM {rows} WHERE {comparable} GROUP BY mark HAVING count(*) > 1)
        SELECT file, {LINE_NO}
        FROM {rows} JOIN {place} USING (file)
        WHERE {comparable} AND hash({key}) IN (FROM twice)
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) > 1
    """


def columns(table: type[Extract]) -> str:
    """Return the stored columns of a kind, quoted."""
    return ", ".join(f'"{name}"' for name in table.stored_columns())
