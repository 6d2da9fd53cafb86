"""Whether a file is of other regions than a load is limited to, by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from warehouse.seeds import seed_rows
from warehouse.tables.dimensions import DimRegion

REGENCY = re.compile(r"(?<!\d)(\d\d)\.?(\d\d)(?!\d)")
PROVINCE = re.compile(r"_(\d\d)(?=[_.])")


def is_of_others(name: str, regions: Sequence[str]) -> bool:
    """Return whether the name of a file names regions, and none of `regions`, a province or a regency of it."""
    regencies = {".".join(match.groups()) for match in REGENCY.finditer(name)} & _codes()
    named = regencies or set(PROVINCE.findall(name)) & _codes()
    return bool(regions and named) and not any(_overlap(one, region) for one in named for region in regions)


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


@cache
def _codes() -> frozenset[str]:
    return frozenset(row["region_code"] for row in seed_rows(DimRegion.seed))
