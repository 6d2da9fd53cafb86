"""The second opinion: every fact once more in plain SQL, written from the definitions and not from the transforms.

The statements read views named like the tables (kepesertaan, iuran, badan_usaha, dim_region, ...), which hold
every row ever delivered, in all versions; choosing the version is part of the opinion.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from warehouse.calendar import Version
from warehouse.schema import Table

FOLDER = Path(__file__).parent
NEEDS: dict[str, tuple[str, ...]] = {
    "arrears_by_class": ("arrears",),
    "compliance": ("in_force", "arrears", "employer_month"),
    "coverage": ("in_force",),
    "employer_month": ("in_force", "arrears"),
    "movement": ("in_force",),
    "due": ("in_force", "arrears"),
    "premium": ("in_force", "arrears", "fines", "due"),
    "premium_difference": ("in_force", "arrears", "due"),
    "premium_rule": ("in_force", "arrears", "due"),
    "programme_coverage": ("in_force",),
    "registration": ("in_force",),
}
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))


def opinion(name: str, frames: Mapping[type[Table], pl.LazyFrame], version: Version) -> pl.DataFrame:
    """Return the rows of one statement for a version; `frames` are the tables that it may read."""
    return opinions([name], frames, version)[name]


def opinions(
    names: Iterable[str], frames: Mapping[type[Table], pl.LazyFrame], version: Version
) -> dict[str, pl.DataFrame]:
    """Return the rows of several statements for a version by their names; steps that they share are taken once."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for table, frame in frames.items():
            connection.register(table.name, frame.collect())
        answers: dict[str, pl.DataFrame] = {}
        made: set[str] = set()
        for name in names:
            for step in (step for step in NEEDS.get(name, ()) if step not in made):
                _ask(connection, _statement(step), version).create(step)
                made.add(step)
            answers[name] = _ask(connection, _statement(name), version).pl()
    return answers


def _statement(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _ask(connection: duckdb.DuckDBPyConnection, statement: str, version: Version) -> duckdb.DuckDBPyRelation:
    known = {"month": version.month, "as_of": version.as_of_date}
    used = {name: value for name, value in known.items() if f"${name}" in statement}
    return connection.sql(statement, params=used)
