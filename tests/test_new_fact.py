"""A new fact is two new files: its declaration and its transform. Everything else follows from them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.endtoend import ROOT, ask
from tests.extracts import memberships, write
from warehouse.home import Home
from warehouse.store import query

PACKAGES = ("warehouse", "transforms", "expectations", "flows")
PEOPLE = """
    | orang | segmen | upah    | kode_kab_domisili |
    | 1-3   | PU     | 3000000 | 15.03             |
    | 4     | PU     | 5000000 | 15.04             |
    | 3-5   | BPU    | 1000000 | 15.04             |
"""
DECLARATION = '''
    """The wage fact."""

    from warehouse import vocabulary as v
    from warehouse.metric import Metric
    from warehouse.schema import Fact, Rule


    class FactWage(Fact, layer="mart", name="fact_wage", grain="one row per regency, month, as_of_date and segment"):
        """Wages of the memberships in force."""

        driven_by = ("kepesertaan",)

        region_code = v.REGION_CODE
        month = v.MONTH
        as_of_date = v.AS_OF_DATE
        segment = v.SEGMENT
        memberships = v.count("Memberships in force.", "memberships", "Kepesertaan aktif")
        wages_idr = v.rupiah("Wages of the memberships in force, added up.", "Jumlah upah")
        wage_idr = v.ratio(Metric("wages_idr", "memberships", "Mean wage.", "Upah rata-rata", "Mean wage", basis="residence", legal_reference="-"))
        rules = (Rule("wages_without_members", "memberships > 0 OR wages_idr = 0", "wages of nobody", "upah tanpa peserta"),)
'''
TRANSFORM = '''
    """Wages."""

    from __future__ import annotations

    import polars as pl

    from transforms.graph import transform
    from warehouse.calendar import Version
    from warehouse.schema import Lazy, conform
    from warehouse.tables.in_force import InForce
    from warehouse.tables.wage import FactWage


    @transform
    def fact_wage(in_force: Lazy[InForce], version: Version) -> Lazy[FactWage]:
        """Return the wages per regency and segment."""
        keys = [pl.col("residence_code").alias("region_code"), "segment"]
        summed = in_force.group_by(keys).agg(memberships=pl.len(), wages_idr=pl.col("wage_idr").sum())
        return conform(summed.with_columns(month=pl.lit(version.month), as_of_date=pl.lit(version.as_of_date)), FactWage)
'''


def cakupan(code: Path, *arguments: str) -> str:
    """Return what a command of the code in a folder prints."""
    command = [sys.executable, "-m", "flows", *arguments]
    done = subprocess.run(command, cwd=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the code with two files more."""
    copy = tmp_path_factory.mktemp("code")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "warehouse" / "tables" / "wage.py").write_text(dedent(DECLARATION), encoding="utf-8")
    (copy / "transforms" / "wage.py").write_text(dedent(TRANSFORM), encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def home(code: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home that the code with the new fact has loaded a month into."""
    place = tmp_path_factory.mktemp("home")
    files = {"kepesertaan_202502.csv": memberships("2025-02", "2025-02-28", PEOPLE)}
    source = write(place / "source", files)
    told = json.loads(cakupan(code, "run", "--source", str(source), "--home", str(place / "home"), "--plain", "--json"))
    assert told["state"] == "LOADED", told
    return place / "home"


def test_the_rows_of_the_new_fact_are_loaded_and_published(home: Path) -> None:
    rows = "SELECT region_code, segment, memberships, wages_idr, wage_idr FROM mart.fact_wage ORDER BY ALL"
    wanted = [
        ("15.03", "PU", 3, 9_000_000, 3_000_000.0),
        ("15.04", "BPU", 3, 3_000_000, 1_000_000.0),
        ("15.04", "PU", 1, 5_000_000, 5_000_000.0),
    ]
    assert ask(home, rows) == wanted
    assert query(Home(home).current, rows).rows() == wanted
    assert (Home(home).current.parent / "parquet" / "fact_wage.parquet").exists()


def test_the_new_fact_is_described_and_guarded_in_the_database(home: Path) -> None:
    of_table = "schema_name = 'mart' AND table_name = 'fact_wage'"
    [(comment,)] = ask(home, f"SELECT comment FROM duckdb_tables() WHERE {of_table}")
    assert "Wages of the memberships in force." in comment
    columns = dict(ask(home, f"SELECT column_name, comment FROM duckdb_columns() WHERE {of_table}"))
    assert "Unit: rupiah." in columns["wages_idr"]
    assert all(columns.values())
    guards = ask(
        home, f"SELECT constraint_text FROM duckdb_constraints() WHERE {of_table} AND constraint_type = 'CHECK'"
    )
    assert any("memberships > 0" in text for (text,) in guards)


def test_the_new_fact_is_checked_before_it_is_loaded(home: Path) -> None:
    checks = ask(home, "SELECT expectation, subject, success FROM ops.check_result WHERE suite = 'fact_wage'")
    assert {"wages_without_members", "key_twice", "segment_unknown", "wages_idr_negative"} <= {
        name for name, *_ in checks
    }
    assert all(success for *_, success in checks)


def test_the_new_fact_is_in_the_dictionary_and_in_the_data_package(code: Path, home: Path) -> None:
    dictionary = cakupan(code, "dictionary")
    assert "### mart.fact_wage" in dictionary
    assert "| wages_idr | BIGINT | rupiah |" in dictionary.split("### mart.fact_wage")[1]
    package = json.loads((Home(home).current.parent / "datapackage.json").read_text(encoding="utf-8"))
    assert "fact_wage" in {resource["name"] for resource in package["resources"]}
