"""A warehouse in memory with the rows of a few facts, as what is published is read from: `warehouse.mart.fact_coverage`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

import duckdb
import polars as pl

from warehouse import ddl
from warehouse.publish import Read
from warehouse.schema import Fact, tables_of

LOADED = "TIMESTAMP '2025-03-17' AS loaded_at, NULL AS superseded_at, 'satu' AS run_id"


@contextmanager
def warehouse_of(facts: Mapping[type[Fact], pl.DataFrame]) -> Iterator[Read]:
    """Yield how to ask a warehouse of all tables, in which those rows were loaded by one run and stand."""
    with closing(duckdb.connect()) as connection:
        connection.execute("ATTACH ':memory:' AS warehouse; CREATE SCHEMA warehouse.mart; USE warehouse")
        for declared in tables_of("mart"):
            connection.execute(ddl.create_table(declared, checks=False))
        for fact, rows in facts.items():
            connection.register("given", rows.to_arrow())
            connection.execute(f"INSERT INTO {fact.qualified()} BY NAME SELECT *, {LOADED} FROM given")
        yield lambda sql: connection.sql(sql).pl()
