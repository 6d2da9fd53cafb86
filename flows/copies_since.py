"""Rows that stand in several files of a version some of whose files changed: asked of those alone that a changed row can be like."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from flows.changes import Change, Files
from flows.copies import FILE, is_comparable, is_of
from flows.near import TooManyError, lines_near, rows_at
from warehouse import lake
from warehouse.calendar import Version
from warehouse.rules import LINE_NO
from warehouse.schema import Extract
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

ALIKE: Mapping[type[Extract], tuple[str, ...]] = {Membership: ("membership_key",), Employer: ("npp", "nib")}
"""What rows with one key have in common."""


@dataclass(frozen=True)
class Lying:
    """The lake files of a version in the order in which they count, those of them that have come, and those that are gone.

    `left_out` are the lines of the files that stayed that did not count before, because another file had their key.
    """

    files: Sequence[Path]
    come: Collection[Path]
    gone: Sequence[Path]
    left_out: Mapping[Path, Collection[int]]


def know_copies(change: Change, most: int, share: float) -> None:
    """Have it known to the assembly of a change which rows of the version's own files do not count now, where few rows changed."""
    if not (change.is_there and change.is_whole and change.is_small(most, share)):
        return
    for table, files in change.files.items():
        if table in ALIKE and files.changed and change.keeps_copies(files):
            try:
                change.assembly.copied[table, files.version] = copies_since(
                    _lying(change, files), table, files.version, most
                )
            except TooManyError:
                continue


def copies_since(lying: Lying, table: type[Extract], version: Version, most: int) -> dict[int, list[int]]:
    """Return, by the place of a file, the lines whose key an earlier file or line holds, as `flows.copies.copies` finds them.

    Only rows that have in common with a row of a changed file what a key is made of can count otherwise than they did.
    Raises TooManyError where more than `most` of these are in files that stayed.
    """
    stayed = [path for path in lying.files if path not in lying.come]
    changed = lake.few(lake.gated(*lying.come, *lying.gone).filter(is_of(table, version)).select(ALIKE[table]).unique())
    suspects = lines_near(stayed, table, version, partial(_alike, changed.lazy(), ALIKE[table]), most)
    asked = [
        (rows_at(path, suspects[path]) if path in suspects else lake.gated(path)).with_columns(
            pl.lit(place).alias(FILE)
        )
        for place, path in enumerate(lying.files)
        if path in suspects or path in lying.come
    ]
    found: dict[int, set[int]] = {
        place: set(lying.left_out.get(path, ())) - set(suspects.get(path, ())) for place, path in enumerate(lying.files)
    }
    if asked:
        mine = (
            pl.concat(asked).filter(is_of(table, version) & is_comparable(table)).select(FILE, LINE_NO, *table.unique)
        )
        again = lake.few(mine).sort(FILE, LINE_NO).filter(~pl.struct(table.unique).is_first_distinct())
        for place, line in again.select(FILE, LINE_NO).iter_rows():
            found[place].add(line)
    return {place: sorted(lines) for place, lines in found.items() if lines}


def _lying(change: Change, files: Files) -> Lying:
    now = change.assembly.gates(files.table, files.version)
    paths = {gate: change.path(files.table, gate) for gate in (*now, *files.gone)}
    left_out = {paths[gate]: change.stood.repeated.get(gate, ()) for gate in files.stayed}
    come, gone = ([paths[gate] for gate in gates] for gates in (files.come, files.gone))
    return Lying([paths[gate] for gate in now], come, gone, left_out)


def _alike(changed: pl.LazyFrame, names: Sequence[str], rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.join(changed, on=list(names), how="semi", nulls_equal=True)
