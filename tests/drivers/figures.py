"""The figures that every driver is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warehouse.store import query

COLUMNS = ("region_code", "region_name", "month", "active_workers", "joined_workers", "coverage_ratio")
FIGURES = f"""
SELECT {", ".join(COLUMNS)} FROM mart.coverage
WHERE level = 'regency' AND basis = 'RESIDENCE' AND segment = 'UCJ' ORDER BY month, region_code
"""

Row = tuple[Any, ...]


def expected(copy: Path) -> list[Row]:
    """Return the figures as DuckDB reads them from the published copy; raises when there are none."""
    found = query(copy, FIGURES).rows()
    assert found, f"no figures in {copy}: make demo / tidak ada angka"
    return found


def comment(copy: Path) -> str:
    """Return what the published copy says of the ratio, which drivers that show comments must show."""
    asked = "SELECT comment FROM duckdb_columns() WHERE table_name = 'coverage' AND column_name = 'coverage_ratio'"
    return str(query(copy, asked).item())
