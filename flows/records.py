"""What the warehouse records of itself: the run, the files, the rejections and the checks."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import polars as pl

from flows import drift
from flows.assembly import Assembly, Inputs
from flows.context import Load, code_version
from flows.lineage import record, sources_of
from flows.months import fact_of
from flows.planning import Judged
from flows.run_records import enter_runs
from transforms.graph import build
from warehouse import lake, ledger, store
from warehouse.ledger import Check, Verdict, moment
from warehouse.schema import Fact, Table, tables_of
from warehouse.tables.budget import Spending
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.operations import CheckResult, ColumnDrift, Rejection, Run, SourceFile

FILES_AT_ONCE = 200
"""How many files are recorded in one step."""


@dataclass(frozen=True)
class Books:
    """By gating, the lines left out because another file has their key; and the gatings that stand.

    What is written of a content that stands no more stays as it was.
    """

    repeated: Mapping[str, list[int]]
    standing: set[str]


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    started_at: datetime
    state: str
    rows_in: int
    rows_accepted: int
    rows_rejected: int


def write(
    load: Load,
    outcome: Outcome,
    judged: Sequence[Judged],
    books: Books,
    checks: Sequence[Check],
    assembly: Assembly,
    held_back: Collection[str] = (),
) -> int:
    """Return how many rows of undated facts changed, after the records and the reference tables were written.

    The facts `held_back` keep the rows that stand.
    """
    now, inputs = load.clock(), undated_inputs(assembly)
    with (
        store.building(load.home.warehouse, **load.settings.of_engine()) as build_file,
        build_file.transaction(),
    ):
        for table in [one for layer in ("mart", "core") for one in tables_of(layer) if one.seed or one is DimMonth]:
            build_file.replace(table, inputs[table].collect())
        renewed = [table for table in undated_facts() if table.name not in held_back]
        changed = sum(_undated(assembly, build_file, table, inputs, now) for table in renewed)
        _write_files(load, build_file, {one.delivery.sha256: one for one in judged}, books)
        build_file.append(CheckResult, _checks(load, checks))
        build_file.append(Run, _run(load, outcome, now))
        told = {"run_id": load.run_id, "loaded_at": now.isoformat(), "code_version": code_version()}
        facts = [{"fact": table.qualified(), **build_file.digest(table)} for table in undated_facts()]
        build_file.tell(**told, settings=load.settings.model_dump_json(), facts=facts)
        enter_runs(load, build_file, now)
    return changed


def undated_facts() -> list[type[Fact]]:
    """Return the facts that have no versions: they are made from the newest of all."""
    return [fact_of(name) for name, table in Table.registry.items() if issubclass(table, Fact) and not table.driven_by]


def undated_inputs(assembly: Assembly) -> Inputs:
    """Return what the facts without versions are made from."""
    return assembly.references() | {Spending: assembly.spending()}


def undated_rows(table: type[Fact], references: Mapping[type[Table], pl.LazyFrame]) -> pl.DataFrame:
    """Return the rows of a fact without versions."""
    return build([table], references)[table].collect()


def _undated(
    assembly: Assembly,
    build_file: store.Build,
    table: type[Fact],
    references: Mapping[type[Table], pl.LazyFrame],
    now: datetime,
) -> int:
    rows, load = undated_rows(table, references), assembly.load
    changed = build_file.supersede(table, rows, None, load.run_id, now)
    if changed:
        record(load, build_file, table, None, sources_of(assembly, table, None))
    return changed


def _write_files(load: Load, build_file: store.Build, files: Mapping[str, Judged], books: Books) -> None:
    known = {
        sha: rest
        for sha, *rest in build_file.frame("SELECT sha256, gate_id, rows_rejected FROM ops.source_file").iter_rows()
    }
    changed = iter([one for one in files.values() if _is_other(one, known.get(one.delivery.sha256), books)])
    while several := {one.delivery.sha256: one for one in islice(changed, FILES_AT_ONCE)}:
        lines = [books.repeated.get(one.verdict.gate_id, []) for one in several.values()]
        rows: dict[type[Table], list[pl.DataFrame]] = {
            SourceFile: [_file(one, len(mine)) for one, mine in zip(several.values(), lines, strict=True)],
            Rejection: [_rejections(load, one, mine) for one, mine in zip(several.values(), lines, strict=True)],
            ColumnDrift: [drift.rows(load, one.delivery, _seen(load, one)) for one in several.values()],
        }
        for table, frames in rows.items():
            build_file.delete_rows(table, "sha256", *several)
            build_file.append(table, pl.concat(frames))


def _seen(load: Load, one: Judged) -> Verdict:
    """Return a verdict with what was seen of the file: of one that came earlier, that may have been left out."""
    return (ledger.find(load.home, one.verdict.gate_id) if one.delivery.run_id != load.run_id else None) or one.verdict


def _is_other(one: Judged, known: list[Any] | None, books: Books) -> bool:
    """Return whether a file is recorded otherwise, or not at all; `known` are the gating and the rejected rows on record."""
    gate, rejected = one.verdict.gate_id, one.verdict.rejected
    if known and known[0] == gate and gate not in books.standing:
        return False
    return known != [gate, None if rejected is None else rejected + len(books.repeated.get(gate, []))]


def _file(one: Judged, repeated: int) -> pl.DataFrame:
    delivery, verdict = one.delivery, one.verdict
    row = {
        "sha256": delivery.sha256, "uri": delivery.uri, "kind": delivery.kind, "bytes": delivery.bytes,
        "rows": verdict.rows,
        "rows_accepted": None if verdict.accepted is None else verdict.accepted - repeated,
        "rows_rejected": None if verdict.rejected is None else verdict.rejected + repeated,
        "received_at": moment(delivery.received_at), "run_id": delivery.run_id, "gate_id": verdict.gate_id,
        "state": "STOPPED" if verdict.stopped else "ACCEPTED",
        "reason": "; ".join(f"{reason.rule}: {reason.id} / {reason.en}" for reason in verdict.stops) or None,
    }  # fmt: skip
    return pl.DataFrame([row], schema=SourceFile.polars_schema())


def _rejections(load: Load, one: Judged, lines: list[int]) -> pl.DataFrame:
    delivery = one.delivery
    rejected = lake.rejected_rows(load.home, delivery.kind, one.verdict.gate_id)
    copies = pl.DataFrame({"line_no": lines}, schema={"line_no": pl.Int64}).with_columns(
        rules=pl.lit("duplicate_row"), masked_row=pl.lit(json.dumps({"key": "stands in another file of the month"}))
    )
    stamped = pl.concat([rejected, copies]).with_columns(
        run_id=pl.lit(delivery.run_id), sha256=pl.lit(delivery.sha256), kind=pl.lit(delivery.kind)
    )
    return stamped.select(list(Rejection.polars_schema()))


def _checks(load: Load, checks: Sequence[Check]) -> pl.DataFrame:
    rows = [
        {
            "run_id": load.run_id, "suite": one.suite, "expectation": one.rule, "subject": one.subject, "observed": one.observed,
            "expected": one.expected, "severity": one.severity, "success": one.success,
        }
        for one in checks
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=CheckResult.polars_schema())


def _run(load: Load, outcome: Outcome, now: datetime) -> pl.DataFrame:
    row = {
        "run_id": load.run_id, "started_at": outcome.started_at, "finished_at": now, "state": outcome.state,
        "code_version": code_version(), "settings": load.settings.model_dump_json(), "rows_in": outcome.rows_in,
        "rows_accepted": outcome.rows_accepted, "rows_rejected": outcome.rows_rejected,
    }  # fmt: skip
    return pl.DataFrame([row], schema=Run.polars_schema())
