"""What of a version is not what it was when it was computed last: its files, and the payers and persons that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import polars as pl

from flows.assembly import UNDATED, Assembly
from flows.copies import rows_but
from transforms.graph import inputs_of
from transforms.renewal import ADDS_UP
from transforms.settlement import PAYER, by_payer
from warehouse import lake
from warehouse.calendar import Version
from warehouse.schema import Extract, Table, conform
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

MAY_CHANGE: tuple[type[Extract], ...] = (Membership, Contribution, Employer)
LOT = 16_000
Read = dict[str, list[str]]


class TooManyError(Exception):
    """A frame has more rows than may be held."""


@dataclass(frozen=True)
class Stood:
    """What a version was made of and added up to: gatings by input, lines that were left out by gating, and sums."""

    read: Mapping[str, Sequence[str]]
    repeated: Mapping[str, Sequence[int]]
    sums: Mapping[type[Table], Path]


@dataclass(frozen=True)
class Files:
    """The gatings of one kind that feed a version: those that stayed, those that are gone, and those that have come."""

    version: Version
    before: Sequence[str]
    stayed: Sequence[str]
    gone: Sequence[str]
    come: Sequence[str]


@dataclass(frozen=True)
class Sides:
    """Rows as they were before a change, and as they are now."""

    before: pl.LazyFrame
    now: pl.LazyFrame


def read_of(assembly: Assembly, version: Version) -> Read:
    """Return the gatings that a version is made of, by input and version."""
    dated = assembly.sources(version)
    found = {_named(table, one): assembly.gates(table, one) for table, several in dated.items() for one in several}
    return found | {table.__name__: assembly.gates(table, None) for table in UNDATED}


def at_most(frame: pl.LazyFrame, rows: int) -> pl.LazyFrame:
    """Return the rows of a frame, held, in no order. Raises TooManyError where they are more: hardly more than that are held."""
    held, found = 0, [pl.DataFrame(schema=frame.collect_schema())]
    for lot in lake.lots(frame, LOT):
        held += lot.height
        if held > rows:
            raise TooManyError
        found.append(lot)
    return pl.concat(found).lazy()


class Change:
    """What a version is made of now beside what it was made of."""

    def __init__(self, assembly: Assembly, version: Version, stood: Stood) -> None:
        self.assembly, self.version, self.stood = assembly, version, stood
        self.now = read_of(assembly, version)
        sources = assembly.sources(version)
        self.files = {table: self._files(table, sources[table][0]) for table in MAY_CHANGE if table in sources}

    @property
    def is_of_own_files(self) -> bool:
        """Return whether nothing that leads to sums differs but files of the version's own, all there.

        Every row of a file that stayed counts where it counted.
        """
        own = {_named(table, files.version) for table, files in self.files.items()}
        own |= {
            _named(ContributionHistory, files.version) for table, files in self.files.items() if table is Contribution
        }
        before, now = (_leading_to_sums(read) for read in (self.stood.read, self.now))
        same = all(list(before.get(name, ())) == list(gates) for name, gates in now.items() if name not in own)
        return before.keys() == now.keys() and same and all(self._is_plain(*one) for one in self.files.items())

    @property
    def is_there(self) -> bool:
        """Return whether any of the version's own files is gone or has come."""
        return any(files.gone or files.come for files in self.files.values())

    def is_small(self, most: int, share: float) -> bool:
        """Return whether of no kind more than `most` rows changed, nor more than this share of its rows."""
        for table, files in self.files.items():
            changed = max(self._count(table, files.gone), self._count(table, files.come))
            if changed > min(most, share * (changed + self._count(table, files.stayed))):
                return False
        return True

    @cached_property
    def payers(self) -> pl.DataFrame:
        """Return employer_key, or else membership_key, of the payers of all rows of changed files."""
        own = [by_payer(self._changed(table)).select(PAYER) for table in (Membership, Contribution)]
        listed = self._changed(Employer).select(employer_key="npp", membership_key=pl.lit(None, pl.Binary))
        return lake.few(pl.concat([*own, listed.drop_nulls("employer_key")]).unique())

    @cached_property
    def workers(self) -> pl.DataFrame:
        """Return the persons of all memberships of changed files."""
        return lake.few(self._changed(Membership).select("worker_key").unique())

    @cached_property
    def employers(self) -> pl.DataFrame:
        """Return npp, or else nib, of the employers of all rows of changed files."""
        named = self.payers.lazy().select(npp="employer_key", nib=pl.lit(None, pl.String)).drop_nulls("npp")
        unnamed = self._changed(Employer).filter(pl.col("npp").is_null()).select("npp", "nib")
        return lake.few(pl.concat([named, unnamed]).unique())

    @property
    def paths(self) -> dict[str, list[Path]]:
        """Return the changed files of each kind, as they were and as they are."""
        return {table.kind: self._paths(table, [*files.gone, *files.come]) for table, files in self.files.items()}

    def sides(self, table: type[Extract], select: Callable[[pl.LazyFrame], pl.LazyFrame], most: int) -> Sides:
        """Return the rows that `select` picks of the files that stayed, with all rows of those that are gone, or have come.

        Raises TooManyError where more than `most` are picked.
        """
        files = self.files[table]
        near = at_most(select(self._rows(table, files.stayed)), most)
        return Sides(*(pl.concat([near, self._rows(table, gates)]) for gates in (files.gone, files.come)))

    def _files(self, table: type[Extract], version: Version) -> Files:
        before, now = self.stood.read.get(_named(table, version), ()), self.now[_named(table, version)]
        gone, come = ([one for one in these if one not in others] for these, others in ((before, now), (now, before)))
        return Files(version, before, [one for one in now if one in before], gone, come)

    def _is_plain(self, table: type[Extract], files: Files) -> bool:
        """Return whether no content stands twice among files, those gone still lie there, and the same rows are left out of the others."""
        once = len(set(files.stayed)) == len(files.stayed) and len(set(files.come)) == len(files.come)
        known = self.assembly.repeated
        there = all(path.exists() for path in self._paths(table, files.gone))
        return (
            once
            and there
            and all(known.get(one, set()) == set(self.stood.repeated.get(one, ())) for one in files.stayed)
        )

    def _changed(self, table: type[Extract]) -> pl.LazyFrame:
        files = self.files.get(table)
        return self._rows(table, [*files.gone, *files.come] if files else [])

    def _rows(self, table: type[Extract], gates: Sequence[str]) -> pl.LazyFrame:
        if not gates:
            return lake.rows_of([], table)
        left_out: dict[str, Iterable[int]] = {**self.stood.repeated, **self.assembly.repeated}
        paths = self._paths(table, gates)
        places = {place: sorted(left_out[gate]) for place, gate in enumerate(gates) if left_out.get(gate)}
        return conform(rows_but(places, paths, table, self.files[table].version), table)

    def _count(self, table: type[Extract], gates: Sequence[str]) -> int:
        return sum(map(lake.count, self._paths(table, gates)))

    def _paths(self, table: type[Extract], gates: Sequence[str]) -> list[Path]:
        return [lake.accepted_path(self.assembly.load.home, table.kind, gate) for gate in gates]


@cache
def _inputs_of_sums() -> frozenset[str]:
    return frozenset(table.__name__ for table in inputs_of([*ADDS_UP, EmployerMonth]))


def _leading_to_sums(read: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return what of that which was read leads to sums: what else the facts are made of they are made of as ever."""
    return {name: gates for name, gates in read.items() if name.partition(" ")[0] in _inputs_of_sums()}


def _named(table: type[Table], version: Version) -> str:
    return f"{table.__name__} {version}"
