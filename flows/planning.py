"""What stands and what is to be done: which content feeds which month, and which months have to be computed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from flows.context import code_version
from flows.gating import extract_of
from transforms.graph import inputs_of
from warehouse.calendar import Version, shift
from warehouse.ledger import Delivery, Verdict
from warehouse.schema import Extract, Fact, Table

MONTH_IN_NAME = re.compile(r"(20\d{2})[-_]?(0[1-9]|1[0-2])(?!\d)")
DATED = ("kepesertaan", "iuran", "badan_usaha", "klaim", "tk_baru")
OF_ONE_MONTH = ("klaim", "tk_baru")


@dataclass(frozen=True)
class Judged:
    """A delivery with its verdict."""

    delivery: Delivery
    verdict: Verdict


@dataclass(frozen=True)
class Standing:
    """The contents that stand: per kind and version the gatings that feed it, in order of file name.

    Kinds without a date have one entry under None, the newest delivery last.
    """

    feeds: Mapping[str, Mapping[Version | None, tuple[Judged, ...]]]

    @cached_property
    def parts(self) -> dict[tuple[str, Version | None], list[str]]:
        """Return by kind and version how the gatings that feed it are named among the parts of a month."""
        return {
            (kind, version): [f"{kind}:{version}:{one.verdict.gate_id}" for one in several]
            for kind, versions in self.feeds.items() for version, several in versions.items()
        }  # fmt: skip

    def of(self, kind: str, version: Version | None) -> tuple[Judged, ...]:
        """Return the gatings that feed a version of a kind; none when it was not delivered."""
        return self.feeds.get(kind, {}).get(version, ())

    def versions(self, kind: str) -> list[Version]:
        """Return the versions of a dated kind, oldest first."""
        return sorted(version for version in self.feeds.get(kind, {}) if version is not None)

    def newest(self, kind: str, month: date, known_on: date) -> Version | None:
        """Return the newest version of a month not after `known_on`, or None."""
        return max(self.known(kind, month, known_on), default=None)

    def known(self, kind: str, month: date, known_on: date) -> list[Version]:
        """Return the versions of a month not after `known_on`, oldest first."""
        return [one for one in self.versions(kind) if one.month == month and one.as_of_date <= known_on]

    def of_month(self, month: date) -> list[Version]:
        """Return the versions of a month of every dated kind, oldest first."""
        return sorted({one for kind in DATED for one in self.versions(kind) if one.month == month})

    def newest_of_months(self, kind: str, known_on: date) -> list[Version]:
        """Return the newest version of every month not after `known_on`, oldest month first."""
        return list({one.month: one for one in self.versions(kind) if one.as_of_date <= known_on}.values())

    def made_of(self, kind: str, versions: Iterable[Version]) -> list[str]:
        """Return versions with the gatings that feed them: what is made of these, in this order, is named by it."""
        return [part for one in versions for part in (str(one), *(file.verdict.gate_id for file in self.of(kind, one)))]

    def newest_snapshot(self, kind: str, known_on: date) -> Version | None:
        """Return the newest version of any month not after `known_on`, or None."""
        found = [one for one in self.versions(kind) if one.as_of_date <= known_on]
        return max(found, key=lambda one: one.as_of_date, default=None)

    def gates(self) -> set[str]:
        """Return the gatings that feed anything."""
        return {one.verdict.gate_id for by in self.feeds.values() for files in by.values() for one in files}

    def months(self) -> list[date]:
        """Return the months that memberships, contributions or claims were delivered for, oldest first."""
        kinds = [kind for kind in DATED if extract_of(kind).monthly]
        return sorted({version.month for kind in kinds for version in self.versions(kind)})


def named(table: type[Table], version: Version | None) -> str:
    """Return how an input is named in what was read: its table, and its version where it has one."""
    return f"{table.__name__} {version}" if version else table.__name__


def is_long_past(version: Version, month: date) -> bool:
    """Return whether a version is of a month before the one before `month`: what was is kept of these as one, and no row is read."""
    return version.month < shift(month, -1)


def standing(judged: list[Judged]) -> Standing:
    """Return what stands of all deliveries: of each name, the newest content that holds a version, and its answers."""
    feeds: dict[str, dict[Version | None, list[Judged]]] = defaultdict(lambda: defaultdict(list))
    answers = _answers(judged)
    for history in _by_name(judged).values():
        claimed: set[Version | None] = set()
        for one in reversed(history):
            if one.verdict.stopped:
                continue
            whole = [one, *answers.get(one.delivery.sha256, ())]
            held = set[Version | None]().union(*map(_held, whole))
            for version in held - claimed:
                feeds[one.delivery.kind][version] += [mine for mine in whole if version in _held(mine)]
            claimed |= held
    return Standing(
        {kind: {version: _ordered(kind, files) for version, files in by.items()} for kind, by in feeds.items()}
    )


def stopped_now(judged: list[Judged]) -> list[Judged]:
    """Return the deliveries that are stopped and were not followed by another content under their name."""
    return [history[-1] for history in _by_name(judged).values() if history[-1].verdict.stopped]


def blocked_months(stopped: list[Judged], candidates: list[date]) -> set[date]:
    """Return the months that stopped files would have fed; a file that cannot say which blocks all candidates."""
    return {month for one in stopped for month in _would_feed(one, candidates)}


def month_parts(month: date, now: Standing) -> list[str]:
    """Return all that the facts of a month are computed from: the gatings that were seen by its newest day, and the code."""
    newest = max((one.as_of_date for one in now.of_month(month)), default=month)
    files = [
        one
        for (kind, version), several in now.parts.items()
        if kind in kinds_of_months() and (version is None or _matters(kind, version, month, newest))
        for one in several
    ]
    return [f"{month}", code_version(), *sorted(files)]


@cache
def kinds_of_months() -> frozenset[str]:
    """Return the kinds that facts of a month are made from; others change no month and hold none up."""
    facts = [table for table in Table.registry.values() if issubclass(table, Fact) and table.driven_by]
    return frozenset(table.kind for table in inputs_of(facts) if issubclass(table, Extract))


def _matters(kind: str, version: Version, month: date, newest: date) -> bool:
    known = version.as_of_date <= newest
    if kind in OF_ONE_MONTH:
        return known and version.month == month
    return known and (version.month <= month or kind != "kepesertaan")


def _would_feed(one: Judged, candidates: list[date]) -> Iterator[date]:
    kind, fed = one.delivery.kind, one.verdict.fed()
    if kind not in kinds_of_months():
        return
    named = MONTH_IN_NAME.search(one.delivery.name)
    if fed:
        yield from {version.month for version in fed}
    elif extract_of(kind).monthly and named:
        yield date(int(named[1]), int(named[2]), 1)
    else:
        yield from candidates


def _held(one: Judged) -> set[Version | None]:
    return set(one.verdict.fed()) if one.delivery.kind in DATED else {None}


def _by_name(judged: list[Judged]) -> dict[str, list[Judged]]:
    """Return the contents of each name; answers have no say of their own in what a name holds."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if not one.verdict.answers:
            found[one.delivery.name].append(one)
    return found


def _answers(judged: list[Judged]) -> dict[str, list[Judged]]:
    """Return the answers to every content, each once however often it came."""
    found: dict[str, dict[str, Judged]] = defaultdict(dict)
    for one in judged:
        if one.verdict.answers and not one.verdict.stopped:
            found[one.verdict.answers][one.verdict.gate_id] = one
    return {sha256: list(several.values()) for sha256, several in found.items()}


def _ordered(kind: str, files: list[Judged]) -> tuple[Judged, ...]:
    if kind in DATED:
        return tuple(sorted(files, key=lambda one: one.delivery.name))
    return tuple(sorted(files, key=lambda one: (one.delivery.received_at, one.delivery.name)))
