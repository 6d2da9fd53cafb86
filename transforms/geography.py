"""Regions by whatever a file calls them: codes of two systems, old codes, names and their spellings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from warehouse.dialect import CodeSystem
from warehouse.schema import Parse
from warehouse.vocabulary import NATION

PREFIXES = (
    (r"^(?:KABUPATEN|KAB)\b[ .]*(?:ADMINISTRASI|ADM)?\b[ .]*", "KAB"),
    (r"^KOTA[ .]+(?:(?:ADMINISTRASI|ADM)\b)?[ .]*", "KOTA"),
    (r"^(?:PROVINSI|PROPINSI|PROV)\b[ .]*", "PROVINSI"),
)


@dataclass(frozen=True)
class Gazetteer:
    """Regions by key: `known` to today's code, `ambiguous` names no single one, `foreign` codes of the other system."""

    known: dict[str, str]
    ambiguous: frozenset[str]
    foreign: frozenset[str]


def region_key(text: pl.Expr) -> pl.Expr:
    """Return the spelling-free key of a code or name: 15.03 and 1503 agree, Muko Muko and Mukomuko agree."""
    key = text.str.to_uppercase().str.replace(r"^(\d{4})\.0$", "$1").str.replace(r"^(\d{2})\.(\d{2})$", "$1$2")
    key = pl.when(~key.str.contains(r"^\d+\.\d+$")).then(key)
    for pattern, prefix in PREFIXES:
        key = key.str.replace(pattern, prefix)
    return key.str.replace_all(r"[^A-Z0-9]", "")


def gazetteer(codes: pl.DataFrame, system: CodeSystem, parse: Parse) -> Gazetteer:
    """Return the gazetteer of a code system for regency columns, or for all regions when `parse` is REGION.

    `codes` has the columns of dim_region_code. A name that stands for several regions is ambiguous.
    """
    nation = {} if parse is Parse.REGENCY else {NATION: NATION, "INDONESIA": NATION}
    if parse is Parse.REGENCY:
        codes = codes.filter(pl.col("region_code").str.len_chars() == 5)
    keyed = codes.with_columns(key=region_key(pl.col("code")))
    own = _candidates(keyed.filter(pl.col("system").is_in([system, "name"])))
    other = _candidates(keyed.filter(~pl.col("system").is_in([system, "name"])))
    return Gazetteer(
        known=nation | {key: regions.pop() for key, regions in own.items() if len(regions) == 1},
        ambiguous=frozenset(key for key, regions in own.items() if len(regions) > 1),
        foreign=frozenset(other) - frozenset(own),
    )


def _candidates(keyed: pl.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, region in keyed.select("key", "region_code").iter_rows():
        found[key].add(region)
        for prefix in ("KAB", "KOTA", "PROVINSI"):
            if key.startswith(prefix) and len(key) > len(prefix):
                found[key.removeprefix(prefix)].add(region)
    return found
