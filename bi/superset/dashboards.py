"""How a dashboard is declared, and what Superset's file of it says: rows of charts, and filters with safe defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bi.superset.charts import Chart
from bi.superset.datasets import BY_NAME
from bi.superset.identity import VERSION, uuid_of

NO_MASK: dict[str, Any] = {"extraFormData": {}, "filterState": {}, "ownState": {}}


@dataclass(frozen=True)
class Filter:
    """A filter of one value: the first of its column, or `default`. `spared` charts do not obey it."""

    column: str
    title: str
    about: str
    dataset: str
    newest_first: bool = False
    default: str = ""
    spared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """Charts side by side with their widths, which add up to 12, in one height (units of 8 pixels)."""

    height: int
    charts: tuple[tuple[Chart, int], ...]


@dataclass(frozen=True)
class Dashboard:
    """A dashboard: an introduction, rows of charts, and filters."""

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]
    filters: tuple[Filter, ...]

    @property
    def uuid(self) -> str:
        """Return the identity of the dashboard."""
        return uuid_of("dashboard", self.name)

    def charts(self) -> list[Chart]:
        """Return the charts from top to bottom."""
        return [chart for row in self.rows for chart, _ in row.charts]


def as_yaml(dashboard: Dashboard) -> dict[str, Any]:
    """Return the dashboard as Superset exports it; chart ids are numbers of place, which an import replaces."""
    ids = {chart.name: number for number, chart in enumerate(dashboard.charts(), 1)}
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.about,
        "css": "",
        "slug": dashboard.name,
        "certified_by": "",
        "certification_details": "",
        "published": True,
        "uuid": dashboard.uuid,
        "position": _position(dashboard, ids),
        "metadata": {
            "native_filter_configuration": [_filter(each, dashboard, ids) for each in dashboard.filters],
            "chart_configuration": {},
            "cross_filters_enabled": False,
            "timed_refresh_immune_slices": [],
            "expanded_slices": {},
            "refresh_frequency": 0,
            "default_filters": "{}",
            "color_scheme": "supersetColors",
            "label_colors": {},
            "shared_label_colors": [],
            "filter_bar_orientation": "HORIZONTAL",
        },
        "version": VERSION,
    }


def _position(dashboard: Dashboard, ids: dict[str, int]) -> dict[str, Any]:
    rows = {f"ROW-{number}": row for number, row in enumerate(dashboard.rows, 1)}
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": dashboard.title}},
        "GRID_ID": _part("GRID_ID", "GRID", ["ROOT_ID"], ["ROW-0", *rows]),
        "ROW-0": _part("ROW-0", "ROW", ["ROOT_ID", "GRID_ID"], ["MARKDOWN-0"], background="BACKGROUND_TRANSPARENT"),
        "MARKDOWN-0": _part(
            "MARKDOWN-0", "MARKDOWN", ["ROOT_ID", "GRID_ID", "ROW-0"], [], code=dashboard.about, width=12, height=11
        ),
    }
    for row_id, row in rows.items():
        names = [f"CHART-{chart.name}" for chart, _ in row.charts]
        position[row_id] = _part(row_id, "ROW", ["ROOT_ID", "GRID_ID"], names, background="BACKGROUND_TRANSPARENT")
        for chart, width in row.charts:
            parents, name = ["ROOT_ID", "GRID_ID", row_id], f"CHART-{chart.name}"
            meta = {"chartId": ids[chart.name], "uuid": chart.uuid, "sliceName": chart.title}
            position[name] = _part(name, "CHART", parents, [], width=width, height=row.height, **meta)
    return position


def _part(name: str, kind: str, parents: list[str], children: list[str], **meta: object) -> dict[str, Any]:
    return {"id": name, "type": kind, "parents": parents, "children": children, "meta": meta}


def _filter(each: Filter, dashboard: Dashboard, ids: dict[str, int]) -> dict[str, Any]:
    target = {"datasetUuid": BY_NAME[each.dataset].uuid, "column": {"name": each.column}}
    return {
        "id": f"NATIVE_FILTER-{dashboard.name}-{each.column}",
        "type": "NATIVE_FILTER",
        "name": each.title,
        "description": each.about,
        "filterType": "filter_select",
        "targets": [target],
        "defaultDataMask": mask(each),
        "controlValues": {
            "enableEmptyFilter": True,
            "defaultToFirstItem": not each.default,
            "multiSelect": False,
            "searchAllOptions": False,
            "inverseSelection": False,
            "sortAscending": not each.newest_first,
        },
        "requiredFirst": not each.default,
        "adhoc_filters": [],
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": [ids[name] for name in each.spared]},
        "chartsInScope": [number for name, number in ids.items() if name not in each.spared],
        "tabsInScope": [],
    }


def mask(each: Filter) -> dict[str, Any]:
    """Return the state of the filter when the dashboard is opened; the first value is found by the browser."""
    if not each.default:
        return NO_MASK
    condition = {"col": each.column, "op": "IN", "val": [each.default]}
    return NO_MASK | {
        "extraFormData": {"filters": [condition]},
        "filterState": {"value": [each.default], "label": each.default, "validateStatus": False},
    }
