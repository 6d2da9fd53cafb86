"""A digest of rows that other versions of DuckDB, other orders and other machines give again."""

from __future__ import annotations

from typing import Any, Protocol

from warehouse import ddl
from warehouse.schema import Table

NOTHING = "'\\N'"


class Run(Protocol):
    """Runs a statement and returns its rows."""

    def __call__(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of the statement."""


def digest(run: Run, table: type[Table], where: str = "true", source: str = "") -> dict[str, Any]:
    """Return `rows` and `digest` of the rows of a table that meet a condition: the sum of the MD5 of every row's stored cells.

    It guards against accidents, not against an adversary. `source` is another relation with the columns of the table.
    """
    columns = table.stored_columns()
    cells = ", ".join(f"coalesce({ddl.identifier(name)}::VARCHAR, {NOTHING})" for name in columns)
    sql = f"SELECT count(*), sum(md5_number_lower(concat_ws(chr(31), {cells})))::VARCHAR FROM {source or table.qualified()} WHERE {where}"
    rows, total = run(sql)[0]
    return {"rows": int(rows), "digest": f"{int(total or 0):x}"}
