"""A load, step by step: register, read and validate, transform, audit, load, publish.

`call` runs one step under a name; Prefect wraps it in a task, a plain run just calls it. Between the steps travel
paths, months and counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flows import months, records, second_engine
from flows.assembly import Assembly
from flows.at_rest.converting import bring_to_rest, is_asked
from flows.context import Load, fingerprint
from flows.corrections import CorrectionEntry
from flows.gating import gate_together, groups, known_verdict
from flows.keeping.healing import is_made_again, make_again
from flows.keeping.pruning import prune
from flows.planning import Judged, Standing, blocked_months, month_parts, standing, stopped_now
from flows.publishing.publishing import Publication, publish_home, send_current
from flows.quarantine.joining import joined
from flows.quarantine.journal import note
from flows.receive.kept import LOST
from flows.receive.receiving import receive
from warehouse import commits, ledger
from warehouse.calendar import Span
from warehouse.errors import Stop
from warehouse.ledger import Check, Delivery, Reason, Verdict
from warehouse.sandbox import SANDBOX
from warehouse.schema import Lazy, conform
from warehouse.seals import Damaged
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.verdict_book import VerdictBook


class Call(Protocol):
    """Runs a step under a name and returns what it returns."""

    def __call__(self, name: str, step: Callable[..., Any], *arguments: Any) -> Any: ...


@dataclass
class Summary:
    """What a load did, in paths, months and counts."""

    run_id: str
    received: int = 0
    ignored: list[str] = field(default_factory=list)
    not_received: dict[str, list[str]] = field(default_factory=dict)
    files: int = 0
    rows_in: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rejected_rules: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    stopped_files: dict[str, list[str]] = field(default_factory=dict)
    stopped_months: dict[str, str] = field(default_factory=dict)
    stopped_facts: dict[str, str] = field(default_factory=dict)
    second_engine: dict[str, int] = field(default_factory=dict)
    months_loaded: dict[str, int] = field(default_factory=dict)
    months_unchanged: int = 0
    published: str = ""
    withheld: str = ""
    hidden_cells: int = 0
    unproven_cells: list[str] = field(default_factory=list)
    healed: dict[str, list[str]] = field(default_factory=dict)
    not_sent: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Return the state under which ops.run records the load."""
        if self.not_received or self.stopped_files or self.stopped_months or self.stopped_facts:
            return "STOPPED"
        return "LOADED_WITH_REJECTIONS" if self.rows_rejected else "LOADED"

    @property
    def exit_code(self) -> int:
        """Return 0 loaded, 3 loaded with rejected rows, 4 a file, a month or a fact was stopped, or not all was published."""
        if self.not_sent:
            return 4
        return {"LOADED": 0, "LOADED_WITH_REJECTIONS": 3, "STOPPED": 4}[self.state]

    def result(self) -> dict[str, Any]:
        """Return everything as plain values, with the state and the exit code."""
        return {"state": self.state, "exit_code": self.exit_code, **asdict(self)}


def plain(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a step returns; its `name` is for those who watch."""
    del name
    return step(*arguments)


def run(load: Load, source: Path | None, call: Call = plain) -> Summary:
    """Return the summary of a load of the folder `source`, or without one of the sources with a url, into the home.

    A damaged file of the lake is made again from landing; what was done before it was met is not repeated.
    """
    settled = commits.reconcile(load.home.warehouse)
    healed: dict[str, list[str]] = {"ledger": [settled]} if settled else {}
    while True:
        try:
            return _run(load, source, call, Summary(load.run_id, healed=healed))
        except Damaged as damage:
            if not is_made_again(load.home, damage.path) or damage.path.name in healed:
                raise
            load.say(str(damage))
            make_again(load.home, damage.path)
            healed[damage.path.name] = ["rusak, dibuat ulang dari landing / damaged, made again from landing"]


def _run(load: Load, source: Path | None, call: Call, summary: Summary) -> Summary:
    started = load.clock()
    received = call(
        "register", receive, load.home, source, load.settings, load.run_id, load.clock, load.say, load.regions
    )
    summary.ignored, summary.not_received = received.ignored, received.failed
    book = VerdictBook(load.home)
    judged = _gate_all(load, book, call)
    book.write()
    SANDBOX.close()
    named = set(received.names)
    mine = [one for one in _newest(judged) if one.delivery.name in named]
    _count(summary, mine, load.run_id)
    summary.corrections = [_corrected(one, mine) for one in load.settings.correction]
    for one in judged:
        if any(reason.rule == LOST for reason in one.verdict.stops):
            summary.stopped_files[one.delivery.name] = [_told(reason) for reason in one.verdict.stops]
    now, gated_before = standing(judged), book.gated()
    newly = [one for one in judged if one.delivery.run_id == load.run_id or one.verdict.gate_id not in gated_before]
    checks = [check for one in newly for check in one.verdict.checks]
    checks += _load_months(load, now, stopped_now(judged), summary, call)
    assembly = Assembly(load, now)
    if load.settings.checks.second_engine:
        compared = call("compare", second_engine.compare_undated, load, assembly)
        second_engine.tally(compared, summary.second_engine)
        summary.stopped_facts = second_engine.differing(compared)
        checks += compared
    books = records.Books(months.repeated_lines(load), now.gates())
    _count_repeated(summary, mine, books)
    outcome = records.Outcome(started, summary.state, summary.rows_in, summary.rows_accepted, summary.rows_rejected)
    call("records", records.write, load, outcome, judged, books, checks, assembly, list(summary.stopped_facts))
    call("journal", note, load, judged, books)
    if summary.months_loaded:
        call("prune", prune, load, now)
    publication: Publication = call("publish", publish_home, load.home, load.settings, load.run_id, load.say)
    if load.settings.publish.postgresql:
        publication = call("publish to postgresql", send_current, load.home, load.settings, publication)
    if is_asked(load):
        call("at rest", bring_to_rest, load, judged, now)
    summary.published, summary.not_sent = str(load.home.published / publication.version), publication.not_sent
    summary.withheld = publication.withheld["version"] if publication.withheld else ""
    summary.hidden_cells, summary.unproven_cells = publication.hidden, publication.unproven
    return summary


def _gate_all(load: Load, book: VerdictBook, call: Call) -> list[Judged]:
    deliveries = ledger.deliveries(load.home)
    verdicts: dict[int, Verdict] = {}
    wages = conform(Assembly(load, Standing({})).undated(MinimumWage), MinimumWage)
    for first in (True, False):
        places = [place for place, delivery in enumerate(deliveries) if (delivery.kind == "umk") is first]
        verdicts |= dict(
            zip(places, _gate(load, [deliveries[place] for place in places], wages, book, call), strict=True)
        )
        done = [Judged(deliveries[place], verdict) for place, verdict in sorted(verdicts.items())]
        wages = conform(Assembly(load, standing(done)).undated(MinimumWage), MinimumWage)
    return joined(load, [Judged(delivery, verdicts[place]) for place, delivery in enumerate(deliveries)], wages)


def _gate(
    load: Load, deliveries: list[Delivery], wages: Lazy[MinimumWage], book: VerdictBook, call: Call
) -> list[Verdict]:
    """Return the verdicts on deliveries; those without one are judged, a group of them at a time."""
    names = [load.gate_id(one) for one in deliveries]
    found, new = dict[str, Verdict | None](), list[Delivery]()
    for name, one in zip(names, deliveries, strict=True):
        if name not in found:
            found[name] = known_verdict(load, one, name, book=book)
            new += [] if found[name] else [one]
    for group in groups(load, new):
        others = f" +{len(group) - 1}" if len(group) > 1 else ""
        verdicts = call(f"validate {group[0].name}{others}", gate_together, load, group, wages)
        found |= {load.gate_id(one): verdict for one, verdict in zip(group, verdicts, strict=True)}
    return [verdict for name in names if (verdict := found[name])]


def _newest(judged: list[Judged]) -> list[Judged]:
    return list({(one.delivery.name, one.verdict.answers): one for one in judged}.values())


def _count(summary: Summary, mine: list[Judged], run_id: str) -> None:
    summary.files = len(mine)
    summary.received = sum(one.delivery.run_id == run_id for one in mine)
    for one in mine:
        name, verdict = one.delivery.name, one.verdict
        summary.rows_in += verdict.rows or 0
        summary.rows_accepted += verdict.accepted or 0
        summary.rows_rejected += verdict.rejected or 0
        for into, counts in ((summary.rejected_rules, verdict.broken), (summary.warnings, verdict.warned)):
            for rule, rows in counts.items():
                into[rule] = into.get(rule, 0) + rows
        if verdict.notes:
            summary.notes[name] = list(verdict.notes)
        if verdict.stopped:
            summary.stopped_files[name] = [_told(reason) for reason in verdict.stops]


def _corrected(entry: CorrectionEntry, mine: list[Judged]) -> dict[str, Any]:
    """Return a correction as the report lists it, with its wrong rows in the files that hold rows it is about."""
    found = [
        one.verdict.corrected[entry.id]
        for one in mine
        if one.delivery.kind == entry.kind and entry.id in one.verdict.corrected
    ]
    told = entry.model_dump(mode="json", include={"id", "kind", "action", "reason_id", "reason_en", "citation"})
    return {**told, "does": entry.correction().says(), "rows": sum(found), "files": len(found)}


def _count_repeated(summary: Summary, mine: list[Judged], books: records.Books) -> None:
    repeated = sum(len(books.repeated.get(one.verdict.gate_id, [])) for one in mine)
    if repeated:
        summary.rows_accepted -= repeated
        summary.rows_rejected += repeated
        summary.rejected_rules["duplicate_row"] = summary.rejected_rules.get("duplicate_row", 0) + repeated


def _told(reason: Reason) -> str:
    return f"{reason.rule}: {reason.id} / {reason.en} — {reason.cure}"


def _load_months(load: Load, now: Standing, stopped: list[Judged], summary: Summary, call: Call) -> list[Check]:
    held = months.loaded_fingerprints(load)
    wanted = [month for month in now.months() if load.months is None or load.months.covers(month)]
    names = {month: fingerprint(*month_parts(month, now)) for month in wanted}
    pending = [
        month
        for month in wanted
        if held.get(month) != names[month] or not months.listing_of(load, month, names[month]).exists()
    ]
    blocked = blocked_months(stopped, pending)
    summary.months_unchanged = len(wanted) - len(pending)
    checks: list[Check] = []
    todo = sorted({*pending, *blocked})
    for place, month in enumerate(todo, start=1):
        label = f"{month:%Y-%m}"
        load.say(f"bulan / month {label} ({place}/{len(todo)})")
        if month in blocked:
            summary.stopped_months[label] = "berkas bulan ini dihentikan / a file of the month is stopped"
            continue
        try:
            listing = call(f"transform {label}", months.compute, load, now, month, names[month])
            audited = call(f"audit {label}", months.audit, listing)
            checks += audited
            months.require_success(audited, label)
            if load.settings.checks.second_engine:
                compared = call(f"compare {label}", second_engine.compare_month, load, now, month, listing)
                second_engine.tally(compared, summary.second_engine)
                checks += compared
                second_engine.require_equal(compared, label)
            summary.months_loaded[label] = call(f"load {label}", months.store_month, load, month, listing, names[month])
        except Damaged:
            raise
        except Stop as stop:
            load.say(f"{label} dihentikan / stopped: {stop}")
            summary.stopped_months[label] = str(stop)
    return checks


def span(months: str | None) -> Span | None:
    """Return the months of a text YYYY-MM or YYYY-MM..YYYY-MM, or None. Raises Stop when it is neither."""
    if months is None:
        return None
    first, _, last = months.partition("..")
    try:
        found = Span(*(datetime.strptime(one, "%Y-%m").date() for one in (first, last or first)))
    except ValueError:
        found = None
    if found is None or found.first > found.last:
        raise Stop(
            "month_unreadable", f"{months} is not YYYY-MM or FROM..TO", f"{months} bukan YYYY-MM atau DARI..SAMPAI",
            "write it as 2025-03 or 2024-01..2025-03",
        )  # fmt: skip
    return found
