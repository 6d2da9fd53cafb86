"""What the published copy leaves out: decided once for every row, when it is first published, and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from flows.context import silent
from flows.publishing.remembered import KEY, Memory, runs_of
from warehouse import ddl, hiding
from warehouse.calendar import shift
from warehouse.exposure import Exposure
from warehouse.home import Home
from warehouse.publish import Read
from warehouse.schema import Fact
from warehouse.tables.budget import FactBudget
from warehouse.tables.hidden import HiddenCell

if TYPE_CHECKING:
    from transforms.disclosure import Protection

GROUP = ("region_code", "month", "as_of_date", "segment", "programme", "funding_source")
"""What names the payers of a bill."""


def hidden_cells(
    home: Home, protection: Protection, read: Read, say: Callable[[str], None] = silent
) -> tuple[pl.DataFrame, list[str]]:
    """Return the cells that the published copy leaves out, as rows of `mart.hidden_cell`, and those of them without proof.

    Rows of runs that were decided on keep what was decided. Without proof that it stays open is a new cell beside
    which everything that would protect it is published already. Each month that is decided on is said.
    """
    if protection.threshold < 2:
        return pl.DataFrame(schema=HiddenCell.polars_schema()), []
    memory = Memory.of(home, protection)
    runs = frozenset(run for table in hiding.protected() for run in runs_of(read, table))
    if runs <= memory.decided:
        return memory.hidden, []
    found = read("""
        SELECT region_code, CASE level WHEN 'regency' THEN province_code ELSE '00' END AS whole FROM warehouse.mart.dim_region
        WHERE level <> 'national'
    """)  # fmt: skip
    parents = dict(zip(found["region_code"], found["whole"], strict=True))
    months = _months(read, memory.decided)
    for place, month in enumerate(months, start=1):
        say(f"memilih sel yang disembunyikan / choosing cells to hide {month:%Y-%m} ({place}/{len(months)})")
        memory.hidden = pl.concat([memory.hidden, _decided(memory, month, parents, read)])
        memory.settled.append(month)
    memory.hidden = pl.concat([memory.hidden, _spent(memory, read), *_paid_by_few(memory, read)]).unique(KEY)
    memory.decided |= runs
    memory.keep()
    return memory.hidden, memory.unproven


def _months(read: Read, decided: frozenset[str]) -> list[date]:
    """Return the months with rows that nobody decided on, in order."""
    found = [
        read(f"SELECT DISTINCT month, run_id FROM warehouse.{table.qualified()}")
        for table in hiding.protected() if "month" in table.columns
    ]  # fmt: skip
    return sorted(pl.concat(found).filter(~pl.col("run_id").is_in(list(decided)))["month"].unique())


def _decided(memory: Memory, month: date, parents: dict[str, str], read: Read) -> pl.DataFrame:
    """Return the cells to hide among the rows of a month that are new, with what follows them."""
    from transforms.disclosure_month import hidden_of, is_linked

    own = _cells(memory, read, month)
    beside = [
        _cells(memory, read, other).filter(is_linked(), "decided") for other in (shift(month, -1), shift(month, 1))
    ]
    cells = pl.concat([own, *beside]).with_columns(known=pl.col("decided"))
    chosen = hidden_of(cells, parents, memory.protection, memory.unproven)
    mine = chosen.filter(pl.col("month") == month, pl.col("hidden"), ~pl.col("decided"))
    return _with_followers(mine.select(KEY))


def _cells(memory: Memory, read: Read, month: date) -> pl.DataFrame:
    """Return the counted cells of a month: KEY, value, previous, until, decided, and hidden where it was hidden before."""
    before = memory.hidden.filter(pl.col("month") == month).with_columns(hidden=pl.lit(True))
    found = pl.concat([*counted(read, month)])
    decided = memory.is_decided().alias("decided")
    joined = found.with_columns(decided).drop("run_id").join(before, on=KEY, how="left")
    return joined.with_columns(pl.col("hidden").fill_null(False))


def counted(read: Read, month: date) -> Iterator[pl.DataFrame]:
    """Yield the counts of persons of a month, a column at a time: KEY, value, previous, until and run_id."""
    for table in hiding.protected():
        columns = hiding.exposures(table, "counted")
        if "month" not in table.columns or not columns:
            continue
        words = ", ".join(f"{sql} AS {word}" for word, sql in hiding.names_of(table).items())
        previous = "previous_as_of_date" if "previous_as_of_date" in table.columns else "NULL::DATE"
        for column, exposure in columns.items():
            yield read(f"""
                SELECT {ddl.literal(table.qualified())} AS object, {ddl.literal(column)} AS column_name, {words},
                    {column}::BIGINT AS value, {previous} AS previous, superseded_at AS until, run_id
                FROM warehouse.{table.qualified()}
                WHERE month = DATE '{month}' AND {column} IS NOT NULL AND {exposure.where or "true"}
            """)  # fmt: skip


def _with_followers(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells, and those of the same rows that are hidden with them."""
    following = [
        cells.filter(pl.col("object") == table.qualified(), pl.col("column_name").is_in(exposure.leaders))
        .with_columns(column_name=pl.lit(column))
        for table in hiding.protected() for column, exposure in hiding.exposures(table, "follows").items()
    ]  # fmt: skip
    return pl.concat([cells, *following]).unique()


def _spent(memory: Memory, read: Read) -> pl.DataFrame:
    """Return what was spent of budgets of which some bill is hidden: the rest of the year would give it away."""
    bills = memory.hidden.filter(pl.col("column_name") == "workers_billed")
    of_year = bills.select("region_code", "funding_source", month=pl.col("month").dt.truncate("1y")).unique()
    rows = _rows(memory, read, FactBudget).join(of_year, on=["region_code", "funding_source", "month"], how="semi")
    return _named(rows, FactBudget, "spent_idr")


def _paid_by_few(memory: Memory, read: Read) -> Iterator[pl.DataFrame]:
    """Yield the parts of amounts in rows where a part, or its rest, is what few payers pay, and what follows them elsewhere."""
    for table in hiding.protected():
        parts = {name: one for name, one in hiding.exposures(table, "follows").items() if one.within}
        if not parts:
            continue
        payers = next(iter(parts.values())).where
        few = " OR ".join(_of_few(name, one, memory.protection.threshold) for name, one in parts.items())
        found = _rows(memory, read, table, f"({payers}) AND ({few})")
        yield from (_named(found, table, name) for name in parts)
        for other in hiding.protected():
            for name, one in hiding.exposures(other, "follows").items():
                if {f"{table.name}.{part}" for part in parts} & {*one.leaders}:
                    some = _rows(memory, read, other, f"{name} <> 0")
                    yield _named(some.join(found, on=list(GROUP), how="semi"), other, name)


def _of_few(name: str, exposure: Exposure, threshold: int) -> str:
    """Return the SQL condition under which a part of an amount, or the rest of it, is what fewer than `threshold` pay."""
    whole, payers = exposure.within, exposure.leaders[0]
    each = [
        f"({told} > 0 AND ({told})::HUGEINT * {payers} < {threshold}::HUGEINT * {whole})"
        for told in (name, f"{whole} - {name}")
    ]
    return " OR ".join(each)


def _rows(memory: Memory, read: Read, table: type[Fact], where: str = "true") -> pl.DataFrame:
    """Return the words that name the rows of a fact, of those that nobody decided on."""
    words = ", ".join(f"{sql} AS {word}" for word, sql in hiding.names_of(table).items())
    rows = read(f"SELECT {words}, run_id FROM warehouse.{table.qualified()} WHERE {where}")
    return rows.filter(~pl.col("run_id").is_in(list(memory.decided)))


def _named(rows: pl.DataFrame, table: type[Fact], column: str) -> pl.DataFrame:
    return rows.with_columns(object=pl.lit(table.qualified()), column_name=pl.lit(column)).select(KEY)
