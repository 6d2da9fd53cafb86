"""The catalogue: every object of mart says what it is, and every ratio is its parts, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.conftest import Loaded
from tests.warehouse_rows import MID_MARCH, load, rows
from warehouse import ddl
from warehouse import vocabulary as v
from warehouse.catalogue import CataloguedMetric, catalogue, relations
from warehouse.home import Home
from warehouse.metric import Metric
from warehouse.schema import Column, Table
from warehouse.store import query
from warehouse.tables.registration import FactRegistration
from warehouse.view import View

NEAR = 1e-12
NAMED_AS_RATIO = re.compile(r"_(ratio|pct|share|rate)(_|$)|_per_|^ratio$")
ASKED_WITH = {"d": "DATE '2025-12-31'", "region": "'15.03'", "ratio": "0.962", "premium_idr": "16800"}
STANDING_KEYS = [table for table in relations() if not table.name.endswith("_history")]


def lacks(table: type[Table]) -> Iterator[str]:
    """Yield what a reader of a table, view or macro is not told."""
    if not (ddl.description(table) and table.grain and table.comes_from):
        yield f"{table.qualified()}: description, grain or source"
    for name, column in ddl.columns_of(table).items():
        told = {
            "description": column.description, "unit": column.unit, "source": ddl.source_of(column),
            "label_id": column.label_id, "label_en": column.label_en,
        }  # fmt: skip
        yield from (f"{table.qualified()}.{name}: {what}" for what, text in told.items() if not text)
        is_ratio = column.unit in ("fraction", "percent") or (column.dtype.is_numeric() and NAMED_AS_RATIO.search(name))
        if is_ratio and not (column.metric or column.stated):
            yield f"{table.qualified()}.{name}: parts of the ratio"
        parts = {column.metric.numerator, column.metric.denominator} if column.metric else set()
        yield from (f"{table.qualified()}.{name}: part {part}" for part in sorted(parts - table.columns.keys()))


def asked(table: type[Table] | str) -> str:
    """Return how a table, view or macro of mart is read in a query."""
    found = next(one for one in relations() if table in (one, one.qualified()))
    parameters = found.parameters if issubclass(found, View) else ()
    call = f"({', '.join(ASKED_WITH[name] for name in parameters)})" if parameters else ""
    return found.qualified() + call


def where(table: type[Table]) -> str:
    """Return the condition of the rows that stand."""
    return "WHERE superseded_at IS NULL" if "superseded_at" in ddl.columns_of(table) else ""


@pytest.fixture(scope="module")
def published(loaded_home: Loaded) -> Path:
    """Return the published file of a loaded home."""
    return Home(loaded_home[0]).current


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse with workers registered as new, of whom the loaded home has none."""
    file = tmp_path_factory.mktemp("registered") / "cakupan.duckdb"
    version = {"month": MID_MARCH.month, "as_of_date": MID_MARCH.as_of_date}
    counts = {"registered_workers": 7, "member_workers": 3, "employer_member_workers": 1}
    frame = rows(FactRegistration, {**version, **counts, "region_code": "15.03"}, {**version, "region_code": "15.04"})
    load(file, FactRegistration, frame, MID_MARCH, "2025-03-17T02:00")
    return file


def test_every_object_of_mart_and_every_column_says_unit_source_labels_and_of_a_ratio_its_parts() -> None:
    assert [lack for table in relations() for lack in lacks(table)] == []


def test_a_declaration_that_leaves_something_out_is_found() -> None:
    class Sketch(Table, layer="scratch", grain="one row", comes_from="nowhere"):
        """A sketch."""

        workers = v.persons("Workers.", "Pekerja").but(unit="")
        paid_share = Column(pl.Float64(), "Share that is paid.", "fraction", label_id="Bagian")
        lost_ratio = v.ratio(Metric("workers", "all", "Lost.", "Hilang", "Lost", basis="-", legal_reference="-"))

    Sketch.name = "sketch"
    assert list(lacks(Sketch)) == [
        "scratch.sketch.workers: unit",
        "scratch.sketch.paid_share: parts of the ratio",
        "scratch.sketch.lost_ratio: part all",
    ]


def test_every_metric_names_basis_law_and_labels() -> None:
    for one in catalogue():
        metric = one.metric
        assert all((metric.description, metric.label_id, metric.label_en, metric.basis, metric.legal_reference)), one


def test_a_formula_of_a_view_is_taken_from_its_declaration_and_never_written_in_the_query() -> None:
    folder = resources.files("warehouse.views")
    for view in View.views.values():
        files = [file for file in folder.iterdir() if re.fullmatch(rf"\d\d_{view.name}\.sql", file.name)]
        for query_text in (file.read_text(encoding="utf-8") for file in files):
            assert {name for name in view.formulas if f"${{{name}}}" in query_text} == view.formulas.keys()
            metrics = [name for name, column in view.columns.items() if column.metric]
            assert [name for name in metrics if re.search(rf"/[^,]*\bAS {name}\b", query_text)] == []


def compared(file: Path, one: CataloguedMetric, place: str) -> tuple[int, int]:
    """Return how many rows of a table, view or macro have the ratio by its parts, and in how many it is another."""
    metric = one.metric
    room = "0.5 + 1e-6" if metric.whole else f"{NEAR} * (1 + abs(quotient))"
    quotient = f"CASE WHEN {metric.denominator} <> 0 THEN 1.0::DOUBLE * {metric.numerator} / {metric.denominator} END"
    differs = f"(quotient IS NULL) <> ({one.name} IS NULL) OR abs({one.name} - quotient) > {room}"
    measured = f"SELECT *, {quotient} AS quotient FROM {asked(place)}"
    return query(file, f"SELECT count(quotient), count(*) FILTER (WHERE {differs}) FROM ({measured})").row(0)


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: f"{one.name} of {one.stands_in[0]}")
def test_a_ratio_is_the_quotient_of_its_parts_in_every_table_view_and_macro(
    published: Path, registered: Path, one: CataloguedMetric
) -> None:
    for place in one.stands_in:
        found, differing = compared(registered if "registration" in place else published, one, place)
        assert found > 0, f"{place} holds no {one.name} to compare"
        assert differing == 0, f"{one.name} of {place} is not {one.metric.numerator} / {one.metric.denominator}"


def test_over_rows_divides_sums_of_the_rows_that_hold_both_parts_and_is_empty_where_sums_mean_nothing() -> None:
    adding = Metric("part", "whole", "-", "-", "-", basis="-", legal_reference="-", adds_up=True)
    distinct = Metric("part", "whole", "-", "-", "-", basis="-", legal_reference="-")
    values = "(VALUES ('a', 1, 4), ('a', 2, 6), ('a', 5, NULL), ('a', NULL, 9), ('b', 3, 4), ('c', 1, 0)) AS t(k, part, whole)"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT k, {adding.over_rows}, {distinct.over_rows} FROM {values} GROUP BY k ORDER BY k"
        ).fetchall()
    assert found == [("a", 0.3, None), ("b", 0.75, 0.75), ("c", None, None)]


@pytest.mark.parametrize("table", STANDING_KEYS, ids=lambda table: table.qualified())
def test_the_key_is_unique_and_nothing_is_empty_that_may_not_be(loaded_home: Loaded, table: type[Table]) -> None:
    columns = ddl.columns_of(table)
    keys = [name for name, column in columns.items() if column.key]
    empty = [
        f"count(*) FILTER (WHERE {ddl.identifier(name)} IS NULL)"
        for name, column in columns.items()
        if not column.nullable
    ]
    counted = f"count(*) - count(DISTINCT ({', '.join(map(ddl.identifier, keys))}))" if keys else "0"
    sql = f"SELECT {', '.join([counted, *empty])} FROM {asked(table)} {where(table)}"
    assert set(query(Home(loaded_home[0]).warehouse, sql).row(0)) == {0}


def test_the_dictionary_in_the_database_says_of_every_column_what_the_catalog_and_its_comments_say(
    published: Path,
) -> None:
    stored = query(
        published,
        "SELECT schema_name || '.' || table_name, column_index + 0, column_name, data_type, comment FROM duckdb_columns()"
        " WHERE NOT internal ORDER BY ALL",
    ).rows()
    told = "SELECT object, position, column_name, data_type, comment FROM mart.dictionary WHERE kind <> 'MACRO' ORDER BY ALL"
    assert query(published, told).rows() == stored
    for macro in (view for view in View.views.values() if view.parameters):
        told = "SELECT column_name, data_type FROM mart.dictionary WHERE object = ? ORDER BY position"
        described = query(published, f"DESCRIBE FROM {asked(macro)}").select("column_name", "column_type").rows()
        assert query(published, told, [macro.qualified()]).rows() == described


def test_the_metrics_in_the_database_are_those_of_the_catalogue(published: Path) -> None:
    told = query(published, "SELECT name, object, numerator, denominator, formula FROM mart.metric").rows()
    assert sorted(told) == sorted(
        (one.name, place, one.metric.numerator, one.metric.denominator, one.metric.formula)
        for one in catalogue()
        for place in one.stands_in
    )
