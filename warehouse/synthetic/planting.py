"""Planting: defective copies of good rows, among them, and the ledger of where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

import numpy as np
import polars as pl

from warehouse.schema import Extract, Parse
from warehouse.synthetic.defects import ALWAYS, Defect, defects
from warehouse.synthetic.dice import Bools, Ints
from warehouse.synthetic.identity import FRESH_SERIAL, fresh_memberships, kpj
from warehouse.synthetic.plan import MOST_DEFECTS, Plan

SAMPLE = 4000
DUPLICATE = "duplicate_row"
NUMBER = "_number"
FRESH: Mapping[str, tuple[str, ...]] = {
    "kepesertaan": ("nik", "kpj"), "badan_usaha": ("npp", "nib"), "penduduk_bekerja": ("sumber",), "target": ("tahun",), "umk": ("tahun",),
    "klaim": ("no_klaim",), "anggaran": ("tahun",),
}  # fmt: skip


def as_text(frame: pl.DataFrame, table: type[Extract]) -> pl.DataFrame:
    """Return the typed frame as texts: months YYYY-MM, days YYYY-MM-DD, numbers without marks, null as null."""
    texts = []
    for name, dtype in frame.schema.items():
        text = pl.col(name).cast(pl.String) if dtype != pl.String else pl.col(name)
        texts.append(text.str.slice(0, 7) if name in _months(table) else text)
    return frame.select(texts)


def as_typed(frame: pl.DataFrame, table: type[Extract], schema: pl.Schema) -> pl.DataFrame:
    """Return the texts under `schema`, the way `as_text` came from."""
    return frame.with_columns(pl.col(name) + "-01" for name in _months(table)).cast(schema)


def _months(table: type[Extract]) -> list[str]:
    return [name for name, column in table.arriving().items() if column.parse is Parse.MONTH]


def plant(plan: Plan, table: type[Extract], name: str, number: int, good: pl.DataFrame, clean: Bools) -> pl.DataFrame:
    """Return defective copies of rows of `good` (typed) as text, with the helpers _after (row of `good`), _rules, _column.

    As many as the plan's share, and one for every rule at least, but always below five percent of the file.
    Copies are taken from rows where `clean` is true. `number` is the file's own, for fresh ids.
    """
    typed = plan.format == "parquet"
    ways = defects(table, typed=typed) if plan.defects else []
    room = int(good.height * MOST_DEFECTS / (1 - MOST_DEFECTS))
    total = min(room, max(len(ways), round(good.height * plan.defects))) if ways else 0
    dice = np.random.default_rng([plan.seed, crc32(name.encode())])
    order = [ways[place] for place in dice.permutation(len(ways))]
    candidates = _sample(good, table, clean, dice, total)
    shares = [total // max(len(order), 1) + (place < total % max(len(order), 1)) for place in range(len(order))]
    broken = [_break(candidates, defect, count, dice) for defect, count in zip(order, shares, strict=True) if count]
    found = pl.concat(broken) if broken else _nothing(candidates)
    return _freshened(found.with_columns(pl.int_range(pl.len()).alias(NUMBER)), table, number, plan.seed)


def _sample(
    good: pl.DataFrame, table: type[Extract], clean: Bools, dice: np.random.Generator, total: int
) -> pl.DataFrame:
    places = np.flatnonzero(clean)
    wanted = min(len(places), max(SAMPLE, 4 * total))
    drawn: Ints = np.sort(dice.choice(places, wanted, replace=False)) if total else places[:0]
    return as_text(good[drawn], table).with_columns(pl.Series("_after", drawn, dtype=pl.Int64))


def _break(candidates: pl.DataFrame, defect: Defect, count: int, dice: np.random.Generator) -> pl.DataFrame:
    fitting = candidates if defect.when is ALWAYS else candidates.filter(defect.when)
    drawn = dice.choice(fitting.height, min(count, fitting.height), replace=False)
    chosen = (
        fitting[drawn].unique(defect.once_per, keep="first", maintain_order=True) if defect.once_per else fitting[drawn]
    )
    return chosen.with_columns(
        **defect.changes,
        _rules=pl.lit(defect.broken),
        _column=pl.lit(defect.column),
        _copied=pl.lit(defect.rule != DUPLICATE),
    )


def _nothing(candidates: pl.DataFrame) -> pl.DataFrame:
    return candidates.clear().with_columns(_rules=pl.lit(""), _column=pl.lit(""), _copied=pl.lit(True))


def _freshened(found: pl.DataFrame, table: type[Extract], number: int, seed: int) -> pl.DataFrame:
    """Return the copies with ids that no other row has, where an id was not what was broken; duplicates keep theirs."""
    new: dict[str, pl.Expr] = {}
    text, where = (
        pl.col(NUMBER).cast(pl.String),
        pl.format("{}{}", pl.lit(number), pl.col(NUMBER).cast(pl.String).str.zfill(6)),
    )
    for name in FRESH.get(table.kind, ()):
        match name:
            case "nik":
                new[name] = pl.col(name).str.slice(0, 12) + (pl.col(NUMBER) % 1000 + FRESH_SERIAL).cast(pl.String)
            case "kpj":
                new[name] = pl.lit(kpj(fresh_memberships(number, found.height), seed))
            case "npp" | "nib":
                new[name] = "8" + where.str.zfill(12)
            case "no_klaim":
                new[name] = "KL/" + where
            case "sumber":
                new[name] = pl.format("{} {}", name, text)
            case "tahun":
                new[name] = (pl.col(name).cast(pl.Int64, strict=False) + 100 + pl.col(NUMBER)).cast(pl.String)
    return found.with_columns(
        pl.when(pl.col("_copied") & pl.col(name).is_not_null() & (pl.col("_column") != name))
        .then(value)
        .otherwise(name)
        .alias(name)
        for name, value in new.items()
    ).drop(NUMBER, "_copied")
