"""Minimum wages."""

from __future__ import annotations

from transforms.graph import transform
from warehouse.schema import Lazy, conform
from warehouse.tables.minimum_wage import MinimumWage, MinimumWageReference


@transform
def minimum_wage(decrees: Lazy[MinimumWage]) -> Lazy[MinimumWageReference]:
    """Return the minimum wage of every regency and year that was delivered."""
    return conform(decrees, MinimumWageReference)
