"""Which header stands for which column: as declared, as the layout says, or by its own name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from warehouse.errors import Stop
from warehouse.layouts.layout import Layout
from warehouse.schema import Extract

if TYPE_CHECKING:
    from warehouse.dialect import Dialect


def plain(header: str) -> str:
    """Return a header in small letters, digits and underscores: capitals, spaces and signs do not matter."""
    return re.sub(r"[^a-z0-9]+", "_", header.lstrip("\ufeff").strip().lower()).strip("_")


def layout_of(headers: Sequence[str], table: type[Extract], dialect: Dialect) -> Layout | None:
    """Return the layout of a file: the declared one, else the only one whose headers it has, else None."""
    mine = [one for one in dialect.layouts if one.kind == table.kind]
    if dialect.layout:
        return next((one for one in mine if one.name == dialect.layout), None)
    have = {plain(header) for header in headers}
    fitting = [one for one in mine if one.recognised_by and {plain(header) for header in one.recognised_by} <= have]
    return fitting[0] if len(fitting) == 1 else None


def places(headers: Sequence[str], table: type[Extract], dialect: Dialect) -> dict[str, int]:
    """Return the place, from 1, of every declared column that the file has; order and capitals are free.

    A constant stands in for a column that is missing. Raises Stop when a header stands twice, when a required column
    is missing, naming the nearest header, or when a constant is of no column.
    """
    layout = layout_of(headers, table, dialect)
    aliases = aliases_of(dialect, layout)
    found: dict[str, int] = {}
    for place, header in enumerate(headers, 1):
        name = aliases.get(plain(header), plain(header))
        if name and name in found:
            told = name if name in table.arriving() else f"{found[name]} / {place}"
            en, id = f"column {told} stands twice", f"kolom {told} muncul dua kali"
            raise Stop("column_twice", en, id, "keep one of them")
        if name:
            found[name] = place
    constants = constants_of(table, dialect, layout)
    required = [name for name, column in table.arriving().items() if column.required]
    if missing := [name for name in required if name not in found and name not in constants]:
        listed = _missing(missing, list(found) if found.keys() & table.arriving().keys() else [])
        en, id = f"required columns are missing: {listed}", f"kolom wajib tidak ada: {listed}"
        raise Stop("column_missing", en, id, "correct the header, or declare an alias or a constant for it")
    return {name: place for name, place in found.items() if name in table.arriving()}


def aliases_of(dialect: Dialect, layout: Layout | None) -> dict[str, str]:
    """Return the column by header, folded by `plain`, that a source or else its layout declares."""
    declared = {**(layout.aliases if layout else {}), **dialect.aliases}
    own = {plain(alias) for alias in dialect.aliases}
    return {
        plain(alias): name for alias, name in declared.items() if alias in dialect.aliases or plain(alias) not in own
    }


def unknown(headers: Sequence[str], table: type[Extract], dialect: Dialect) -> list[str]:
    """Return the headers that neither the kind, its layout nor the source knows."""
    layout = layout_of(headers, table, dialect)
    known = {*table.arriving(), *table.dropped, *map(plain, dialect.aliases)}
    if layout:
        known |= {plain(header) for header in (*layout.aliases, *layout.dropped)}
    return [header for header in headers if plain(header) and plain(header) not in known]


def expected(table: type[Extract], dialect: Dialect) -> set[str]:
    """Return the headers, folded by `plain`, that a file of this kind may have: they tell its separator."""
    mine = [one for one in dialect.layouts if one.kind == table.kind and dialect.layout in ("", one.name)]
    listed = [header for one in mine for header in (*one.aliases, *one.recognised_by)]
    return {*table.arriving(), *table.dropped, *map(plain, dialect.aliases), *map(plain, listed)}


def constants_of(table: type[Extract], dialect: Dialect, layout: Layout | None) -> dict[str, str]:
    """Return the values that hold for a whole file by column. Raises Stop when one is of no column of the kind."""
    found = {**(layout.constants if layout else {}), **dialect.constants}
    for name in found:
        if name not in table.arriving():
            near = get_close_matches(name, table.arriving(), n=1)
            cure = f"did you mean {near[0]}?" if near else f"one of: {', '.join(table.arriving())}"
            en, id = f"{table.kind} has no column {name}", f"{table.kind} tidak memiliki kolom {name}"
            raise Stop("constant_unknown", en, id, cure)
    return found


def _missing(missing: list[str], headers: list[str]) -> str:
    words = [header for header in headers if not re.search(r"\d{4}", header)]
    near = {name: get_close_matches(name, words, n=1, cutoff=0.5) for name in missing}
    return ", ".join(f"{name} (nearest header: {match[0]})" if match else name for name, match in near.items())
