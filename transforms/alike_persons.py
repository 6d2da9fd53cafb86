"""How many persons are alike to every count: the one step that looks at persons, part by part where there are many.

Distinct counts do not add up over regions, so persons of several regencies are combined anew at every level. They do add
up over persons: what is counted of two sets of persons apart, and added, is what is counted of both.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.graph import transform
from transforms.persons import Integers, firsts, tally, together, united
from transforms.presence import ANY_SEGMENT, ANYWHERE, BEFORE_AT, EARLIER_AT
from warehouse.schema import Lazy, conform
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import AlikePersons

LEVELS = REGENCY, PROVINCE, NATION = 1, 100, 10_000
PLACE_BITS, PAST_BITS, WORD_BITS, BASIS_AT = 14, 36, 48, 62
PLACE, HERE = np.uint64((1 << PLACE_BITS) - 1), np.uint64((1 << EARLIER_AT) - 1)


@transform
def alike_persons(
    presence: Lazy[Presence], before: Lazy[PresenceBefore] | None, earlier: Lazy[PresenceEarlier] | None
) -> Lazy[AlikePersons]:
    """Return the number of persons per code; see AlikePersons. Without `before` there is no past in them at all.

    A person may have any number of rows in each, but none in another part.
    """
    rows = [presence.with_columns(pl.col("word").cast(pl.UInt64))]
    if before is not None:
        rows.append(_past(before, BEFORE_AT))
    if before is not None and earlier is not None:
        rows.append(_past(earlier, EARLIER_AT))
    counted = pl.concat(rows).map_batches(
        _counted,
        schema=AlikePersons.polars_schema(),
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )
    return conform(counted, AlikePersons)


def _past(presence: pl.LazyFrame, at: int) -> pl.LazyFrame:
    segments = pl.col("word").cast(pl.UInt64) & pl.lit(ANY_SEGMENT, pl.UInt64)
    return presence.with_columns(segments * pl.lit(1 << at, pl.UInt64))


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the codes of rows of persons: `is_several` are the persons whose rows do not all say the same places."""
    order, is_first = together(rows["person_high"].to_numpy(), rows["person_low"].to_numpy())
    residence, workplace = (rows[place].to_numpy().astype(np.uint64)[order] for place in ("residence", "workplace"))
    places, words = (residence << PLACE_BITS) | workplace, rows["word"].to_numpy()[order]
    begins = np.flatnonzero(is_first)
    strays = np.flatnonzero(~is_first[1:] & (places[1:] != places[:-1])) + 1
    is_several = np.zeros(len(begins), np.bool_)
    is_several[np.searchsorted(begins, strays, side="right") - 1] = True
    alike = ((places[begins] << PAST_BITS) | united(words, begins))[~is_several]
    sizes = np.diff(begins, append=len(order))
    rest = np.repeat(is_several, sizes)
    person = np.repeat(np.arange(is_several.sum(), dtype=np.uint64), sizes[is_several])
    several = [_of_several_places(person, place[rest], words[rest]) for place in (residence, workplace)]
    codes = np.concatenate([several[0], several[1] | (1 << BASIS_AT)])
    return pl.concat([_told(alike[(alike & HERE) != 0], is_one_place=True), _told(codes, is_one_place=False)])


def _of_several_places(person: Integers, number: Integers, words: Integers) -> Integers:
    """Return the codes of persons with several places: words combined once per level, all from one order of regencies."""
    somewhere = number > 0
    keys, words = ((person << np.uint64(PLACE_BITS)) | number)[somewhere], words[somewhere]
    order = np.argsort(keys)
    keys, words = keys[order], words[order]
    number = keys & PLACE
    begins = firsts(keys >> np.uint64(PLACE_BITS))
    everywhere = np.repeat(_anywhere(united(words, begins)), np.diff(begins, append=len(keys)))
    codes = []
    for level in map(np.uint64, LEVELS):
        region = number // level * level
        begins = firsts(keys - number + region)
        codes.append((region[begins] << WORD_BITS) | united(words, begins) | everywhere[begins])
    found = np.concatenate(codes)
    here: Integers = found[(found & HERE) != 0]
    return here


def _anywhere(words: Integers) -> Integers:
    """Return the bits that a person's word of the whole nation gives to the words of all regions of the person."""
    found = np.zeros_like(words)
    for here, there in ANYWHERE.items():
        found |= (words & (ANY_SEGMENT << here)) << (there - here)
    return found


def _told(codes: Integers, *, is_one_place: bool) -> pl.DataFrame:
    distinct, persons = tally(codes)
    return pl.DataFrame(
        {"is_one_place": pl.repeat(is_one_place, len(distinct), eager=True), "code": distinct, "persons": persons}
    )
