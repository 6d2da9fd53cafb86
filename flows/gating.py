"""The gate step: a landed file becomes accepted rows, rejected rows and a verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from expectations import gate as gates
from expectations import reconcile
from expectations.answers import ANSWERS, MESSAGES, UNKNOWN, with_answers
from flows import drift
from flows.at_rest.deletions import noted
from flows.at_rest.landed import opened as landed
from flows.context import Load, fingerprint
from flows.quarantine.answers import OF_CONTENT, OF_LINE, SEVERAL, as_sent, is_answer, references
from flows.receive.kept import lost_in_landing
from transforms.corrections import applied, corrected
from transforms.geography import Gazetteer, gazetteer, region_hints
from transforms.identity import pseudonymise
from transforms.standardize import standardize, with_minimum_wage
from warehouse import lake, ledger, reading, seals
from warehouse.corrections import KEPT, Correction
from warehouse.dialect import CodeSystem, Dialect
from warehouse.disk import refusal_of
from warehouse.errors import Stop
from warehouse.ledger import Delivery, Drift, Reason, Verdict
from warehouse.reading import Opened
from warehouse.reading.rounded import refuse_rounded
from warehouse.rules import LINE_NO
from warehouse.schema import Extract, Lazy, Parse, Table
from warehouse.seals import Damaged
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

SCRATCH = ".scratch-"
PASSING = ("landing_", "key_", "secret_")


@dataclass(frozen=True)
class Terms:
    """What a gating heeds beside the file and the settings; its name then is `gate_id`.

    An answer is judged as a part of the file `first`, in `dialect`; `pairs` holds the line that each of its lines
    answers, and `exported` tells that we wrote its cells. `answered` is the number of rejected rows of the file that answers stand for.
    """

    gate_id: str
    first: Delivery
    dialect: Dialect | None = None
    pairs: pl.DataFrame | None = None
    exported: bool = False
    answered: int = 0


class Rows(NamedTuple):
    """A delivery on its way through the gate: as it came, as it was read, and as it is judged; and what has drifted."""

    table: type[Extract]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    delivered: pl.LazyFrame
    frame: pl.LazyFrame
    corrections: tuple[Correction, ...]
    explained: list[pl.Expr]
    columns: drift.Columns
    changes: tuple[Drift, ...]


def gate(load: Load, delivery: Delivery, wages: Lazy[MinimumWage], terms: Terms | None = None) -> Verdict:
    """Return the verdict on a delivery; a gating that came to its end before is not repeated.

    A file that cannot be read or judged is stopped with a reason, never with an exception; one that landing cannot give
    now is tried again by the next run. Raises Stop when the machine is short of something or its disk fails.
    """
    gate_id = terms.gate_id if terms else load.gate_id(delivery)
    if (known := known_verdict(load, delivery, terms)) is not None:
        return known
    load.say(f"memeriksa / checking {delivery.name}")
    if lost := lost_in_landing(load.home, delivery):
        return Verdict(fingerprint("lost", gate_id), delivery.sha256, delivery.kind, stops=(lost,))
    opened: list[Opened] = []
    marked = False
    with tempfile.TemporaryDirectory(dir=load.home.landing, prefix=SCRATCH) as scratch:
        try:
            marked = terms is None and is_answer(_landed(load, delivery.sha256, scratch))
            if marked:
                raise _unknown_answer(load, delivery, gate_id, Path(scratch))
            verdict = _judge(load, delivery, gate_id, wages, Path(scratch), terms, opened.append)
        except Damaged:
            raise
        except Stop as stop:
            if stop.of_machine:
                raise
            why = Reason(stop.rule, stop.en, stop.id, stop.cure)
            changes = drift.of_headers(load, delivery, opened, extract_of(delivery.kind))
            verdict = Verdict(
                gate_id, delivery.sha256, delivery.kind, stops=(why,), notes=drift.notes(changes),
                answers="?" if marked else "", drift=changes,
            )  # fmt: skip
        except (Exception, pl.exceptions.PanicException) as broken:
            if refused := refusal_of(broken):
                raise refused from None
            verdict = Verdict(
                gate_id, delivery.sha256, delivery.kind, stops=(_unreadable(broken),), answers="?" if marked else ""
            )
    verdict = replace(verdict, made_with=load.made_with(delivery))
    if not any(reason.rule.startswith(PASSING) for reason in verdict.stops):
        ledger.save(load.home, verdict)
    return verdict


def known_verdict(load: Load, delivery: Delivery, terms: Terms | None = None) -> Verdict | None:
    """Return the verdict on a delivery that came to its end before, None where there is none.

    A content that was deleted from landing as the settings ask stands by the verdict it had, whatever changed since.
    """
    if known := ledger.find(load.home, terms.gate_id if terms else load.gate_id(delivery)):
        return known
    deleted = noted(load.home, delivery.sha256)
    if deleted is None:
        return None
    wanted = (terms.first.sha256,) if terms and terms.pairs is not None else ("", "?")
    return next((ledger.find(load.home, deleted.gates[one]) for one in wanted if one in deleted.gates), None)


def _landed(load: Load, sha256: str, scratch: str | Path) -> Path:
    return landed(load.home, sha256, Path(scratch), load.settings.landing)


def extract_of(kind: str) -> type[Extract]:
    """Return the declaration of a kind of extract."""
    found = Table.registry[f"lake.{kind}"]
    assert issubclass(found, Extract)
    return found


def _judge(
    load: Load,
    delivery: Delivery,
    gate_id: str,
    wages: Lazy[MinimumWage],
    scratch: Path,
    terms: Terms | None,
    seen: Callable[[Opened], None],
) -> Verdict:
    rows = _read(load, delivery, wages, scratch, terms, seen)
    table, is_answer_to = rows.table, terms.first.sha256 if terms and terms.pairs is not None else ""
    accepted = lake.accepted_path(load.home, table.kind, gate_id)
    judgement = gates.judge_file(
        rows.frame,
        table,
        subject=delivery.name,
        accept=lambda accepted_rows: _lake_rows(load, accepted_rows, table),
        accepted=accepted,
        rejected=lake.rejected_path(load.home, table.kind, gate_id),
        suite=with_answers(_suite(table)) if is_answer_to else None,
        corrections=rows.corrections,
        explained=rows.explained,
        key=load.pseudonyms.fingerprint() if any(one.pseudonym for one in table.columns.values()) else "",
    )
    _keep_result(load, gate_id, judgement.result)
    totals = _control_totals(load, delivery, judgement, rows, scratch)
    stops = [*judgement.stops, *reconcile.rows_add_up(judgement), *reconcile.mismatches(totals)]
    if not is_answer_to:
        stops += reconcile.rejected_share(judgement, load.settings.most_rejected, terms.answered if terms else 0)
    versions = lake.versions_of(accepted, table) if judgement.accepted else []
    if stops:
        lake.remove([accepted])
    return Verdict(
        gate_id, delivery.sha256, delivery.kind, judgement.rows, judgement.accepted, judgement.rejected,
        judgement.broken, {**judgement.warned, **rows.left_out}, tuple(stops),
        (*rows.notes, *_hinted(judgement.hints)),
        tuple((version.month.isoformat(), version.as_of_date.isoformat(), count) for version, count in versions),
        judgement.checks, judgement.corrected, is_answer_to,
        tuple((what, str(stated), str(measured)) for what, stated, measured in totals),
        rows.columns, rows.changes,
    )  # fmt: skip


def _read(
    load: Load,
    delivery: Delivery,
    wages: Lazy[MinimumWage],
    scratch: Path,
    terms: Terms | None,
    seen: Callable[[Opened], None],
) -> Rows:
    """Return the rows of a delivery as the gate takes them. Raises Stop when the file cannot be read as declared."""
    table, file = extract_of(delivery.kind), _landed(load, delivery.sha256, scratch)
    dialect = terms.dialect if terms and terms.dialect else load.settings.dialect_of(delivery.name)
    shaped = reading.scan(file, table, dialect, scratch, load.settings.limits.as_limits(), seen)
    refuse_rounded(shaped.frame, table)
    columns, changes = drift.of_file(load, delivery, shaped, table) if terms is None else ((), ())
    text = as_sent(shaped.frame) if terms and terms.pairs is not None and terms.exported else shaped.frame
    regions = gazetteers(dialect.code_system)
    delivered = standardize(text, table, dialect, regions)
    corrections = load.settings.corrections_of(delivery.kind, (terms.first if terms else delivery).name)
    frame = corrected(delivered, table, corrections)
    notes: tuple[str, ...] = (*shaped.notes, *drift.notes(changes))
    if terms and terms.pairs is not None:
        frame, corrections = _as_answers(frame, corrections, terms.pairs), ()
        notes = (f"menjawab baris yang ditolak dari / answers rejected rows of {terms.first.name}",)
    if table is Membership:
        frame = with_minimum_wage(frame, wages)
    explained = [region_hints(table, regions), *([applied(corrections)] if corrections else [])]
    return Rows(table, shaped.left_out, notes, delivered, frame, corrections, explained, columns, changes)


def _control_totals(
    load: Load, delivery: Delivery, judgement: gates.Judgement, rows: Rows, scratch: Path
) -> list[tuple[str, object, object]]:
    if not delivery.control:
        return []
    control = reconcile.control_of(_landed(load, delivery.control, scratch))
    return reconcile.compared(control, delivery.sha256, judgement.rows, rows.delivered, rows.table)


def _suite(table: type[Extract]) -> Any:
    from expectations.declared import gate_suite

    return gate_suite(table)


def _unknown_answer(load: Load, delivery: Delivery, gate_id: str, scratch: Path) -> Stop:
    """Return why an answer is not judged before the content it answers is found, after its references were kept."""
    path = lake.answers_path(load.home, gate_id)
    lake.write(references(_landed(load, delivery.sha256, scratch), scratch), path)
    if lake.read(path)[OF_CONTENT].drop_nulls().n_unique() > 1:
        return Stop(*SEVERAL)
    en, id = MESSAGES[UNKNOWN]
    return Stop(UNKNOWN, en, id, "kirim baris dari ekspor terakhir / send rows of the last export")


def _as_answers(frame: pl.LazyFrame, corrections: Sequence[Correction], pairs: pl.DataFrame) -> pl.LazyFrame:
    """Return corrected rows with the line each answers; a correction may change them, but its guard is not about them."""
    kept = pl.col(KEPT).is_not_null() if any(one.action == "drop" for one in corrections) else pl.lit(True)
    told = pairs.lazy().select(LINE_NO, pl.col(OF_LINE).alias(ANSWERS))
    joined = frame.join(told, on=LINE_NO, how="left", maintain_order="left")
    joined = joined.with_columns(pl.when(kept).then(ANSWERS).otherwise(-pl.col(ANSWERS)).alias(ANSWERS))
    return joined.drop([*(one.rule for one in corrections), KEPT], strict=False)


def _hinted(hints: Mapping[str, int]) -> list[str]:
    return [f"{rows} baris ditolak / rows rejected: {hint}" for hint, rows in hints.items()]


def _lake_rows(load: Load, rows: pl.LazyFrame, table: type[Extract]) -> pl.LazyFrame:
    columns = [pl.col(name).cast(column.dtype) for name, column in table.stored_columns().items()]
    return pseudonymise(rows, table, load.pseudonyms).select(LINE_NO, *columns)


def _keep_result(load: Load, gate_id: str, result: dict[str, Any]) -> None:
    seals.put_json(load.home.reports / "validations" / f"{gate_id}.json", result)


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
