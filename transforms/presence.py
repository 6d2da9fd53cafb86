"""Who is in force where, packed into words, and how many persons share a word at every level.

Distinct counts do not add up, so persons of several regencies are combined anew at every level; after that,
persons with the same word in the same region are alike to every count, and only their number is kept. `cache()`
marks what several plans read, so that one collect computes it once.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from transforms.graph import transform
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import RegionWord
from warehouse.tables.in_force import InForce
from warehouse.vocabulary import BASES, NATION, PROGRAMMES, SCOPES, SEGMENTS

VULNERABLE_AT, PROGRAMMES_AT, BEFORE_AT, EARLIER_AT = 4, 8, 28, 32
ANYWHERE_NOW_AT, ANYWHERE_BEFORE_AT, ANYWHERE_EARLIER_AT = 36, 40, 44
ANYWHERE = {0: ANYWHERE_NOW_AT, BEFORE_AT: ANYWHERE_BEFORE_AT, EARLIER_AT: ANYWHERE_EARLIER_AT}
KEYS = ("basis", "region_code", "segment")
WIDTH = len(SEGMENTS)
ANY_SEGMENT = (1 << WIDTH) - 1


def has(scope: str, at: int) -> pl.Expr:
    """Return whether a word has the bit of any segment of `scope`, in the four bits that begin at bit `at`."""
    mask = sum(1 << (at + SEGMENTS.index(segment)) for segment in SCOPES[scope])
    return (pl.col("word") & pl.lit(mask, pl.UInt64)) != 0


def per_scope(words: pl.LazyFrame, conditions: Callable[[str], dict[str, pl.Expr]]) -> pl.LazyFrame:
    """Return, per basis, region and scope (`KEYS`), the persons whose word meets each of the scope's conditions."""
    counted = {scope: conditions(scope) for scope in SCOPES}
    sums = [
        (pl.col("persons") * condition).sum().alias(f"{scope} {name}")
        for scope, asked in counted.items()
        for name, condition in asked.items()
    ]
    wide = words.group_by("basis", "region_code").agg(sums).cache()
    tall = [
        wide.select(
            "basis", "region_code", segment=pl.lit(scope), **{name: pl.col(f"{scope} {name}") for name in asked}
        )
        for scope, asked in counted.items()
    ]
    return pl.concat(tall)


@transform
def presence(in_force: Lazy[InForce]) -> Lazy[Presence]:
    """Return one word per basis, regency and person in force; a membership without a workplace has no WORKPLACE row."""
    rows = in_force.select("worker_key", "residence_code", "workplace_code", _word_of_membership().alias("word"))
    places = dict(zip(BASES, ("residence_code", "workplace_code"), strict=True))
    by_basis = [
        rows.filter(pl.col(place).is_not_null()).select(
            pl.lit(basis).alias("basis"), pl.col(place).alias("region_code"), "worker_key", "word"
        )
        for basis, place in places.items()
    ]
    return conform(_one_word_each(pl.concat(by_basis)).cache(), Presence)


@transform
def region_words(
    presence: Lazy[Presence], before: Lazy[PresenceBefore] | None, earlier: Lazy[PresenceEarlier] | None
) -> Lazy[RegionWord]:
    """Return the number of persons per basis, region of every level and word; see RegionWord for the bits.

    Without `before` the words hold no past at all. `earlier` may hold several rows of one person.
    """
    words = [presence.with_columns(pl.col("word").cast(pl.UInt64))]
    if before is not None:
        words.append(_past(before, BEFORE_AT))
    if before is not None and earlier is not None:
        words.append(_past(earlier, EARLIER_AT))
    regency = _one_word_each(pl.concat(words)).cache()
    person = regency.group_by("basis", "worker_key").agg(
        pl.col("word").bitwise_or(), pl.col("region_code").first(), regencies=pl.len()
    )
    person = person.filter(_matters()).cache()
    alike = _of_one_regency(person.filter(pl.col("regencies") == 1))
    scattered = person.filter(pl.col("regencies") > 1).select("basis", "worker_key", anywhere=_anywhere())
    several = _of_several(regency.join(scattered, on=["basis", "worker_key"]))
    united = pl.concat([alike, several]).group_by("basis", "region_code", "word").agg(pl.col("persons").sum())
    return conform(united.cache(), RegionWord)


def _of_one_regency(persons: pl.LazyFrame) -> pl.LazyFrame:
    """Return the words of persons with one regency: the same at every level, so they are counted before it is widened."""
    counted = persons.group_by("basis", "region_code", "word").agg(persons=pl.len())
    regency = counted.with_columns(pl.col("word") | _anywhere()).cache()
    province = regency.with_columns(pl.col("region_code").str.head(2))
    return pl.concat([regency, province, regency.with_columns(region_code=pl.lit(NATION))])


def _of_several(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the words of persons with several regencies: combined once per level."""
    regency = rows.select("basis", "region_code", "worker_key", pl.col("word") | pl.col("anywhere")).cache()
    province = _one_word_each(regency.with_columns(pl.col("region_code").str.head(2))).cache()
    nation = _one_word_each(province.with_columns(pl.lit(NATION).alias("region_code")))
    placed = pl.concat([regency, province, nation]).filter(_matters())
    return placed.group_by("basis", "region_code", "word").agg(persons=pl.len())


def _matters() -> pl.Expr:
    """Return whether a word has a bit of this month or the month before in its own region."""
    return (pl.col("word") & pl.lit((1 << EARLIER_AT) - 1, pl.UInt64)) != 0


def _anywhere() -> pl.Expr:
    """Return the bits that a person's word of the whole nation gives to the words of all regions of the person."""
    parts = [
        (pl.col("word") & pl.lit(ANY_SEGMENT << here, pl.UInt64)) * pl.lit(1 << (there - here), pl.UInt64)
        for here, there in ANYWHERE.items()
    ]
    return pl.sum_horizontal(parts)


def _one_word_each(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.group_by("basis", "region_code", "worker_key").agg(pl.col("word").bitwise_or())


def _past(presence: pl.LazyFrame, at: int) -> pl.LazyFrame:
    segments = pl.col("word").cast(pl.UInt64) & pl.lit(ANY_SEGMENT, pl.UInt64)
    return presence.with_columns(segments * pl.lit(1 << at, pl.UInt64))


def _word_of_membership() -> pl.Expr:
    """Return the word of one membership: its bits as if it were of the first segment, moved to its own segment."""
    programmes = pl.col("programmes").cast(pl.UInt32)
    first = pl.lit(1, pl.UInt32) + pl.col("is_vulnerable").cast(pl.UInt32) * (1 << VULNERABLE_AT)
    for number in range(len(PROGRAMMES)):
        held = programmes & pl.lit(1 << number, pl.UInt32)
        first += held * pl.lit(1 << (PROGRAMMES_AT + (WIDTH - 1) * number), pl.UInt32)
    moves = {segment: 1 << number for number, segment in enumerate(SEGMENTS)}
    return first * pl.col("segment").replace_strict(moves, return_dtype=pl.UInt32)
