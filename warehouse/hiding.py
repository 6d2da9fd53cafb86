"""SQL that leaves the hidden cells of a table out, and the words by which `mart.hidden_cell` names its rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from warehouse import ddl
from warehouse.exposure import Exposure
from warehouse.schema import Fact, Table, tables_of
from warehouse.tables.hidden import HiddenCell

ROW = tuple(name for name in HiddenCell.columns if name not in ("object", "column_name"))
SHARED = ("region_code", "month", "as_of_date", "basis", "segment", "programme", "funding_source", "loaded_at")


@cache
def protected() -> tuple[type[Fact], ...]:
    """Return the facts of which cells may be hidden."""
    return tuple(
        table for table in tables_of("mart") if issubclass(table, Fact) and any(exposures(table, "counted", "follows"))
    )


def exposures(table: type[Table], *kinds: str) -> Mapping[str, Exposure]:
    """Return the stored columns of a table whose exposure is of one of `kinds`."""
    own = {name: column.exposure for name, column in table.columns.items() if column.stored and column.exposure}
    whole = getattr(table, "exposed", None)
    return {} if whole else {name: one for name, one in own.items() if one.kind in kinds}


def names_of(table: type[Table]) -> Mapping[str, str]:
    """Return for every word of ROW the SQL that gives it of a row of `table`."""
    key = table.key()
    month = "month" if "month" in key else "make_date(year, 1, 1)"
    absent = {"as_of_date": month}
    words = {name: name if name in (*key, "loaded_at") else absent.get(name, "''") for name in SHARED}
    parts = [name for name in key if name not in (*SHARED, "year")]
    return {**words, "month": month, "part": ddl.identifier(parts[0]) if parts else "''"}


def hidden_of(table: type[Table], hidden: str) -> str:
    """Return the query of one row per row of `table` with hidden cells, and a flag per column, from relation `hidden`."""
    flags = ", ".join(
        f"bool_or(column_name = {ddl.literal(name)}) AS {ddl.identifier(name)}" for name in _may_be(table)
    )
    return (
        f"SELECT {', '.join(ROW)}, {flags} FROM {hidden} WHERE object = {ddl.literal(table.qualified())} GROUP BY ALL"
    )


def without(table: type[Table], source: str, flags: str) -> str:
    """Return the query of the stored columns of `source` with NULL in the cells that the relation `flags` marks."""
    may_be = _may_be(table)
    columns = [
        f"CASE WHEN hidden.{name} THEN NULL ELSE stored.{name} END AS {name}" if plain in may_be else f"stored.{name}"
        for plain, name in ((one, ddl.identifier(one)) for one in ddl.stored_columns_of(table))
    ]
    same = " AND ".join(f"stored.word_{word} = hidden.{word}" for word in ROW)
    words = ", ".join(f"{sql} AS word_{word}" for word, sql in names_of(table).items())
    return f"SELECT {', '.join(columns)} FROM (SELECT *, {words} FROM {source}) AS stored LEFT JOIN {flags} AS hidden ON {same}"


def _may_be(table: type[Table]) -> list[str]:
    return [*exposures(table, "counted", "follows")]
