"""The facts of a version computed and placed in the lake, with the sums they are made of: of everything, or of what stood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.assembly import Assembly, Inputs
from flows.context import code_version
from flows.law import terms_of_the_law
from flows.lineage import Source, sources_of
from flows.parting import CHEAP, taken_in_parts, with_steps
from flows.parts import alike_persons
from flows.renewing import know_before, made_of_before
from flows.stood import Read, Stood, read_of
from transforms.graph import between, build, families, missing_for
from transforms.renewal import ADDS_UP
from warehouse import lake, seals
from warehouse.calendar import Version
from warehouse.schema import Fact, Table
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.coverage import Presence
from warehouse.tables.coverage_parts import AlikePersons
from warehouse.tables.membership import Membership
from warehouse.tables.tariff_terms import MonthlyTerms


@dataclass(frozen=True)
class Staged:
    """The computed rows of one fact and version, waiting in the lake, and what they were computed from."""

    table: str
    as_of_date: str
    path: str
    rows: int
    sources: list[Source]


@dataclass(frozen=True)
class StagedVersion:
    """The facts of a version, the gatings it is made of, and the files of its sums by the name of their table."""

    version: Version
    facts: list[Staged]
    read: Read
    sums: dict[str, str]


def stage(
    assembly: Assembly, version: Version, facts: Sequence[type[Fact]], name: str, before: Stood | None
) -> StagedVersion:
    """Return the facts of a version that can be computed, placed in the lake under the fingerprint `name` with their sums."""
    if before:
        know_before(assembly, version, before)
    load, inputs = assembly.load, assembly.inputs(version)
    day, month = version.as_of_date.isoformat(), f"{version.month:%Y-%m}"
    known = [fact for fact in facts if _can_be_built(assembly, fact, inputs, version)]
    paths = {fact: lake.fact_path(load.home, month, fact, day, name) for fact in known}
    inputs |= terms_of_the_law(version) if MonthlyTerms in between(known, inputs) else {}
    sums: dict[type[Table], Path] = {}
    with _with_sums(assembly, version, known, inputs, before) as inputs:
        for family in families(known, cheap=CHEAP):
            steps = with_steps(family, inputs, version)
            fresh = {one: lake.sums_path(load.home, month, one.__name__, day, name) for one in ADDS_UP if one in steps}
            fresh = {one: path for one, path in fresh.items() if one not in sums}
            frames = build(family, steps, version)
            placed = {paths[fact]: frames[fact] for fact in known if fact in family}
            lake.write_all(placed | {path: steps[one] for one, path in fresh.items()})
            sums |= fresh
    staged = [
        Staged(fact.qualified(), day, str(path), lake.count(path), sources_of(assembly, fact, version))
        for fact, path in paths.items()
    ]
    named = {table.__name__: path.name for table, path in sums.items()}
    return StagedVersion(version, staged, read_of(assembly, version), named)


def stood(listing: Path) -> dict[date, Stood]:
    """Return, by as_of_date, what the versions of a loaded month were made of and added up to; none by other code."""
    if not listing.exists() or (content := seals.get_json(listing))["made_of"][1] != code_version():
        return {}
    tables = {table.__name__: table for table in ADDS_UP}
    found: dict[date, Stood] = {}
    for day, told in content["versions"].items():
        sums = {tables[name]: listing.with_name(file) for name, file in told["sums"].items()}
        facts = {one["table"]: Path(one["path"]).name for one in content["facts"] if one["as_of_date"] == day}
        if file := facts.get(EmployerMonth.qualified()):
            sums[EmployerMonth] = listing.with_name(file)
        found[date.fromisoformat(day)] = Stood(told["read"], content["repeated"], sums)
    return found


@contextmanager
def _with_sums(
    assembly: Assembly, version: Version, facts: Sequence[type[Fact]], inputs: Inputs, before: Stood | None
) -> Iterator[Inputs]:
    """Yield the inputs, and with them the sums that lead to the facts: made of what stood, or else of everything."""
    known = made_of_before(assembly, version, facts, inputs, before) if before else None
    if known is not None:
        yield known
        return
    if AlikePersons in between(facts, inputs) and Membership in inputs:
        present = {Presence: assembly.presence(assembly.sources(version)[Membership][0])}
        alike = alike_persons(inputs | present, version, assembly.load.settings.most_memory())
        inputs = inputs | {AlikePersons: alike}
    with taken_in_parts(assembly.load, facts, inputs, version) as known:
        yield known


def _can_be_built(assembly: Assembly, fact: type[Fact], inputs: Inputs, version: Version) -> bool:
    if missing := missing_for(fact, inputs):
        assembly.load.say(f"{fact.name} {version}: belum ada / not delivered yet: {missing.table.name}")
        return False
    return True
