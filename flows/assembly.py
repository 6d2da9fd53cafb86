"""From what stands to the inputs of the build graph, for one version of a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from flows.context import Load, code_version, fingerprint
from flows.planning import Judged, Standing
from transforms.graph import build
from warehouse import lake
from warehouse.calendar import Version, dim_month, shift
from warehouse.errors import Stop
from warehouse.rules import LINE_NO
from warehouse.schema import Extract, Table, TableT, conform
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.dimensions import DimMonth
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.target import Target
from warehouse.tables.workforce import Workforce

Inputs = dict[type[Table], pl.LazyFrame]


@dataclass
class Assembly:
    """Gathers inputs from the lake; presence words that were computed once are read again."""

    load: Load
    now: Standing
    repeated: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def references(self) -> Inputs:
        """Return the inputs that have no date: seeds, the calendar, and the undated kinds."""
        seeds: Inputs = {table: lake.seed(table) for table in Table.registry.values() if table.seed}
        undated: tuple[type[Extract], ...] = (Workforce, MinimumWage, Target)
        return {**seeds, DimMonth: dim_month(), **{table: self.undated(table) for table in undated}}

    def undated(self, table: type[TableT]) -> pl.LazyFrame:
        """Return the rows of an undated kind; of two rows with one key the one delivered last stands."""
        assert issubclass(table, Extract)
        files = self.now.of(table.kind, None)
        frame = lake.rows_of(self._paths(table.kind, files), table)
        return frame.unique(list(table.unique), keep="last", maintain_order=True) if len(files) > 1 else frame

    def inputs(self, version: Version) -> Inputs:
        """Return every input that is known for a version: what was delivered, seen on its day or before."""
        found = self.references()
        month, day = version.month, version.as_of_date
        memberships = self.now.newest("kepesertaan", month, day)
        if memberships:
            found[Membership] = self.rows(Membership, memberships)
            found[Presence] = self.presence(memberships)
            before, *earlier = self._past(month, day)
            if before:
                found[PresenceBefore] = conform(self.presence(before), PresenceBefore)
            found[PresenceEarlier] = self._presences([one for one in earlier if one])
        if contributions := self.now.newest("iuran", month, day):
            found[Contribution] = self.rows(Contribution, contributions)
        found[ContributionHistory] = self._contributions(day)
        if employers := self.now.newest_snapshot("badan_usaha", day):
            found[Employer] = self.rows(Employer, employers)
        return found

    def rows(self, table: type[Extract], version: Version) -> pl.LazyFrame:
        """Return the rows of a version of a dated kind, each key once: the first file by name keeps it.

        Raises Stop when a file repeats more rows of other files than may be rejected.
        """
        files = self.now.of(table.kind, version)
        day = pl.col("as_of_date") == version.as_of_date
        mine = day & (pl.col("month") == version.month) if table.monthly else day
        frames = [
            lake.gated(path).filter(mine).with_columns(file=place)
            for place, path in enumerate(self._paths(table.kind, files))
        ]
        frame = pl.concat(frames)
        if len(files) < 2 or not table.unique:
            return conform(frame, table)
        comparable = pl.all_horizontal(pl.col(name).is_not_null() for name in table.unique_needs)
        first = ~comparable | pl.struct(table.unique).is_first_distinct()
        self._refuse_copies(frame.filter(~first), files, version)
        return conform(frame.filter(first), table)

    def presence(self, version: Version) -> pl.LazyFrame:
        """Return the presence words of a version, computed unless they lie in the lake."""
        files = self.now.of("kepesertaan", version)
        name = fingerprint(code_version(), *(one.verdict.gate_id for one in files))
        path = lake.presence_path(self.load.home, version, name)
        if not path.exists():
            inputs = {**self.references(), Membership: self.rows(Membership, version)}
            lake.write(build([Presence], inputs, version)[Presence], path)
        return lake.rows_of([path], Presence)

    def _past(self, month: date, day: date) -> list[Version | None]:
        months = [one for one in self.now.months() if one < shift(month, -1)]
        return [self.now.newest("kepesertaan", one, day) for one in [shift(month, -1), *months]]

    def _presences(self, versions: Sequence[Version]) -> pl.LazyFrame:
        frames = [self.presence(version) for version in versions] or [lake.rows_of([], Presence)]
        return conform(pl.concat(frames), PresenceEarlier)

    def _contributions(self, day: date) -> pl.LazyFrame:
        known = {one.month: one for one in self.now.versions("iuran") if one.as_of_date <= day}
        frames = [self.rows(Contribution, version) for version in known.values()] or [lake.rows_of([], Contribution)]
        return conform(pl.concat(frames), ContributionHistory)

    def _paths(self, kind: str, files: Sequence[Judged]) -> list[Path]:
        return [lake.accepted_path(self.load.home, kind, one.verdict.gate_id) for one in files]

    def _refuse_copies(self, copies: pl.LazyFrame, files: Sequence[Judged], version: Version) -> None:
        for place, lines in copies.group_by("file").agg(LINE_NO).collect(engine="streaming").iter_rows():
            one = files[place]
            if len(lines) > self.load.settings.most_rejected * (one.verdict.rows or 0):
                name = one.delivery.name
                raise Stop(
                    "rows_of_another_file",
                    f"{version}: {len(lines)} rows of {name} stand in other files too",
                    f"{version}: {len(lines)} baris {name} juga ada di berkas lain",
                    "send a correction under the name of the file it corrects",
                )
            self.repeated[one.verdict.gate_id].update(lines)
