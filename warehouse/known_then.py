"""What was known on a day, as SQL: every fact as it stood then, under the views and macros of the file itself.

One rule, that of the `*_as_of` macros, holds for every fact: of every month what was loaded by the end of the day (UTC);
where none of a month was loaded by then, what came later, as it was first loaded. A fact without as_of_date is one such
month. Tables without history (dimensions, reference tables) are as they are today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter

STORED = "as_stored"
CATALOG_NAMES = f"""
    SELECT 'table', schema_name, table_name, '',
        regexp_matches(sql, '\\bsuperseded_at\\b'), regexp_matches(sql, '\\bas_of_date\\b')
    FROM duckdb_tables() WHERE database_name = '{STORED}'
    UNION ALL
    SELECT 'view', schema_name, view_name, sql, FALSE, FALSE
    FROM duckdb_views() WHERE database_name = '{STORED}' AND NOT internal
    UNION ALL
    SELECT 'macro', schema_name, function_name,
        format('CREATE MACRO "{{}}"."{{}}"({{}}) AS {{}} {{}}', schema_name, function_name,
            array_to_string(parameters, ', '), if(function_type = 'table_macro', 'TABLE', ''), macro_definition),
        FALSE, FALSE
    FROM duckdb_functions() WHERE database_name = '{STORED}' AND NOT internal
"""
WORD = re.compile(r"\w+")
QUALIFIED = re.compile(r'\w"?\."?(\w+)')


@dataclass(frozen=True)
class Relation:
    """A table, view or macro of the file: its kind, its names, what creates it, whether it keeps history and versions."""

    kind: str
    schema: str
    name: str
    definition: str
    keeps_history: bool
    has_versions: bool

    def create(self, day: date) -> str:
        """Return the statement that creates it as it was on `day`."""
        if self.kind != "table":
            return self.definition
        return f'CREATE VIEW "{self.schema}"."{self.name}" AS {self._rows(day)}'

    def _rows(self, day: date) -> str:
        stored = f'{STORED}."{self.schema}"."{self.name}"'
        if not self.keeps_history:
            return f"FROM {stored}"
        group, until = ("month, as_of_date" if self.has_versions else ""), f"as_of_date <= DATE '{day}'"
        return f"""
            WITH loaded AS (
                SELECT {group}{"," * bool(group)} min(loaded_at) AS first_loaded_at
                FROM {stored} WHERE {until if group else "TRUE"} GROUP BY ALL
            ),
            known AS (
                SELECT *, greatest(DATE '{day}' + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND, first_loaded_at) AS moment
                FROM loaded
                QUALIFY first_loaded_at < DATE '{day}' + INTERVAL 1 DAY
                    OR min(first_loaded_at) OVER ({"PARTITION BY month" * bool(group)}) >= DATE '{day}' + INTERVAL 1 DAY
            )
            SELECT fact.* REPLACE (CASE WHEN superseded_at <= moment THEN superseded_at END AS superseded_at)
            FROM {stored} AS fact {f"JOIN known USING ({group})" if group else "CROSS JOIN known"}
            WHERE loaded_at <= moment"""


def statements(relations: Iterable[Relation], sql: str, day: date) -> list[str]:
    """Return what creates, in order, every relation that `sql` names, and all that they build on, as known on `day`."""
    known: dict[str, list[Relation]] = {}
    for relation in relations:
        known.setdefault(relation.name.lower(), []).append(relation)
    wanted, waiting = dict[str, set[str]](), _named(WORD, sql, known)
    while waiting:
        name = waiting.pop()
        wanted[name] = set().union(*(_named(QUALIFIED, one.definition, known) for one in known[name])) - {name}
        waiting |= wanted[name] - wanted.keys()
    schemas = sorted({one.schema for ones in known.values() for one in ones})
    order = TopologicalSorter(wanted).static_order()
    return [f'CREATE SCHEMA "{schema}"' for schema in schemas] + [
        one.create(day) for name in order for one in known[name]
    ]


def _named(name: re.Pattern[str], sql: str, known: Mapping[str, list[Relation]]) -> set[str]:
    return {word for word in map(str.lower, name.findall(sql)) if word in known}
