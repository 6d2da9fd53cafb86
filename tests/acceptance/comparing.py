"""The oracle beside the product: both are run, and their facts are compared row by row and column by column."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.acceptance.employers import REGIONS
from tests.acceptance.generator import Planted

KINDS = ("kepesertaan", "iuran", "badan_usaha", "penduduk_bekerja", "target", "umk")
COVERAGE = "region_code, month, as_of_date, basis, segment"
PREMIUM = "region_code, month, as_of_date, segment, programme, funding_source"
COMPLIANCE = "region_code, month, as_of_date, scale, sector"
COLUMNS = {
    "mart.fact_coverage": f"{COVERAGE}, active_workers, vulnerable_workers, joined_workers, returned_workers, left_workers, eligible_workers, "
    "workforce_source, workforce_period, coverage_ratio",
    "mart.fact_programme_coverage": f"{COVERAGE}, programme, active_workers",
    "mart.fact_workforce": "region_code, period, source, released_on, employed_workers, excluded_workers, eligible_workers",
    "mart.fact_target": "region_code, year, frame, target_ratio, target_workers, legal_reference",
    "mart.fact_premium": f"{PREMIUM}, workers_billed, billed_idr, paid_idr, paid_on_time_idr, paid_late_idr",
    "mart.fact_compliance": f"{COMPLIANCE}, obliged_employers, registered_employers, unregistered_employers, workers_missing_employers, "
    "wage_below_minimum_employers, programme_missing_employers, late_employers, missing_workers",
    "core.employer_month": "employer_key, employer_name, region_code, month, as_of_date, scale, sector, is_unregistered, is_workers_missing, "
    "is_wage_below_minimum, is_programme_missing, is_late, missing_workers",
}
ARREARS = {
    "mart.fact_premium": f"{PREMIUM}, arrears_idr",
    "mart.fact_compliance": f"{COMPLIANCE}, arrears_current_employers, arrears_substandard_employers, arrears_bad_employers, "
    "arrears_contingent_employers, compliant_employers, arrears_idr, compliance_ratio",
    "core.employer_month": "employer_key, region_code, month, as_of_date, arrears_class, arrears_idr, is_compliant",
}
FRACTIONS = ("coverage_ratio", "target_ratio", "compliance_ratio")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Run:
    """How a run of the product ended."""

    exit_code: int
    result: dict[str, Any]
    talk: str


def run(source: Path, home: Path, *options: str) -> Run:
    """Return how `cakupan run` ended on the folder `source` with the home folder `home`."""
    command = [
        str(Path(sys.executable).with_name("cakupan")),
        "run",
        "--source",
        str(source),
        "--home",
        str(home),
        "--plain",
        "--json",
        *options,
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return Run(ended.returncode, json.loads(ended.stdout or "{}"), ended.stderr)


def oracle(folder: Path, planted: Iterable[Planted] = ()) -> duckdb.DuckDBPyConnection:
    """Return a database in memory with the facts of the CSV files in `folder`, read as text, without the planted rows."""
    base = duckdb.connect()
    base.execute("set threads = 1")
    base.execute(f"create table region_seed as select * from read_csv('{REGIONS}', all_varchar = true)")
    base.execute("create table planted (file varchar, line bigint)")
    for one in planted:
        base.execute("insert into planted values (?, ?)", (one.file, one.line))
    for kind in KINDS:
        union = " union all by name ".join(_as_text(path) for path in sorted(folder.glob(f"{kind}*.csv")))
        base.execute(f"create table raw_{kind} as select * from ({union}) anti join planted using (file, line)")
    for script in sorted((Path(__file__).parent / "oracle").glob("*.sql")):
        base.execute(script.read_text(encoding="utf-8"))
    return base


def differences(
    base: duckdb.DuckDBPyConnection, home: Path, table: str, columns: str, condition: str = "true", most: int = 6
) -> Rows:
    """Return up to `most` rows of `table` that only one side has, each led by that side's name; rows in force only."""
    name = table.split(".")[1]
    chosen = ", ".join(
        f"round({one}::double, 9)" if one in FRACTIONS else f"{one}::varchar" for one in columns.split(", ")
    )
    base.execute(f"attach if not exists '{home / 'warehouse.duckdb'}' as product (read_only)")
    stated = "semi join target using (region_code, year, frame)" if name == "fact_target" else ""
    ours = f"select {chosen} from {name} where {condition}"
    theirs = f"select {chosen} from product.{table} {stated} where superseded_at is null and {condition}"
    found = base.execute(
        f"select 'oracle', * from (({ours}) except all ({theirs})) union all select 'product', * from (({theirs}) except all ({ours})) order by all"
    ).fetchmany(most)
    base.execute("detach product")
    return found


def ask(home: Path, query: str, published: bool = False) -> Rows:
    """Return the rows that `query` gives in the warehouse of `home`, or in its published copy."""
    path = home / "published" / "current" / "cakupan.duckdb" if published else home / "warehouse.duckdb"
    with duckdb.connect(str(path), read_only=True) as warehouse:
        return warehouse.execute(query).fetchall()


def _as_text(path: Path) -> str:
    options = "all_varchar = true, header = true, delim = ',', nullstr = '\\N', parallel = false"
    return f"select '{path.stem}' as file, row_number() over () + 1 as line, * from read_csv('{path}', {options})"
