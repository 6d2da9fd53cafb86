"""What the memberships in force say about every registered employer."""

from __future__ import annotations

import polars as pl

from warehouse.calendar import Version

IS_WAGE_EARNER = pl.col("segment") == "PU"
HAS_NO_WORKPLACE = IS_WAGE_EARNER & pl.col("workplace_code").is_null()


def workers_record(in_force: pl.LazyFrame, minimum_wages: pl.LazyFrame | None, version: Version) -> pl.LazyFrame:
    """Return, per npp: registered_workers, member_programmes, has_low_wage, lowest_wage_idr.

    `has_low_wage`: a wage earner is reported below the minimum wage of the workplace; unknown minimum wages
    accuse nobody. `lowest_wage_idr`: the lowest wage of wage earners without a workplace, else null.
    """
    employed = in_force.filter(pl.col("employer_key").is_not_null())
    measured = with_minimum(employed, minimum_wages, "workplace_code", version)
    return measured.group_by(npp="employer_key").agg(
        registered_workers=pl.col("worker_key").n_unique().cast(pl.Int64),
        member_programmes=pl.col("programmes").bitwise_or(),
        has_low_wage=(IS_WAGE_EARNER & below_minimum("wage_idr")).any(),
        lowest_wage_idr=pl.when(HAS_NO_WORKPLACE).then("wage_idr").min(),
    )


def low_wages(employers: pl.LazyFrame, minimum_wages: pl.LazyFrame | None, version: Version) -> pl.LazyFrame:
    """Return `employers` with is_wage_below_minimum; the employer's own regency stands in for a missing workplace."""
    measured = with_minimum(employers, minimum_wages, "region_code", version)
    low = pl.col("has_low_wage").fill_null(False) | below_minimum("lowest_wage_idr")
    return measured.with_columns(is_wage_below_minimum=low).drop("minimum_wage_idr")


def below_minimum(wage: str) -> pl.Expr:
    """Return whether a wage is below minimum_wage_idr; false while either is unknown."""
    return (pl.col(wage) < pl.col("minimum_wage_idr")).fill_null(False)


def with_minimum(rows: pl.LazyFrame, minimum_wages: pl.LazyFrame | None, place: str, version: Version) -> pl.LazyFrame:
    """Return `rows` with the minimum_wage_idr of the regency in the column `place` in the year of the month, or null."""
    if minimum_wages is None:
        return rows.with_columns(pl.lit(None, pl.Int64).alias("minimum_wage_idr"))
    of_year = minimum_wages.filter(pl.col("year") == version.month.year)
    return rows.join(of_year.select(pl.col("region_code").alias(place), "minimum_wage_idr"), on=place, how="left")
