"""What the second opinion reads: the accepted rows of the lake, without those whose key another file of the version has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def references() -> dict[type[Table], pl.DataFrame]:
    """Return the seeds and the calendar."""
    seeds = {table: lake.seed(table).collect() for table in Table.registry.values() if table.seed}
    return {**seeds, DimMonth: dim_month().collect()}


def lay_out(bench: Workbench, kinds: Mapping[type[Extract], Sequence[Delivered]]) -> None:
    """Put the references and the rows of every kind on the bench; files of a kind stand in the order in which they count."""
    for table, frame in references().items():
        bench.put(table.name, frame)
    order = [(str(one.path), place) for files in kinds.values() for place, one in enumerate(files)]
    bench.put(PLACE, pl.DataFrame(order, schema={"file": pl.String, "place": pl.Int64}, orient="row"))
    for table, files in kinds.items():
        if not files:
            bench.put(table.kind, pl.DataFrame(schema=table.polars_schema()))
            continue
        bench.view(f"{table.kind}_rows", " UNION ALL ".join(_read(table, files)))
        without = ""
        if table.unique and any(one.shares for one in files):
            bench.table(f"{table.kind}_copies", _copies(table))
            without = f" ANTI JOIN {table.kind}_copies USING (file, {LINE_NO})"
        bench.view(table.kind, f"SELECT {_columns(table)} FROM {table.kind}_rows{without}")


def copies_among(bench: Workbench, table: type[Extract], files: Sequence[Path]) -> pl.DataFrame:
    """Return file and line of the rows of some files that do not count because another file has their key."""
    name = f"{table.kind}_copies"
    if not files or not bench.has(name):
        return pl.DataFrame(schema={"file": pl.String, LINE_NO: pl.Int64})
    listed = ", ".join(literal(str(one)) for one in files)
    return bench.ask(
        f"SELECT file, CAST({LINE_NO} AS BIGINT) AS {LINE_NO} FROM {name} WHERE file IN ({listed}) ORDER BY ALL"
    )


def _read(table: type[Extract], files: Sequence[Delivered]) -> Iterable[str]:
    listed = f"SELECT {_columns(table)}, {LINE_NO}, file FROM read_parquet([{{}}], filename = 'file', hive_partitioning = false)"
    if whole := [one for one in files if one.is_whole]:
        yield listed.format(", ".join(literal(str(one.path)) for one in whole))
    for one in files:
        if not one.is_whole:
            fed = " OR ".join(_is_of(table, version) for version in one.versions)
            yield f"{listed.format(literal(str(one.path)))} WHERE {fed or 'false'}"


def _is_of(table: type[Extract], version: Version) -> str:
    day = f"as_of_date = DATE '{version.as_of_date}'"
    return f"({day} AND month = DATE '{version.month}')" if table.monthly else f"({day})"


def _copies(table: type[Extract]) -> str:
    """Return the query for the rows that do not count: of a dated kind the first file has a key, of others the last."""
    dated = "as_of_date" in table.columns
    version = [name for name in ("month", "as_of_date") if dated and name in table.columns]
    key = ", ".join(dict.fromkeys([*version, *table.unique]))
    comparable = " AND ".join(f"{name} IS NOT NULL" for name in table.unique_needs)
    order = f"place, {LINE_NO}" if dated else f"place DESC, {LINE_NO} DESC"
    rows = f"{table.kind}_rows"
    return f"""
        WITH twice AS (SELECT hash({key}) AS mark FROM {rows} WHERE {comparable} GROUP BY mark HAVING count(*) > 1)
        SELECT file, {LINE_NO}
        FROM {rows} JOIN {PLACE} USING (file)
        WHERE {comparable} AND hash({key}) IN (FROM twice)
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) > 1
    """


def _columns(table: type[Extract]) -> str:
    return ", ".join(f'"{name}"' for name in table.stored_columns())
