"""The facts that every engine must give, in one form, whoever computed them; and where two engines differ."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import polars as pl

from bench.planted import EXTRACTS
from warehouse.damage import damages
from warehouse.home import Home

KEYS: dict[str, tuple[str, ...]] = {
    "coverage": ("region_code", "basis", "segment"),
    "programme_coverage": ("region_code", "basis", "segment", "programme"),
    "premium": ("region_code", "segment", "programme", "funding_source"),
    "rejected": ("rule",),
}
NUMBERS: dict[str, tuple[str, ...]] = {
    "coverage": ("active_workers", "vulnerable_workers"),
    "programme_coverage": ("active_workers",),
    "premium": ("workers_billed", "billed_idr", "paid_idr", "arrears_idr"),
    "rejected": ("rows",),
}
Facts = dict[str, pl.DataFrame]


def of_home(home: Path) -> Facts:
    """Return the facts that stand in a warehouse of ours, and the rejected rows by rule.

    What a spreadsheet did to a rejected row is told beside the rules and is none.
    """
    with duckdb.connect(Home(home).warehouse, read_only=True) as warehouse:
        facts = {
            name: _asked(warehouse, name, f"mart.fact_{name} WHERE superseded_at IS NULL")
            for name in KEYS
            if name != "rejected"
        }
        counted = "(SELECT unnest(string_split(rules, ',')) AS rule FROM ops.rejection)"
        rows = warehouse.sql(f"SELECT rule, count(*) AS rows FROM {counted} GROUP BY rule").pl()
    hurt = [one.name for table in EXTRACTS for one in damages(table)]
    return facts | {"rejected": _tidy("rejected", rows.filter(~pl.col("rule").is_in(hurt)))}


def of_database(path: Path) -> Facts:
    """Return the facts that an engine left in a DuckDB file: tables coverage, programme_coverage, premium, rejection."""
    with duckdb.connect(path, read_only=True) as database:
        facts = {name: _asked(database, name, name) for name in KEYS if name != "rejected"}
        each = "(SELECT unnest(string_split(rules, ',')) AS rule, rows FROM rejection)"
        rows = database.sql(f"SELECT rule, sum(rows) AS rows FROM {each} GROUP BY rule").pl()
    return facts | {"rejected": _tidy("rejected", rows)}


def differences(mine: Facts, theirs: Facts) -> dict[str, int]:
    """Return how many rows of each fact are not the same in both."""
    found = {}
    for name in KEYS:
        left, right = mine[name], theirs[name]
        found[name] = (
            left.join(right, on=left.columns, how="anti").height + right.join(left, on=left.columns, how="anti").height
        )
    return found


def checksum(facts: Facts) -> str:
    """Return one mark of all facts: equal marks, equal facts."""
    texts = "".join(f"{name}\n{facts[name].write_csv()}" for name in KEYS)
    return hashlib.sha256(texts.encode()).hexdigest()[:16]


def _asked(database: duckdb.DuckDBPyConnection, name: str, rows: str) -> pl.DataFrame:
    return _tidy(name, database.sql(f"SELECT {', '.join((*KEYS[name], *NUMBERS[name]))} FROM {rows}").pl())


def _tidy(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows in one order and type, without those that say nothing."""
    keys, numbers = KEYS[name], NUMBERS[name]
    typed = rows.select(
        *(pl.col(key).cast(pl.String) for key in keys), *(pl.col(one).cast(pl.Int64).fill_null(0) for one in numbers)
    )
    return typed.filter(pl.any_horizontal(pl.col(one) != 0 for one in numbers)).sort(keys)
