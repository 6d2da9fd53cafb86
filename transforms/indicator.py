"""The indicator fact: published figures of regions, as they were delivered."""

from __future__ import annotations

import polars as pl

from transforms.graph import transform
from warehouse.schema import Lazy, conform
from warehouse.tables.indicator import UNSTATED, FactIndicator, Indicator


@transform
def fact_indicator(indicators: Lazy[Indicator]) -> Lazy[FactIndicator]:
    """Return every figure; one whose publisher is not stated says so."""
    return conform(indicators.with_columns(pl.col("source").fill_null(UNSTATED)), FactIndicator)
