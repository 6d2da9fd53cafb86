"""The gate step: a landed file becomes accepted rows, rejected rows and a verdict."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from expectations import gate as gates
from expectations import reconcile
from flows.context import Load
from transforms.corrections import applied, corrected
from transforms.geography import Gazetteer, gazetteer, region_hints
from transforms.identity import pseudonymise
from transforms.standardize import standardize, with_minimum_wage
from warehouse import lake, ledger, reading
from warehouse.dialect import CodeSystem
from warehouse.errors import Stop
from warehouse.files import placed
from warehouse.ledger import Delivery, Reason, Verdict
from warehouse.rules import LINE_NO
from warehouse.schema import Extract, Lazy, Parse, Table
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

SCRATCH = ".scratch-"


def gate(load: Load, delivery: Delivery, wages: Lazy[MinimumWage]) -> Verdict:
    """Return the verdict on a delivery; a gating that came to its end before is not repeated.

    A file that cannot be read or judged is stopped with a reason, never with an exception.
    """
    gate_id = load.gate_id(delivery)
    known = ledger.find(load.home, gate_id)
    if known is not None:
        return known
    load.say(f"memeriksa / checking {delivery.name}")
    with tempfile.TemporaryDirectory(dir=load.home.landing, prefix=SCRATCH) as scratch:
        try:
            verdict = _judge(load, delivery, gate_id, wages, Path(scratch))
        except Stop as stop:
            verdict = Verdict(
                gate_id, delivery.sha256, delivery.kind, stops=(Reason(stop.rule, stop.en, stop.id, stop.cure),)
            )
        except (Exception, pl.exceptions.PanicException) as broken:
            verdict = Verdict(gate_id, delivery.sha256, delivery.kind, stops=(_unreadable(broken),))
    ledger.save(load.home, verdict)
    return verdict


def extract_of(kind: str) -> type[Extract]:
    """Return the declaration of a kind of extract."""
    found = Table.registry[f"lake.{kind}"]
    assert issubclass(found, Extract)
    return found


def _judge(load: Load, delivery: Delivery, gate_id: str, wages: Lazy[MinimumWage], scratch: Path) -> Verdict:
    table, landed = extract_of(delivery.kind), load.home.landed(delivery.sha256)
    dialect = load.settings.dialect_of(delivery.name)
    text, notes = reading.scan(landed, table, dialect, scratch)
    regions = gazetteers(dialect.code_system)
    delivered = standardize(text, table, dialect, regions)
    corrections = load.settings.corrections_of(delivery.kind, delivery.name)
    frame = corrected(delivered, table, corrections)
    if table is Membership:
        frame = with_minimum_wage(frame, wages)
    accepted = lake.accepted_path(load.home, table.kind, gate_id)
    judgement = gates.judge_file(
        frame,
        table,
        subject=delivery.name,
        accept=lambda rows: _lake_rows(load, rows, table),
        accepted=accepted,
        rejected=lake.rejected_path(load.home, table.kind, gate_id),
        corrections=corrections,
        explained=[region_hints(table, regions), *([applied(corrections)] if corrections else [])],
    )
    _keep_result(load, gate_id, judgement.result)
    stops = [*judgement.stops, *reconcile.rows_add_up(judgement)]
    stops += reconcile.rejected_share(judgement, load.settings.most_rejected)
    if delivery.control:
        control = json.loads(load.home.landed(delivery.control).read_text(encoding="utf-8"))
        stops += reconcile.control_totals(control, delivery.sha256, judgement.rows, delivered, table)
    versions = lake.versions_of(accepted, table) if judgement.accepted else []
    if stops:
        lake.remove([accepted])
    return Verdict(
        gate_id, delivery.sha256, delivery.kind, judgement.rows, judgement.accepted, judgement.rejected,
        judgement.broken, judgement.warned, tuple(stops), (*notes, *_hinted(judgement.hints)),
        tuple((version.month.isoformat(), version.as_of_date.isoformat(), rows) for version, rows in versions),
        judgement.checks, judgement.corrected,
    )  # fmt: skip


def _hinted(hints: Mapping[str, int]) -> list[str]:
    return [f"{rows} baris ditolak / rows rejected: {hint}" for hint, rows in hints.items()]


def _lake_rows(load: Load, rows: pl.LazyFrame, table: type[Extract]) -> pl.LazyFrame:
    columns = [pl.col(name).cast(column.dtype) for name, column in table.stored_columns().items()]
    return pseudonymise(rows, table, load.pseudonyms).select(LINE_NO, *columns)


def _keep_result(load: Load, gate_id: str, result: dict[str, Any]) -> None:
    with placed(load.home.reports / "validations" / f"{gate_id}.json") as beside:
        beside.write_text(json.dumps(result), encoding="utf-8")


def _unreadable(broken: BaseException) -> Reason:
    kind = type(broken).__name__
    return Reason(
        "unreadable_file",
        f"the file cannot be read ({kind})",
        f"berkas tidak dapat dibaca ({kind})",
        "send the file again",
    )


@cache
def gazetteers(system: CodeSystem) -> dict[Parse, Gazetteer]:
    """Return the gazetteers of a code system: for regency columns and for columns of any region."""
    codes, regions = lake.seed(DimRegionCode).collect(), lake.seed(DimRegion).collect()
    return {parse: gazetteer(codes, system, parse, regions) for parse in (Parse.REGENCY, Parse.REGION)}
