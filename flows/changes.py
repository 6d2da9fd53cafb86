"""What of a version is not what it was when it was computed last: its files, and the payers and persons that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import polars as pl

from flows.assembly import EXTRACT_OF, Assembly
from flows.ceiling import rows_at_once
from flows.copies import rows_but
from flows.near import Select, at_most, differing, near
from flows.planning import Judged
from flows.stood import Stood, UnknownError, inputs_of_version, read_of, standing_then
from transforms.graph import inputs_of
from transforms.renewal import ADDS_UP
from transforms.settlement import PAYER, by_payer
from warehouse import lake
from warehouse.calendar import Version
from warehouse.schema import Extract, Table, conform
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import PresenceBefore, PresenceEarlier
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

OWN: tuple[type[Extract], ...] = (Membership, Contribution, Employer)
BYTES_COMPARED = 256
OF_THE_PAST: tuple[type[Table], ...] = (PresenceBefore, PresenceEarlier, ContributionHistory)


@dataclass(frozen=True)
class Files:
    """The gatings of one kind that feed a version: those that stayed, `in_order` if as before, those that are gone, and those that have come."""

    table: type[Extract]
    version: Version
    stayed: Sequence[str]
    gone: Sequence[str]
    come: Sequence[str]
    in_order: bool

    @property
    def changed(self) -> list[str]:
        """Return those that are gone or have come."""
        return [*self.gone, *self.come]


@dataclass(frozen=True)
class Sides:
    """Rows as they were before a change, and as they are now."""

    before: pl.LazyFrame
    now: pl.LazyFrame


class Change:
    """What a version is made of now beside what it was made of: its own files, and files of other months that changed."""

    def __init__(self, assembly: Assembly, version: Version, stood: Stood) -> None:
        self.assembly, self.version, self.stood = assembly, version, stood
        self._now = read_of(assembly, version)
        inputs = inputs_of_version(assembly, version).items()
        read = [(self._files(name, table, one), table) for name, (table, one) in inputs if one]
        self.files = {table: files for files, table in read if table in OWN}
        own = {(table, files.version) for table, files in self.files.items()}
        past = [files for files, table in read if table in OF_THE_PAST and files.changed]
        self.past = [files for files in past if (files.table, files.version) not in own]

    @cached_property
    def before(self) -> Assembly:
        """Return what gathered the inputs when the version was made. Raises UnknownError where that is not on record."""
        return Assembly(self.assembly.load, standing_then(self.assembly, self.version, self.stood.read))

    @property
    def is_on_record(self) -> bool:
        """Return whether it can be told what stood when the version was made."""
        try:
            return bool(self.before)
        except UnknownError:
            return False

    @property
    def is_of_rows(self) -> bool:
        """Return whether nothing that leads to sums differs but files of persons and payers, all there, each of them once.

        Every row of a file of the version's own that stayed counts where it counted.
        """
        before, now = (_leading_to_sums(read) for read in (self.stood.read, self._now))
        by_rows = {table.__name__ for table in (*OWN, *OF_THE_PAST)}
        same = all(
            list(before.get(name, ())) == list(now[name]) for name in now if name.partition(" ")[0] not in by_rows
        )
        return before.keys() == now.keys() and same and self.is_whole and all(map(self._is_plain, self.files.values()))

    @property
    def is_whole(self) -> bool:
        """Return whether all files that are gone still lie there, and no content stands twice."""
        return all(map(self._is_there, [*self.files.values(), *self.past]))

    def is_plain_in(self, past: Iterable[Files]) -> bool:
        """Return whether it is known that every row of the files that stayed in some versions of other months counts where it counted."""
        for files in past:
            if not self.is_on_record:
                return False
            before, now = (one.left_out(files.table, files.version) for one in (self.before, self.assembly))
            if any(set(before.get(gate, ())) != set(now.get(gate, ())) for gate in files.stayed):
                return False
        return True

    @property
    def is_there(self) -> bool:
        """Return whether any file is gone or has come."""
        return bool(self.past) or any(files.changed for files in self.files.values())

    def keeps_copies(self, files: Files) -> bool:
        """Return whether it is known which rows of own files that stayed did not count, and that no others of these can count now.

        Those alone can that have a key of a changed row. A file that feeds other versions too tells of theirs as well.
        """
        several = {one.verdict.gate_id for one in self._judged(files) if len(one.verdict.versions) > 1}
        told = any(gate in several and self.stood.repeated.get(gate) for gate in files.stayed)
        return files.in_order and not told

    def is_small(self, most: int, share: float) -> bool:
        """Return whether of no version of a kind more than `most` rows changed, nor more than this share of its rows."""
        for files in (*self.files.values(), *self.past):
            changed = self._most_changed(files)
            if changed > min(most, share * (changed + self._count(files.table, files.stayed))):
                return False
        return True

    @cached_property
    def payers(self) -> pl.DataFrame:
        """Return employer_key, or else membership_key, of the payers of all rows that differ and tell of payers."""
        own = [by_payer(self._differing(table)).select(PAYER) for table in (Membership, Contribution)]
        past = [by_payer(self._differing_of_the_past(Contribution)).select(PAYER)]
        listed = self._differing(Employer).select(employer_key="npp", membership_key=pl.lit(None, pl.Binary))
        return lake.few(pl.concat([*own, *past, listed.drop_nulls("employer_key")]).unique())

    @cached_property
    def workers(self) -> pl.DataFrame:
        """Return the persons of all memberships that differ."""
        rows = [self._differing(Membership), self._differing_of_the_past(Membership)]
        return lake.few(pl.concat(one.select("worker_key") for one in rows).unique())

    @cached_property
    def employers(self) -> pl.DataFrame:
        """Return npp, or else nib, of the employers of all rows that differ."""
        known = self.payers.lazy().select(npp="employer_key", nib=pl.lit(None, pl.String)).drop_nulls("npp")
        unnamed = self._differing(Employer).filter(pl.col("npp").is_null()).select("npp", "nib")
        return lake.few(pl.concat([known, unnamed]).unique())

    def sides(self, table: type[Extract], select: Select, most: int) -> Sides:
        """Return the rows that `select` picks of own files: of those that stayed with those that are gone, or have come.

        Raises TooManyError where more than `most` of those that stayed are picked.
        """
        files, left_out = self.files[table], self._left_out
        stayed = {self.path(table, gate): set(left_out.get(gate, ())) for gate in files.stayed}
        picked = near(stayed, table, files.version, select, most)
        return Sides(
            *(pl.concat([picked, select(self._rows(files, gates, left_out))]) for gates in (files.gone, files.come))
        )

    def sides_of_the_past(self, table: type[Table], now: pl.LazyFrame, select: Select, most: int) -> Sides:
        """Return the rows that `select` picks of an input made of other months: of what it was made of, and of those it is `now`.

        Raises TooManyError where more than `most` are picked.
        """
        found = at_most(select(now), most)
        if not self._gates_of_the_past(EXTRACT_OF[table]):
            return Sides(found, found)
        return Sides(at_most(select(self.before.read(table, self.version)), most), found)

    def _files(self, name: str, table: type[Table], version: Version) -> Files:
        extract = EXTRACT_OF.get(table, table)
        assert issubclass(extract, Extract)
        before, now = self.stood.read.get(name, ()), self._now[name]
        known, standing = set(before), set(now)
        gone, come = [one for one in before if one not in standing], [one for one in now if one not in known]
        stayed = [one for one in now if one in known]
        return Files(extract, version, stayed, gone, come, stayed == [one for one in before if one in standing])

    def _judged(self, files: Files) -> Sequence[Judged]:
        return self.assembly.now.of(files.table.kind, files.version)

    def _is_there(self, files: Files) -> bool:
        """Return whether files that are gone still lie there, and no content stands twice."""
        once = all(len(set(several)) == len(several) for several in (files.stayed, files.gone, files.come))
        return once and all(path.exists() for path in self._paths(files.table, files.gone))

    def _is_plain(self, files: Files) -> bool:
        """Return whether the same rows are left out of files that stayed."""
        known = self.assembly.repeated
        return all(known.get(one, set()) == set(self.stood.repeated.get(one, ())) for one in files.stayed)

    @property
    def _left_out(self) -> dict[str, Iterable[int]]:
        return {**self.stood.repeated, **self.assembly.repeated}

    def _differing(self, table: type[Extract]) -> pl.LazyFrame:
        files = self.files.get(table)
        return self._rows_that_differ(files, self._left_out) if files else lake.rows_of([], table)

    def _differing_of_the_past(self, table: type[Extract]) -> pl.LazyFrame:
        found: list[pl.LazyFrame] = [lake.rows_of([], table)]
        for files in (one for one in self.past if one.table is table):
            left_out = {**self.before.left_out(table, files.version), **self.assembly.left_out(table, files.version)}
            found.append(self._rows_that_differ(files, left_out))
        return pl.concat(found)

    def _rows_that_differ(self, files: Files, left_out: Mapping[str, Iterable[int]]) -> pl.LazyFrame:
        """Return the rows of changed files that are not the same on both sides; all of them where they are too many to compare."""
        gone, come = (self._rows(files, gates, left_out) for gates in (files.gone, files.come))
        most = rows_at_once(self.assembly.load.settings.most_memory(), BYTES_COMPARED)
        return differing(gone, come, files.table) if self._most_changed(files) <= most else pl.concat([gone, come])

    def _gates_of_the_past(self, table: type[Extract]) -> list[str]:
        return [gate for files in self.past if files.table is table for gate in files.changed]

    def _rows(self, files: Files, gates: Sequence[str], left_out: Mapping[str, Iterable[int]]) -> pl.LazyFrame:
        if not gates:
            return lake.rows_of([], files.table)
        paths = self._paths(files.table, gates)
        places = {place: sorted(left_out[gate]) for place, gate in enumerate(gates) if left_out.get(gate)}
        return conform(rows_but(places, paths, files.table, files.version), files.table)

    def _most_changed(self, files: Files) -> int:
        return max(self._count(files.table, files.gone), self._count(files.table, files.come))

    def _count(self, table: type[Extract], gates: Sequence[str]) -> int:
        return sum(map(lake.count, self._paths(table, gates)))

    def _paths(self, table: type[Extract], gates: Sequence[str]) -> list[Path]:
        return [self.path(table, gate) for gate in gates]

    def path(self, table: type[Extract], gate: str) -> Path:
        """Return where the accepted rows of a gating of a kind lie."""
        return lake.accepted_path(self.assembly.load.home, table.kind, gate)


@cache
def _inputs_of_sums() -> frozenset[str]:
    return frozenset(table.__name__ for table in inputs_of([*ADDS_UP, EmployerMonth]))


def _leading_to_sums(read: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return what of that which was read leads to sums: what else the facts are made of they are made of as ever."""
    return {name: gates for name, gates in read.items() if name.partition(" ")[0] in _inputs_of_sums()}
