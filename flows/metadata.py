"""The metadata of a home: what its published version covers, told beside what the declarations say."""

from __future__ import annotations

import json
from pathlib import Path

from warehouse.home import Home
from warehouse.metadata.dcat import Extent
from warehouse.metadata.files import extent_of, write
from warehouse.metadata.terms import Terms
from warehouse.schema import Fact, tables_of
from warehouse.store import query

DESCRIPTOR = "datapackage.json"
DAYS = {
    "month": "min(month) AS first_day, last_day(max(month)) AS last_day",
    "year": "make_date(min(year), 1, 1) AS first_day, make_date(max(year), 12, 31) AS last_day",
}
"""The days that a fact speaks of, by the key column that says so."""
PROVINCES = """
SELECT region_code, name FROM mart.dim_region
WHERE level = 'province' AND region_code IN (
    SELECT province_code FROM mart.dim_region WHERE level = 'regency' AND region_code IN ({delivered})
)
ORDER BY region_code
"""


def write_metadata(folder: Path, terms: Terms, home: Home | None = None) -> list[Path]:
    """Return the metadata files written into `folder`; with a home, DCAT tells what its published version covers."""
    return write(folder, terms, extent(home) if home else Extent())


def extent(home: Home) -> Extent:
    """Return name, files, provinces and days of the published version of a home, from the version itself."""
    current = home.current.parent.resolve()
    known = extent_of(json.loads((current / DESCRIPTOR).read_text(encoding="utf-8")))
    facts = [table for table in tables_of("mart") if issubclass(table, Fact)]
    delivered = [f"SELECT region_code FROM {one.qualified()}" for one in facts if one.driven_by]
    places = query(current / home.current.name, PROVINCES.format(delivered=" UNION ".join(delivered)))
    days = query(
        current / home.current.name,
        " UNION ALL ".join(
            f"SELECT '{fact.qualified()}' AS fact, {DAYS[key]} FROM {fact.qualified()} HAVING count(*) > 0"
            for fact in facts
            for key in DAYS
            if key in fact.key()
        ),
    )
    return Extent(
        version=known.version,
        regions=dict(zip(places["region_code"], places["name"], strict=True)),
        days=dict(zip(days["fact"], zip(days["first_day"], days["last_day"], strict=True), strict=True)),
        files=known.files,
    )
