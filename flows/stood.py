"""What a version was made of when it was computed last, and what stood then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.assembly import EXTRACT_OF, UNDATED, Assembly
from flows.context import Load
from flows.planning import Judged, Standing, named
from warehouse import ledger
from warehouse.calendar import Version
from warehouse.schema import Extract, Table

Read = dict[str, list[str]]


class UnknownError(Exception):
    """What stood cannot be told any more."""


@dataclass(frozen=True)
class Stood:
    """What a version was made of and added up to: gatings by input, lines that were left out by gating, and sums."""

    read: Mapping[str, Sequence[str]]
    repeated: Mapping[str, Sequence[int]]
    sums: Mapping[type[Table], Path]


def inputs_of_version(assembly: Assembly, version: Version) -> dict[str, tuple[type[Table], Version | None]]:
    """Return the inputs that a version is made of, by their names."""
    dated = assembly.sources(version).items()
    found: list[tuple[type[Table], Version | None]] = [(table, one) for table, several in dated for one in several]
    return {named(*one): one for one in [*found, *((table, None) for table in UNDATED)]}


def read_of(assembly: Assembly, version: Version) -> Read:
    """Return the gatings that a version is made of, by the names of its inputs."""
    return {name: assembly.gates(*one) for name, one in inputs_of_version(assembly, version).items()}


def standing_then(assembly: Assembly, version: Version, read: Mapping[str, Sequence[str]]) -> Standing:
    """Return what stood when a version was made of what was `read`: of inputs that it has now, and all else as it stands now.

    Raises UnknownError where it is not on record what a content was, or that it came.
    """
    now, inputs = assembly.now, inputs_of_version(assembly, version)
    judged = {one.verdict.gate_id: one for by in now.feeds.values() for several in by.values() for one in several}
    gone = {gate for name in inputs for gate in read.get(name, ())} - set(judged)
    judged |= _judged(assembly.load, gone) if gone else {}
    feeds = {kind: dict(by) for kind, by in now.feeds.items()}
    for name, (table, one) in inputs.items():
        extract = EXTRACT_OF.get(table, table)
        assert issubclass(extract, Extract)
        feeds.setdefault(extract.kind, {})[one] = tuple(judged[gate] for gate in read.get(name, ()))
    return Standing(feeds)


def _judged(load: Load, gates: set[str]) -> dict[str, Judged]:
    came = {(one.kind, one.sha256): one for one in ledger.deliveries(load.home)}
    verdicts = {gate: ledger.find(load.home, gate) for gate in gates}
    found = {
        gate: Judged(came[one.kind, one.sha256], one)
        for gate, one in verdicts.items() if one and (one.kind, one.sha256) in came
    }  # fmt: skip
    if gates - set(found):
        raise UnknownError
    return found
