"""Which kind of extract a file is: what its headers, its layout, and its name speak for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flows.gating import extract_of
from warehouse import layouts
from warehouse.dialect import Dialect
from warehouse.layouts.headers import aliases_of, constants_of, layout_of
from warehouse.schema import Extract, tables_of

SHARE = 0.5


class Likeness(NamedTuple):
    """How like a kind of extract a file's headers are; `missing` are the required columns it does not have."""

    table: type[Extract]
    layout: str
    found: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """Return the share of the required columns that the file has."""
        return self.found / (self.found + len(self.missing))


def kinds() -> list[type[Extract]]:
    """Return every kind of extract that may be delivered."""
    return [table for table in tables_of("lake") if issubclass(table, Extract) and table.kind]


def known_headers(headers: Sequence[str], dialect: Dialect) -> int:
    """Return how many of the headers the best fitting kind knows: the right separator gives most."""
    return max(
        sum(layouts.plain(header) in layouts.expected(table, dialect) for header in headers) for table in kinds()
    )


def likenesses(headers: Sequence[str], dialect: Dialect) -> list[Likeness]:
    """Return the kinds that have at least half of their required columns in the headers, the likest first."""
    found = [_likeness(headers, table, dialect) for table in kinds()]
    return sorted((one for one in found if one.share >= SHARE), key=lambda one: (one.share, one.found), reverse=True)


def likeness(headers: Sequence[str], kind: str, dialect: Dialect) -> Likeness:
    """Return how like a given kind the headers are."""
    return _likeness(headers, extract_of(kind), dialect)


def _likeness(headers: Sequence[str], table: type[Extract], dialect: Dialect) -> Likeness:
    layout = layout_of(headers, table, dialect)
    stands = aliases_of(dialect, layout)
    have = {stands.get(layouts.plain(header), layouts.plain(header)) for header in headers}
    have |= set(constants_of(table, dialect, layout))
    required = [name for name, column in table.arriving().items() if column.required]
    missing = tuple(name for name in required if name not in have)
    return Likeness(table, layout.name if layout else "", len(required) - len(missing), missing)
