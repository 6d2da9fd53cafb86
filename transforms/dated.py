"""Dated rows of law, and the version stamp that every fact carries."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.calendar import Version


def in_effect(rules: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """Return the rows of `rules` in effect on the first day of `month`: from effective_from to effective_to, both included."""
    begun = pl.col("effective_from") <= month
    return rules.filter(begun & (pl.col("effective_to").is_null() | (pl.col("effective_to") >= month)))


def stamp(version: Version) -> list[pl.Expr]:
    """Return the columns month and as_of_date of a version."""
    return [pl.lit(version.month).alias("month"), pl.lit(version.as_of_date).alias("as_of_date")]
