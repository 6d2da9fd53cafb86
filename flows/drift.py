"""The drift of a file against the last accepted delivery of its source, and its record in the warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
Verdicts = Mapping[str, Verdict]


def of_headers(
    load: Load, delivery: Delivery, opened: Sequence[Opened], table: type[Extract], before: Verdicts
) -> tuple[Drift, ...]:
    """Return what changed in the headers of a file that was opened and then stopped; nothing when it was not opened."""
    dialect = load.settings.dialect_of(delivery.name)
    return tuple(
        drift
        for file in opened
        if dialect.header_rows
        for drift in against_last(load, delivery, _by_header(file.headers, table, dialect), before)
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


def against_last(load: Load, delivery: Delivery, columns: Columns, before: Verdicts) -> tuple[Drift, ...]:
    """Return what changed in the columns of a file; `before` are verdicts by gating that are not kept yet."""
    key = source_key(load, delivery.name)
    last = _last_accepted(load, delivery, key, before)
    return compared(last, columns, f"[sources.{key}]" if key else "[dialect]")


def _last_accepted(load: Load, delivery: Delivery, key: str, before: Verdicts) -> Columns:
    """Return the columns of the newest delivery before this one of the same kind and source that was accepted.

    Files that no source covers are of one source when their names differ in nothing but digits and signs.
    """
    earlier = ledger.deliveries(load.home)
    earlier = earlier[: earlier.index(delivery)] if delivery in earlier else earlier
    mine = (delivery.kind, key or _letters(delivery.name))
    for one in reversed(earlier):
        theirs = (one.kind, source_key(load, one.name) or _letters(one.name))
        if theirs == mine and one.sha256 != delivery.sha256:
            gate_id = load.gate_id(one)
            verdict = before.get(gate_id) or ledger.find(load.home, gate_id)
            if verdict and not verdict.stopped and verdict.columns:
                return verdict.columns
    return ()


def _letters(name: str) -> str:
    return "".join(sign for sign in PurePosixPath(name).stem.casefold() if sign.isalpha())
