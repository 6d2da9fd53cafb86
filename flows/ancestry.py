"""What every table and view is made from: read off the annotations of the transforms, and for views off their SQL."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from transforms import graph
from warehouse import ddl
from warehouse.schema import Extract, Fact, Table, tables_of

CREATED = re.compile(
    r"CREATE OR REPLACE (?:VIEW|MACRO) (mart\.\w+)(?:\([^)]*\))? AS(?: TABLE)?\s(.*?);\s*(?=COMMENT|CREATE|\Z)", re.S
)
NAMED = re.compile(r"\bmart\.\w+")
REMARK = re.compile(r"--[^\n]*")
FORMS = ("_history", "_as_of")


@dataclass
class Made:
    """Something that is drawn: its kind, what it is made from, the reference tables it reads and the steps within it."""

    kind: str
    sources: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)


def ancestry() -> dict[str, Made]:
    """Return everything by name: deliveries, steps, facts, then views; a step that one other alone reads is within that."""
    made: dict[str, Made] = {}
    for table, step in graph.transforms().items():
        mine = made.setdefault(name_of(table), Made(_kind(table)))
        for needed in [need.table for need in step.needs.values() if need.table is not None]:
            source = _root(needed)
            if _is_reference(source):
                mine.references.add(name_of(source))
            elif source is not table:
                mine.sources.add(name_of(source))
                made.setdefault(name_of(source), Made(_kind(source)))
    for view, read in views().items():
        shown = made.setdefault(view, Made("view"))
        for name in read:
            (shown.sources if name in made or not name.startswith("mart.dim_") else shown.references).add(name)
    return dict(sorted(_folded(made).items()))


def views() -> dict[str, set[str]]:
    """Return the tables and views that every view or macro reads; a history and an as-of macro count as their view."""
    shown = views_of_facts()
    read = defaultdict[str, set[str]](set)
    for name, body in (found for text in ddl.views() for found in CREATED.findall(text)):
        view = _form_of(name, shown)
        read[view] |= {_form_of(one, shown) for one in NAMED.findall(REMARK.sub("", body))} - {view}
    return dict(read)


def views_of_facts() -> set[str]:
    """Return the views that show a fact as it stands; each has a history and an as-of macro beside it."""
    return {f"mart.{table.shown_as}" for table in tables_of("mart") if issubclass(table, Fact) and table.shown_as}


def name_of(table: type[Table]) -> str:
    """Return the name a table is drawn under: an extract's kind, its name with the schema, else its class in small letters."""
    if issubclass(table, Extract) and table.kind:
        return table.kind
    if table in Table.registry.values():
        return table.qualified()
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", table.__name__).lower()


def _root(table: type[Table]) -> type[Table]:
    """Return the table whose rows a table that no transform makes holds: earlier versions of it, or all of them."""
    known = {*graph.transforms(), *Table.registry.values()}
    return next((one for one in table.__mro__ if one in known), table)


def _is_reference(table: type[Table]) -> bool:
    return table not in graph.transforms() and not issubclass(table, Extract)


def _kind(table: type[Table]) -> str:
    if table not in graph.transforms():
        return "delivery"
    if table not in Table.registry.values():
        return "step"
    return "core" if table.layer == "core" else "fact"


def _form_of(name: str, shown: set[str]) -> str:
    return next((name.removesuffix(form) for form in FORMS if name.removesuffix(form) in shown), name)


def _folded(made: dict[str, Made]) -> dict[str, Made]:
    """Return `made` with every step, and every view that is shown of no fact, put into the only one that reads it."""
    shown = views_of_facts()
    while True:
        readers = _readers(made)
        inner = next(
            (
                name
                for name, one in made.items()
                if len(readers[name]) == 1 and (one.kind == "step" or (one.kind == "view" and name not in shown))
            ),
            None,
        )
        if inner is None:
            return made
        (outer,) = readers[inner]
        gone, into = made.pop(inner), made[outer]
        into.sources = (into.sources | gone.sources) - {inner, outer}
        into.references |= gone.references
        into.steps |= gone.steps | {inner}


def _readers(made: Mapping[str, Made]) -> dict[str, list[str]]:
    readers: dict[str, list[str]] = {name: [] for name in made}
    for name, one in made.items():
        for source in one.sources:
            readers[source].append(name)
    return readers
