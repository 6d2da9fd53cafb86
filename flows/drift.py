"""The drift of a file against the last accepted delivery of its source, and its record in the warehouse."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

import polars as pl

from flows.context import Load
from warehouse import ledger
from warehouse.dialect import Dialect
from warehouse.layouts.drift import compared, told
from warehouse.layouts.headers import aliases_of, layout_of, plain
from warehouse.ledger import Delivery, Drift, SeenColumn, Verdict
from warehouse.reading import Opened
from warehouse.schema import Extract
from warehouse.tables.operations import ColumnDrift

Columns = tuple[SeenColumn, ...]


@dataclass
class History:
    """What arrived before a file and what was decided on it: the verdicts in `found` are not kept yet."""

    load: Load
    found: dict[str, Verdict] = field(default_factory=dict)

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """Return every delivery in order of arrival."""
        return ledger.deliveries(self.load.home)

    @cached_property
    def places(self) -> dict[Delivery, int]:
        """Return the place of every delivery in order of arrival."""
        return {one: place for place, one in reversed(list(enumerate(self.deliveries)))}

    @cached_property
    def of_source(self) -> dict[tuple[str, str], list[int]]:
        """Return the places of the deliveries of every kind and source.

        Files that no source covers are of one source when their names differ in nothing but digits and signs.
        """
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, one in enumerate(self.deliveries):
            found[one.kind, source_key(self.load, one.name) or _letters(one.name)].append(place)
        return found

    def verdict(self, gate_id: str) -> Verdict | None:
        """Return the verdict of a gating, None where there is none yet."""
        return self.found.get(gate_id) or ledger.find(self.load.home, gate_id)


def of_headers(
    history: History, delivery: Delivery, opened: Sequence[Opened], table: type[Extract]
) -> tuple[Drift, ...]:
    """Return what changed in the headers of a file that was opened and then stopped; nothing when it was not opened."""
    dialect = history.load.settings.dialect_of(delivery.name)
    return tuple(
        drift
        for file in opened
        if dialect.header_rows
        for drift in against_last(history, delivery, _by_header(file.headers, table, dialect))
    )


def notes(drift: Sequence[Drift]) -> tuple[str, ...]:
    """Return a sentence of both languages per change."""
    return tuple(map(told, drift))


def source_key(load: Load, name: str) -> str:
    """Return the name of the source that covers a file; empty when none does."""
    source = load.settings.source_of(name)
    return next((key for key, one in load.settings.sources.items() if one is source), "")


def rows(load: Load, delivery: Delivery, verdict: Verdict) -> pl.DataFrame:
    """Return the record of a file's drift, one row per change."""
    found = [
        {
            "run_id": delivery.run_id, "sha256": delivery.sha256, "position": place, "kind": delivery.kind,
            "source": source_key(load, delivery.name) or None, "change": one.change, "header": one.header,
            "column_name": one.column or None, "before": one.before or None, "now": one.now or None,
            "line_no": one.line or None, "proposal": one.proposal or None,
        }
        for place, one in enumerate(verdict.drift, 1)
    ]  # fmt: skip
    return pl.DataFrame(found, schema=ColumnDrift.polars_schema())


def _by_header(headers: Sequence[str], table: type[Extract], dialect: Dialect) -> Columns:
    aliases = aliases_of(dialect, layout_of(headers, table, dialect))
    named = [aliases.get(plain(header), plain(header)) for header in headers]
    return tuple(
        SeenColumn(header, name if name in table.arriving() else "")
        for header, name in zip(headers, named, strict=True)
    )


def against_last(history: History, delivery: Delivery, columns: Columns) -> tuple[Drift, ...]:
    """Return what changed in the columns of a file."""
    key = source_key(history.load, delivery.name)
    last = _last_accepted(history, delivery, key)
    return compared(last, columns, f"[sources.{key}]" if key else "[dialect]")


def _last_accepted(history: History, delivery: Delivery, key: str) -> Columns:
    """Return the columns of the newest delivery before this one of the same kind and source that was accepted."""
    places = history.of_source.get((delivery.kind, key or _letters(delivery.name)), [])
    earlier = places[: bisect_left(places, history.places.get(delivery, len(history.deliveries)))]
    for one in (history.deliveries[place] for place in reversed(earlier)):
        if one.sha256 != delivery.sha256:
            verdict = history.verdict(history.load.gate_id(one))
            if verdict and not verdict.stopped and verdict.columns:
                return verdict.columns
    return ()


def _letters(name: str) -> str:
    return "".join(sign for sign in PurePosixPath(name).stem.casefold() if sign.isalpha())
