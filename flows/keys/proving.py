"""The proof that another key changes no figure: the months are computed from both lakes, or held to what stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows import months
from flows.assembly import Assembly
from flows.context import Load, fingerprint
from flows.planning import Standing, month_parts, standing
from flows.quarantine.state import contents
from flows.records import undated_facts, undated_rows
from warehouse import lake, store
from warehouse.errors import Stop
from warehouse.schema import Fact, Table
from warehouse.tables.budget import Spending


@dataclass
class Proof:
    """How much was computed anew from the lake under the new key and found equal: months, rows of facts, values.

    `held_to_standing` are the months that were held to the standing facts; the others to what the old lake gives now.
    """

    months: int = 0
    held_to_standing: int = 0
    rows: int = 0
    values: int = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Count the rows of a fact that were found equal."""
        self.rows += frame.height
        self.values += frame.height * frame.width


def proved(old: Load, new: Load) -> Proof:
    """Return what was found equal; `new` is the same load on the lake under the new key.

    Every loaded month is computed from the new lake. It is held to the standing rows of the warehouse where the code and
    the files are those it was loaded with, else to what the old lake gives now. Raises Stop when one value differs.
    """
    now = standing([one.judged for one in contents(old.home)])
    proof, held = Proof(), months.loaded_fingerprints(old)
    for month in sorted(held):
        name = fingerprint(*month_parts(month, now))
        new.say(f"membuktikan / proving {month:%Y-%m}")
        stands = held[month] == name
        wanted = _standing_rows(old, month) if stands else _computed(old, now, month, name)
        found = _computed(new, now, month, name)
        for fact, rows in (found | wanted).items():
            _require_equal(
                f"{fact} {month:%Y-%m}", found.get(fact, rows.clear()), wanted.get(fact, rows.clear()), proof
            )
        proof.months += 1
        proof.held_to_standing += stands
    _undated(old, new, now, proof)
    return proof


def _undated(old: Load, new: Load, now: Standing, proof: Proof) -> None:
    both = [_all_undated(load, now) for load in (old, new)]
    for table, rows in both[0].items():
        _require_equal(table.qualified(), rows, both[1][table], proof)


def _all_undated(load: Load, now: Standing) -> dict[type[Table], pl.DataFrame]:
    assembly = Assembly(load, now)
    inputs = assembly.references() | {Spending: assembly.spending()}
    return {table: undated_rows(table, inputs) for table in undated_facts()}


def _computed(load: Load, now: Standing, month: date, name: str) -> dict[str, pl.DataFrame]:
    listing = months.compute(load, now, month, name)
    found: dict[str, pl.DataFrame] = {}
    for one in months.staged_facts(listing):
        rows = lake.read(Path(one.path))
        found[one.table] = pl.concat([found[one.table], rows]) if one.table in found else rows
    return found


def _standing_rows(load: Load, month: date) -> dict[str, pl.DataFrame]:
    """Return the rows of every fact with versions that stand for a month, without formulas and history."""
    with store.reading(load.home.warehouse, memory_limit=load.settings.memory_limit) as ask:
        found = {fact.qualified(): ask(_question(fact), [month]) for fact in months.versioned_facts()}
    return {name: rows for name, rows in found.items() if rows.height}


def _question(fact: type[Fact]) -> str:
    columns = ", ".join(f'"{name}"' for name in fact.stored_columns())
    return f'SELECT {columns} FROM {fact.qualified()} WHERE superseded_at IS NULL AND "month" = ?'


def _require_equal(what: str, found: pl.DataFrame, wanted: pl.DataFrame, proof: Proof) -> None:
    same = [found.select(wanted.columns).cast(wanted.schema), wanted]
    ordered = [frame.sort(pl.all()) for frame in same]
    if not ordered[0].equals(ordered[1]):
        en, id = f"{what} is another under the new key", f"{what} berbeda di bawah kunci baru"
        raise Stop("facts_differ", en, id, "nothing was changed: report it to the maintainers")
    proof.add(wanted)
