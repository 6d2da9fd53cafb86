"""The bridge from extracts to mart.month_bridge: every version of a month to every version of the next, to the last worker."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from pathlib import Path
from random import Random

import pytest

from tests.endtoend import ask, load
from tests.extracts import PLAIN, REGENCIES, SEGMENTS, Files, Row, membership, write
from warehouse.home import Home
from warehouse.store import query
from warehouse.vocabulary import SCOPES

JANUARY, FEBRUARY, LATE_FEBRUARY = ("2025-01", "2025-01-31"), ("2025-02", "2025-02-28"), ("2025-02", "2025-03-31")
MID_MARCH, CLOSED_MARCH = ("2025-03", "2025-03-16"), ("2025-03", "2025-04-30")
Version = tuple[str, str]
Place = tuple[str, str, str]
People = Mapping[Place, set[str]]
PAIRS: dict[tuple[Version, Version], Version] = {
    (JANUARY, FEBRUARY): JANUARY,
    (JANUARY, LATE_FEBRUARY): JANUARY,
    (FEBRUARY, MID_MARCH): FEBRUARY,
    (LATE_FEBRUARY, MID_MARCH): FEBRUARY,
    (FEBRUARY, CLOSED_MARCH): LATE_FEBRUARY,
    (LATE_FEBRUARY, CLOSED_MARCH): LATE_FEBRUARY,
}
"""From version to version, with the version of the month before that was the newest known on the later one's day."""
COUNTS = (
    "active_before", "restated_workers", "joined_workers", "returned_workers",
    "moved_in_workers", "moved_out_workers", "left_workers", "active_after",
)  # fmt: skip
LINES = f"""
SELECT strftime(month, '%Y-%m'), as_of_date::VARCHAR, previous_as_of_date::VARCHAR, basis, segment, region_code,
    {", ".join(COUNTS)}
FROM {{}}.month_bridge
"""
UNEVEN = """
SELECT * FROM mart.month_bridge WHERE active_after IS DISTINCT FROM active_before + restated_workers
    + joined_workers + returned_workers + moved_in_workers - moved_out_workers - left_workers
"""


@dataclass(frozen=True)
class Loaded:
    """A home with three months in five versions, and the extracts that it was loaded from."""

    files: Files
    home: Path


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Load the three months."""
    place, dice = tmp_path_factory.mktemp("first"), Random(5)
    files = {name_of(version): random_rows(dice, version) for version in sorted({*sum(PAIRS, ())})}
    assert load(write(place / "source", files), place / "home")["state"] == "LOADED"
    return Loaded(files, place / "home")


@pytest.fixture(scope="module", params=["loaded once", "restated"])
def loaded(request: pytest.FixtureRequest, first: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return the three months, or in the second case a copy into which two versions came with other content."""
    if request.param == "loaded once":
        return first
    place, dice = tmp_path_factory.mktemp("restated"), Random(6)
    home = shutil.copytree(first.home, place / "home", symlinks=True)
    files = first.files | {name_of(version): random_rows(dice, version) for version in (JANUARY, FEBRUARY)}
    again = load(write(place / "source", files), home)
    assert again["months_loaded"].keys() == {"2025-01", "2025-02", "2025-03"}, again
    return Loaded(files, home)


def test_every_pair_of_versions_is_bridged_in_every_place_to_the_last_worker(loaded: Loaded) -> None:
    found = {tuple(row[:6]): tuple(row[6:]) for row in ask(loaded.home, LINES.format("mart"))}
    wanted = {line: counts for pair in PAIRS for line, counts in lines_of(loaded.files, *pair)}
    assert found == wanted
    assert all(any(count) for count in zip(*found.values(), strict=True))


def test_every_line_of_the_bridge_adds_up_in_the_warehouse_and_in_the_published_copy(loaded: Loaded) -> None:
    assert ask(loaded.home, UNEVEN) == []
    assert query(Home(loaded.home).current, UNEVEN).rows() == []
    assert query(Home(loaded.home).current, "SELECT count(*) FROM mart.month_bridge").item() > 0


def test_nothing_is_restated_from_the_version_that_the_change_was_measured_against(loaded: Loaded) -> None:
    restated = ask(
        loaded.home,
        "SELECT previous_as_of_date = measured_as_of_date, sum(abs(restated_workers)) > 0"
        " FROM mart.month_bridge GROUP BY ALL ORDER BY ALL",
    )
    assert restated == [(False, True), (True, False)]


def test_the_newest_line_leads_from_newest_version_to_newest_version_as_coverage_shows_them(loaded: Loaded) -> None:
    newest = "SELECT DISTINCT previous_as_of_date::VARCHAR, as_of_date::VARCHAR FROM mart.month_bridge WHERE is_newest"
    assert sorted(ask(loaded.home, newest)) == [("2025-01-31", "2025-03-31"), ("2025-03-31", "2025-04-30")]
    differing = """
        SELECT now.region_code FROM mart.coverage AS now
        FULL JOIN (SELECT * FROM mart.month_bridge WHERE is_newest AND active_after > 0) AS bridge
            USING (month, as_of_date, basis, segment, region_code)
        WHERE now.active_workers > 0 AND month > DATE '2025-01-01'
            AND now.active_workers IS DISTINCT FROM bridge.active_after
    """
    assert ask(loaded.home, differing) == []


def name_of(version: Version) -> str:
    """Return the name of the file that holds a version."""
    return f"kepesertaan_{version[0]}_{version[1]}.csv".replace("-", "")


def random_rows(dice: Random, version: Version, people: int = 60) -> list[Row]:
    """Return memberships of a version: a person has none, one or two, in segments and regencies of their own."""
    month, day = version
    rows = []
    for person in range(1, people):
        for segment in dice.sample(SEGMENTS, dice.choice([0, 1, 1, 1, 2])):
            home, work = dice.choice(REGENCIES), dice.choice([*REGENCIES, ""])
            written = {
                "blth": month,
                "tgl_data": day,
                "segmen": segment,
                "kode_kab_domisili": home,
                "kode_kab_kerja": work,
            }
            rows.append(membership(person, PLAIN["kepesertaan"] | written))
    return rows


def people_of(rows: list[Row]) -> People:
    """Return the persons in force by basis, scope and region, counted with sets."""
    found: dict[Place, set[str]] = defaultdict(set)
    for row in rows:
        scopes = [scope for scope, segments in SCOPES.items() if row["segmen"] in segments]
        for (basis, code), scope in product(places_of(row), scopes):
            for region in (code, code[:2], "00"):
                found[basis, scope, region].add(row["nik"])
    return found


def places_of(row: Row) -> list[tuple[str, str]]:
    """Return the regency of a membership by basis; without a workplace it has none on that basis."""
    places = (("RESIDENCE", row["kode_kab_domisili"]), ("WORKPLACE", row["kode_kab_kerja"]))
    return [(basis, code) for basis, code in places if code]


def lines_of(files: Files, before: Version, after: Version) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Return the lines of the bridge between two versions, as sets of persons tell them."""
    seen = {version: people_of(files[name_of(version)]) for version in (before, after, PAIRS[before, after])}
    start, end, measured = seen[before], seen[after], seen[PAIRS[before, after]]
    long_ago = people_of(files[name_of(JANUARY)]) if before[0] != JANUARY[0] else {}
    places = reduce(set.union, (set(one) for one in seen.values()))
    return [
        ((after[0], after[1], before[1], *place), counts_of(place, start, measured, end, long_ago)) for place in places
    ]


def counts_of(place: Place, start: People, measured: People, end: People, long_ago: People) -> tuple[int, ...]:
    """Return the counts of one line in the order of COUNTS."""
    nation: Place = (*place[:2], "00")
    was, now = measured.get(place, set()), end.get(place, set())
    was_anywhere, anywhere = measured.get(nation, set()), end.get(nation, set())
    known, first = long_ago.get(nation, set()), start.get(place, set())
    arrived = now - was_anywhere
    return (
        len(first),
        len(was) - len(first),
        len(arrived - known),
        len(arrived & known),
        len((now & was_anywhere) - was),
        len((was & anywhere) - now),
        len(was - anywhere),
        len(now),
    )
