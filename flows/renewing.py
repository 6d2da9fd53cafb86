"""A version some of whose files changed, made of what it was: only the payers and persons whose rows differ are looked at again.

What it adds up to adds up over payers and over persons. What those whom a row that differs names added, with all their rows in
all files, is taken off, and what they add now is added. The files that stayed are looked through for their rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from flows.assembly import Assembly, Inputs
from flows.ceiling import rows_at_once
from flows.changes import OWN, Change, Sides
from flows.copies_since import know_copies
from flows.near import TooManyError
from flows.parting import BYTES_A_ROW, can_be_made, with_steps
from flows.stood import Stood
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
APART: tuple[type[Table], ...] = (Presence, *OWN)
MOST_CHANGED = 0.25


def know_before(assembly: Assembly, version: Version, stood: Stood) -> None:
    """Have known to the assembly what can be told, of what stood, without reading all rows of a version some of whose files changed."""
    most = rows_at_once(assembly.load.settings.most_memory(), BYTES_A_ROW)
    know_copies(Change(assembly, version, stood), most, MOST_CHANGED)


def made_of_before(
    assembly: Assembly, version: Version, facts: Sequence[type[Table]], inputs: Inputs, stood: Stood
) -> Inputs | None:
    """Return the inputs, and with them the sums that lead to the facts, made of those that stood.

    None where they have to be made of everything: of what leads to sums not only files of payers and persons changed, a row
    that stands in several files now counts in another one, a sum is not known, or so much changed that nothing is gained.
    """
    asked = {*facts, *between(facts, inputs)}
    wanted = [one for one in (*ADDS_UP, EmployerMonth) if one in asked and can_be_made(one, inputs)]
    change = Change(assembly, version, stood)
    most = rows_at_once(assembly.load.settings.most_memory(), BYTES_A_ROW)
    known = set(wanted) <= stood.sums.keys() and change.is_of_rows
    if not known or not change.is_small(most, MOST_CHANGED):
        return None
    was = {table: lake.rows_of([stood.sums[table]], table) for table in wanted}
    try:
        made = _made(change, wanted, inputs, version, most) if change.is_plain_in(change.past) else None
    except TooManyError:
        return None
    if made is None:
        return None
    _say(assembly, version, change)
    before, now = made
    if EmployerMonth in now:
        was[EmployerMonth] = employers_renewed(was[EmployerMonth], change.employers.lazy(), now[EmployerMonth])
    sums = [table for table in ADDS_UP if table in now]
    return inputs | was | {one: lake.few(renewed(one, was[one], before[one], now[one])).lazy() for one in sums}


def _say(assembly: Assembly, version: Version, change: Change) -> None:
    payers, persons = change.payers.height, change.workers.height
    assembly.load.say(
        f"{version}: dari yang lama / made of what it was: {payers:,} pembayar / payers, {persons:,} orang / persons"
    )


def _made(
    change: Change, wanted: Sequence[type[Table]], inputs: Inputs, version: Version, most: int
) -> tuple[Inputs, Inputs]:
    """Return the wanted tables of those whom a row that differs names: as they were, and as they are now. Whom none names, no table tells of."""
    whole = {table: frame for table, frame in inputs.items() if not issubclass(table, APART)}
    made: tuple[Inputs, Inputs] = {}, {}
    for tables, sides in (
        ([table for table in wanted if table in OF_PERSONS], _of_persons(change, inputs, most)),
        ([table for table in wanted if table not in OF_PERSONS], _of_payers(change, inputs, most)),
    ):
        for found, rows in zip(made, sides or (), strict=bool(sides)):
            frames = build(tables, with_steps(tables, whole | rows, version), version)
            found.update({table: lake.few(frame).lazy() for table, frame in frames.items()})
    return made


def _of_persons(change: Change, inputs: Inputs, most: int) -> tuple[Inputs, Inputs] | None:
    """Return what counts persons, of those whom a row that differs names: as it was, and as it is now; None where none names any."""
    if Membership not in inputs or change.workers.is_empty():
        return None
    workers = change.workers.lazy()
    present = partial(_present, workers.select(**person()))
    sides: dict[type[Table], Sides] = {
        table: change.sides_of_the_past(table, inputs[table], present, most)
        for table in (PresenceBefore, PresenceEarlier)
        if table in inputs
    }
    sides[Membership] = change.sides(Membership, lambda frame: frame.join(workers, on="worker_key", how="semi"), most)
    return _apart(sides)


def _of_payers(change: Change, inputs: Inputs, most: int) -> tuple[Inputs, Inputs] | None:
    """Return what tells of payers, of those whom a row that differs names: as it was, and as it is now; None where none names any."""
    if change.payers.is_empty() and change.employers.is_empty():
        return None
    sides: dict[type[Table], Sides] = {
        table: change.sides(table, partial(_listed if table is Employer else _paid_by, change), most)
        for table in change.files
    }
    elsewhere = pl.col("month") != change.version.month
    history = change.sides_of_the_past(
        ContributionHistory, inputs[ContributionHistory], lambda rows: _paid_by(change, rows.filter(elsewhere)), most
    )
    before, now = _apart(sides | {ContributionHistory: history})
    for known in (before, now):
        bills = [conform(known[Contribution], ContributionHistory)] if Contribution in known else []
        known[ContributionHistory] = pl.concat([known[ContributionHistory], *bills])
    return before, now


def _apart(sides: Mapping[type[Table], Sides]) -> tuple[Inputs, Inputs]:
    return {table: one.before for table, one in sides.items()}, {table: one.now for table, one in sides.items()}


def _present(halves: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.join(halves, on=halves.collect_schema().names(), how="semi")


def _paid_by(change: Change, rows: pl.LazyFrame) -> pl.LazyFrame:
    employer, membership = PAYER
    own = pl.when(pl.col(employer).is_null()).then(pl.col(membership))
    return rows.join(change.payers.lazy(), left_on=[employer, own], right_on=PAYER, how="semi", nulls_equal=True)


def _listed(change: Change, rows: pl.LazyFrame) -> pl.LazyFrame:
    nib = pl.when(pl.col("npp").is_null()).then(pl.col("nib"))
    return rows.join(
        change.employers.lazy(), left_on=["npp", nib], right_on=["npp", "nib"], how="semi", nulls_equal=True
    )
