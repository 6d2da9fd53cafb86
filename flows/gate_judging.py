"""Deliveries in the gate: the rows of one file, or of several alike, are standardised, judged and split in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from expectations import reconcile
from expectations.answers import ANSWERS, with_answers
from expectations.gate import Destination, Sieve, judge_file, judge_files
from flows.ceiling import rows_at_once
from flows.context import Load
from flows.extracts import extract_of, gazetteers
from flows.gate_reading import Arrival, Totals, landed_copy, look_at, look_at_all
from flows.quarantine.answers import OF_LINE
from transforms.corrections import applied, corrected
from transforms.geography import region_hints
from transforms.identity import pseudonymise
from transforms.standardize import standardize, with_minimum_wage
from warehouse import lake
from warehouse.corrections import KEPT, Correction
from warehouse.disk import refusal_of
from warehouse.errors import Stop
from warehouse.rules import FILE, LINE_NO
from warehouse.schema import Extract, Lazy
from warehouse.seals import Damaged
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

MOST_ROWS, BYTES_A_ROW = 500_000, 256
"""How many rows are judged together at most; they are held in memory, while those of a larger file stream by."""


def passes(arrivals: Sequence[Arrival], memory: int) -> Iterator[list[Arrival]]:
    """Yield deliveries of one kind that are judged together, in their order: as many as `memory` bytes allow, at least one.

    Those that are stopped already come along, for their verdicts keep the order too.
    """
    together, held, most = list[Arrival](), 0, rows_at_once(memory, BYTES_A_ROW, MOST_ROWS)
    for arrival in arrivals:
        rows = _rows(arrival) if len(arrivals) > 1 else 0
        if together and held + rows > most:
            yield together
            together, held = [], 0
        together.append(arrival)
        held += rows
    if together:
        yield together


def _rows(arrival: Arrival) -> int:
    rows = 0
    if arrival.texts:
        with arrival.stopping():
            rows = lake.height(arrival.texts.frame)
    return rows


def judge(load: Load, arrivals: Sequence[Arrival], wages: Lazy[MinimumWage], scratch: Path) -> None:
    """Give every delivery that is not stopped yet its judgement and control totals, and write its rows.

    When they cannot be judged together each is judged alone, so that only the one that cannot be judged is stopped.
    """
    waiting = _waiting(arrivals)
    while len(waiting) > 1 and _together(load, waiting, wages, scratch):
        waiting = _waiting(waiting)
    for arrival in waiting:
        with arrival.stopping():
            at_gate = _AtGate.of(load, arrival, look_at(arrival), wages)
            arrival.judgement = judge_file(at_gate.frame, at_gate.sieve, _destination(load, arrival))
            arrival.totals = _control_totals(load, arrival, at_gate.delivered, scratch)


def _waiting(arrivals: Sequence[Arrival]) -> list[Arrival]:
    return [one for one in arrivals if one.texts and not one.stop and not one.judgement]


def _together(load: Load, arrivals: Sequence[Arrival], wages: Lazy[MinimumWage], scratch: Path) -> bool:
    """Return whether it is of use to go on: all were judged, or some were stopped at a look; nothing is written otherwise."""
    numbered = [
        arrival.texts.frame.with_columns(pl.lit(place, pl.UInt32).alias(FILE))
        for place, arrival in enumerate(arrivals)
        if arrival.texts
    ]
    try:
        held = lake.held(pl.concat(numbered))
        look_at_all(arrivals, held)
        if any(arrival.stop for arrival in arrivals):
            return True
        at_gate = _AtGate.of(load, arrivals[0], held.lazy(), wages)
        files = [_destination(load, arrival) for arrival in arrivals]
        judgements = judge_files(at_gate.frame, at_gate.sieve, files, held=True)
    except Damaged:
        raise
    except (Exception, pl.exceptions.PanicException) as broken:
        if (isinstance(broken, Stop) and broken.of_machine) or refusal_of(broken):
            raise
        return False
    for place, (arrival, judgement) in enumerate(zip(arrivals, judgements, strict=True)):
        with arrival.stopping():
            arrival.judgement = judgement
            mine = at_gate.delivered.filter(pl.col(FILE) == place)
            arrival.totals = _control_totals(load, arrival, mine, scratch)
    return True


class _AtGate(NamedTuple):
    """Rows as they were delivered, as they are judged, and by what."""

    delivered: pl.LazyFrame
    frame: pl.LazyFrame
    sieve: Sieve

    @classmethod
    def of(cls, load: Load, arrival: Arrival, texts: pl.LazyFrame, wages: Lazy[MinimumWage]) -> _AtGate:
        """Return the texts of a delivery, or of several that are alike, standardised and corrected."""
        assert arrival.texts
        table, terms, dialect = extract_of(arrival.delivery.kind), arrival.terms, arrival.texts.dialect
        regions = gazetteers(dialect.code_system)
        delivered = standardize(texts, table, dialect, regions)
        named = terms.first.name if terms else arrival.delivery.name
        corrections = load.settings.corrections_of(table.kind, named)
        frame, suite = corrected(delivered, table, corrections), None
        if terms and terms.pairs is not None:
            frame, corrections, suite = _as_answers(frame, corrections, terms.pairs), (), with_answers(_suite(table))
        if table is Membership:
            frame = with_minimum_wage(frame, wages)
        sieve = Sieve(
            table, lambda rows: _lake_rows(load, rows, table), suite, corrections,
            explained=[region_hints(table, regions), *([applied(corrections)] if corrections else [])],
            key=load.pseudonyms.fingerprint() if any(one.pseudonym for one in table.columns.values()) else "",
        )  # fmt: skip
        return cls(delivered, frame, sieve)


def _destination(load: Load, arrival: Arrival) -> Destination:
    kind, gate_id = arrival.delivery.kind, arrival.gate_id
    return Destination(
        arrival.delivery.name,
        lake.accepted_path(load.home, kind, gate_id),
        lake.rejected_path(load.home, kind, gate_id),
    )


def _control_totals(load: Load, arrival: Arrival, delivered: pl.LazyFrame, scratch: Path) -> Totals:
    delivery = arrival.delivery
    if not delivery.control or not arrival.judgement:
        return ()
    control = reconcile.control_of(landed_copy(load, delivery.control, scratch))
    rows, table = arrival.judgement.rows, extract_of(delivery.kind)
    return tuple(reconcile.compared(control, delivery.sha256, rows, delivered, table))


def _suite(table: type[Extract]) -> Any:
    from expectations.declared import gate_suite

    return gate_suite(table)


def _as_answers(frame: pl.LazyFrame, corrections: Sequence[Correction], pairs: pl.DataFrame) -> pl.LazyFrame:
    """Return corrected rows with the line each answers; a correction may change them, but its guard is not about them."""
    kept = pl.col(KEPT).is_not_null() if any(one.action == "drop" for one in corrections) else pl.lit(True)
    told = pairs.lazy().select(LINE_NO, pl.col(OF_LINE).alias(ANSWERS))
    joined = frame.join(told, on=LINE_NO, how="left", maintain_order="left")
    joined = joined.with_columns(pl.when(kept).then(ANSWERS).otherwise(-pl.col(ANSWERS)).alias(ANSWERS))
    return joined.drop([*(one.rule for one in corrections), KEPT], strict=False)


def _lake_rows(load: Load, rows: pl.LazyFrame, table: type[Extract]) -> pl.LazyFrame:
    columns = [pl.col(name).cast(column.dtype) for name, column in table.stored_columns().items()]
    return pseudonymise(rows, table, load.pseudonyms).select(pl.col(f"^{FILE}$"), LINE_NO, *columns)
