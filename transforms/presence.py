"""Who is in force where, packed into words; and what is counted of words, once it is known how many persons share each.

Persons with the same word in the same region are alike to every count, so only their number is kept. `cache()` marks
what several plans read, so that one collect computes it once.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from transforms.graph import transform
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage import Presence
from warehouse.tables.in_force import InForce
from warehouse.vocabulary import PROGRAMMES, SCOPES, SEGMENTS

VULNERABLE_AT, PROGRAMMES_AT, BEFORE_AT, EARLIER_AT = 4, 8, 28, 32
ANYWHERE_NOW_AT, ANYWHERE_BEFORE_AT, ANYWHERE_EARLIER_AT = 36, 40, 44
ANYWHERE = {0: ANYWHERE_NOW_AT, BEFORE_AT: ANYWHERE_BEFORE_AT, EARLIER_AT: ANYWHERE_EARLIER_AT}
KEYS = ("basis", "region_code", "segment")
WIDTH = len(SEGMENTS)
ANY_SEGMENT = (1 << WIDTH) - 1
REGENCIES = pl.Enum([f"{province:02}.{regency:02}" for province in range(100) for regency in range(100)])


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
    """Return one row per membership in force: who, where by either basis, and as what."""
    return conform(
        in_force.select(
            **person(),
            residence=_number("residence_code"),
            workplace=_number("workplace_code"),
            word=_word_of_membership(),
        ),
        Presence,
    )


def person() -> dict[str, pl.Expr]:
    """Return the token of a person as two integers, person_high and person_low."""
    halves = pl.col("worker_key").bin.reinterpret(dtype=pl.Array(pl.UInt64, 2), endianness="big")
    return {"person_high": halves.arr.get(0), "person_low": halves.arr.get(1)}


def _number(code: str) -> pl.Expr:
    return pl.col(code).cast(REGENCIES).to_physical().fill_null(0)


def _word_of_membership() -> pl.Expr:
    """Return the word of one membership: its bits as if it were of the first segment, moved to its own segment."""
    programmes = pl.col("programmes").cast(pl.UInt32)
    first = pl.lit(1, pl.UInt32) + pl.col("is_vulnerable").cast(pl.UInt32) * (1 << VULNERABLE_AT)
    for number in range(len(PROGRAMMES)):
        held = programmes & pl.lit(1 << number, pl.UInt32)
        first += held * pl.lit(1 << (PROGRAMMES_AT + (WIDTH - 1) * number), pl.UInt32)
    segment = pl.col("segment").cast(pl.Enum(SEGMENTS)).to_physical()
    return first * pl.lit(2, pl.UInt32).pow(segment)
