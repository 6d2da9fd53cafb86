"""The gate step: landed files become accepted rows, rejected rows and verdicts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from expectations import reconcile
from flows import drift
from flows.at_rest.deletions import noted
from flows.context import Load, fingerprint
from flows.extracts import extract_of, gazetteers
from flows.gate_judging import judge, passes
from flows.gate_reading import Arrival, Terms, arrive
from flows.laid_once import lay_once
from flows.receive.kept import lost_in_landing
from warehouse import lake, ledger, seals
from warehouse.ledger import Delivery, Verdict
from warehouse.schema import Lazy
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.verdict_book import VerdictBook

__all__ = ["SCRATCH", "Terms", "extract_of", "gate", "gate_together", "gazetteers", "groups", "known_verdict"]

SCRATCH = ".scratch-"
PASSING = ("landing_", "key_", "secret_")
MOST_BYTES = 64 << 20
MOST_FILES = 256


class Verdicts(tuple[Verdict, ...]):
    """The verdicts on deliveries that were gated in one step."""

    @property
    def rows(self) -> int:
        """Return the rows they are about."""
        return sum(verdict.rows or 0 for verdict in self)


def groups(load: Load, deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """Yield neighbouring deliveries that may be judged together, within bounds: of one kind, way of writing and corrections."""
    for _, several in groupby(deliveries, lambda one: _judged_as(load, one)):
        group, size = list[Delivery](), 0
        for one in several:
            if group and (size + one.bytes > MOST_BYTES or len(group) >= MOST_FILES):
                yield group
                group, size = [], 0
            group.append(one)
            size += one.bytes
        yield group


def _judged_as(load: Load, delivery: Delivery) -> tuple[object, ...]:
    dialect, corrections = load.settings.dialect_of(delivery.name), load.settings.corrections_of
    meaning = dialect.decimal, dialect.thousands, dialect.date_formats, dialect.code_system
    return delivery.kind, meaning, corrections(delivery.kind, delivery.name)


def gate(load: Load, delivery: Delivery, wages: Lazy[MinimumWage], terms: Terms | None = None) -> Verdict:
    """Return the verdict on a delivery; see `gate_together`."""
    return gate_together(load, [delivery], wages, terms)[0]


def gate_together(
    load: Load, deliveries: Sequence[Delivery], wages: Lazy[MinimumWage], terms: Terms | None = None
) -> Verdicts:
    """Return the verdicts on deliveries of a group; a gating that came to its end before is not repeated.

    A file that cannot be read or judged is stopped with a reason, never with an exception, and it alone; one that landing
    cannot give now is tried again by the next run.
    """
    names = [terms.gate_id if terms else load.gate_id(delivery) for delivery in deliveries]
    found: dict[str, Verdict] = {}
    arrivals = list[Arrival]()
    with tempfile.TemporaryDirectory(dir=load.home.landing, prefix=SCRATCH) as scratch:
        for gate_id, delivery in zip(names, deliveries, strict=True):
            if gate_id in found or any(one.gate_id == gate_id for one in arrivals):
                continue
            if (known := known_verdict(load, delivery, gate_id, terms)) is not None:
                found[gate_id] = known
                continue
            load.say(f"memeriksa / checking {delivery.name}")
            if lost := lost_in_landing(load.home, delivery):
                name = fingerprint("lost", gate_id)
                found[gate_id] = Verdict(name, delivery.sha256, delivery.kind, stops=(lost,))
                continue
            arrivals.append(arrive(load, delivery, gate_id, terms, Path(scratch)))
        for together in passes(arrivals, load.settings.most_memory()):
            judge(load, together, wages, Path(scratch))
            found |= _concluded(load, together)
    return Verdicts(found[gate_id] for gate_id in names)


def _concluded(load: Load, arrivals: Sequence[Arrival]) -> dict[str, Verdict]:
    """Return the verdicts on judged deliveries by the names of their gatings, after they were kept."""
    history = drift.History(load)
    found = history.found
    for one in arrivals:
        found[one.gate_id] = _verdict(one, history)
    results = {_result_path(load, one.gate_id): one.judgement.result for one in arrivals if one.judgement}
    seals.put_all_json(results)
    lake.remove(
        lake.accepted_path(load.home, one.delivery.kind, one.gate_id)
        for one in arrivals
        if one.judgement and found[one.gate_id].stops
    )
    lasting = [verdict for verdict in found.values() if not any(one.rule.startswith(PASSING) for one in verdict.stops)]
    ledger.save(load.home, *lasting)
    lay_once(load.home, lasting)
    return found


def _verdict(one: Arrival, history: drift.History) -> Verdict:
    """Return the verdict on a delivery."""
    load, delivery, judgement, texts, terms = history.load, one.delivery, one.judgement, one.texts, one.terms
    made_with = load.made_with(delivery)
    if one.stop or not judgement or not texts:
        assert one.stop
        changes = drift.of_headers(history, delivery, one.opened, extract_of(delivery.kind))
        return Verdict(
            one.gate_id, delivery.sha256, delivery.kind, stops=(one.stop,), notes=drift.notes(changes),
            answers="?" if one.is_unknown_answer else "", drift=changes, made_with=made_with,
        )  # fmt: skip
    stops = [*judgement.stops, *reconcile.rows_add_up(judgement), *reconcile.mismatches(one.totals)]
    answers = terms.answers if terms else ""
    if not answers:
        stops += reconcile.rejected_share(judgement, load.settings.most_rejected, terms.answered if terms else 0)
    changes = drift.against_last(history, delivery, one.columns) if terms is None else ()
    notes = (*texts.notes, *drift.notes(changes))
    if terms and answers:
        notes = (f"menjawab baris yang ditolak dari / answers rejected rows of {terms.first.name}",)
    return Verdict(
        one.gate_id, delivery.sha256, delivery.kind, judgement.rows, judgement.accepted, judgement.rejected,
        judgement.broken, {**judgement.warned, **texts.left_out}, tuple(stops),
        (*notes, *_hinted(judgement.hints)),
        tuple((version.month.isoformat(), version.as_of_date.isoformat(), rows) for version, rows in judgement.versions),
        judgement.checks, judgement.corrected, answers,
        tuple((what, str(stated), str(measured)) for what, stated, measured in one.totals),
        one.columns, changes, made_with,
    )  # fmt: skip


def known_verdict(
    load: Load, delivery: Delivery, gate_id: str, terms: Terms | None = None, book: VerdictBook | None = None
) -> Verdict | None:
    """Return the verdict on a delivery, whose gating has this name, that came to its end before, None where there is none.

    A content that was deleted from landing as the settings ask stands by the verdict it had, whatever changed since. What
    stands in the `book` of a file that came with an earlier run is enough: all else of it is on record.
    """
    told = book.find(gate_id) if book and delivery.run_id != load.run_id else ledger.find(load.home, gate_id)
    if told:
        return told
    deleted = noted(load.home, delivery.sha256)
    if deleted is None:
        return None
    wanted = (terms.first.sha256,) if terms and terms.pairs is not None else ("", "?")
    return next((ledger.find(load.home, deleted.gates[one]) for one in wanted if one in deleted.gates), None)


def _hinted(hints: Mapping[str, int]) -> list[str]:
    return [f"{rows} baris ditolak / rows rejected: {hint}" for hint, rows in hints.items()]


def _result_path(load: Load, gate_id: str) -> Path:
    return load.home.reports / "validations" / f"{gate_id}.json"
