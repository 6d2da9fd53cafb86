"""What a load tells catalogues and offices: OpenLineage events, pages, and what is missing; never a person."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from flows.settings import Settings
from flows.site_pages import write_site
from flows.watching.freshness import require_delivered
from tests.endtoend import ask, load
from tests.extracts import memberships, two_months, write
from tests.openlineage_client import read_event
from tests.scanner import Words
from tests.servers.catalogue import listening
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.store import query

HOSTILE = "PT <script>alert(1)</script> & Co"
REGENCIES = """
SELECT count(*) FROM mart.fact_coverage
WHERE superseded_at IS NULL AND month = DATE '2025-03-01' AND region_code LIKE '__.__' AND segment = 'UCJ' AND basis = 'RESIDENCE'
"""
MARCH = """
    | orang | segmen | program     | kode_kab_domisili |
    | 3-34  | PU     | JKK,JKM,JHT | 15.03             |
"""


@dataclass(frozen=True)
class Told:
    """A home, the folder it was loaded from, and the events that its load wrote."""

    home: Path
    source: Path
    events: list[dict[str, Any]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Load two months, of which the second lacks a regency, and tell it to a file."""
    place = tmp_path_factory.mktemp("told")
    files = {name: rows for name, rows in two_months().items() if name.startswith(("kepesertaan", "penduduk"))}
    files["kepesertaan_15_202503.csv"] = memberships("2025-03", "2025-03-31", MARCH, nama=HOSTILE)
    source, home = write(place / "source", files), place / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENLINEAGE_URL", (place / "events.jsonl").as_uri())
        load(source, home)
    events = [json.loads(line) for line in (place / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    return Told(home, source, events)


def test_the_events_of_a_run_tell_its_files_by_content_and_its_marts_with_rows_and_columns(told: Told) -> None:
    start, complete = told.events
    assert [start["eventType"], complete["eventType"]] == ["START", "COMPLETE"]
    assert start["run"]["runId"] == complete["run"]["runId"]

    delivered = [one for one in complete["inputs"] if one["namespace"] == "cakupan/landing"]
    contents = {f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}": path for path in told.source.iterdir()}
    assert {one["name"] for one in delivered} == contents.keys()
    for one in delivered:
        lines = contents[one["name"]].read_text(encoding="utf-8").count("\n")
        assert one["inputFacets"]["dataQualityMetrics"]["rowCount"] == lines - 1

    for one in complete["outputs"]:
        [(rows,)] = ask(told.home, f"SELECT count(*) FROM {one['name']}")
        columns = [name for (name, *_) in ask(told.home, f"DESCRIBE {one['name']}")]
        assert one["outputFacets"]["outputStatistics"]["rowCount"] == rows > 0
        assert {field["name"] for field in one["facets"]["schema"]["fields"]} <= {*columns, "coverage_ratio"} | set(
            columns
        )
    assert "mart.fact_coverage" in {one["name"] for one in complete["outputs"]}


def test_the_official_client_reads_every_event_of_a_load(told: Told) -> None:
    start, complete = map(read_event, told.events)
    assert (start.inputs, start.outputs) == ([], [])
    assert complete.inputs and complete.outputs
    assert {facet for one in complete.inputs for facet in one.inputFacets or ()} == {
        "dataQualityMetrics",
        "dataQualityAssertions",
    }
    with pytest.raises(AssertionError, match="rowCount"):
        read_event(json.loads(json.dumps(told.events[1]).replace('"rowCount": ', '"rowCount": 0.')))


def test_no_event_and_no_page_names_a_person_or_a_file(told: Told) -> None:
    rows = [row for path in told.source.glob("kepesertaan*") for row in _rows(path)]
    people = Words([row[name] for row in rows for name in ("nik", "kpj") if row[name]])
    text = json.dumps(told.events)
    assert people.in_text(text) == set()
    assert not [path.name for path in told.source.iterdir() if path.name in text]
    assert people.in_folder(write_site(Home(told.home))) == {}


def test_a_url_is_told_with_its_key_and_one_that_fails_fails_no_load(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening() as catalogue:
        monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{catalogue.server_port}")
        monkeypatch.setenv("OPENLINEAGE_API_KEY", "rahasia-katalog")
        with pytest.raises(Stop):
            load(tmp_path / "nowhere", tmp_path / "home")
        catalogue.status = 500
        assert load(told.source, told.home)["state"] == "LOADED"
    assert [(path, key) for path, key, _ in catalogue.asked] == [("/api/v1/lineage", "Bearer rahasia-katalog")] * 4
    events = [event for _, _, event in catalogue.asked]
    assert [event["eventType"] for event in events] == ["START", "FAIL", "START", "COMPLETE"]
    assert [read_event(event).run.runId for event in events] == [event["run"]["runId"] for event in events]
    assert "nowhere" in catalogue.asked[1][2]["run"]["facets"]["errorMessage"]["message"]


def test_the_pages_show_every_regency_of_the_newest_month_with_its_denominator(told: Told) -> None:
    place = write_site(Home(told.home))
    page = unescape((place / "index.html").read_text(encoding="utf-8"))
    [(name, active, eligible)] = query(
        Home(told.home).current,
        "SELECT region_name, active_workers, eligible_workers FROM mart.league_table WHERE is_newest_month AND region_code = '15.03'",
    ).rows()
    assert page.count("<tr>") == 1 + ask(told.home, REGENCIES)[0][0]
    assert f"<td>{name}</td><td class=n>{100 * active / eligible:.2f}".replace(".", ",") in page
    assert f"<td class=n>{active}</td><td class=n>{eligible}</td>" in page
    assert "31-03-2025" in page
    [(run,)] = ask(told.home, "SELECT run_id FROM ops.run ORDER BY started_at LIMIT 1")
    assert f"<code>{run}</code>" in (place / "proses.html").read_text(encoding="utf-8")


def test_the_pages_need_nothing_from_outside_and_are_replaced_in_one_step(told: Told) -> None:
    first = write_site(Home(told.home)).resolve()
    second = write_site(Home(told.home)).resolve()
    assert first != second
    assert not first.exists()
    assert sorted(path.name for path in told.home.glob(".site*")) == [second.name]
    for page in second.iterdir():
        text = page.read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        assert not [word for word in ("<script", "http://", "https://", "src=", "@import") if word in text]


def test_a_month_that_nobody_delivered_cannot_be_closed(told: Told) -> None:
    require_delivered(Home(told.home), Settings(), "2025-03")
    with pytest.raises(Stop, match="kepesertaan"):
        require_delivered(Home(told.home), Settings(), "2025-04")


def _rows(path: Path) -> list[dict[str, str]]:
    head, *lines = [line.split(";") for line in path.read_text(encoding="utf-8").splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]
