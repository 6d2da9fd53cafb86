"""From what stands to the inputs of the build graph, for one version of a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from flows import kept
from flows.ceiling import rows_at_once
from flows.context import Load
from flows.copies import copies, rows_but
from flows.copies_known import copies_known
from flows.parts import PERSON, earlier
from flows.planning import Judged, Standing, is_long_past
from flows.settling import settle
from transforms.graph import build
from warehouse import buckets, lake
from warehouse.calendar import Version, dim_month, shift
from warehouse.errors import Stop
from warehouse.schema import Extract, Table, TableT, conform
from warehouse.tables.benefit import Claim
from warehouse.tables.budget import Budget, Spending
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import VersionBefore
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.employer import Employer
from warehouse.tables.indicator import Indicator
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.published_figure import PublishedFigure
from warehouse.tables.registration import Registration, RegistrationHistory
from warehouse.tables.target import Target
from warehouse.tables.workforce import Workforce

PRESENT_BYTES = 128
Inputs = dict[type[Table], pl.LazyFrame]
UNDATED: tuple[type[Extract], ...] = (Workforce, MinimumWage, Target, Budget, PublishedFigure, Indicator)
EXTRACT_OF: dict[type[Table], type[Extract]] = {
    Presence: Membership,
    PresenceBefore: Membership,
    PresenceEarlier: Membership,
    ContributionHistory: Contribution,
    RegistrationHistory: Registration,
}


@dataclass
class Assembly:
    """Gathers inputs from the lake; presence words that were computed once are read again."""

    load: Load
    now: Standing
    repeated: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    copied: dict[tuple[type[Extract], Version], dict[int, list[int]]] = field(default_factory=dict)

    def references(self) -> Inputs:
        """Return the inputs that have no date: seeds, the calendar, and the undated kinds."""
        seeds: Inputs = {table: lake.seed(table) for table in Table.registry.values() if table.seed}
        return {**seeds, DimMonth: dim_month(), **{table: self.undated(table) for table in UNDATED}}

    def undated(self, table: type[TableT]) -> pl.LazyFrame:
        """Return the rows of an undated kind; of two rows with one key the one delivered last stands."""
        assert issubclass(table, Extract)
        return newest_of_each(self._paths(table.kind, self.now.of(table.kind, None)), table)

    def inputs(self, version: Version) -> Inputs:
        """Return every input that is known for a version: what was delivered, seen on its day or before."""
        sources = self.sources(version)
        found = self.references() | {
            table: self._read(table, versions, version.month) for table, versions in sources.items()
        }
        for before in sources.get(PresenceBefore, []):
            found[VersionBefore] = _version_before(before)
        return found

    def gates(self, table: type[Table], version: Version | None) -> list[str]:
        """Return the gatings that an input is read from in a version, in order."""
        extract = EXTRACT_OF.get(table, table)
        assert issubclass(extract, Extract)
        return [one.verdict.gate_id for one in self.now.of(extract.kind, version)]

    def sources(self, version: Version | None) -> dict[type[Table], list[Version]]:
        """Return, for every dated input of a version, the versions it is read from: the newest known on the day.

        A fact without versions is made from the newest of all.
        """
        if version is None:
            return {ContributionHistory: self.now.newest_of_months("iuran", date.max)}
        month, day = version.month, version.as_of_date
        found: dict[type[Table], list[Version]] = {ContributionHistory: self.now.newest_of_months("iuran", day)}
        single = {
            Membership: self.now.newest("kepesertaan", month, day),
            Contribution: self.now.newest("iuran", month, day),
            Employer: self.now.newest_snapshot("badan_usaha", day),
            Claim: self.now.newest("klaim", month, day),
        }
        found |= {table: [one] for table, one in single.items() if one}
        if sheets := self.now.known("tk_baru", month, day):
            found[RegistrationHistory] = sheets
        if Membership in found:
            before, *earlier = self._past(month, day)
            found |= {PresenceBefore: [before]} if before else {}
            found[PresenceEarlier] = [one for one in earlier if one]
        return found

    def read(self, table: type[Table], version: Version) -> pl.LazyFrame:
        """Return the rows of a dated input of a version."""
        return self._read(table, self.sources(version)[table], version.month)

    def left_out(self, table: type[Extract], version: Version) -> dict[str, list[int]]:
        """Return, by gating, the lines of a version that do not count because another file has their key."""
        files = self.now.of(table.kind, version)
        return {files[place].verdict.gate_id: lines for place, lines in self._copies(table, version, files).items()}

    def rows(self, table: type[Extract], version: Version) -> pl.LazyFrame:
        """Return the rows of a version of a dated kind, each key once: the first file by name keeps it.

        Raises Stop when a file repeats more rows of other files than may be rejected; an answer may.
        """
        files = self.now.of(table.kind, version)
        paths, repeated = self._paths(table.kind, files), self._copies(table, version, files)
        self._refuse_many(repeated, files, version)
        return conform(rows_but(repeated, paths, table, version), table)

    def presence(self, version: Version) -> pl.LazyFrame:
        """Return the presence words of a version, computed unless they lie in the lake."""
        path = kept.presence_path(self.load, self.now, version)
        if not path.exists():
            inputs = {**self.references(), Membership: self.rows(Membership, version)}
            words, key = build([Presence], inputs, version)[Presence], self.load.pseudonyms.fingerprint()
            buckets.write(words, PERSON, path, rows_at_once(self.load.settings.most_memory(), PRESENT_BYTES), key)
        return lake.rows_of([path], Presence)

    def earlier(self, versions: Sequence[Version]) -> pl.LazyFrame:
        """Return the presence words of several versions as one, made of those of all but the last, and kept in the lake."""
        if len(versions) < 2:
            return pl.concat([lake.rows_of([], Presence), *map(self.presence, versions)])
        path = kept.earlier_path(self.load, self.now, versions)
        if not path.exists():
            both = [self.earlier(versions[:-1]), self.presence(versions[-1])]
            rows, key = earlier(both, self.load.settings.most_memory()), self.load.pseudonyms.fingerprint()
            buckets.write_lots(rows, Presence.polars_schema(), PERSON, path, key)
        return lake.rows_of([path], Presence)

    def settled(self, versions: Sequence[Version]) -> pl.LazyFrame:
        """Return the contributions of several months without what is settled, made of those of all but the last, and kept in the lake."""
        if len(versions) < 2:
            return pl.concat([lake.rows_of([], ContributionHistory), *map(self._history_of, versions)])
        path = kept.settled_path(self.load, self.now, versions)
        if not path.exists():
            both = pl.concat([self.settled(versions[:-1]), self._history_of(versions[-1])])
            settle(self.load, both, versions[-1].month, path)
        return lake.rows_of([path], ContributionHistory)

    def kept_of_version(self, version: Version) -> Iterator[Path]:
        """Yield where it lies what is kept that the inputs of a version are read from, whether it is there or not."""
        sources = self.sources(version)
        for table in (Membership, PresenceBefore):
            yield from (kept.presence_path(self.load, self.now, one) for one in sources.get(table, []))
        if earlier := sources.get(PresenceEarlier):
            yield kept.earlier_path(self.load, self.now, earlier)
        if past := [one for one in sources[ContributionHistory] if is_long_past(one, version.month)]:
            yield kept.settled_path(self.load, self.now, past)

    def _history_of(self, version: Version) -> pl.LazyFrame:
        return conform(self.rows(Contribution, version), ContributionHistory)

    def spending(self) -> pl.LazyFrame:
        """Return what was paid for every month in its newest version, added up once per version and kept in the lake."""
        return lake.rows_of(
            [self._spent(version) for version in self.now.newest_of_months("iuran", date.max)], Spending
        )

    def _spent(self, version: Version) -> Path:
        path = kept.spending_path(self.load, self.now, version)
        if not path.exists():
            paid = conform(self.rows(Contribution, version), ContributionHistory)
            lake.write(build([Spending], {ContributionHistory: paid})[Spending], path)
        return path

    def _past(self, month: date, day: date) -> list[Version | None]:
        months = [one for one in self.now.months() if one < shift(month, -1)]
        return [self.now.newest("kepesertaan", one, day) for one in [shift(month, -1), *months]]

    def _read(self, table: type[Table], versions: Sequence[Version], month: date) -> pl.LazyFrame:
        extract = EXTRACT_OF.get(table, table)
        assert issubclass(extract, Extract)
        if table is PresenceEarlier:
            return conform(self.earlier(versions), table)
        if table is ContributionHistory:
            past = [one for one in versions if is_long_past(one, month)]
            recent = [self._history_of(one) for one in versions if not is_long_past(one, month)]
            return pl.concat([self.settled(past), *recent])
        read = self.presence if issubclass(table, Presence) else partial(self.rows, extract)
        return conform(pl.concat([read(one) for one in versions] or [lake.rows_of([], table)]), table)

    def _paths(self, kind: str, files: Sequence[Judged]) -> list[Path]:
        return [lake.accepted_path(self.load.home, kind, one.verdict.gate_id) for one in files]

    def _copies(self, table: type[Extract], version: Version, files: Sequence[Judged]) -> dict[int, list[int]]:
        if len(files) < 2 or not table.unique:
            return {}
        if (table, version) not in self.copied:
            known = copies_known(self.load, files, table, version)
            self.copied[table, version] = (
                copies(self._paths(table.kind, files), table, version) if known is None else known
            )
        return self.copied[table, version]

    def _refuse_many(self, found: dict[int, list[int]], files: Sequence[Judged], version: Version) -> None:
        for place, lines in found.items():
            one = files[place]
            most = self.load.settings.most_rejected * (one.verdict.rows or 0)
            if not one.verdict.answers and len(lines) > most:
                name = one.delivery.name
                raise Stop(
                    "rows_of_another_file",
                    f"{version}: {len(lines)} rows of {name} stand in other files too",
                    f"{version}: {len(lines)} baris {name} juga ada di berkas lain",
                    "send a correction under the name of the file it corrects",
                )
            self.repeated[one.verdict.gate_id].update(lines)


def newest_of_each(paths: Sequence[Path], table: type[TableT]) -> pl.LazyFrame:
    """Return the rows of lake files; of two rows with one key that of the later file."""
    assert issubclass(table, Extract)
    frame = lake.rows_of(paths, table)
    return frame.unique(list(table.unique), keep="last", maintain_order=True) if len(paths) > 1 else frame


def _version_before(version: Version) -> pl.LazyFrame:
    return conform(pl.LazyFrame({"previous_as_of_date": [version.as_of_date]}), VersionBefore)
