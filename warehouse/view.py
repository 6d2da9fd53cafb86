"""Tables as they stand in the database, and the views over them, most of whose columns are those of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from warehouse import vocabulary as v
from warehouse.schema import Column, Fact, Table


class View(Table):
    """Base of the views and table macros of schema mart, whose queries stand in `warehouse/views/*.sql`.

    The docstring is the comment. `shows` names the columns in order; one that the class does not declare is that of
    the first of the tables `of` which has it. A formula that the class declares is written once, here: the query
    names it as ${column}. A macro has `parameters`.
    """

    views: ClassVar[dict[str, type[View]]] = {}
    parameters: ClassVar[tuple[str, ...]] = ()
    formulas: ClassVar[dict[str, str]] = {}

    def __init_subclass__(
        cls,
        *,
        name: str,
        shows: str,
        of: Sequence[type[Table]] = (),
        parameters: tuple[str, ...] = (),
        **extra: Any,
    ) -> None:
        super().__init_subclass__(
            layer="mart", comes_from=", ".join(one.qualified() for one in of if one.name), **extra
        )
        cls.name, cls.parameters = name, parameters
        own = cls.columns
        cls.formulas = {key: f"{column.formula} AS {key}" for key, column in own.items() if column.formula}
        cls.columns = {key: own.get(key) or _inherited(cls, key, of) for key in shows.split()}
        if unknown := own.keys() - cls.columns.keys():
            raise LookupError(f"view {name} declares columns that it does not show: {sorted(unknown)}")
        View.views[cls.qualified()] = cls


def _inherited(view: type[View], name: str, tables: Sequence[type[Table]]) -> Column:
    for table in tables:
        if column := columns_of(table).get(name):
            return column
    raise LookupError(f"view {view.name} shows a column that neither it nor a table it reads declares: {name}")


def columns_of(table: type[Table]) -> dict[str, Column]:
    """Return the columns of a table or view in the database; of a table those that hold values, then the formulas.

    Formulas come last because DuckDB 1.1 loses rows of some joins on a table with a generated column before others.
    """
    if issubclass(table, View):
        return dict(table.columns)
    formulas = {name: column for name, column in table.columns.items() if not column.stored}
    return stored_columns_of(table) | formulas


def stored_columns_of(table: type[Table]) -> dict[str, Column]:
    """Return the columns of `table` that hold values: the declared ones, and for a fact those of its history."""
    return table.stored_columns() | (v.HISTORY if issubclass(table, Fact) else {})


def renamed(table: type[Table], name: str, **changes: Any) -> Column:
    """Return the column `name` of a table for a view that shows it under another name, with `changes` applied."""
    return columns_of(table)[name].but(**{"label_en": "", **changes})
