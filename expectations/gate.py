"""The gate: Great Expectations judges files, and their rows go to the lake or to quarantine, in one scan.

The split follows the suite, not the declarations behind it: a rule that the suite does not hold rejects nothing. Files
of a kind are judged together, each by its own counts: what one of them breaks is said of no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations import corrections as fixes
from expectations import splitting
from expectations.verdict import BROKEN_RULES, CouldNotRunError, Outcome
from warehouse.calendar import Version
from warehouse.corrections import Correction
from warehouse.lake import marked
from warehouse.ledger import Check, Reason
from warehouse.rules import FILE, messages
from warehouse.schema import Extract
from warehouse.seals import sealed_together

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

TABLE_RULES = {
    "rows": ("the file has no rows", "berkas tidak berisi baris"),
    "columns": ("the rows have other columns than declared", "kolom berbeda dari yang dinyatakan"),
}


@dataclass(frozen=True)
class Judgement:
    """What the gate found: the counts, the broken and the counted rules, what stops the file, and every check.

    `corrected` are the rows by correction that was about the file; `dropped` the rejected rows that corrections
    dropped; `hints` the commonest explanations in the rejected rows, with how many rows have them; `versions` the
    accepted rows by month and date, none for kinds without a date.
    """

    rows: int
    accepted: int
    rejected: int
    broken: dict[str, int]
    warned: dict[str, int]
    stops: tuple[Reason, ...]
    checks: tuple[Check, ...]
    result: dict[str, Any]
    corrected: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    hints: dict[str, int] = field(default_factory=dict)
    versions: tuple[tuple[Version, int], ...] = ()


@dataclass(frozen=True)
class Destination:
    """A file at the gate: the name under which it is judged, and where its accepted and its rejected rows go."""

    subject: str
    accepted: Path
    rejected: Path


@dataclass(frozen=True)
class Sieve:
    """How files of a kind are judged and split.

    `accept` turns judged rows into lake rows and lets a column `file` pass. `corrections` are those that the rows went
    through. `explained` is told of a rejected row in its masked row, the column `hints` first of all. `key` names the key
    of the tokens that `accept` makes.
    """

    table: type[Extract]
    accept: Callable[[pl.LazyFrame], pl.LazyFrame]
    suite: ExpectationSuite | None = None
    corrections: Sequence[Correction] = ()
    explained: Sequence[pl.Expr] = ()
    key: str = ""

    def judged_by(self) -> ExpectationSuite:
        """Return the suite, with what the corrections ask for."""
        from expectations.declared import gate_suite

        return fixes.with_corrections(self.suite or gate_suite(self.table), self.corrections)


def judge_file(frame: pl.LazyFrame, sieve: Sieve, file: Destination) -> Judgement:
    """Return the judgement on the standardised rows of one file, and write its accepted and its rejected rows.

    A rule that cannot run stops the file, and nothing is written. Raises when the frame cannot be computed.
    """
    from expectations.engine import validate

    try:
        return judge_files(frame.with_columns(pl.lit(0, pl.UInt32).alias(FILE)), sieve, [file])[0]
    except CouldNotRunError as broken:
        verdict = validate(frame, sieve.judged_by(), name=file.subject)
        if not any(outcome.error for outcome in verdict.outcomes):
            raise broken from None
    return _judgement(verdict.outcomes, verdict.result.to_json_dict(), sieve, file.subject, verdict.rows)


def judge_files(
    frame: pl.LazyFrame, sieve: Sieve, files: Sequence[Destination], *, held: bool = False
) -> list[Judgement]:
    """Return the judgement on each file, and write its accepted and its rejected rows.

    `frame` holds their standardised rows, the column `file` the place of the file of a row among `files`. `rejected` files
    hold line_no, the names of the broken rules and the row as JSON with personal data masked. Rows that are `held` in
    memory are judged there first, which costs a quarter less than one scan that does everything.
    Raises CouldNotRunError when a rule cannot run, or the frame cannot be computed: then nothing was written.
    """
    from expectations.engine import configurations_kept
    from expectations.prepared import prepared
    from expectations.suites import row_rules
    from expectations.tally import counted, tallies

    suite = sieve.judged_by()
    ready = prepared(suite, pl.Schema({name: dtype for name, dtype in frame.collect_schema().items() if name != FILE}))
    if ready.errors:
        raise CouldNotRunError(ValueError())
    judged = frame.with_columns(ready.word_by_file)
    if held:
        judged = _computed(judged)
    bits = [(bit, name) for bit, name, severity in row_rules(suite) if severity == "warning"]
    rejects = sum(1 << bit for bit, _ in bits)
    bad = pl.col(BROKEN_RULES) & pl.lit(rejects, pl.UInt64) != 0
    good_rows = sieve.accept(judged.filter(~bad))
    bad_rows = splitting.quarantined(judged.filter(bad), sieve.table, bits, sieve.corrections, sieve.explained)
    counts, metadata = counted(judged, ready, _version(sieve.table)), marked(sieve.key)
    with sealed_together([path for file in files for path in (file.accepted, file.rejected)]) as besides:
        good, bads = besides[::2], besides[1::2]
        sinks = [splitting.sunk(good_rows, good, metadata), splitting.sunk(bad_rows, bads, {})]
        try:
            collected = pl.collect_all([*counts, *sinks], engine="streaming")
        except Exception as cause:
            raise CouldNotRunError(cause) from None
        splitting.fill_up(good_rows, good, metadata)
        splitting.fill_up(bad_rows, bads, {})
        hints, damaged = splitting.read_back(bads, sieve.table)
        split = [(splitting.rows_in(one), splitting.rows_in(other)) for one, other in zip(good, bads, strict=True)]
        counted_in = tallies(collected, ready, len(files), rejects)
        with configurations_kept():
            decisions = [ready.decide(one.counts, file.subject) for one, file in zip(counted_in, files, strict=True)]
    return [
        _judgement(
            decision.outcomes, decision.result, sieve, file.subject, tally.rows, split[at], damaged[at], hints[at],
            tally.versions,
        )
        for at, (file, tally, decision) in enumerate(zip(files, counted_in, decisions, strict=True))
    ]  # fmt: skip


def _computed(frame: pl.LazyFrame) -> pl.LazyFrame:
    try:
        return frame.collect().lazy()
    except Exception as cause:
        raise CouldNotRunError(cause) from None


def _version(table: type[Extract]) -> list[pl.Expr]:
    """Return the month and the date by which rows of a kind are of a version, none for kinds without a date."""
    if "as_of_date" not in table.columns:
        return []
    day = pl.col("as_of_date")
    return [pl.col("month") if table.monthly else day.dt.truncate("1mo"), day]


def _judgement(
    outcomes: Sequence[Outcome],
    result: dict[str, Any],
    sieve: Sieve,
    subject: str,
    rows: int,
    split: tuple[int, int] = (0, 0),
    damaged: Mapping[str, int] | None = None,
    hints: Mapping[str, int] | None = None,
    versions: tuple[tuple[Version, int], ...] = (),
) -> Judgement:
    guards = fixes.guards(outcomes, sieve.corrections)
    declared = [one for one in outcomes if one not in guards.values()]
    counts = {one.rule: one.observed for one in declared if not one.success and one.error is None}
    severity = {one.rule: one.severity for one in declared}
    dropped = counts.pop(fixes.DROPPED, 0)
    corrected = {one: guard.observed for one, guard in guards.items() if guard.error is None}
    return Judgement(
        rows=rows,
        accepted=split[0],
        rejected=split[1],
        broken=_of(counts, severity, "warning") | dict(damaged or {}) | fixes.rows_of(corrected, "drop"),
        warned=_of(counts, severity, "info") | fixes.rows_of(corrected, "flag"),
        stops=_stops(outcomes, sieve.table, sieve.corrections),
        checks=(
            *(one.check(sieve.table.name, subject) for one in declared),
            *(fixes.check(one, guard, subject) for one, guard in guards.items()),
        ),
        result=result,
        corrected={one.id: count for one, count in corrected.items() if count >= 0},
        dropped=dropped,
        hints=dict(hints or {}),
        versions=versions if split[0] else (),
    )


def _of(counts: dict[str, int], severity: dict[str, str], level: str) -> dict[str, int]:
    return {rule: count for rule, count in counts.items() if severity[rule] == level}


def _stops(outcomes: Sequence[Outcome], table: type[Extract], corrections: Sequence[Correction]) -> tuple[Reason, ...]:
    known = messages(table)
    found = []
    for one in outcomes:
        if one.error:
            text = f"rule {one.rule} could not run", f"aturan {one.rule} tidak dapat dijalankan"
            found.append(Reason("rule_could_not_run", *text, "report it to the maintainers"))
        elif not one.success and (why := fixes.reason(one, corrections)):
            found.append(why)
        elif not one.success and one.severity == "critical":
            rule = known.get(one.rule)
            name = one.rule.removeprefix(f"{table.name}.")
            text = (rule.en, rule.id) if rule else TABLE_RULES[name]
            found.append(Reason(name, *text, "correct the file and send it again"))
    return tuple(found)
