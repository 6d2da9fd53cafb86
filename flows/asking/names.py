"""What there is to ask, from the database itself and its comments: any published version describes itself."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import polars as pl

from warehouse.asking import ask, literal
from warehouse.errors import Stop

RELATIONS = """
    SELECT schema_name, table_name AS name, 'table' AS kind, comment, '' AS usage FROM duckdb_tables()
    UNION ALL
    SELECT schema_name, view_name, 'view', comment, '' FROM duckdb_views() WHERE NOT internal
    UNION ALL
    SELECT schema_name, function_name, 'macro', comment, format('({})', array_to_string(parameters, ', '))
    FROM duckdb_functions() WHERE NOT internal
"""
NAMES = f"""
    SELECT schema_name || '.' || name || usage AS name, kind, regexp_extract(comment, '^(.*?[.])( |$)', 1) AS meaning
    FROM ({RELATIONS})
    ORDER BY schema_name <> 'mart', schema_name, kind = 'table', name
"""
COLUMNS = """
    SELECT column_name AS "column", data_type AS type,
        regexp_extract(comment, 'Unit: ([^.]+)', 1) AS unit,
        regexp_replace(comment, ' ?Unit: [^.]+[.]', '') AS meaning
    FROM duckdb_columns()
    WHERE NOT internal AND schema_name = {schema} AND table_name = {name}
    ORDER BY column_index
"""


def names(file: Path) -> pl.DataFrame:
    """Return the names of tables, views and macros, each with the first sentence of its comment."""
    return ask(file, NAMES)


def meaning(file: Path, name: str) -> str:
    """Return the whole comment of a table, view or macro. Raises Stop with the nearest names when there is none."""
    schema, short, comment, usage = _found(file, name)
    return f"{schema}.{short}{usage}: {comment or '-'}"


def columns(file: Path, name: str) -> pl.DataFrame:
    """Return the columns of a table or view with type, unit and meaning; none of a macro."""
    schema, short, _, _ = _found(file, name)
    return ask(file, COLUMNS.format(schema=literal(schema), name=literal(short)))


def _found(file: Path, name: str) -> tuple[str, str, str | None, str]:
    schema, _, short = name.partition("(")[0].lower().rpartition(".")
    known = ask(file, f"SELECT schema_name, name, comment, usage FROM ({RELATIONS}) ORDER BY schema_name <> 'mart'")
    at = [
        place for place, one in enumerate(known["name"]) if one == short and schema in ("", known["schema_name"][place])
    ]
    if not at:
        near = ", ".join(get_close_matches(short, known["name"].to_list(), n=3)) or "cakupan tables"
        raise Stop("name_unknown", f"there is no {name}", f"tidak ada {name}", f"mungkin / did you mean: {near}")
    return known["schema_name"][at[0]], known["name"][at[0]], known["comment"][at[0]], known["usage"][at[0]]
