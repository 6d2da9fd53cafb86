"""The month steps: compute the facts of a month, audit them, and load them in one transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from flows.assembly import Assembly
from flows.context import Load
from flows.lineage import Source, contents_of, record
from flows.planning import Standing, month_parts
from flows.staging import Staged, stage, stood
from warehouse import lake, seals, store
from warehouse.calendar import Version
from warehouse.errors import Stop
from warehouse.ledger import Check
from warehouse.schema import Fact, Table
from warehouse.tables.benefit import Claim
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution import Contribution
from warehouse.tables.operations import MonthLoad

CONSERVED = ("billed_idr", "paid_idr")


def versioned_facts() -> list[type[Fact]]:
    """Return the facts that have versions, in order of declaration."""
    return [table for table in Table.registry.values() if issubclass(table, Fact) and table.driven_by]


def driven(fact: type[Fact], now: Standing, month: date) -> set[Version]:
    """Return the versions of a month in which a fact is computed: the days on which one of its drivers was seen."""
    dated = [version for kind in fact.driven_by for version in now.versions(kind)]
    return {version for version in dated if version.month == month}


def compute(load: Load, now: Standing, month: date, name: str) -> Path:
    """Return the list of the staged facts of a month, computed unless they lie there under the fingerprint `name`."""
    listing = listing_of(load, month, name)
    if listing.exists():
        return listing
    load.say(f"menghitung / computing {month:%Y-%m}")
    assembly = Assembly(load, now)
    by_version: dict[Version, list[type[Fact]]] = {}
    for fact in versioned_facts():
        for version in driven(fact, now, month):
            by_version.setdefault(version, []).append(fact)
    before = stood(listing_of(load, month, loaded_fingerprints(load).get(month, "")))
    staged = [
        stage(assembly, version, by_version[version], name, before.get(version.as_of_date))
        for version in sorted(by_version)
    ]
    content = {
        "facts": [asdict(fact) for one in staged for fact in one.facts],
        "versions": {one.version.as_of_date.isoformat(): {"read": one.read, "sums": one.sums} for one in staged},
        "repeated": {gate: sorted(lines) for gate, lines in assembly.repeated.items()},
        "conserved": {one.as_of_date.isoformat(): _sums(assembly, one) for one in by_version},
        "made_of": month_parts(month, now),
    }
    seals.put_json(listing, content)
    return listing


def listing_of(load: Load, month: date, name: str) -> Path:
    """Return where the staged facts of a month are listed."""
    return load.home.lake / "facts" / f"{month:%Y-%m}" / f"{name}.json"


def audit(listing: Path) -> list[Check]:
    """Return every check of the staged facts: by Great Expectations per fact, and the identities between them.

    The identities of a version are asked of facts that keep their own rules: a key that stands twice has no one value.
    """
    from expectations.facts import audit_fact
    from expectations.identities import check_identities

    checks: list[Check] = []
    conserved: dict[str, dict[str, int]] = _content(listing)["conserved"]
    by_day: dict[str, dict[type[Fact], Path]] = {}
    for one in staged_facts(listing):
        by_day.setdefault(one.as_of_date, {})[fact_of(one.table)] = Path(one.path)
    for day, paths in by_day.items():
        subject = f"{Path(listing).parent.name} as of {day}"
        own = [one for fact, path in paths.items() for one in audit_fact(lake.rows_of([path], fact), fact, subject)]
        checks += own
        if not all(one.success for one in own):
            continue
        known = conserved.get(day, {})
        if employers := paths.pop(EmployerMonth, None):
            known = known | {"employers": lake.count(employers)}
        checks += check_identities({fact: lake.read(path) for fact, path in paths.items()}, known, subject)
    return checks


def require_success(checks: list[Check], month: str) -> None:
    """Raise Stop when a check of the facts failed: the month keeps its last good figures."""
    failed = [check for check in checks if not check.success]
    if failed:
        listed = f"{month}: " + ", ".join(f"{one.suite}.{one.rule} ({one.observed})" for one in failed[:5])
        raise Stop("facts_failed_audit", listed, listed, "the month keeps its last good figures; see ops.check_result")


def store_month(load: Load, month: date, listing: Path, name: str) -> int:
    """Return how many fact rows were closed and written: all facts of the month in one transaction."""
    now = load.clock()
    with (
        store.building(load.home.warehouse, **load.settings.of_engine()) as build_file,
        build_file.transaction(),
    ):
        changed, facts, files = 0, list[dict[str, Any]](), set[str]()
        for one in staged_facts(listing):
            version, fact = Version(month, date.fromisoformat(one.as_of_date)), fact_of(one.table)
            if rows := build_file.supersede(fact, Path(one.path), version, load.run_id, now):
                record(load, build_file, fact, version, one.sources)
                changed += rows
            facts.append({"fact": one.table, "as_of_date": one.as_of_date, **build_file.digest(fact, version)})
            files |= contents_of(load.home, one.sources, month)
        told = {"run_id": load.run_id, "loaded_at": now.isoformat(), "month": month.isoformat(), "fingerprint": name}
        build_file.tell(**told, facts=facts, files=sorted(files))
        build_file.delete_rows(MonthLoad, "month", month.isoformat())
        entry = {"month": [month], "fingerprint": [name], "loaded_at": [now], "run_id": [load.run_id]}
        build_file.append(MonthLoad, pl.DataFrame(entry, schema=MonthLoad.polars_schema()))
    return changed


def loaded_fingerprints(load: Load) -> dict[date, str]:
    """Return the fingerprint of every month that the warehouse holds."""
    warehouse = load.home.warehouse
    if not warehouse.exists():
        return {}
    told = warehouse.stat()
    return dict(_fingerprints(warehouse, (told.st_ino, told.st_size, told.st_mtime_ns)))


@lru_cache(maxsize=1)
def _fingerprints(warehouse: Path, _stamp: tuple[int, int, int]) -> dict[date, str]:
    """Return what the file of a stamp says: a load asks it some seven times, and the file is replaced whole when it changes."""
    return dict(store.query(warehouse, "SELECT month, fingerprint FROM ops.month_load").iter_rows())


def loaded_listings(load: Load) -> list[Path]:
    """Return the listings that the loaded months were computed to."""
    known = (listing_of(load, month, name) for month, name in loaded_fingerprints(load).items())
    return [listing for listing in known if listing.exists()]


def staged_facts(listing: Path) -> list[Staged]:
    """Return what a listing names; the rows lie beside it, wherever the home was moved to."""
    facts, folder = _content(listing)["facts"], Path(listing).parent
    return [
        Staged(
            one["table"], one["as_of_date"], str(folder / Path(one["path"]).name), one["rows"],
            [Source(**source) for source in one["sources"]],
        )
        for one in facts
    ]  # fmt: skip


def made_of(listing: Path) -> list[str]:
    """Return what the facts of a listing were computed from, as `month_parts` tells it."""
    return list(_content(listing).get("made_of", []))


def repeated_lines(load: Load) -> dict[str, list[int]]:
    """Return, by gating, the lines that loaded months left out because their key stands in another file too."""
    found: dict[str, set[int]] = defaultdict(set)
    for listing in loaded_listings(load):
        for gate, lines in _content(listing)["repeated"].items():
            found[gate].update(lines)
    return {gate: sorted(lines) for gate, lines in found.items()}


def fact_of(name: str) -> type[Fact]:
    """Return the declaration of a fact by its qualified name."""
    found = Table.registry[name]
    assert issubclass(found, Fact)
    return found


def _content(listing: Path) -> dict[str, Any]:
    found: dict[str, Any] = seals.get_json(Path(listing))
    return found


def _sums(assembly: Assembly, version: Version) -> dict[str, int]:
    """Return the sums of the accepted contributions and claims of a version, which the facts must keep."""
    inputs = assembly.inputs(version)
    found = lake.sums(inputs[Contribution], CONSERVED) if Contribution in inputs else {}
    if Claim in inputs:
        found |= lake.sums(inputs[Claim].select(claims=pl.lit(1), claims_idr="paid_idr"), ("claims", "claims_idr"))
    return found
