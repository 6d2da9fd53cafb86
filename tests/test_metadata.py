"""Metadata for others: the forms MS-Ind and MS-Var, and DCAT."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.cli import main
from flows.metadata import extent
from tests.lineage_by_source import database
from tests.warehouse_rows import END_OF_APRIL, MID_MARCH, coverage, load, load_regions
from warehouse import ddl
from warehouse.catalogue import relations
from warehouse.home import Home
from warehouse.metadata import indicators, variables
from warehouse.metadata.dcat import NAMESPACES, Extent, catalogue
from warehouse.metadata.files import texts
from warehouse.metadata.terms import UNSTATED_PUBLISHER, Terms
from warehouse.metadata.words import UNITS, unit_words
from warehouse.publish import publish
from warehouse.schema import Fact, tables_of
from warehouse.spreadsheet_writer import restored
from warehouse.tables.coverage import FactCoverage

FORMS = {"ms-ind": indicators.HEADINGS, "ms-var": variables.HEADINGS}
ENGLISH = re.compile(r"\b(the|of|and|over|workers|with)\b")
CODES = re.compile(r"\(\w+\)")
FILES = ["dcat.jsonld", "ms-ind.csv", "ms-ind.json", "ms-ind.xlsx", "ms-var.csv", "ms-var.json", "ms-var.xlsx"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with one published version: two regencies of Jambi in March 2025."""
    home = Home(tmp_path / "home")
    load_regions(home.warehouse)
    load(home.warehouse, FactCoverage, coverage(MID_MARCH, r15_02=30, r15_03=40), MID_MARCH, "2025-03-17T02:00")
    publish(home.warehouse, home.published, "v1")
    return home


def rows_of(name: str, terms: Terms | None = None) -> list[dict[str, str]]:
    text = texts(terms or Terms(), Extent())[f"{name}.csv"].removeprefix("\ufeff")
    found = [[restored(cell) for cell in row] for row in csv.reader(text.splitlines(), delimiter=";")]
    assert tuple(found[0]) == FORMS[name]
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]]


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for one in node:
            yield from nodes(one)
    elif isinstance(node, dict):
        yield node
        for name, one in node.items():
            if name != "@context":
                yield from nodes(one)


def test_every_ratio_of_mart_has_a_row_of_ms_ind() -> None:
    dividing: dict[tuple[str, str], str] = {}
    for table in relations():
        for name, column in ddl.columns_of(table).items():
            if "nullif" in column.formula:
                dividing.setdefault((name, column.formula), f"{table.qualified()}.{name}")
    assert [row["Kolom"] for row in rows_of("ms-ind")] == list(dividing.values())
    assert len(dividing) >= 4


def test_every_column_of_mart_has_a_row_of_ms_var() -> None:
    columns = database().execute(
        "SELECT 'mart.' || table_name, column_name FROM duckdb_columns() WHERE schema_name = 'mart'"
        " AND table_oid IN (SELECT table_oid FROM duckdb_tables())"
    )
    rows = rows_of("ms-var")
    assert sorted((row["Tabel"], row["Alias"]) for row in rows) == sorted(columns.fetchall())


@pytest.mark.parametrize("name", FORMS)
def test_no_field_of_a_form_is_left_empty(name: str) -> None:
    assert [(row["No"], field) for row in rows_of(name) for field, cell in row.items() if not cell.strip()] == []


@pytest.mark.parametrize("field", ["Konsep", "Definisi", "Interpretasi", "Metode/Rumus Penghitungan"])
def test_every_indicator_is_explained_in_indonesian(field: str) -> None:
    told = {row["Nama Indikator"]: CODES.sub("", row[field]) for row in rows_of("ms-ind")}
    assert {name: text for name, text in told.items() if ENGLISH.search(text)} == {}
    assert len(set(told.values())) == len(told)


def test_a_definition_that_is_not_translated_says_so_and_one_that_is_holds_no_english() -> None:
    rows = rows_of("ms-var")
    assert {row["Bahasa Definisi"] for row in rows} == {"id", "en, belum diterjemahkan"}
    translated = [CODES.sub("", row["Definisi"]) for row in rows if row["Bahasa Definisi"] == "id"]
    assert [text for text in translated if ENGLISH.search(text)] == []


def test_a_column_that_is_described_anew_loses_the_translation_of_the_old_description() -> None:
    column = FactCoverage.columns["month"]
    assert column.meaning_id
    assert not column.but(description="Another month.").meaning_id
    assert column.but(nullable=True).meaning_id == column.meaning_id
    assert column.but(description="Another month.", meaning_id="Bulan lain.").meaning_id == "Bulan lain."


def test_a_formula_in_words_names_the_columns_that_the_sql_divides() -> None:
    for row in rows_of("ms-ind"):
        table, column = next(
            (table, one) for table, one, _ in indicators.metrics() if row["Kolom"] == f"{table.qualified()}.{one.name}"
        )
        named = re.findall(r"\((\w+)\)", row["Metode/Rumus Penghitungan"])
        assert [name for name in re.findall(r"\w+", column.formula) if name in table.columns] == named


def test_whether_a_figure_may_be_added_up_is_what_the_dictionary_says_too() -> None:
    warned = {
        row["Alias"] + row["Tabel"] for row in rows_of("ms-var") if "Jangan dijumlahkan" in row["Aturan Validasi"]
    }
    comments = {
        name + table.qualified()
        for table in tables_of("mart")
        for name, column in ddl.columns_of(table).items()
        if "Do not sum" in ddl.column_comment(column)
    }
    assert warned == comments


def test_every_unit_of_mart_has_its_words_and_an_unknown_one_stands_for_itself() -> None:
    units = {column.unit for table in tables_of("mart") for column in ddl.columns_of(table).values()}
    assert units - set(UNITS) == set()
    assert unit_words("furlongs")[2] == "furlongs"


def test_the_forms_say_the_same_as_csv_workbook_and_json(tmp_path: Path) -> None:
    assert main(["metadata", "--out", str(tmp_path)]) == 0
    for name in FORMS:
        rows = rows_of(name)
        sheet = load_workbook(tmp_path / f"{name}.xlsx").active
        assert sheet is not None
        cells = [[restored(str(cell)) for cell in row] for row in sheet.iter_rows(values_only=True)]
        assert cells == [list(FORMS[name]), *(list(row.values()) for row in rows)]
        records = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        first = "Nama Indikator" if name == "ms-ind" else "Nama Variabel"
        assert [one["nama"] for one in records] == [row[first] for row in rows]
        assert [one["definisi"] for one in records] == [row["Definisi"] for row in rows]


def test_nobody_but_the_publisher_says_that_the_data_is_open() -> None:
    for name in FORMS:
        assert {row["Dapat Diakses Umum"] for row in rows_of(name)} == {"Tidak"}
        assert {row["Dapat Diakses Umum"] for row in rows_of(name, Terms(public=True))} == {"Ya"}
    closed, opened = (catalogue(Terms(public=public), Extent()) for public in (False, True))
    assert closed["dct:accessRights"]["@id"].endswith("/RESTRICTED")
    assert opened["dct:accessRights"]["@id"].endswith("/PUBLIC")
    assert [node for node in nodes(closed) if "dct:license" in node] == []
    assert closed["dct:publisher"]["foaf:name"] == UNSTATED_PUBLISHER


def test_dcat_names_every_fact_with_what_dcat_asks_for() -> None:
    found = catalogue(Terms("Dinas", licence="https://licence.example/", base="https://data.example/v1/"), Extent())
    facts = [table.qualified() for table in tables_of("mart") if issubclass(table, Fact)]
    assert [one["dct:identifier"] for one in found["dcat:dataset"]] == facts
    assert {"dct:title", "dct:description", "dct:publisher", "dct:license"} <= set(found)
    for dataset in found["dcat:dataset"]:
        assert {"dct:title", "dct:description", "dct:publisher", "dct:spatial", "dcat:distribution"} <= set(dataset)
        assert [one for one in dataset["dcat:distribution"] if not {"dcat:accessURL", "dct:license"} <= set(one)] == []
    assert found["@context"]["@base"] == "https://data.example/v1/"


def test_every_word_of_the_dcat_file_is_of_a_vocabulary_that_the_file_itself_declares() -> None:
    words = {word for node in nodes(catalogue(Terms(), Extent())) for word in node if not word.startswith("@")}
    kinds = {node["@type"] for node in nodes(catalogue(Terms(), Extent())) if "@type" in node}
    assert {word.partition(":")[0] for word in words | kinds} <= set(NAMESPACES)


def test_the_schema_of_a_dataset_has_the_columns_that_are_published() -> None:
    for dataset in catalogue(Terms(), Extent())["dcat:dataset"]:
        table = next(one for one in tables_of("mart") if one.qualified() == dataset["dct:identifier"])
        schema = dataset["dcat:distribution"][0]["csvw:tableSchema"]
        assert [one["csvw:name"] for one in schema["csvw:column"]] == list(ddl.columns_of(table))


def test_dcat_of_a_home_tells_what_its_version_covers_and_points_at_its_files(home: Home) -> None:
    found = catalogue(Terms(), extent(home))
    assert found["dcat:version"] == "v1"
    assert [one.get("dct:identifier") for one in found["dct:spatial"]] == [None, "15"]
    dataset = next(one for one in found["dcat:dataset"] if one["dct:identifier"] == "mart.fact_coverage")
    period = dataset["dct:temporal"]
    assert [period[f"dcat:{end}Date"]["@value"] for end in ("start", "end")] == ["2025-03-01", "2025-03-31"]
    parquet, duckdb_file = dataset["dcat:distribution"]
    file = home.current.parent / parquet["dcat:downloadURL"]["@id"]
    assert parquet["dcat:byteSize"]["@value"] == str(file.stat().st_size)
    assert parquet["spdx:checksum"]["spdx:checksumValue"]["@value"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (home.current.parent / duckdb_file["dcat:downloadURL"]["@id"]).exists()


def test_a_fact_without_rows_has_no_days_and_a_later_version_of_a_month_adds_none(home: Home) -> None:
    load(home.warehouse, FactCoverage, coverage(END_OF_APRIL, r15_03=41), END_OF_APRIL, "2025-05-01T02:00")
    publish(home.warehouse, home.published, "v2")
    assert extent(home).days == {"mart.fact_coverage": (date(2025, 3, 1), date(2025, 3, 31))}
    assert extent(home).version == "v2"


def test_the_command_prints_the_files_it_wrote(tmp_path: Path, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["metadata", "--out", str(out), "--home", str(home.root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [str(out / name) for name in FILES]
    assert json.loads((out / "dcat.jsonld").read_text(encoding="utf-8"))["dcat:version"] == "v1"


def test_a_home_in_which_nothing_is_published_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metadata", "--out", str(tmp_path / "out"), "--home", str(tmp_path)]) == 1
    assert "belum ada terbitan" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
