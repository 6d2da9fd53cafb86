"""The rows that the gate splits: accepted ones to the lake, rejected ones with their rules and masked to quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from expectations import corrections as fixes
from expectations.masking import masked_row
from expectations.verdict import BROKEN_RULES
from warehouse.corrections import Correction
from warehouse.damage import damages
from warehouse.rules import FILE, LINE_NO, RAW
from warehouse.schema import Extract

MOST_HINTS = 5
PATH = "path"
LEVEL = 1
"""Of compression: tokens, most of a row, cannot be compressed anyway."""


def quarantined(
    bad: pl.LazyFrame,
    table: type[Extract],
    bits: Sequence[tuple[int, str]],
    corrections: Sequence[Correction],
    explained: Sequence[pl.Expr],
) -> pl.LazyFrame:
    """Return rejected rows as quarantine keeps them: file, line_no, the names of the broken rules and the masked row."""
    names = [*_names(bits), *fixes.names_of_drops(corrections), *_damage(table)]
    rules = pl.concat_str(pl.lit(None, pl.String), *names, separator=",", ignore_nulls=True).alias("rules")
    return bad.select(FILE, LINE_NO, rules, masked_row(table, explained))


def sunk(rows: pl.LazyFrame, paths: Sequence[Path], metadata: Mapping[str, str]) -> pl.LazyFrame:
    """Return the sink that writes the rows of each file to its path, in their order; a file without rows may get none."""
    told = dict(metadata)
    if len(paths) == 1:
        path = paths[0]
        rows = rows.drop(FILE, strict=False)
        return rows.sink_parquet(path, compression="zstd", compression_level=LEVEL, metadata=told, lazy=True)
    target = pl.PartitionBy(
        paths[0].parent, key=FILE, include_key=False, file_path_provider=lambda of: paths[of.partition_keys.item()]
    )
    return rows.sink_parquet(target, compression="zstd", compression_level=LEVEL, metadata=told, lazy=True)


def fill_up(rows: pl.LazyFrame, paths: Sequence[Path], metadata: Mapping[str, str]) -> None:
    """Write a file without rows wherever there is none yet."""
    if missing := [path for path in paths if not path.exists()]:
        nothing = pl.DataFrame(schema=rows.drop(FILE, strict=False).collect_schema())
        for path in missing:
            nothing.write_parquet(path, compression="zstd", metadata=dict(metadata))


def rows_in(path: Path) -> int:
    """Return how many rows stand in a Parquet file that was written."""
    return int(pq.read_metadata(path).num_rows)


def read_back(paths: Sequence[Path], table: type[Extract]) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """Return, for each file of rejected rows, its commonest hints and the damage in it, each with its number of rows."""
    filled = [path for path in paths if rows_in(path)]
    hints: dict[str, dict[str, int]] = defaultdict(dict)
    damaged: dict[str, dict[str, int]] = defaultdict(dict)
    if filled:
        said, found = pl.collect_all(list(_questions(filled, table)), engine="streaming")
        for into, frame in ((hints, said), (damaged, found)):
            for path, name, rows in frame.iter_rows():
                into[path][name] = rows
    return [dict(hints[str(path)]) for path in paths], [dict(damaged[str(path)]) for path in paths]


def _questions(paths: Sequence[Path], table: type[Extract]) -> Iterator[pl.LazyFrame]:
    quarantine = pl.scan_parquet(list(paths), include_file_paths=PATH)
    said = quarantine.select(PATH, hint=pl.col("masked_row").str.json_path_match("$.hints")).drop_nulls()
    often = said.group_by(PATH, "hint").len().sort("len", "hint", descending=True)
    yield often.group_by(PATH, maintain_order=True).head(MOST_HINTS).select(PATH, "hint", "len")
    names = quarantine.select(PATH, name=pl.col("rules").str.split(",")).explode("name")
    known = names.filter(pl.col("name").is_in([one.name for one in damages(table)]))
    yield known.group_by(PATH, "name").len().sort("name")


def _damage(table: type[Extract]) -> list[pl.Expr]:
    """Return the names of what a spreadsheet did to a rejected row: its texts say it, no rule is needed for it."""
    return [
        pl.when(pl.col(RAW + one.column).str.contains(one.pattern)).then(pl.lit(one.name)) for one in damages(table)
    ]


def _names(bits: Sequence[tuple[int, str]]) -> list[pl.Expr]:
    named = [(bit, name) for bit, name in bits if name != fixes.DROPPED]
    return [pl.when(pl.col(BROKEN_RULES) & (1 << bit) != 0).then(pl.lit(name)) for bit, name in named]
