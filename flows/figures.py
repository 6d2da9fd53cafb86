"""Figures of the warehouse, asked for by fact and conditions, each in the edition of its version that a run wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from warehouse import ddl
from warehouse.errors import Stop
from warehouse.schema import Column, Fact
from warehouse.store import query

Conditions = Mapping[str, object]
FLAGS = {"y": True, "true": True, "t": False, "false": False}
NEAR = 0.5


@dataclass(frozen=True)
class Edition:
    """The rows of a fact and version that one run wrote; month and as_of_date are None where the fact has none."""

    month: date | None
    as_of_date: date | None
    run_id: str
    loaded_at: datetime
    superseded_at: datetime | None

    @property
    def version(self) -> tuple[date | None, date | None]:
        """Return month and as_of_date."""
        return self.month, self.as_of_date

    def stood_at(self, moment: datetime) -> bool:
        """Return whether these rows were the standing ones of their version at a moment."""
        return self.loaded_at <= moment and (self.superseded_at is None or self.superseded_at > moment)

    def conditions(self) -> dict[str, object]:
        """Return what picks the rows of this edition."""
        version = {"month": self.month, "as_of_date": self.as_of_date} if self.as_of_date else {}
        return {**version, "run_id": self.run_id}


def fact_named(text: str) -> type[Fact]:
    """Return the fact of a name: that of its table, with or without schema or `fact_`, or of its view.

    Raises Stop that names the nearest one.
    """
    facts = [table for table in ddl.database_tables() if issubclass(table, Fact)]
    names = {
        name: fact for fact in facts for name in (fact.name, fact.qualified(), _short(fact), fact.shown_as) if name
    }
    if text in names:
        return names[text]
    en, id = f"no fact is called {text}", f"tidak ada fakta bernama {text}"
    raise Stop("fact_unknown", en, id, nearest(text, {name: _short(fact) for name, fact in names.items()}))


def conditions_of(fact: type[Fact], texts: Iterable[str]) -> dict[str, object]:
    """Return the conditions `column=value`, each value of its column's type; a month is YYYY-MM or a day.

    Raises Stop that names the nearest column or code, or says how the value is written.
    """
    columns, found = ddl.columns_of(fact), dict[str, object]()
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            en, id = f"{text} is not COLUMN=VALUE", f"{text} bukan KOLOM=NILAI"
            raise Stop("condition_unreadable", en, id, "write it as region_code=15.03")
        if name not in columns:
            en, id = f"{fact.qualified()} has no column {name}", f"{fact.qualified()} tidak memiliki kolom {name}"
            raise Stop("column_unknown", en, id, nearest(name, {one: one for one in columns}))
        found[name] = _value(columns[name], value)
    return found


def editions(warehouse: Path, fact: type[Fact], conditions: Conditions) -> list[Edition]:
    """Return every edition of the versions that `conditions` on month and as_of_date leave, oldest first."""
    has_versions = "as_of_date" in fact.columns
    version = ("month", "as_of_date") if has_versions else ("NULL::DATE AS month", "NULL::DATE AS as_of_date")
    listed = ", ".join([*version, "run_id", "loaded_at", "superseded_at"])
    asked = {name: value for name, value in conditions.items() if name in version}
    condition, values = where(asked)
    sql = f"SELECT DISTINCT {listed} FROM {fact.qualified()} WHERE {condition} ORDER BY month, as_of_date, loaded_at"
    rows = query(warehouse, sql, values)
    return [Edition(*row) for row in rows.iter_rows()]


def standing(found: Sequence[Edition]) -> list[Edition]:
    """Return, of every month, the edition that stands of the newest as_of_date: what the views without suffix show."""
    stand = [one for one in found if one.superseded_at is None]
    newest = {one.month: one.as_of_date for one in stand}
    return [one for one in stand if newest[one.month] == one.as_of_date]


def known_on(day: date, found: Sequence[Edition]) -> list[Edition]:
    """Return, of every month, the edition that was known at the end of `day` (UTC): what the macros `_as_of` show.

    Of the versions loaded by then the newest as_of_date not after the day, as it stood; where no version of a month was
    loaded by then, the newest as it was first loaded.
    """
    end = datetime.combine(day, time.max)
    seen = [one for one in found if one.as_of_date is None or one.as_of_date <= day]
    first = {one.version: one.loaded_at for one in sorted(seen, key=lambda one: one.loaded_at, reverse=True)}
    newest = {version[0]: version for version in sorted(first, key=lambda version: (first[version] <= end, version))}
    moments = {version: max(end, first[version]) for version in newest.values()}
    return [one for one in seen if one.version in moments and one.stood_at(moments[one.version])]


def figures(
    warehouse: Path, fact: type[Fact], conditions: Conditions, edition: Edition, most: int
) -> tuple[pl.DataFrame, int]:
    """Return the rows of an edition that meet `conditions`, `most` of them, and how many there are."""
    condition, values = where({**conditions, **edition.conditions()})
    rows = f"FROM {fact.qualified()} WHERE {condition}"
    count = int(query(warehouse, f"SELECT count(*) AS n {rows}", values).item())
    columns = ", ".join(ddl.identifier(name) for name in fact.columns)
    order = ", ".join(map(ddl.identifier, fact.key())) or "ALL"
    return query(warehouse, f"SELECT {columns} {rows} ORDER BY {order} LIMIT {int(most)}", values), count


def nothing_found(warehouse: Path, fact: type[Fact], conditions: Conditions) -> Stop:
    """Return why no row of the fact, or none of the editions asked for, meets `conditions`."""
    counted, table = _counter(warehouse, fact), fact.qualified()
    for name, value in conditions.items():
        if not counted({name: value}):
            return _value_unknown(warehouse, fact, name, value)
    if counted(conditions):
        seen = [f"month={one.month:%Y-%m} as_of_date={one.as_of_date}" for one in editions(warehouse, fact, conditions)]
        en, id = "not in the newest figures, or not known then", "tidak ada dalam angka terbaru, atau belum diketahui"
        listed = ", ".join(dict.fromkeys(seen[-5:])) or "-"
        return Stop("figure_missing", en, id, f"ask with as_of_date=DAY, or with --history; loaded: {listed}")
    fewer = [one for one in conditions if counted({name: value for name, value in conditions.items() if name != one})]
    en, id = f"no row of {table} meets all conditions", f"tidak ada baris {table} yang memenuhi semua syarat"
    return Stop("figure_missing", en, id, f"leave one out: {', '.join(fewer or conditions)}")


def nearest(text: str, known: Mapping[str, str]) -> str:
    """Return, for a message, what a wrong word may have meant: the values of the nearest keys of `known`."""
    folded = {key.casefold(): value for key, value in known.items()}
    near = [folded[key] for key in get_close_matches(text.casefold(), folded, n=3, cutoff=NEAR)]
    return f"nearest: {', '.join(dict.fromkeys(near))}" if near else f"one of: {', '.join(sorted(known.values())[:20])}"


def _value_unknown(warehouse: Path, fact: type[Fact], name: str, value: object) -> Stop:
    column = ddl.identifier(name)
    listed = f"SELECT DISTINCT {column}::VARCHAR AS told FROM {fact.qualified()} WHERE {column} IS NOT NULL"
    known = {text: text for text in query(warehouse, listed)["told"]}
    if name == "region_code":
        regions = query(warehouse, "SELECT name, region_code FROM mart.dim_region").iter_rows()
        known |= {region: f"{code} ({region})" for region, code in regions if code in known}
    en, id = (
        f"no row of {fact.qualified()} has {name}={value}",
        f"tidak ada baris {fact.qualified()} dengan {name}={value}",
    )
    return Stop("value_unknown", en, id, nearest(str(value), known))


def _value(column: Column, text: str) -> object:
    try:
        if column.dtype == pl.Date():
            return date.fromisoformat(f"{text}-01" if len(text) == len("2025-03") else text)
        if column.dtype == pl.Boolean():
            return FLAGS[text.casefold()]
        if column.dtype == pl.Datetime("us"):
            return datetime.fromisoformat(text)
        value: object = int(text) if column.dtype.is_integer() else float(text) if column.dtype.is_float() else text
    except (ValueError, KeyError):
        en, id = f"{column.name}={text} cannot be read", f"{column.name}={text} tidak terbaca"
        raise Stop(
            "condition_unreadable", en, id, f"write it as {column.unit or column.dtype}: 2025-03-16, Y, 120"
        ) from None
    if column.values and value not in column.values:
        en, id = f"{column.name} has no value {text}", f"{column.name} tidak mengenal {text}"
        raise Stop("value_unknown", en, id, nearest(text, {one: one for one in column.values}))
    return value


def where(conditions: Conditions) -> tuple[str, list[object]]:
    """Return the condition of a WHERE with its values to bind; without conditions it holds for every row."""
    terms = [f"{ddl.identifier(name)} = ?" for name in conditions]
    return " AND ".join(terms) or "true", list(conditions.values())


def _counter(warehouse: Path, fact: type[Fact]) -> Callable[[Conditions], int]:
    def counted(conditions: Conditions) -> int:
        condition, values = where(conditions)
        return int(query(warehouse, f"SELECT count(*) AS n FROM {fact.qualified()} WHERE {condition}", values).item())

    return counted


def _short(fact: type[Fact]) -> str:
    return fact.shown_as or fact.name.removeprefix("fact_")
