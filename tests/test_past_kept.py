"""Loads of month after month: what is kept of the past is used, and may be deleted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows import assembly, second_bench, second_past
from flows.context import Load
from flows.planning import Standing
from tests.extracts import Files, memberships, rows
from tests.keyed import places_of, tokens
from tests.timeline import load_on
from warehouse import lake
from warehouse.asking import Workbench
from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.schema import Extract
from warehouse.store import query
from warehouse.tables.contribution import Contribution
from warehouse.tables.membership import Membership

ROOT = Path(__file__).parents[1]
MONTHS = {
    "2024-11": "2024-12-10",
    "2024-12": "2025-01-10",
    "2025-01": "2025-02-10",
    "2025-02": "2025-03-10",
    "2025-03": "2025-04-10",
}
TOKEN_BYTES = 16
"""A payer of what is remembered may be an employer's number instead, which is shorter here."""
FIGURES = "SELECT * EXCLUDE (loaded_at, run_id) FROM {} WHERE superseded_at IS NULL ORDER BY ALL"
FACTS = ("mart.fact_movement", "mart.fact_arrears", "mart.fact_premium", "core.employer_month")


def months_until(last: str, paid: int = 84_000) -> Files:
    """Return the extracts of the months until `last`, of which `paid` was paid in February."""
    files: Files = {}
    for month, day in MONTHS.items():
        seen, name = f"{month}-28", month.replace("-", "")
        money = paid if month == "2025-02" else 84_000
        bill = f"| tagihan | dibayar | tgl_bayar |\n| 84000 | {money} | {day} |"
        people = f"| orang | segmen |\n| {int(month[-2:])}-20 | PU |"
        files[f"iuran_15_{name}.csv"] = rows("iuran", bill, blth=month, tgl_data=seen)
        files[f"kepesertaan_15_{name}.csv"] = memberships(month, seen, people)
        if month == last:
            break
    listed = rows("badan_usaha", "| npp | tk_wlkp |\n| NPP1 | 20 |", tgl_data="2024-12-01")
    return files | {"badan_usaha_15.csv": listed}


def figures(home: Path) -> list[list[tuple[object, ...]]]:
    """Return the rows of the facts as they stand."""
    return [query(Home(home).warehouse, FIGURES.format(fact)).rows() for fact in FACTS]


def test_month_after_month_gives_the_figures_of_all_months_at_once(tmp_path: Path) -> None:
    for day, month in enumerate(MONTHS, start=1):
        found = load_on(date(2025, 5, day), months_until(month), tmp_path / "source", tmp_path / "home")
        assert (found["stopped_months"], found["second_engine"]["differing"]) == ({}, 0)
    load_on(date(2025, 5, 9), months_until("2025-03"), tmp_path / "source", tmp_path / "other")
    assert figures(tmp_path / "home") == figures(tmp_path / "other")
    kept = [path.name.partition("_")[0] for path in lake.past_files(Home(tmp_path / "home"))]
    assert {"places", "receipts"} < set(kept) and len(kept) > 6


def test_what_is_kept_of_the_past_may_be_deleted(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    load_on(date(2025, 5, 1), months_until("2025-03"), source, home)
    for name in ("presence", "settled", "remembered"):
        shutil.rmtree(home / "lake" / name)
    found = load_on(date(2025, 5, 2), months_until("2025-03", paid=80_000), source, home)
    assert (found["stopped_months"], found["second_engine"]["differing"]) == ({}, 0)
    load_on(date(2025, 5, 2), months_until("2025-03", paid=80_000), source, tmp_path / "other")
    assert figures(home) == figures(tmp_path / "other")


def test_a_change_of_the_key_leaves_no_token_of_the_old_one_in_what_is_kept(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    load_on(date(2025, 5, 1), months_until("2025-03"), source, home)
    old, stood = {one for one in tokens(home) if len(one) == TOKEN_BYTES}, figures(home)
    assert any(path.name.startswith("places") for path in lake.past_files(Home(home)))
    command = [sys.executable, "-m", "flows", "key", "rotate", "--home", str(home)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert places_of(home, old) == set()
    found = load_on(date(2025, 5, 2), months_until("2025-03", paid=80_000), source, home)
    assert (found["stopped_months"], found["second_engine"]["differing"]) == ({}, 0)
    assert figures(home) != stood and not tokens(home) & old


def test_a_new_month_reads_nothing_of_the_months_before_the_last_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    load_on(date(2025, 5, 1), months_until("2025-02"), source, home)
    read = set[str]()
    rows_of, opened = assembly.Assembly.rows, second_bench.opened

    def noted_rows(books: assembly.Assembly, table: type[Extract], version: Version) -> pl.LazyFrame:
        if table in (Contribution, Membership):
            read.add(f"{version.month:%Y-%m}")
        return rows_of(books, table, version)

    def noted_bench(
        load: Load, now: Standing, size: int, past: Mapping[str, Path]
    ) -> AbstractContextManager[Workbench]:
        read.update(f"{one.month:%Y-%m}" for kind in ("kepesertaan", "iuran") for one in now.versions(kind))
        return opened(load, now, size, past)

    monkeypatch.setattr(assembly.Assembly, "rows", noted_rows)
    monkeypatch.setattr(second_past, "opened", noted_bench)
    load_on(date(2025, 5, 2), months_until("2025-03"), source, home)
    assert read == {"2025-01", "2025-02", "2025-03"}
