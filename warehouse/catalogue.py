"""The catalogue of metrics: every ratio of schema mart, and the tables and views where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse import ddl
from warehouse.metric import Metric
from warehouse.schema import Table, tables_of
from warehouse.view import View


@dataclass(frozen=True)
class CataloguedMetric:
    """A metric by the name of its column, and the qualified names of the tables, views and macros that show it."""

    name: str
    metric: Metric
    stands_in: tuple[str, ...]


def relations() -> tuple[type[Table], ...]:
    """Return the tables of schema mart, then its views and macros, in order of declaration."""
    return (*tables_of("mart"), *View.views.values())


def catalogue() -> tuple[CataloguedMetric, ...]:
    """Return every metric of schema mart once, in order of name, with all places where its column stands.

    The same ratio over columns of other names is another entry.
    """
    found: dict[tuple[str, Metric], list[str]] = {}
    for table in relations():
        for name, column in ddl.columns_of(table).items():
            if column.metric:
                found.setdefault((name, column.metric), []).append(table.qualified())
    ordered = sorted(found.items(), key=lambda entry: (entry[0][0], entry[1][0]))
    return tuple(CataloguedMetric(name, metric, tuple(places)) for (name, metric), places in ordered)
