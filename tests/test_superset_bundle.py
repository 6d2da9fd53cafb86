"""The bundle for Superset follows from the declarations, and every chart of it shows what the facts say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bi.superset import bundle, datasets
from bi.superset.charts import Chart
from bi.superset.content import DASHBOARDS
from bi.superset.dashboards import Dashboard
from bi.superset.datasets import BY_NAME, DATASETS, YEAR_MONTH
from bi.superset.metrics import HIDDEN
from tests.conftest import Loaded
from tests.superset.figures import BASIS, MONTH, OPINIONS, comparable, opinion
from warehouse.home import Home
from warehouse.store import query

CHARTS = [(dashboard, chart) for dashboard in DASHBOARDS for chart in dashboard.charts()]
CHOSEN = {"province_name": "Jambi", YEAR_MONTH: MONTH[:7], "basis": BASIS}


@pytest.fixture(scope="module")
def published(loaded_home: Loaded) -> Path:
    """Return the published file."""
    return Home(loaded_home[0]).current


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    """Return the committed files by path, read."""
    found = bundle.FOLDER.rglob("*.yaml")
    return {str(file.relative_to(bundle.FOLDER)): yaml.safe_load(file.read_text(encoding="utf-8")) for file in found}


def sql_of(files: dict[str, Any], dashboard: Dashboard, chart: Chart) -> str:
    """Return the SQL that the committed files make of a chart under the dashboard's filters."""
    said, dataset = files[f"charts/{chart.name}.yaml"], files[f"datasets/Cakupan/{chart.dataset}.yaml"]
    computed = {each["column_name"]: each["expression"] or each["column_name"] for each in dataset["columns"]}
    metrics = {each["metric_name"]: each["expression"] for each in dataset["metrics"]}
    asked = yaml.safe_load(said["query_context"])["queries"][0]
    conditions = [condition(computed[each["col"]], each["op"], each["val"]) for each in asked["filters"]]
    conditions += [
        condition(computed[each.column], "==", CHOSEN[each.column])
        for each in dashboard.filters
        if each.column in computed and chart.name not in each.spared
    ]
    shown = [f"{computed[name]} AS {name}" for name in asked["columns"]] + [
        f"{metrics[name]} AS {name}" for name in asked["metrics"]
    ]
    relation = f"({dataset['sql']})" if dataset["sql"] else f"{dataset['schema']}.{dataset['table_name']}"
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {', '.join(shown)} FROM {relation}{where}" + (" GROUP BY ALL" if asked["metrics"] else "")


def condition(column: str, operator: str, value: Any) -> str:
    if operator == "IS NOT NULL":
        return f"{column} IS NOT NULL"
    values = ", ".join(f"'{each}'" for each in (value if isinstance(value, list) else [value]))
    return f"{column} {'NOT IN' if operator == 'NOT IN' else 'IN'} ({values})"


def test_the_committed_bundle_is_what_the_declarations_make() -> None:
    committed = {
        str(file.relative_to(bundle.FOLDER)): file.read_text(encoding="utf-8")
        for file in bundle.FOLDER.rglob("*")
        if file.is_file()
    }
    assert bundle.texts() == committed


def test_every_chart_has_a_second_opinion_and_stands_on_one_dashboard() -> None:
    names = [chart.name for _, chart in CHARTS]
    assert sorted(names) == sorted(OPINIONS)


@pytest.mark.parametrize(("dashboard", "chart"), CHARTS, ids=[chart.name for _, chart in CHARTS])
def test_a_chart_shows_what_the_facts_say(
    published: Path, files: dict[str, Any], dashboard: Dashboard, chart: Chart
) -> None:
    shown = comparable(query(published, sql_of(files, dashboard, chart)).rows())
    assert shown == opinion(published, chart.name)
    assert shown
    assert any(value is not None for row in shown for value in row)


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_every_metric_and_column_of_a_dataset_can_be_asked(
    published: Path, files: dict[str, Any], dataset: datasets.Dataset
) -> None:
    said = files[f"datasets/Cakupan/{dataset.name}.yaml"]
    asked = [each["expression"] for each in said["metrics"]]
    assert query(published, f"SELECT {', '.join(asked)} FROM {dataset.relation}").height == 1
    columns = [each["expression"] or each["column_name"] for each in said["columns"]]
    assert query(published, f"SELECT {', '.join(columns)} FROM {dataset.relation} LIMIT 0").width == len(columns)


def test_persons_are_never_summed_and_stocks_never_over_months(published: Path) -> None:
    sums = {
        (dataset.name, measure.name)
        for dataset in DATASETS
        for measure in dataset.measures()
        if measure.name.startswith(("sum_", "billion_"))
    }
    persons = ("active", "eligible", "members", "joined", "left", "vulnerable", "accounts", "rank")
    assert sums
    assert not [name for _, name in sums if any(person in name for person in persons)]
    refused = query(published, f"SELECT {expression('compliance', 'sum_obliged_employers')} AS n FROM mart.compliance")
    assert refused["n"].to_list() == [None]


def test_a_chart_that_adds_up_what_may_be_hidden_says_that_it_leaves_hidden_cells_out(files: dict[str, Any]) -> None:
    told = {chart.name for _, chart in CHARTS if HIDDEN in files[f"charts/{chart.name}.yaml"]["description"]}
    assert told == {"arrears", "premium", "ageing", "benefit", "budgets"}
    warned = {
        one["metric_name"]
        for one in files["datasets/Cakupan/benefit.yaml"]["metrics"]
        if HIDDEN in (one["warning_text"] or "")
    }
    assert warned == {"sum_cases", "sum_paid_idr", "billion_paid_idr"}


@pytest.mark.parametrize(("dashboard", "chart"), CHARTS, ids=[chart.name for _, chart in CHARTS])
def test_a_chart_shows_what_a_copy_with_hidden_cells_says(
    hiding_home: Home, files: dict[str, Any], dashboard: Dashboard, chart: Chart
) -> None:
    shown = comparable(query(hiding_home.current, sql_of(files, dashboard, chart)).rows())
    assert shown == opinion(hiding_home.current, chart.name)


def test_a_figure_of_persons_refuses_a_group_of_several_rows(published: Path) -> None:
    asked = expression("coverage", "only_active_workers")
    where = f"WHERE month = '{MONTH}' AND segment = 'UCJ' AND basis = '{BASIS}'"
    both = query(
        published, f"SELECT level, {asked} AS n FROM mart.coverage {where} AND province_code = '15' GROUP BY level"
    )
    figures = dict(both.rows())
    assert figures["regency"] is None
    assert figures["province"] > 0


def expression(dataset: str, metric: str) -> str:
    return next(measure.expression for measure in BY_NAME[dataset].measures() if measure.name == metric)


def test_the_connection_is_read_only_and_closed(files: dict[str, Any]) -> None:
    database = files["databases/Cakupan.yaml"]
    connect = database["extra"]["engine_params"]["connect_args"]
    assert connect["read_only"] is True
    assert connect["config"]["enable_external_access"] == "false"
    assert not [name for name in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload") if database[name]]
