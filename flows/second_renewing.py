"""The second engine's answers about a version: made of what it found before where only few files changed, or else of everything."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows import renewing
from flows.assembly import Assembly
from flows.changes import Change
from flows.context import Load, fingerprint
from flows.months import listing_of, loaded_fingerprints
from flows.planning import Standing, is_long_past
from flows.second_bench import opened
from flows.second_past import bench_of_version, delivered_of, past_of
from flows.staging import stood
from warehouse import lake
from warehouse.asking import Workbench
from warehouse.calendar import Version
from warehouse.seals import whole
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution import Contribution
from warehouse.tables.membership import Membership

if TYPE_CHECKING:
    from expectations.opinion import Opinion
    from expectations.opinion.near import Exchange, Side


def answers(
    load: Load, now: Standing, version: Version, names: Sequence[str], listing: Path
) -> Iterator[tuple[str, Opinion]]:
    """Yield each statement's opinion of a version by its name; what they add up is kept beside the facts of the listing."""
    from expectations.opinion import opinions
    from expectations.opinion.renewal import SUMS, made_of

    paths = {one: _path(load, version, one, listing) for one in made_of(names) if one in SUMS}
    fresh = {one: path for one, path in paths.items() if not path.exists()}
    with _bench(load, now, version, names, listing) as (bench, given):
        for name, opinion in opinions(bench, [*names, *fresh], version, given):
            if name in fresh:
                lake.write(opinion.found().lazy(), fresh[name])
            else:
                yield name, opinion


def forget_sums(listing: Path) -> None:
    """Remove what was added up beside the facts of a listing: no month is made of what was not found equal."""
    lake.remove(listing.parent.glob(f"second-*_{listing.stem}.parquet"))


@contextmanager
def _bench(
    load: Load, now: Standing, version: Version, names: Sequence[str], listing: Path
) -> Iterator[tuple[Workbench, Sequence[str]]]:
    """Yield the bench of a version, and which steps lie on it already, made of what they were."""
    if renewal := _renewal(load, now, version, names, listing):
        with renewal.bench() as (bench, given):
            if given:
                load.say(f"mesin kedua, dari yang lama / second engine, of what it was: {version}")
                yield bench, given
                return
    load.say(f"mesin kedua / second engine: {version}")
    with bench_of_version(load, now, version) as bench:
        yield bench, ()


@dataclass(frozen=True)
class Renewal:
    """What changed of a version, and the files of what the second engine found of it when it was loaded."""

    load: Load
    now: Standing
    change: Change
    was: Mapping[str, Path]

    @contextmanager
    def bench(self) -> Iterator[tuple[Workbench, Sequence[str]]]:
        """Yield a bench of what stands now, and which steps lie on it; none where other versions or another order of files stand."""
        from expectations.opinion.changed import lay_out_versions, of_changed
        from expectations.opinion.renewal import lay_out

        version, now = self.change.version, self._side(self.now)
        before = self._side(self.change.before.now) if self.change.is_there else now
        exchanges = list(self._exchanges(now))
        changed = [path for one in exchanges for path in (*one.gone, *one.come)]
        read = [one.path for side in (before, now) for several in side.kinds.values() for one in several]
        few = {table: files for table, files in now.kinds.items() if table not in (Membership, Contribution)}
        size = sum(path.stat().st_size for path in changed)
        more = [*changed, *read, *before.past.values(), *self.was.values()]
        with opened(self.load, few, size, now.past, more) as bench:
            if not before.keeps_order(now) or not lay_out_versions(bench, version, before, now):
                yield bench, ()
                return
            gone, come = of_changed(bench, list(self.was), version, (before, now), exchanges)
            yield bench, lay_out(bench, version, self.was, gone, come, now)

    def _side(self, standing: Standing) -> Side:
        from expectations.opinion.near import Side

        load, version = self.load, self.change.version
        return Side(delivered_of(load, standing, version), past_of(load, standing, version))

    def _exchanges(self, now: Side) -> Iterator[Exchange]:
        """Yield the changed files of each version, with those that stayed where they lie on the bench."""
        from expectations.opinion.near import Exchange

        for files in (*self.change.files.values(), *self.change.past):
            lying = {one.path for one in now.kinds[files.table]}
            gone, come, stayed = (
                [whole(lake.accepted_path(self.load.home, files.table.kind, gate)) for gate in gates]
                for gates in (files.gone, files.come, files.stayed)
            )
            if files.changed:
                there = [path for path in stayed if path in lying]
                yield Exchange(files.table, files.version, gone, come, there)


def _renewal(load: Load, now: Standing, version: Version, names: Sequence[str], listing: Path) -> Renewal | None:
    """Return what changed of a version; None where what was found of it is not there, or more changed than few files of persons and payers."""
    from expectations.opinion.renewal import EMPLOYERS, made_of

    loaded = listing_of(load, version.month, loaded_fingerprints(load).get(version.month, ""))
    before, current = (stood(one).get(version.as_of_date) for one in (loaded, listing))
    if before is None or current is None:
        return None
    was = {one: _path(load, version, one, loaded) for one in made_of(names)}
    if EMPLOYERS in was:
        was[EMPLOYERS] = before.sums.get(EmployerMonth, was[EMPLOYERS])
    repeated = {gate: set(lines) for gate, lines in current.repeated.items()}
    change = Change(Assembly(load, now, defaultdict(set, repeated)), version, before)
    known = all(path.exists() for path in was.values()) and change.is_of_rows
    if not known or not change.is_small(sys.maxsize, renewing.MOST_CHANGED):
        return None
    long_past = [one for one in change.past if is_long_past(one.version, version.month)]
    return Renewal(load, now, change, was) if change.is_on_record and change.is_plain_in(long_past) else None


def _path(load: Load, version: Version, step: str, listing: Path) -> Path:
    """Return where the rows of a step lie beside the facts of a listing: other statements, other name."""
    from expectations.opinion import NAMES, text

    name = f"second-{step}-{fingerprint(*map(text, NAMES))}"
    return lake.sums_path(load.home, f"{version.month:%Y-%m}", name, version.as_of_date.isoformat(), listing.stem)
