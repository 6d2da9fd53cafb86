"""How a chart is declared, and what Superset's file of it says: its look, and the query that draws it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bi.superset.datasets import BY_NAME
from bi.superset.identity import VERSION, uuid_of
from bi.superset.metrics import HIDDEN

Where = tuple[str, str, object]
OPERATORS = {"==": "EQUALS", "IN": "IN", "IS NOT NULL": "IS_NOT_NULL", "NOT IN": "NOT_IN"}
MOST_ROWS = 1000


@dataclass(frozen=True)
class Chart:
    """A chart: what it asks (columns, metrics, conditions, order) and how it looks."""

    name: str
    title: str
    dataset: str
    viz: str
    about: str
    columns: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    look: dict[str, Any] = field(default_factory=dict)

    @property
    def uuid(self) -> str:
        """Return the identity of the chart."""
        return uuid_of("chart", self.name)

    @property
    def description(self) -> str:
        """Return what it shows, and that hidden cells are left out where it adds up what may be hidden."""
        summed = {one.name for one in BY_NAME[self.dataset].measures() if one.leaves_out}
        return f"{self.about.removesuffix('.')}. {HIDDEN}" if summed & {*self.metrics} else self.about

    def query(self) -> dict[str, Any]:
        """Return the query of the chart as its REST API takes it; `order` says True for ascending."""
        return {
            "columns": list(self.columns),
            "metrics": list(self.metrics),
            "filters": [{"col": column, "op": operator, "val": value} for column, operator, value in self.where],
            "orderby": [list(each) for each in self.order],
            "extras": {"having": "", "where": ""},
            "row_limit": MOST_ROWS,
        }

    def params(self) -> dict[str, Any]:
        """Return the form of the chart."""
        common = {"adhoc_filters": [_adhoc(each) for each in self.where], "row_limit": MOST_ROWS}
        return {"viz_type": self.viz, **common, **self.look}


def as_yaml(chart: Chart) -> dict[str, Any]:
    """Return the chart as Superset exports it; Superset writes the ids of its own database over ours."""
    params = chart.params()
    context = {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": [chart.query()],
        "form_data": {**params, "datasource": "0__table"},
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": chart.title,
        "description": chart.description,
        "certified_by": None,
        "certification_details": None,
        "viz_type": chart.viz,
        "params": params,
        "query_context": json.dumps(context),
        "cache_timeout": None,
        "uuid": chart.uuid,
        "version": VERSION,
        "dataset_uuid": BY_NAME[chart.dataset].uuid,
    }


def big_number(name: str, title: str, dataset: str, metric: str, form: str, about: str, *where: Where) -> Chart:
    """Return one figure in large type."""
    look = {
        "metric": metric, "y_axis_format": form, "subtitle": about, "header_font_size": 0.4, "subtitle_font_size": 0.2,
        "time_format": "smart_date",
    }  # fmt: skip
    return Chart(name, title, dataset, "big_number_total", about, (), (metric,), where, (), look)


def bars(
    name: str, title: str, dataset: str, x: str, metrics: Sequence[str], form: str, about: str, *where: Where,
    lying: bool = False, by_value: bool = False, stacked: bool = False, series: str = "", legend: bool = True,
) -> Chart:  # fmt: skip
    """Return bars of `metrics` over the values of `x`, in the order of x or by value; `series` splits them by colour."""
    look = {
        "x_axis": x,
        "metrics": list(metrics),
        "groupby": [series] if series else [],
        "orientation": "horizontal" if lying else "vertical",
        "stack": "Stack" if stacked else None,
        "show_value": True,
        "only_total": True,
        "show_legend": legend,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "y_axis_format": form,
        "truncate_metric": True,
        "show_empty_columns": True,
        "x_axis_sort": metrics[0] if by_value else x,
        "x_axis_sort_asc": by_value == lying if by_value else not lying,
        "xAxisForceCategorical": True,
        "color_scheme": "supersetColors",
        "y_axis_title_margin": 15,
        "x_axis_title_margin": 15,
    }
    order = ((metrics[0], False),) if by_value else ((x, True),)
    columns = (x, series) if series else (x,)
    return Chart(name, title, dataset, "echarts_timeseries_bar", about, columns, tuple(metrics), where, order, look)


def line(name: str, title: str, dataset: str, x: str, metric: str, form: str, about: str, *where: Where, series: str = "") -> Chart:  # fmt: skip
    """Return a line of `metric` over `x`."""
    look = {
        "x_axis": x, "metrics": [metric], "groupby": [series] if series else [], "markerEnabled": True, "markerSize": 8,
        "show_value": True, "show_legend": bool(series), "rich_tooltip": True, "y_axis_format": form, "x_axis_sort": x,
        "x_axis_sort_asc": True, "xAxisForceCategorical": True, "truncateYAxis": True, "y_axis_bounds": [0, None],
        "truncate_metric": True, "color_scheme": "supersetColors",
    }  # fmt: skip
    columns = (x, series) if series else (x,)
    return Chart(name, title, dataset, "echarts_timeseries_line", about, columns, (metric,), where, ((x, True),), look)


def waterfall(name: str, title: str, dataset: str, x: str, metric: str, form: str, about: str, *where: Where) -> Chart:
    """Return steps that add up to their total."""
    look = {
        "x_axis": x, "metric": metric, "groupby": [], "show_value": True, "y_axis_format": form, "total_label": "Jumlah",
        "x_ticks_layout": "45°", "increase_color": _colour(90, 193, 137), "decrease_color": _colour(224, 67, 85),
        "total_color": _colour(102, 102, 102), "increase_label": "Naik", "decrease_label": "Turun", "show_legend": False,
    }  # fmt: skip
    return Chart(name, title, dataset, "waterfall", about, (x,), (metric,), where, ((x, True),), look)


def table(
    name: str, title: str, dataset: str, columns: Sequence[str], metrics: Sequence[str], about: str, *where: Where,
    by: str = "", ascending: bool = False, forms: dict[str, str] | None = None, length: int = 0, bars_in_cells: bool = False,
) -> Chart:  # fmt: skip
    """Return a table of `metrics` by `columns`, or of the rows themselves where there are no metrics."""
    config = {name: {"d3NumberFormat": form} for name, form in (forms or {}).items()}
    look: dict[str, Any] = {
        "show_cell_bars": bars_in_cells, "column_config": config, "page_length": length, "table_timestamp_format": "%Y-%m-%d",
        "color_pn": False, "allow_render_html": False, "include_search": False, "server_pagination": False,
    }  # fmt: skip
    if metrics:
        look |= {"query_mode": "aggregate", "groupby": list(columns), "metrics": list(metrics), "all_columns": []}
        look |= {"timeseries_limit_metric": by or metrics[0], "order_desc": not ascending}
        order = ((by or metrics[0], ascending),)
    else:
        look |= {"query_mode": "raw", "all_columns": list(columns), "groupby": [], "metrics": []}
        order = ((by or columns[0], ascending),)
        look |= {"order_by_cols": [json.dumps(list(each)) for each in order]}
    return Chart(name, title, dataset, "table", about, tuple(columns), tuple(metrics), where, order, look)


def _adhoc(where: Where) -> dict[str, Any]:
    column, operator, value = where
    return {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": column,
        "operator": operator,
        "operatorId": OPERATORS[operator],
        "comparator": value,
        "filterOptionName": f"filter_{column}",
    }


def _colour(red: int, green: int, blue: int) -> dict[str, int]:
    return {"r": red, "g": green, "b": blue, "a": 1}
