"""Corrections at the gate: the rows they drop, and the guards that fail when a source has fixed itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import polars as pl

from expectations.verdict import Outcome
from warehouse.corrections import KEPT, Correction
from warehouse.ledger import Check, Reason

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

SUITE = "corrections"
COLLIDE = "corrections_collide"
NOT_ABOUT = "not in scope"
OUT_OF_SCOPE = -1
DROPPED = "dropped_by_correction"


def with_corrections(suite: ExpectationSuite, corrections: Sequence[Correction]) -> ExpectationSuite:
    """Return `suite` for rows that `transforms.corrections.corrected` made: it also judges what the corrections did.

    Every correction has a guard. Of two rows with one key the one that a correction drops does not count.
    """
    if not corrections:
        return suite
    from great_expectations.core import ExpectationSuite
    from great_expectations.expectations import core
    from great_expectations.expectations.metadata_types import FailureSeverity

    from expectations.suites import ExpectCorrectionToApply, ExpectKeyToBeUnique, ExpectRowsToSatisfy

    drops = any(one.action == "drop" for one in corrections)
    added = [one.rule for one in corrections] + ([KEPT] if drops else [])
    rules = []
    for rule in suite.expectations:
        if isinstance(rule, core.ExpectTableColumnsToMatchSet):
            rule = rule.copy(update={"column_set": [*cast("list[str]", rule.column_set), *added]})
        elif isinstance(rule, ExpectKeyToBeUnique) and drops:
            rule = rule.copy(update={"required_columns": [*rule.required_columns, KEPT]})
        rules.append(rule)
    if drops:
        rules.append(
            core.ExpectColumnValuesToNotBeNull(column=KEPT, severity=FailureSeverity.WARNING, meta={"rule": DROPPED})
        )
    rules += [
        ExpectRowsToSatisfy(
            condition=at_most_one, severity=FailureSeverity.CRITICAL, meta={"rule": f"{COLLIDE} {column}"}
        )
        for column, at_most_one in _shared_columns(corrections).items()
    ]
    rules += [
        ExpectCorrectionToApply(
            column=one.rule, at_least=one.at_least, at_most=one.at_most, says=one.says(),
            severity=FailureSeverity.CRITICAL, meta={"rule": _guard(one), "notes": f"{one.reason_id} / {one.reason_en}"},
        )
        for one in corrections
    ]  # fmt: skip
    return ExpectationSuite(name=suite.name, expectations=rules)


def guards(outcomes: Iterable[Outcome], corrections: Sequence[Correction]) -> dict[Correction, Outcome]:
    """Return what the guard of each correction found."""
    found = {outcome.rule: outcome for outcome in outcomes}
    return {one: found[_guard(one)] for one in corrections}


def rows_of(found: Mapping[Correction, int], action: str) -> dict[str, int]:
    """Return, by rule, the wrong rows of the corrections of an action that found any."""
    return {one.rule: rows for one, rows in found.items() if one.action == action and rows > 0}


def names_of_drops(corrections: Sequence[Correction]) -> list[pl.Expr]:
    """Return, for each correction that drops, its rule where it drops the row, null elsewhere."""
    return [pl.when(pl.col(one.rule)).then(pl.lit(one.rule)) for one in corrections if one.action == "drop"]


def check(one: Correction, guard: Outcome, subject: str) -> Check:
    """Return what the guard of a correction found in the file `subject`, as the warehouse records it."""
    observed = NOT_ABOUT if guard.observed == OUT_OF_SCOPE else str(guard.observed)
    return Check(SUITE, one.rule, guard.expectation, subject, observed, guard.expected, guard.severity, guard.success)


def reason(outcome: Outcome, corrections: Sequence[Correction]) -> Reason | None:
    """Return why a failed expectation about corrections stops the file; None for an expectation about something else."""
    if outcome.rule.startswith(COLLIDE):
        column = outcome.rule.removeprefix(f"{COLLIDE} ")
        return Reason(
            "corrections_collide",
            f"in {outcome.observed} rows several corrections change {column}",
            f"pada {outcome.observed} baris beberapa koreksi mengubah {column}",
            "persempit syaratnya / narrow their conditions",
        )
    one = {_guard(one): one for one in corrections}.get(outcome.rule)
    if one is None:
        return None
    told = f"{one.id}: {outcome.observed}"
    if one.at_most is not None and outcome.observed > one.at_most:
        return Reason(
            "correction_too_wide",
            f"correction {told} rows are wrong, expected at most {one.at_most}",
            f"koreksi {told} baris salah, seharusnya paling banyak {one.at_most}",
            "periksa barisnya, lalu naikkan expect_rows_max atau persempit syaratnya"
            " / look at the rows, then raise expect_rows_max or narrow the condition",
        )
    return Reason(
        "correction_obsolete",
        f"correction {told} rows are wrong, expected at least {one.at_least}",
        f"koreksi {told} baris salah, seharusnya paling sedikit {one.at_least}",
        "sumber sudah memperbaikinya: akhiri koreksi (until) atau hapus; bila bukan untuk berkas ini, batasi dengan files atau among"
        " / the source has fixed itself: end the correction (until) or remove it;"
        " if it was never meant for this file, say so with files or among",
    )


def _guard(one: Correction) -> str:
    return f"{one.rule}_guard"


def _shared_columns(corrections: Sequence[Correction]) -> dict[str, str]:
    """The columns that several corrections change, with the condition that at most one of them does so in a row."""
    by_column: dict[str, list[str]] = {}
    for one in corrections:
        if one.changes:
            by_column.setdefault(one.column, []).append(f'COALESCE(CAST("{one.rule}" AS INTEGER), 0)')
    return {column: f"{' + '.join(flags)} <= 1" for column, flags in by_column.items() if len(flags) > 1}
