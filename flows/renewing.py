"""A version some of whose files changed, made of what it was: only the payers and persons of these files are looked at again.

What it adds up to adds up over payers and over persons. What those whom a changed file names added, with all their rows in
all files, is taken off, and what they add now is added. The files that stayed are looked through for their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from flows.assembly import Assembly, Inputs
from flows.ceiling import rows_at_once
from flows.changes import MAY_CHANGE, Change, Stood, TooManyError, at_most
from flows.parting import BYTES_A_ROW, can_be_made, with_steps
from transforms.graph import between, build
from transforms.presence import person
from transforms.renewal import ADDS_UP, employers_renewed, renewed
from transforms.settlement import PAYER
from warehouse import lake
from warehouse.calendar import Version
from warehouse.schema import Table, conform
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import AlikePersons
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.payer_parts import PaidFor

OF_PERSONS = (AlikePersons, PaidFor)
APART: tuple[type[Table], ...] = (Presence, *MAY_CHANGE)
MOST_CHANGED = 0.25


def made_of_before(
    assembly: Assembly, version: Version, facts: Sequence[type[Table]], inputs: Inputs, stood: Stood
) -> Inputs | None:
    """Return the inputs, and with them the sums that lead to the facts, made of those that stood.

    None where they have to be made of everything: of what leads to sums not only files of the version's own changed, a row
    that stands in several files now counts in another one, a sum is not known, or so much changed that nothing is gained.
    """
    asked = {*facts, *between(facts, inputs)}
    wanted = [one for one in (*ADDS_UP, EmployerMonth) if one in asked and can_be_made(one, inputs, version)]
    change = Change(assembly, version, stood)
    most = rows_at_once(assembly.load.settings.most_memory(), BYTES_A_ROW)
    known = set(wanted) <= stood.sums.keys() and change.is_of_own_files
    if not known or not change.is_small(most, MOST_CHANGED):
        return None
    was = {table: lake.rows_of([stood.sums[table]], table) for table in wanted}
    if not change.is_there:
        _say(assembly, version, 0)
        return inputs | was
    try:
        before, now = _made(change, wanted, inputs, version, most)
    except TooManyError:
        return None
    _say(assembly, version, len(change.payers))
    if EmployerMonth in was:
        was[EmployerMonth] = employers_renewed(was[EmployerMonth], change.employers.lazy(), now[EmployerMonth])
    sums = [table for table in wanted if table in ADDS_UP]
    return inputs | was | {one: lake.few(renewed(one, was[one], before[one], now[one])).lazy() for one in sums}


def _say(assembly: Assembly, version: Version, payers: int) -> None:
    assembly.load.say(f"{version}: dari yang lama / made of what it was: {payers:,} pembayar / payers")


def _made(
    change: Change, wanted: Sequence[type[Table]], inputs: Inputs, version: Version, most: int
) -> tuple[Inputs, Inputs]:
    """Return the wanted tables of those whom a changed file names: as they were, and as they are now."""
    whole = {table: frame for table, frame in inputs.items() if not issubclass(table, APART)}
    of_persons = [table for table in wanted if table in OF_PERSONS]
    of_payers = [table for table in wanted if table not in OF_PERSONS]
    sides: list[Inputs] = []
    for persons, payers in zip(
        _of_persons(change, inputs, most), _of_payers(change, inputs, version, most), strict=True
    ):
        made: Inputs = {}
        for tables, rows in ((of_persons, persons), (of_payers, payers)):
            frames = build(tables, with_steps(tables, whole | rows, version), version)
            made |= {table: lake.few(frame).lazy() for table, frame in frames.items()}
        sides.append(made)
    before, now = sides
    return before, now


def _of_persons(change: Change, inputs: Inputs, most: int) -> tuple[Inputs, Inputs]:
    """Return what counts persons, of those whom a changed file names: as it was, and as it is now."""
    if Membership not in inputs:
        return {}, {}
    workers = change.workers.lazy()
    halves = workers.select(**person())
    past = {
        table: at_most(inputs[table].join(halves, on=halves.collect_schema().names(), how="semi"), most)
        for table in (PresenceBefore, PresenceEarlier)
        if table in inputs
    }
    rows = change.sides(Membership, lambda frame: frame.join(workers, on="worker_key", how="semi"), most)
    return past | {Membership: rows.before}, past | {Membership: rows.now}


def _of_payers(change: Change, inputs: Inputs, version: Version, most: int) -> tuple[Inputs, Inputs]:
    """Return what tells of payers, of those whom a changed file names: as it was, and as it is now."""
    sides = {
        table: change.sides(table, partial(_listed if table is Employer else _paid_by, change), most)
        for table in change.files
    }
    before: Inputs = {table: side.before for table, side in sides.items()}
    now: Inputs = {table: side.now for table, side in sides.items()}
    past = inputs[ContributionHistory].filter(pl.col("month") != version.month)
    history = at_most(_paid_by(change, past), most)
    for known in (before, now):
        bills = [conform(known[Contribution], ContributionHistory)] if Contribution in known else []
        known[ContributionHistory] = pl.concat([history, *bills])
    return before, now


def _paid_by(change: Change, rows: pl.LazyFrame) -> pl.LazyFrame:
    employer, membership = PAYER
    own = pl.when(pl.col(employer).is_null()).then(pl.col(membership))
    return rows.join(change.payers.lazy(), left_on=[employer, own], right_on=PAYER, how="semi", nulls_equal=True)


def _listed(change: Change, rows: pl.LazyFrame) -> pl.LazyFrame:
    nib = pl.when(pl.col("npp").is_null()).then(pl.col("nib"))
    return rows.join(
        change.employers.lazy(), left_on=["npp", nib], right_on=["npp", "nib"], how="semi", nulls_equal=True
    )
