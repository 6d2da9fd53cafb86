"""Rows for tests of the warehouse: a full row of a table from the few cells that matter."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from warehouse import ddl
from warehouse.calendar import Version
from warehouse.files import folder
from warehouse.schema import Fact, Table
from warehouse.store import building
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimRegion

MARCH = date(2025, 3, 1)
MID_MARCH = Version(MARCH, date(2025, 3, 16))
END_OF_APRIL = Version(MARCH, date(2025, 4, 30))
REGIONS = (
    ("00", "national", "Indonesia", "negara", None, None),
    ("15", "province", "Jambi", "provinsi", "15", "Jambi"),
    ("15.02", "regency", "Merangin", "kabupaten", "15", "Jambi"),
    ("15.03", "regency", "Sarolangun", "kabupaten", "15", "Jambi"),
    ("16.01", "regency", "Ogan Komering Ulu", "kabupaten", "16", "Sumatera Selatan"),
)
EXAMPLES: dict[pl.DataType, Any] = {
    pl.String(): "a",
    pl.Int64(): 0,
    pl.Int32(): 2025,
    pl.UInt32(): 0,
    pl.UInt8(): 0,
    pl.Float64(): 0.5,
    pl.Boolean(): False,
    pl.Date(): MARCH,
    pl.Datetime("us"): datetime(2025, 3, 17, 2),
}
PATTERNED = {"period": "2024-08", "workforce_period": "2024-08"}


def row(table: type[Table], **cells: Any) -> dict[str, Any]:
    """Return a full row of stored cells: empty where a column may be, else an allowed value, then `cells`."""
    return {name: cells.get(name, _example(name, table)) for name in table.stored_columns()}


def rows(table: type[Table], *cells: dict[str, Any]) -> pl.DataFrame:
    """Return a frame of full rows, one per dict of cells."""
    return pl.DataFrame([row(table, **each) for each in cells], schema=table.polars_schema())


def coverage(version: Version, **active_by_region: int) -> pl.DataFrame:
    """Return UCJ coverage by residence, one row per region; `r15_03=10` stands for region 15.03."""
    cells = [
        {
            "region_code": name.removeprefix("r").replace("_", "."),
            "month": version.month,
            "as_of_date": version.as_of_date,
            "basis": "RESIDENCE",
            "segment": "UCJ",
            "active_workers": active,
            "eligible_workers": 100,
            "workforce_source": "BPS",
            "workforce_period": "2024-08",
        }
        for name, active in active_by_region.items()
    ]
    return rows(FactCoverage, *cells)


def load(
    warehouse: Path, table: type[Fact], given: pl.DataFrame | Path, version: Version | None, at: str, run: str = "r1"
) -> int:
    """Supersede `version` of `table` by a frame or a file in a build of its own; return the number of rows changed."""
    with building(warehouse) as build:
        return build.supersede(table, given, version, run, datetime.fromisoformat(at))


def load_regions(warehouse: Path) -> None:
    """Fill dim_region with REGIONS; a warehouse that is not there yet is a copy of one that was built once."""
    if warehouse.exists():
        _fill_regions(warehouse)
        return
    folder(warehouse.parent)
    for file in Path(_with_regions().name).iterdir():
        shutil.copy2(file, warehouse.parent)


@cache
def _with_regions() -> TemporaryDirectory[str]:
    place = TemporaryDirectory()
    _fill_regions(Path(place.name) / "warehouse.duckdb")
    return place


def _fill_regions(warehouse: Path) -> None:
    names = ("region_code", "level", "name", "kind", "province_code", "province_name")
    frame = rows(DimRegion, *(dict(zip(names, region, strict=True)) for region in REGIONS))
    with building(warehouse) as build:
        build.replace(DimRegion, frame)


def _example(name: str, table: type[Table]) -> Any:
    column = ddl.stored_columns_of(table)[name]
    if column.nullable:
        return None
    if column.minimum:
        return column.minimum
    return column.values[0] if column.values else PATTERNED.get(name, EXAMPLES[column.dtype])
