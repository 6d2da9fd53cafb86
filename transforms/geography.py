"""Regions by whatever a file calls them: codes of two systems, old codes, names and their spellings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from warehouse.dialect import CodeSystem
from warehouse.rules import raw
from warehouse.schema import Extract, Parse
from warehouse.vocabulary import NATION

PREFIXES = (
    (r"^(?:KABUPATEN|KAB)\b[ .]*(?:ADMINISTRASI|ADM)?\b[ .]*", "KAB"),
    (r"^KOTA[ .]+(?:(?:ADMINISTRASI|ADM)\b)?[ .]*", "KOTA"),
    (r"^(?:PROVINSI|PROPINSI|PROV)\b[ .]*", "PROVINSI"),
)
DOTTED = r"^([0-9]{2})\.([0-9]{2})$"
SHORTEST_NAME = 5
LONGEST_NAME = 36
NAME = rf"^[A-Z]{{{SHORTEST_NAME},{LONGEST_NAME}}}$"
MOST_CANDIDATES = 3

Regions = tuple[str, ...]


@dataclass(frozen=True)
class Gazetteer:
    """Regions by key: `known` to today's code, `ambiguous` to several, `foreign` those of the other system's codes.

    `names` are the names of today, by code. Where `dotted` codes are foreign they keep their dot as a key: only the
    Home Ministry writes 15.03.
    """

    known: dict[str, str]
    ambiguous: dict[str, Regions]
    foreign: dict[str, Regions]
    names: Mapping[str, str] = field(default_factory=dict)
    dotted: bool = False

    def key(self, text: pl.Expr) -> pl.Expr:
        """Return the key under which a text is looked up here."""
        key = region_key(text)
        return pl.when(text.str.contains(DOTTED)).then(text).otherwise(key) if self.dotted else key

    def told(self, regions: Iterable[str]) -> str:
        """Return regions as people name them: 32.04 Kabupaten Bandung, 32.73 Kota Bandung."""
        return ", ".join(f"{region} {self.names.get(region, '')}".strip() for region in sorted(regions))

    @cached_property
    def neighbours(self) -> pl.DataFrame:
        """Return every name, and every name less one letter (short), beside each region that it may stand for."""
        found = set[tuple[str, str]]()
        for key, regions in (self.ambiguous | {key: (code,) for key, code in self.known.items()}).items():
            if key.isalpha() and len(key) >= SHORTEST_NAME:
                shorter = {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}
                found |= {(short, self.told([region])) for short in shorter for region in regions}
        return pl.DataFrame(sorted(found), {"short": pl.String(), "region": pl.String()}, orient="row")


def region_key(text: pl.Expr) -> pl.Expr:
    """Return the spelling-free key of a code or name: 15.03 and 1503 agree, Muko Muko and Mukomuko agree."""
    key = text.str.to_uppercase().str.replace(r"^([0-9]{4})\.0$", "$1").str.replace(DOTTED, "$1$2")
    key = pl.when(~key.str.contains(r"^[0-9]+\.[0-9]+$")).then(key)
    for pattern, prefix in PREFIXES:
        key = key.str.replace(pattern, prefix)
    return key.str.replace_all(r"[^A-Z0-9]", "")


def gazetteer(codes: pl.DataFrame, system: CodeSystem, parse: Parse, regions: pl.DataFrame | None = None) -> Gazetteer:
    """Return the gazetteer of a code system for regency columns, or for all regions when `parse` is REGION.

    `codes` has the columns of dim_region_code, `regions` those of dim_region, whose names are taken too. A name that
    stands for several regions is ambiguous.
    """
    named = _names_of_today(regions)
    nation = {} if parse is Parse.REGENCY else {NATION: NATION, "INDONESIA": NATION}
    keyed = pl.concat([codes.select("system", "code", "region_code"), named])
    if parse is Parse.REGENCY:
        keyed = keyed.filter(pl.col("region_code").str.len_chars() == 5)
    keyed = keyed.with_columns(key=region_key(pl.col("code")))
    own = _candidates(keyed.filter(pl.col("system").is_in([system, "name"])))
    other = _candidates(keyed.filter(~pl.col("system").is_in([system, "name"])))
    dotted = system == "bps"
    if dotted:
        written = keyed.filter(pl.col("code").str.contains(DOTTED)).select("code", "region_code")
        other |= _candidates(written.rename({"code": "key"}))
    return Gazetteer(
        known=nation | {key: min(found) for key, found in own.items() if len(found) == 1},
        ambiguous={key: tuple(sorted(found)) for key, found in own.items() if len(found) > 1},
        foreign={key: tuple(sorted(found)) for key, found in other.items() if key not in own},
        names=dict(named.select("region_code", "code").iter_rows()),
        dotted=dotted,
    )


def hint(text: pl.Expr, gazetteer: Gazetteer) -> pl.Expr:
    """Return what a text that names no single region may mean, Indonesian and English; null where nothing is near.

    An ambiguous name gives its candidates, a code of the other system the region it means there, a misspelt name the
    regions whose names differ from it by one letter more, less, changed or swapped with its neighbour.
    """
    key = gazetteer.key(text)
    told = {
        one: f"menunjuk beberapa wilayah / names several regions: {gazetteer.told(found)}"
        for one, found in gazetteer.ambiguous.items()
    } | {
        one: f"kode sistem lain untuk / the other system's code of: {gazetteer.told(found)}"
        for one, found in gazetteer.foreign.items()
    }
    exact, neighbours = _looked_up(key, told), gazetteer.neighbours
    misspelt = pl.when(exact.is_null() & key.str.contains(NAME)).then(key)
    near = misspelt.map_batches(lambda keys: _nearest(keys, neighbours), return_dtype=pl.String, is_elementwise=True)
    return pl.coalesce(exact, pl.concat_str(pl.lit("mungkin / perhaps: "), near))


def _names_of_today(regions: pl.DataFrame | None) -> pl.DataFrame:
    if regions is None:
        return pl.DataFrame(schema={"system": pl.String(), "code": pl.String(), "region_code": pl.String()})
    title = pl.when(pl.col("level") == "province").then(pl.lit("Provinsi ")).otherwise(pl.lit(""))
    named = regions.filter(pl.col("level") != "national")
    return named.select(system=pl.lit("name"), code=title + pl.col("name"), region_code="region_code")


def _candidates(keyed: pl.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, region in keyed.select("key", "region_code").iter_rows():
        found[key].add(region)
        for prefix in ("KAB", "KOTA", "PROVINSI"):
            found[key.removeprefix(prefix)].add(region)
    return found


def _nearest(keys: pl.Series, neighbours: pl.DataFrame) -> pl.Series:
    """The few regions whose names are one letter away from each key; null where there are none, or too many."""
    if keys.null_count() == keys.len():
        return keys
    key = pl.col("key")
    names = pl.DataFrame({"key": keys.drop_nulls().unique()})
    shorter = [pl.concat_str(key.str.head(place), key.str.slice(place + 1)) for place in range(LONGEST_NAME)]
    tried = names.select(key, pl.concat_list(key, *shorter).list.unique().alias("short")).explode("short")
    met = tried.join(neighbours, on="short").group_by("key").agg(pl.col("region").unique().sort())
    few = met.filter(pl.col("region").list.len() <= MOST_CANDIDATES).with_columns(pl.col("region").list.join(", "))
    return pl.DataFrame({"key": keys}).join(few, on="key", how="left", maintain_order="left")["region"]


def _looked_up(key: pl.Expr, told: Mapping[str, str]) -> pl.Expr:
    old, new = pl.Series(list(told), dtype=pl.String), pl.Series(list(told.values()), dtype=pl.String)
    return key.replace_strict(old, new, default=None, return_dtype=pl.String)


def region_hints(table: type[Extract], gazetteers: Mapping[Parse, Gazetteer]) -> pl.Expr:
    """Return, for the rows of an extract, what its region columns may mean that name no single region; null elsewhere."""
    said = []
    for column in table.arriving().values():
        if column.parse in gazetteers:
            told = pl.concat_str(pl.lit(f"{column.arrives_as} "), hint(pl.col(raw(column)), gazetteers[column.parse]))
            said.append(pl.when(pl.col(column.name).is_null()).then(told))
    text = pl.concat_str(pl.lit(None, pl.String), *said, separator="; ", ignore_nulls=True)
    return pl.when(text != "").then(text).alias("hints")
