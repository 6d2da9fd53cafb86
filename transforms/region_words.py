"""How many persons share a word, in every region of every level: read from the codes of those who are alike."""

from __future__ import annotations

import polars as pl

from transforms.alike_persons import BASIS_AT, LEVELS, PAST_BITS, PLACE_BITS, PROVINCE, WORD_BITS
from transforms.graph import transform
from transforms.presence import ANYWHERE, REGENCIES, WIDTH
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage_parts import AlikePersons, RegionWord
from warehouse.vocabulary import BASES


@transform
def region_words(alike: Lazy[AlikePersons]) -> Lazy[RegionWord]:
    """Return the number of persons per basis, region of every level and word; see RegionWord for the bits."""
    added = alike.group_by("is_one_place", "code").agg(pl.col("persons").sum()).cache()
    one_place, others = added.filter(pl.col("is_one_place")), added.filter(~pl.col("is_one_place"))
    shifts = zip(BASES, (PAST_BITS + PLACE_BITS, PAST_BITS), strict=True)
    parts = [level for basis, shift in shifts for level in _of_one_place(one_place, basis, shift)]
    basis = pl.when(_bits(BASIS_AT, 1) == 0).then(pl.lit(BASES[0])).otherwise(pl.lit(BASES[1]))
    parts.append(others.select("persons", basis=basis, region=_bits(WORD_BITS, PLACE_BITS), word=_bits(0, WORD_BITS)))
    words = pl.concat(parts, how="diagonal").group_by("basis", "region", "word").agg(pl.col("persons").sum())
    return conform(words.with_columns(region_code=_region_code()).cache(), RegionWord)


def _of_one_place(added: pl.LazyFrame, basis: str, shift: int) -> list[pl.LazyFrame]:
    """Return the persons with one place by region, level by level: their word is the same at every level."""
    anywhere = pl.sum_horizontal(_bits(here, WIDTH) * pl.lit(1 << there, pl.UInt64) for here, there in ANYWHERE.items())
    words = added.select("persons", regency=_bits(shift, PLACE_BITS), word=_bits(0, PAST_BITS) | anywhere)
    counted = words.filter(pl.col("regency") > 0).group_by("regency", "word").agg(pl.col("persons").sum()).cache()
    region = pl.col("regency")
    return [counted.select("persons", "word", basis=pl.lit(basis), region=region // level * level) for level in LEVELS]


def _bits(at: int, width: int) -> pl.Expr:
    return (pl.col("code") // pl.lit(1 << at, pl.UInt64)) & pl.lit((1 << width) - 1, pl.UInt64)


def _region_code() -> pl.Expr:
    regency = pl.col("region").cast(pl.UInt16).cat.to(REGENCIES).cast(pl.String)
    return pl.when(pl.col("region") % PROVINCE == 0).then(regency.str.head(2)).otherwise(regency)
