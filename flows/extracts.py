"""What the gate knows of a kind of extract before it sees a file."""

from __future__ import annotations

from functools import cache

from transforms.geography import Gazetteer, gazetteer
from warehouse import lake
from warehouse.dialect import CodeSystem
from warehouse.schema import Extract, Parse, Table
from warehouse.tables.dimensions import DimRegion, DimRegionCode


def extract_of(kind: str) -> type[Extract]:
    """Return the declaration of a kind of extract."""
    found = Table.registry[f"lake.{kind}"]
    assert issubclass(found, Extract)
    return found


@cache
def gazetteers(system: CodeSystem) -> dict[Parse, Gazetteer]:
    """Return the gazetteers of a code system: for regency columns and for columns of any region."""
    codes, regions = lake.seed(DimRegionCode).collect(), lake.seed(DimRegion).collect()
    return {parse: gazetteer(codes, system, parse, regions) for parse in (Parse.REGENCY, Parse.REGION)}
