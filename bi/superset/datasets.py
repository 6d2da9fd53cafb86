"""The datasets: the views of the published file, and two queries over them that charts need as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bi.superset import columns as c
from bi.superset import metrics
from bi.superset.columns import Described, describe
from bi.superset.identity import VERSION, uuid_of
from warehouse import ddl
from warehouse import vocabulary as v
from warehouse.schema import Column
from warehouse.tables.compliance import EmployerMonth

SCHEMA = "mart"
YEAR_MONTH = "year_month"
STEPS = {
    "restated_workers": "Koreksi",
    "joined_workers": "Baru",
    "returned_workers": "Kembali",
    "moved_in_workers": "Pindah masuk",
    "moved_out_workers": "Pindah keluar",
    "left_workers": "Keluar",
}
GONE = ("moved_out_workers", "left_workers")
FINDINGS = {
    "unregistered_employers": "is_unregistered",
    "workers_missing_employers": "is_workers_missing",
    "wage_below_minimum_employers": "is_wage_below_minimum",
    "programme_missing_employers": "is_programme_missing",
    "late_employers": "is_late",
}
PLACE = ("region_code", "region_name", "level", "province_code", "province_name", "month", "as_of_date")


@dataclass(frozen=True)
class Computed:
    """A column that Superset computes: its SQL in one row."""

    name: str
    label: str
    expression: str
    description: str


MONTH = Computed(YEAR_MONTH, "Bulan", "strftime(month, '%Y-%m')", "The month as text.")
CLASS = Computed(
    "class_name", "Umur piutang",
    "CASE arrears_class WHEN 'LANCAR' THEN '1 Lancar: 1-3 bulan' WHEN 'KURANG_LANCAR' THEN '2 Kurang lancar: 4-6 bulan'"
    " WHEN 'MACET' THEN '3 Macet: 7-9 bulan' WHEN 'KONTINJENSI' THEN '4 Kontinjensi: > 9 bulan' END",
    "Class of arrears with its age, in order.",
)  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """A view, or a query over views, as a BI tool sees it.

    `alone` names the columns of which a sum may span one value only: stocks are never added up over months;
    `exact` those of which persons may be added up where each has one value. A query
    `shows` columns of `view` (all, where none are named) and those of its `own`.
    """

    name: str
    alone: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    sql: str = ""
    view: str = ""
    shows: tuple[str, ...] = ()
    own: Mapping[str, Column] = field(default_factory=dict)
    about: str = ""
    computed: tuple[Computed, ...] = ()

    @property
    def uuid(self) -> str:
        """Return the identity of the dataset."""
        return uuid_of("dataset", self.name)

    @property
    def relation(self) -> str:
        """Return what stands behind FROM."""
        return f"({self.sql})" if self.sql else f"{SCHEMA}.{self.name}"

    @property
    def description(self) -> str:
        """Return what a reader must know."""
        return self.about or ddl.view_comments()[f"{SCHEMA}.{self.name}"]

    def measures(self) -> list[metrics.Measure]:
        """Return its metrics."""
        return metrics.measures(self.described(), self.alone, self.exact)

    def described(self) -> list[Described]:
        """Return its columns with their declarations."""
        return describe(f"{SCHEMA}.{self.view or self.name}", self.shows, self.own)


def _steps() -> str:
    """Return the query of the change since the month before, one row per step, signed."""
    branches = [
        f"SELECT {', '.join(PLACE)}, basis, segment, '{number} {label}' AS step,"
        f" {'-' if name in GONE else ''}{name} AS workers FROM mart.month_bridge WHERE is_newest"
        for number, (name, label) in enumerate(STEPS.items(), 1)
    ]
    return "\nUNION ALL\n".join(branches)


def _findings() -> str:
    """Return the query of employers by finding, one row per regency, scale, sector and finding."""
    branches = [
        f"SELECT {', '.join(PLACE)}, scale, sector, '{EmployerMonth.columns[flag].label_id}' AS finding, {name} AS employers FROM mart.compliance"
        for name, flag in FINDINGS.items()
    ]
    return "\nUNION ALL\n".join(branches)


BY_SECTOR = """SELECT compliance.*, compliance.sector || ' ' || regexp_extract(sector.name_id, '^[^,;]+') AS sector_name
FROM mart.compliance AS compliance
LEFT JOIN mart.dim_sector AS sector ON sector.sector = compliance.sector"""

DATASETS = (
    Dataset("coverage"),
    Dataset("programme_coverage"),
    Dataset("premium"),
    Dataset("compliance", ("month",), sql=BY_SECTOR, own=c.SECTOR_NAME),
    Dataset("benefit"),
    Dataset("arrears", ("month",)),
    Dataset("coverage_gap"),
    Dataset("league_table"),
    Dataset("month_bridge"),
    Dataset("arrears_ageing", ("month",), computed=(CLASS,)),
    Dataset("budget_absorption", ("year",)),
    Dataset("claim_check", own=c.OUR_RATIO),
    Dataset(
        "month_bridge_steps", exact=("region_code", "basis", "segment", "month"), sql=_steps(),
        view="month_bridge", shows=(*PLACE, "basis", "segment"), own=c.STEP,
        about="The change of workers in force since the month before, one row per region, basis, segment and step: month_bridge"
        " between the newest versions of both months, turned into rows. Steps add up to the change of one region, basis and segment.",
    ),
    Dataset(
        "compliance_findings", ("month", "finding"), sql=_findings(), view="compliance", shows=(*PLACE, "scale", "sector"), own=c.FINDING,
        about="Employers by finding, one row per regency, month, scale, sector and finding: compliance turned into rows. An employer"
        " may have several findings, so findings are never added up.",
    ),
)  # fmt: skip
BY_NAME = {dataset.name: dataset for dataset in DATASETS}


def as_yaml(dataset: Dataset, database: str) -> dict[str, Any]:
    """Return the dataset as Superset exports it."""
    described = dataset.described()
    has_month = any(each.name == "month" for each in described)
    computed = (*((MONTH,) if has_month else ()), *dataset.computed)
    columns = [_column(each) for each in described] + [_computed(each) for each in computed]
    return {
        "table_name": dataset.name,
        "main_dttm_col": "month" if has_month else None,
        "description": dataset.description,
        "schema": SCHEMA,
        "sql": dataset.sql or None,
        "filter_select_enabled": True,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "cache_timeout": None,
        "uuid": dataset.uuid,
        "metrics": [metrics.as_yaml(measure) for measure in dataset.measures()],
        "columns": columns,
        "version": VERSION,
        "database_uuid": database,
    }


def _column(each: Described) -> dict[str, Any]:
    return {
        "column_name": each.name,
        "verbose_name": each.label,
        "is_dttm": each.sql_type in ("DATE", "TIMESTAMP"),
        "is_active": True,
        "type": each.sql_type,
        "groupby": True,
        "filterable": True,
        "expression": None,
        "description": each.about,
    }


def _computed(each: Computed) -> dict[str, Any]:
    column = Column(v.TEXT, each.description, "text", label_id=each.label)
    return _column(Described(each.name, column)) | {"expression": each.expression}
