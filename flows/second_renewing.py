"""The second engine's answers about a version: made of what it found before where only few files changed, or else of everything."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

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
from warehouse.tables.compliance import EmployerMonth

if TYPE_CHECKING:
    from expectations.opinion import Opinion
    from expectations.opinion.renewal import Sums


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
        """Yield a bench of what stands now, and which steps lie on it; none where rows of other files count otherwise than they did."""
        from expectations.opinion.renewal import lay_out

        version = self.change.version
        files = {one for by in self.change.paths.values() for several in by.values() for one in several}
        size, more = sum(one.stat().st_size for one in files), [*files, *self.was.values()]
        gone: Sums = {}
        before: Sequence[pl.DataFrame] | None = None
        if self.change.is_there:
            with self._opened(self.change.before.now, size, more) as bench:
                gone, before = self._asked(bench)
        with self._opened(self.now, size, more) as bench:
            come, after = self._asked(bench)
            same = before is None or all(one.equals(other) for one, other in zip(before, after, strict=True))
            yield bench, lay_out(bench, version, self.was, gone, come, self.change.paths) if same else ()

    def _opened(self, standing: Standing, size: int, more: Sequence[Path]) -> AbstractContextManager[Workbench]:
        load, version = self.load, self.change.version
        return opened(load, delivered_of(load, standing, version), size, past_of(load, standing, version), more)

    def _asked(self, bench: Workbench) -> tuple[Sums, Sequence[pl.DataFrame]]:
        """Return the sums of all whom the changed files name, and what must be the same before and after."""
        from expectations.opinion.renewal import lay_out_versions, of_changed
        from expectations.opinion.rows import copies_among

        same = lay_out_versions(bench, self.change.version)
        for files in (*self.change.files.values(), *self.change.past):
            stayed = [lake.accepted_path(self.load.home, files.table.kind, one) for one in files.stayed]
            same.append(copies_among(bench, files.table, stayed))
        return of_changed(bench, list(self.was), self.change.version, self.change.paths), same


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
