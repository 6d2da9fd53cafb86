"""A small warehouse for claims: two regencies of Jambi, what is counted there, and what is said about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tests.asciitable import table
from tests.warehouse_rows import load, rows
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.store import building, query
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.published_figure import FactPublishedFigure, PublishedFigure, PublishedFigureSeed

REGIONS = (
    ("00", "national", "Indonesia", None, 280_000_000),
    ("15", "province", "Jambi", "15", 3_800_000),
    ("15.02", "regency", "Kabupaten Merangin", "15", 400_000),
    ("15.03", "regency", "Kabupaten Sarolangun", "15", 313_000),
)
LOADED = "2025-06-01T02:00"


def regions() -> pl.DataFrame:
    """Return the regions of the tests."""
    names = ("region_code", "level", "name", "province_code", "population")
    return rows(DimRegion, *(dict(zip(names, region, strict=True)) for region in REGIONS))


def new_warehouse(folder: Path) -> Path:
    """Return a warehouse that knows the regions and nothing else."""
    warehouse = folder / "warehouse.duckdb"
    with building(warehouse) as build_file:
        build_file.replace(DimRegion, regions())
    return warehouse


def say(warehouse: Path, text: str, **same: object) -> None:
    """Make the claims written in `text` the published figures; as of 16 March 2025 about Sarolangun where not written."""
    stated: dict[str, object] = {"as_of": "2025-03-16", "region_code": "15.03", **same}
    written = {name for line in text.strip().splitlines()[:1] for name in line.replace(" ", "").strip("|").split("|")}
    claims = table(PublishedFigure, text, **{name: cell for name, cell in stated.items() if name not in written})
    nothing = {PublishedFigureSeed: PublishedFigureSeed, DimRegionCode: DimRegionCode}
    empty = {kind: pl.LazyFrame(schema=kind.polars_schema()) for kind in nothing}
    fact = build([FactPublishedFigure], {**empty, PublishedFigure: claims, DimRegion: regions().lazy()})
    load(warehouse, FactPublishedFigure, fact[FactPublishedFigure].collect(), None, LOADED)


def verdicts(warehouse: Path) -> dict[str, str]:
    """Return the verdict of every claim by its row_id."""
    return dict(query(warehouse, "SELECT row_id, verdict FROM mart.claim_check").iter_rows())


def check(warehouse: Path, row_id: str = "1") -> dict[str, Any]:
    """Return the row of claim_check of a claim."""
    found: dict[str, Any] = query(warehouse, "FROM mart.claim_check WHERE row_id = ?", [row_id]).row(0, named=True)
    return found


def counted(
    warehouse: Path, text: str, month: str = "2025-03", as_of: str = "2025-03-16", at: str = "2025-03-17T02:00"
) -> None:
    """Load coverage of a month as seen on a day: region_code and active_workers, and what else is written.

    By residence, in scope UCJ, over 124,440 eligible workers of BPS, where not written otherwise.
    """
    version = Version(date.fromisoformat(f"{month}-01"), date.fromisoformat(as_of))
    same = {
        "month": month, "as_of_date": as_of, "basis": "RESIDENCE", "segment": "UCJ", "eligible_workers": 124_440,
        "workforce_source": "BPS", "workforce_period": "2024-08", "vulnerable_workers": 0,
    }  # fmt: skip
    written = text.strip().splitlines()[0].replace(" ", "").strip("|").split("|")
    given = {name: cell for name, cell in same.items() if name not in written}
    load(warehouse, FactCoverage, table(FactCoverage, text, **given).collect(), version, at)
