"""The figures that every driver is asked for, and how PostgreSQL gets them for these checks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.servers.postgresql import Database
from warehouse import ddl
from warehouse.store import query

READER = "pembaca"
COLUMNS = ("region_code", "region_name", "month", "active_workers", "joined_workers", "coverage_ratio")
FIGURES = f"""
SELECT {", ".join(COLUMNS)} FROM mart.coverage
WHERE level = 'regency' AND basis = 'RESIDENCE' AND segment = 'UCJ' ORDER BY month, region_code
"""
COMMENT = "Share of eligible workers who are protected: recompute, never sum."
POSTGRESQL = {"VARCHAR": "text", "DOUBLE": "double precision", "TIMESTAMP": "timestamp"}

Row = tuple[Any, ...]


def expected(copy: Path) -> list[Row]:
    """Return the figures as DuckDB reads them from the published copy; raises when there are none."""
    found = query(copy, FIGURES).rows()
    assert found, f"no figures in {copy}: make demo / tidak ada angka"
    return found


def fill(server: Database, copy: Path) -> None:
    """Make schema mart with the current coverage of the copy, and a role that may only read it."""
    described = query(copy, "SELECT column_name, column_type FROM (DESCRIBE mart.coverage)").rows()
    columns = ", ".join(f"{ddl.identifier(name)} {POSTGRESQL.get(kind, kind)}" for name, kind in described)
    server.say(
        f"CREATE ROLE {READER} LOGIN PASSWORD '{server.password}'; CREATE SCHEMA mart;"
        f"CREATE TABLE mart.coverage ({columns});"
        f"COMMENT ON COLUMN mart.coverage.coverage_ratio IS {ddl.literal(COMMENT)};"
        f"GRANT USAGE ON SCHEMA mart TO {READER}; GRANT SELECT ON ALL TABLES IN SCHEMA mart TO {READER};"
    )
    rows = as_csv(query(copy, "FROM mart.coverage").rows())
    server.say(f"COPY mart.coverage FROM STDIN (FORMAT csv);\n{rows}\\.\n")


def as_csv(rows: Sequence[Row]) -> str:
    """Return rows as CSV, an empty cell for NULL."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
