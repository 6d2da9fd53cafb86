"""Which cells a broken rule speaks of, and what it says in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from expectations.answers import MESSAGES
from flows.quarantine.answers import MARK
from warehouse.corrections import CORRECTION
from warehouse.rules import AMBIGUOUS, FOREIGN, RAW, RowRule, messages
from warehouse.schema import Extract, Table


@dataclass(frozen=True)
class Blame:
    """A broken rule: the columns it looks at under the names they arrive with, and its messages."""

    rule: str
    columns: tuple[str, ...]
    id: str
    en: str

    @property
    def is_of_the_sender(self) -> bool:
        """Return whether the sender can mend it: what a correction of ours drops is known and settled."""
        return not self.rule.startswith(CORRECTION)


def blames(table: type[Extract]) -> Mapping[str, Blame]:
    """Return what every rule of a kind blames, by its name."""
    return _blames(table.qualified())


@cache
def _blames(name: str) -> dict[str, Blame]:
    table = Table.registry[name]
    assert issubclass(table, Extract)
    found = {name: Blame(name, _columns(rule, table), rule.id, rule.en) for name, rule in messages(table).items()}
    return found | {name: Blame(name, (MARK,), id, en) for name, (en, id) in MESSAGES.items()}


def blamed(rules: str, table: type[Extract]) -> list[Blame]:
    """Return what the rules of a row blame; `rules` are their names with commas between."""
    known = blames(table)
    return [known.get(name) or _unknown(name) for name in rules.split(",") if name]


def _unknown(name: str) -> Blame:
    if name.startswith(CORRECTION):
        told = name.removeprefix(CORRECTION)
        return Blame(name, (), f"dibuang oleh koreksi {told}", f"dropped by correction {told}")
    return Blame(name, (), f"melanggar aturan {name}", f"breaks the rule {name}")


def _columns(rule: RowRule, table: type[Extract]) -> tuple[str, ...]:
    looked_at = [*rule.column.split(",")]
    if rule.kind == "condition":
        looked_at += pl.sql_expr(str(rule.argument)).meta.root_names()
    by_core = {column.name: name for name, column in table.arriving().items()}
    by_core |= {column.name: table.columns[table.month_from].arrives_as for column in table.columns.values()
                if column.name == "month" and table.month_from}  # fmt: skip
    plain = [name.removeprefix(RAW).removesuffix(AMBIGUOUS).removesuffix(FOREIGN) for name in looked_at]
    names = [by_core.get(name, name) for name in plain]
    return tuple(dict.fromkeys(name for name in names if name in table.arriving()))
