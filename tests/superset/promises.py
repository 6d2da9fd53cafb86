"""What is promised of Superset, asked of a running one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import polars as pl

from bi.superset.content import DASHBOARDS
from bi.superset.datasets import YEAR_MONTH
from tests.superset.client import Client
from tests.superset.figures import BASIS, MONTH, Rows, comparable, opinion
from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.store import building
from warehouse.tables.coverage import FactCoverage

CHOSEN = {"province_name": "Jambi", YEAR_MONTH: MONTH[:7], "basis": BASIS}
LATER = "99991231T000000-verify"
REFUSED = (
    "CREATE TABLE mart.mine AS SELECT 1 AS one",
    "SELECT * FROM read_csv('/etc/hostname')",
    "SELECT * FROM read_text('/etc/hostname')",
    "INSTALL httpfs",
    "SET enable_external_access = true",
)
PUBLISHES, KEPT = 50, 2
READERS = 4


def charts_by_dashboard() -> dict[str, int]:
    """Return the number of charts of every dashboard."""
    return {dashboard.name: len(dashboard.charts()) for dashboard in DASHBOARDS}


def kept(client: Client, home: Path, bundle: Path) -> Iterator[str]:
    """Yield a line for every promise that the REST API shows to be kept."""
    yield from imports_change_nothing(client, bundle)
    queries = dashboard_queries(client)
    yield from charts_show_the_facts(client, home, queries)
    yield from nothing_is_written(client)


def imports_change_nothing(client: Client, bundle: Path) -> Iterator[str]:
    """Import twice more, and compare all that is exported before and after."""
    first = client.export()
    for _ in range(2):
        client.import_bundle(bundle)
        assert client.export() == first
    yield f"import: {len(first)} files exported, unchanged by a second and a third import"


def dashboard_queries(client: Client) -> dict[str, dict[str, Any]]:
    """Return the query of every chart with the filters as its dashboard opens, by its name."""
    found, columns = client.charts(), client.datasets()
    queries = {}
    for dashboard in DASHBOARDS:
        for chart in dashboard.charts():
            query = found[chart.uuid][1]
            obeyed = [each.column for each in dashboard.filters if chart.name not in each.spared]
            known = columns[query["datasource"]["id"]]
            query["queries"][0]["filters"] += [
                {"col": name, "op": "IN", "val": [CHOSEN[name]]} for name in obeyed if name in known
            ]
            queries[chart.name] = query
    return queries


def charts_show_the_facts(client: Client, home: Path, queries: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Ask every chart for its data, by its stored query and with the filters, and compare with the facts."""
    found = client.charts()
    total = 0
    for dashboard in DASHBOARDS:
        for chart in dashboard.charts():
            assert client.stored_data(found[chart.uuid][0]), f"{chart.name}: no rows"
            shown = rows_in_order(client.data(queries[chart.name]), queries[chart.name])
            assert shown == opinion(Home(home).current, chart.name), f"{chart.name}: {shown}"
            assert shown, f"{chart.name}: no rows"
            total += len(shown)
    yield f"figures: {len(queries)} charts, {total} rows by the REST API, all as the facts of the warehouse say"


def rows_in_order(rows: list[dict[str, Any]], query: dict[str, Any]) -> Rows:
    """Return the rows as tuples of columns and metrics; a day arrives as milliseconds since 1970."""
    asked = query["queries"][0]
    names = [*asked["columns"], *asked["metrics"]]
    return comparable(
        [tuple(_day(row[name]) if name.endswith("_date") else row[name] for name in names) for row in rows]
    )


def nothing_is_written(client: Client) -> Iterator[str]:
    """Try in SQL Lab to write, to read another file, to load an extension and to open the connection."""
    database = client.database()
    status, text = client.sql(database, "SELECT count(*) AS n FROM mart.coverage")
    assert status == 200, text
    for sql in REFUSED:
        status, text = client.sql(database, sql)
        assert status >= 400, f"{sql}: {text[:300]}"
    yield f"read-only: SQL Lab reads, and is refused {len(REFUSED)} other statements"


def publishes_show(client: Client, home: Path) -> str:
    """Publish figure after figure while readers ask without pause: each next answer is new, and no reader ever goes back."""
    query = dashboard_queries(client)["active"]
    before = client.data(query)[0]["only_active_workers"]
    stop = Event()

    def read() -> list[int]:
        answers = []
        while not stop.is_set():
            answers.append(client.data(query)[0]["only_active_workers"])
        return answers

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read) for _ in range(READERS)]
        try:
            for number in range(1, PUBLISHES + 1):
                publish_one_more(home, number)
                after = client.data(query)[0]["only_active_workers"]
                assert after == before + number, (before, after)
        finally:
            stop.set()
        answers = [reader.result() for reader in readers]
    for each in answers:
        assert each == sorted(each), each
        assert set(each) <= set(range(before, before + PUBLISHES + 1)), set(each)
    told = f"{sum(map(len, answers))} answers of {READERS} readers meanwhile, none wrong and none older than the one before"
    return f"publish: {PUBLISHES} times, {before} before, one more in every next query; {told}"


def publish_one_more(home: Path, number: int) -> None:
    """Restate March with one more active worker in the province, and publish it as version `number`."""
    with building(Home(home).warehouse) as build:
        sql = "SELECT * FROM mart.fact_coverage WHERE superseded_at IS NULL AND month = ?"
        rows = build.frame(sql, [MONTH])
        version = Version(rows["month"].max(), rows["as_of_date"].max())  # type: ignore[arg-type]
        is_it = (pl.col("region_code") == "15") & (pl.col("segment") == "UCJ") & (pl.col("basis") == BASIS)
        changed = rows.filter(pl.col("as_of_date") == version.as_of_date).with_columns(
            active_workers=pl.col("active_workers") + is_it.cast(pl.Int64)
        )
        build.supersede(FactCoverage, changed, version, "verify", datetime(9998, 1, 1) + timedelta(days=number))
    publish(Home(home).warehouse, Home(home).published, f"{LATER}-{number:03}", keep=KEPT)


def kept_by_pages(found: dict[str, Any], base: str, charts: dict[str, int]) -> Iterator[str]:
    """Yield what the browser found: every chart drawn, none in error, all answered, nothing sent elsewhere."""
    for slug, seen in found["dashboards"].items():
        assert seen == {"drawn": charts[slug], "busy": 0, "errors": []}, (slug, seen)
    asked = [each for each in found["requests"] if "/api/v1/chart/data" in each["url"]]
    assert len(asked) >= sum(charts.values())
    assert {each.get("status") for each in asked} == {200}, asked
    yield f"pages: {charts} charts drawn without error, {len(asked)} requests for data answered"
    foreign = [
        each for each in found["requests"] if each["url"].startswith("http") and not each["url"].startswith(base)
    ]
    assert not [each for each in foreign if each.get("blocked") != "csp"], foreign
    yield f"silence: nothing left this machine; {len(foreign)} attempts to count visitors stopped by the content security policy"


def _day(value: object) -> object:
    return datetime.fromtimestamp(value / 1000, UTC).date() if isinstance(value, int | float) else value
