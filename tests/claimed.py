"""A small warehouse in memory for claims: two regencies of Jambi, what is counted there, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

from tests.asciitable import cells, table
from tests.warehouse_rows import rows
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.preparing import CATALOG
from warehouse.schema import Fact, Table
from warehouse.store import Build
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.published_figure import FactPublishedFigure, PublishedFigure, PublishedFigureSeed

REGIONS = (
    ("00", "national", "Indonesia", None, 280_000_000),
    ("15", "province", "Jambi", "15", 3_800_000),
    ("15.02", "regency", "Kabupaten Merangin", "15", 400_000),
    ("15.03", "regency", "Kabupaten Sarolangun", "15", 313_000),
)
DAY_AFTER = "2025-03-17T02:00"


def regions() -> pl.DataFrame:
    """Return the regions of the tests."""
    names = ("region_code", "level", "name", "province_code", "population")
    return rows(DimRegion, *(dict(zip(names, region, strict=True)) for region in REGIONS))


@dataclass
class Mart:
    """The tables and views of the warehouse in memory; a test leaves its rows behind, `clear` removes them."""

    connection: duckdb.DuckDBPyConnection
    build: Build

    def clear(self) -> None:
        """Remove the rows of every fact."""
        for name, declared in Table.registry.items():
            if issubclass(declared, Fact):
                self.connection.execute(f"DELETE FROM {name}")

    def load(self, fact: type[Fact], *found: dict[str, Any], version: Version | None = None) -> None:
        """Make these the standing rows of a fact."""
        self.build.supersede(fact, rows(fact, *found), version, "r1", datetime.fromisoformat(DAY_AFTER))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """Return the answer to a question."""
        return self.build.frame(sql, parameters)

    def say(self, text: str, **same: object) -> None:
        """Make the claims of `text` the published figures; of Sarolangun on 16 March 2025 where nothing else is written."""
        stated: dict[str, object] = {"as_of": "2025-03-16", "region_code": "15.03", **same}
        written, _ = cells(text)
        claims = table(PublishedFigure, text, **{name: cell for name, cell in stated.items() if name not in written})
        kinds: tuple[type[Table], ...] = (PublishedFigureSeed, DimRegionCode)
        empty: dict[type[Table], pl.LazyFrame] = {kind: pl.LazyFrame(schema=kind.polars_schema()) for kind in kinds}
        fact = build([FactPublishedFigure], {**empty, PublishedFigure: claims, DimRegion: regions().lazy()})
        moment = datetime.fromisoformat(DAY_AFTER)
        self.build.supersede(FactPublishedFigure, fact[FactPublishedFigure].collect(), None, "r1", moment)

    def verdicts(self) -> dict[str, str]:
        """Return the verdict of every claim by its row_id."""
        return dict(self.query("SELECT row_id, verdict FROM mart.claim_check").iter_rows())

    def check(self, row_id: str = "1") -> dict[str, Any]:
        """Return the row of claim_check of a claim."""
        return self.query("FROM mart.claim_check WHERE row_id = ?", [row_id]).row(0, named=True)

    def counted(self, text: str, month: str = "2025-03", as_of: str = "2025-03-16", at: str = DAY_AFTER) -> None:
        """Load coverage of a month as seen on a day: region_code and active_workers, and what else is written.

        By residence, in scope UCJ, over 124,440 eligible workers of BPS, where not written otherwise.
        """
        version = Version(date.fromisoformat(f"{month}-01"), date.fromisoformat(as_of))
        same: dict[str, object] = {
            "month": month, "as_of_date": as_of, "basis": "RESIDENCE", "segment": "UCJ", "eligible_workers": 124_440,
            "workforce_source": "BPS", "workforce_period": "2024-08", "vulnerable_workers": 0,
        }  # fmt: skip
        written, _ = cells(text)
        found = table(FactCoverage, text, **{name: cell for name, cell in same.items() if name not in written})
        self.build.supersede(FactCoverage, found.collect(), version, "r1", datetime.fromisoformat(at))


@contextmanager
def opened() -> Iterator[Mart]:
    """Yield a warehouse in memory that knows the regions and nothing else."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH ':memory:' AS {CATALOG}")
        connection.execute(f"USE {CATALOG}")
        mart = Mart(connection, Build(connection))
        mart.build.prepare()
        mart.build.replace(DimRegion, regions())
        yield mart
