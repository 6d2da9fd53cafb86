"""The declaration language: one class per table, from which everything else derives.

A table is a class. Its docstring is the description, the class line names the layer and the grain,
its attributes are columns, and `rules` holds conditions in the SQL that Polars and DuckDB both read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

import polars as pl

from warehouse.exposure import Exposure
from warehouse.metric import Metric

ACRONYMS = {
    "id": "ID",
    "idr": "Rp",
    "bps": "BPS",
    "ucj": "UCJ",
    "url": "URL",
    "km2": "km²",
    "sha256": "SHA-256",
    "uri": "URI",
}


class Severity(StrEnum):
    """What a broken rule does: STOP ends the file, REJECT quarantines the row, WARN counts it."""

    STOP = "stop"
    REJECT = "reject"
    WARN = "warn"


class Parse(StrEnum):
    """How the text of an arriving column becomes a value; `transforms.standardize` holds the parsers."""

    TEXT = "text"
    CODE = "code"
    MONTH = "month"
    DATE = "date"
    WHOLE = "whole"
    PERCENT = "percent"
    FLAG = "flag"
    IDENTIFIER = "identifier"
    NATIONAL_ID = "national_id"
    PROGRAMMES = "programmes"
    REGENCY = "regency"
    REGION = "region"
    URL = "url"
    SLUG = "slug"
    DECIMAL = "decimal"


@dataclass(frozen=True)
class Column:
    """One column: its type, its meaning, where it comes from, and which values it may hold.

    A ratio has a `metric`, unless it is `stated`: a figure that came from outside as it is, without its parts.
    A declared table fills in a `label_en` from the name, and as `source` what the table `comes_from`, where there is none.
    """

    dtype: pl.DataType
    description: str
    unit: str = ""
    source: str = ""
    label_id: str = ""
    label_en: str = ""
    nullable: bool = False
    key: bool = False
    values: tuple[str, ...] = ()
    pattern: str = ""
    minimum: int | None = None
    maximum: int | None = None
    formula: str = ""
    metric: Metric | None = None
    stated: bool = False
    additive: bool = True
    arrives_as: str = ""
    required: bool = False
    parse: Parse = Parse.TEXT
    pseudonym: str = ""
    personal: bool = False
    name: str = ""
    meaning_id: str = ""
    exposure: Exposure | None = None

    def but(self, **changes: Any) -> Column:
        """Return a copy of this column with `changes` applied: how a table adapts the vocabulary.

        A new description takes the Indonesian definition away, unless that is given anew too.
        """
        return replace(self, **({"meaning_id": ""} if "description" in changes else {}) | changes)

    @property
    def stored(self) -> bool:
        """True unless the column is a formula over others: a ratio is computed from its parts, always."""
        return not self.formula


@dataclass(frozen=True)
class Rule:
    """A named condition that every row keeps; NULL passes, as in a SQL CHECK."""

    name: str
    condition: str
    en: str
    id: str
    severity: Severity = Severity.REJECT
    pattern_of: str = ""

    @property
    def is_pattern(self) -> bool:
        """True when `condition` is a regular expression on the column `pattern_of`."""
        return bool(self.pattern_of)


class Table:
    """Base of every declaration; subclasses state `layer`, `grain` and, if any, their `seed` file on the class line.

    `comes_from` says what the rows are made of: the seed or the kinds of extracts, unless the class line says it.

    A column whose name is taken by this class (`name`, `rules`, `description`) is declared with an underscore behind it.
    """

    layer: ClassVar[str] = ""
    grain: ClassVar[str] = ""
    name: ClassVar[str] = ""
    columns: ClassVar[Mapping[str, Column]] = {}
    rules: ClassVar[tuple[Rule, ...]] = ()
    seed: ClassVar[str] = ""
    comes_from: ClassVar[str] = ""
    registry: ClassVar[dict[str, type[Table]]] = {}

    def __init_subclass__(
        cls, *, layer: str = "", grain: str = "", name: str = "", seed: str = "", comes_from: str = "", **extra: Any
    ) -> None:
        super().__init_subclass__(**extra)
        cls.layer = layer or cls.layer
        cls.grain = grain or cls.grain
        cls.name = name or cls.name
        cls.seed = seed
        cls.comes_from = comes_from or (f"seeds/{seed}" if seed else "")
        named = {key.rstrip("_"): value for key, value in vars(cls).items() if isinstance(value, Column)}
        own = {key: cls._own(key, value) for key, value in named.items()}
        cls.columns = {**cls.columns, **own}
        if name:
            Table.registry[cls.qualified()] = cls

    @classmethod
    def _own(cls, name: str, column: Column) -> Column:
        source = column.source or ("" if column.formula else cls.comes_from)
        return column.but(name=name, label_en=column.label_en or in_english(name), source=source)

    @classmethod
    def qualified(cls) -> str:
        """Return `layer.name`, the name by which SQL and the registry know the table."""
        return f"{cls.layer}.{cls.name}"

    @classmethod
    def description(cls) -> str:
        """Return the docstring on one line."""
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """Return the names of the key columns, in declaration order; empty where rows have no key."""
        return tuple(name for name, column in cls.columns.items() if column.key)

    @classmethod
    def stored_columns(cls) -> dict[str, Column]:
        """Return the columns that are written; formulas are left out."""
        return {name: column for name, column in cls.columns.items() if column.stored}

    @classmethod
    def polars_schema(cls) -> pl.Schema:
        """Return the Polars schema of the stored columns."""
        return pl.Schema({name: column.dtype for name, column in cls.stored_columns().items()})


class Extract(Table):
    """A kind of file that arrives: `kind` is the start of its name, `unique` its row key (rule `duplicate_row`).

    `unique_needs` names the key columns without which a row is not compared, `dropped` the columns that are
    never kept, `helpers` what the gate joins to the rows because a rule asks for it. A `monthly` kind brings a
    month and an as_of_date; where no month arrives, it is that of the date column `month_from`.
    """

    kind: ClassVar[str] = ""
    unique: ClassVar[tuple[str, ...]] = ()
    unique_needs: ClassVar[tuple[str, ...]] = ()
    dropped: ClassVar[tuple[str, ...]] = ()
    helpers: ClassVar[tuple[str, ...]] = ()
    monthly: ClassVar[bool] = False
    month_from: ClassVar[str] = ""

    def __init_subclass__(cls, *, kind: str = "", **extra: Any) -> None:
        super().__init_subclass__(layer="lake", name=kind, **extra)
        cls.kind = kind

    @classmethod
    def arriving(cls) -> dict[str, Column]:
        """Return the columns by the name under which they arrive."""
        return {column.arrives_as: column for column in cls.columns.values() if column.arrives_as}


class Fact(Table):
    """A table of the warehouse that a run writes; `driven_by` names the kinds whose dates make its versions.

    A fact without drivers has no `as_of_date`: it is replaced as a whole when its sources change.
    `exposed` is the exposure of all its values, where they have the same: what others published is known anyhow.
    A fact with versions that is `shown_as` a name gets three views of that name: `name` (what stands),
    `name_history` and the macro `name_as_of(day)`; `title` and `caution` are what their comments say.
    """

    driven_by: ClassVar[tuple[str, ...]] = ()
    exposed: ClassVar[Exposure | None] = None
    shown_as: ClassVar[str] = ""
    title: ClassVar[str] = ""
    caution: ClassVar[str] = ""

    def __init_subclass__(cls, *, comes_from: str = "", **extra: Any) -> None:
        super().__init_subclass__(comes_from=comes_from or ", ".join(cls.driven_by), **extra)


T = TypeVar("T", bound=Table, covariant=True)

if TYPE_CHECKING:

    class Lazy(pl.LazyFrame, Generic[T]):
        """A LazyFrame whose columns are those of the table T; mypy refuses another table's frame."""

else:

    class Lazy(Generic[T]):
        """Marks a parameter or a result as a LazyFrame of the table T; the build graph reads it."""


TableT = TypeVar("TableT", bound=Table)


def conform(frame: pl.LazyFrame, table: type[TableT]) -> Lazy[TableT]:
    """Return `frame` with exactly the stored columns of `table`, in order and cast to its types.

    Raises a Polars error when collected if a column is missing or a value does not fit its type.
    """
    columns = [pl.col(name).cast(column.dtype) for name, column in table.stored_columns().items()]
    return cast("Lazy[TableT]", frame.select(columns))


def in_english(name: str) -> str:
    """Return the English label that a column's name makes: `paid_late_idr` is Paid late (Rp)."""
    words = name.removesuffix("_idr").replace("_", " ")
    words = " ".join(ACRONYMS.get(word, word) for word in words.split())
    return words[:1].upper() + words[1:] + (" (Rp)" if name.endswith("_idr") else "")


def tables_of(layer: str) -> list[type[Table]]:
    """Return the declared tables of a layer in order of declaration."""
    return [table for table in Table.registry.values() if table.layer == layer]
