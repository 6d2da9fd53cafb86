"""The catalogue of metrics: every ratio of schema mart, and the tables and views where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from warehouse import ddl
from warehouse.metric import Metric
from warehouse.schema import Table, tables_of
from warehouse.tables.dictionary import DictionaryColumn, DictionaryMetric
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


@cache
def describing() -> Mapping[type[Table], pl.DataFrame]:
    """Return the rows of the tables of mart that describe it, which are the same wherever the database is written."""
    return {table: pl.DataFrame(rows, schema=table.polars_schema()) for table, rows in _described().items()}


def described() -> str:
    """Return all that these rows say, as one text that changes when they do."""
    return repr([*_described().values()])


@cache
def _described() -> Mapping[type[Table], list[dict[str, object]]]:
    return {DictionaryColumn: list(_columns()), DictionaryMetric: list(_metrics())}


def _columns() -> Iterator[dict[str, object]]:
    for table in relations():
        for position, (name, column) in enumerate(ddl.columns_of(table).items(), start=1):
            yield {
                "object": table.qualified(), "kind": ddl.kind_of(table), "position": position, "column_name": name,
                "data_type": ddl.SQL_TYPES[column.dtype], "unit": column.unit, "label_id": column.label_id,
                "label_en": column.label_en, "description": column.description,
                "counting_rule": ddl.warning(column) or None, "source": ddl.source_of(column),
                "formula": column.formula or None, "codes": ", ".join(column.values) or None, "is_key": column.key,
                "is_nullable": column.nullable, "comment": ddl.column_comment(column),
            }  # fmt: skip


def _metrics() -> Iterator[dict[str, object]]:
    kinds = {table.qualified(): ddl.kind_of(table) for table in relations()}
    for one in catalogue():
        metric = one.metric
        for place in one.stands_in:
            yield {
                "name": one.name, "object": place, "kind": kinds[place], "numerator": metric.numerator,
                "denominator": metric.denominator, "formula": metric.formula, "over_rows": metric.over_rows,
                "adds_up": metric.adds_up, "unit": metric.unit, "basis": metric.basis, "label_id": metric.label_id,
                "label_en": metric.label_en, "description": metric.description, "legal_reference": metric.legal_reference,
            }  # fmt: skip
