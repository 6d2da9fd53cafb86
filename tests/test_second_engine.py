"""What one engine counted is counted again by the other before anyone can read it; a cell that differs stops its month."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from expectations.opinion import Opinion, comparing
from expectations.opinion.comparing import compared, differences
from expectations.opinion.rows import Delivered, lay_out
from flows import second_bench
from flows.entry import load_folder
from flows.months import versioned_facts
from flows.records import undated_facts
from flows.running.doctor import examine
from flows.running.findings import State
from tests.asciitable import table
from tests.extracts import Files, born, kpj, memberships, nik, rows, two_months
from tests.timeline import CLOSED, MARCH, MID, load_on
from tests.warehouse_rows import row
from transforms import graph
from warehouse import asking
from warehouse.asking import Workbench, workbench
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.ledger import Check
from warehouse.schema import Fact, Lazy, Table, conform
from warehouse.store import query
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.workforce import FactWorkforce

CHECKS = "SELECT DISTINCT suite FROM ops.check_result WHERE expectation = 'equals_second_engine' AND success = ?"
SERVED = "SELECT max(active_workers) FROM mart.coverage WHERE month = '2025-03-01' AND region_code = '15.03'"
FIRST, SECOND, THIRD = date(2025, 5, 1), date(2025, 5, 8), date(2025, 5, 15)

OTHER_KINDS: Files = {
    "anggaran_15.csv": rows("anggaran", "| pagu |\n| 201600 |"),
    "indikator_15.csv": rows("indikator", "| nilai |\n| 70.1 |"),
    "tk_baru_15_202503.csv": rows(
        "tk_baru", f"| nik | tgl_lahir | jk |\n| {nik(1)} | {born(1)} | L |", tgl_data=CLOSED
    ),
}


def members(as_of: str, people: int) -> Files:
    """Return a file of March's members, and a second one that repeats the last of them at another place."""
    named = f"kepesertaan_15_202503_{as_of}"
    first = memberships(MARCH, as_of, f"| orang | segmen |\n| 1-{people} | PU |")
    again = memberships(
        MARCH, as_of, f"| orang | segmen | kode_kab_domisili |\n| {people}-{people + 30} | PU | 15.04 |"
    )
    return {f"{named}_a.csv": first, f"{named}_b.csv": again}


def claims(*months: str) -> Files:
    """Return a file of one claim paid in each month, all seen on the closing day."""
    table = "\n".join(["| no_klaim | tgl_bayar |", *(f"| K{month} | {month}-10 |" for month in months)])
    return {"klaim_15.csv": rows("klaim", table, tgl_data=CLOSED, kpj=kpj(1), tgl_kejadian="2025-01-02")}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home after a load with every kind of extract, rows in two files, and a file that another content replaced in part."""
    folder = tmp_path_factory.mktemp("second")
    home = Home(folder / "home")
    files = two_months() | members(CLOSED, 30) | claims("2025-02", "2025-03") | OTHER_KINDS
    load_on(FIRST, files, folder / "source", home.root)
    result = load_on(SECOND, files | claims("2025-03"), folder / "source", home.root)
    assert result["second_engine"]["differing"] == 0 and result["second_engine"]["facts"] > 0
    assert result["stopped_months"] == {} and result["stopped_facts"] == {}
    return home


@pytest.fixture
def copy(story: Home, tmp_path: Path) -> Home:
    return Home(shutil.copytree(story.root, tmp_path / "copy", symlinks=True))


def patched(fact: type[Fact], change: pl.Expr) -> Callable[..., Lazy[Table]]:
    """Return the transform of a fact with a defect: one column of every row is another."""
    whole = graph.transforms()[fact].function

    def wrong(**arguments: object) -> Lazy[Table]:
        return conform(whole(**arguments).with_columns(change), fact)

    return wrong


def break_(monkeypatch: pytest.MonkeyPatch, fact: type[Fact], change: pl.Expr) -> None:
    step = graph.transforms()[fact]
    monkeypatch.setitem(graph._transforms, fact, step._replace(function=patched(fact, change)))


def test_every_fact_is_asked_again_and_every_answer_is_on_record(story: Home) -> None:
    asked = set(query(story.warehouse, CHECKS, [True])["suite"])
    assert asked == {fact.name for fact in (*versioned_facts(), *undated_facts())}
    assert query(story.warehouse, CHECKS, [False]).is_empty()


def test_a_transform_that_miscounts_stops_its_month_before_anything_of_it_is_served(
    copy: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = query(copy.current, SERVED).item()
    place = (pl.col("region_code") == "15.03") & (pl.col("segment") == "PU")
    with monkeypatch.context() as patch:
        break_(patch, FactCoverage, (pl.col("active_workers") + place.cast(pl.Int64)).alias("active_workers"))
        files = members(CLOSED, 35)
        for day in (SECOND, THIRD):
            result = load_on(day, files, tmp_path / "source", copy.root)
            assert result["exit_code"] == 4 and set(result["stopped_months"]) == {MARCH}
            told = result["stopped_months"][MARCH]
            assert told.startswith("second_engine_differs: ")
            assert "fact_coverage: 1 of" in told
            assert "region_code=15.03, basis=RESIDENCE, segment=PU: active_workers 36, second engine 35" in told
            assert query(copy.current, SERVED).item() == served
    assert set(query(copy.warehouse, CHECKS, [False])["suite"]) == {"fact_coverage"}


def test_a_fact_without_versions_keeps_its_rows_when_the_engines_differ(
    copy: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = query(copy.warehouse, "FROM mart.fact_workforce ORDER BY ALL")
    more = {"penduduk_bekerja_16.csv": rows("penduduk_bekerja", "| kode_kab | penduduk_bekerja |\n| 16.01 | 100 |")}
    with monkeypatch.context() as patch:
        break_(patch, FactWorkforce, (pl.col("employed_workers") + 1).alias("employed_workers"))
        result = load_on(THIRD, more, tmp_path / "source", copy.root)
    assert (result["exit_code"], set(result["stopped_facts"])) == (4, {"fact_workforce"})
    assert "employed_workers 101, second engine 100" in result["stopped_facts"]["fact_workforce"]
    assert query(copy.warehouse, "FROM mart.fact_workforce ORDER BY ALL").equals(standing)


def test_a_setting_turns_it_off_and_the_doctor_says_so(copy: Home, tmp_path: Path) -> None:
    config = tmp_path / "cakupan.toml"
    config.write_text("[checks]\nsecond_engine = false\n", encoding="utf-8")
    (tmp_path / "source").mkdir()
    result = load_folder(str(tmp_path / "source"), str(copy.root), config=str(config))
    assert result["second_engine"] == {}
    (warned,) = [one for one in examine(copy.root, str(config)) if one.what == "second engine"]
    assert warned.state is State.LOOK and warned.cure


ONE_EMPLOYER = """
    | employer_key | employer_name | region_code | month      | as_of_date | arrears_idr | declared_workers |
    | 12345678     | TOKO BUDI     | 15.03       | 2025-03-01 | 2025-03-16 | 100         | 3                |
"""


@pytest.mark.parametrize(
    ("before", "after", "cells", "first"),
    [
        ("| 100 ", "| 101 ", 1, "employer_key=…, region_code=15.03: arrears_idr 100, second engine 101"),
        (
            "| 100         | 3 ",
            "| 101         | 4 ",
            2,
            "employer_key=…, region_code=15.03: arrears_idr 100, second engine 101",
        ),
        ("TOKO BUDI", "TOKO SITI", 1, "employer_key=…, region_code=15.03: employer_name …, second engine …"),
        ("PT", "PT", 0, ""),
    ],
)
def test_what_differs_is_told_in_codes_and_counts_and_names_nobody(
    before: str, after: str, cells: int, first: str
) -> None:
    one = table(EmployerMonth, ONE_EMPLOYER).collect()
    found = differences(one, table(EmployerMonth, ONE_EMPLOYER.replace(before, after)).collect(), EmployerMonth)
    assert (found.differing, found.first) == (cells, first)


def held_against(second: pl.DataFrame, first: pl.DataFrame, folder: Path) -> Check:
    """Return the check of a frame against what lies on a bench."""
    with workbench([], folder / "spill") as bench:
        bench.put("employers", second)
        return compared(first.lazy(), Opinion(bench, "FROM employers"), EmployerMonth, MID)


def test_a_row_too_many_or_missing_or_twice_is_a_difference(tmp_path: Path) -> None:
    one = table(EmployerMonth, ONE_EMPLOYER).collect()
    for first, second in ((one, one.clear()), (one.clear(), one), (pl.concat([one, one]), one)):
        check = held_against(second, first, tmp_path)
        assert not check.success and "row" in check.observed and "BUDI" not in check.observed


@pytest.mark.parametrize("at_once", [1, 2, 100])
@pytest.mark.parametrize("region", ["11.01", "15.03", "15.04", "96.71"])
def test_rows_held_against_each_other_in_parts_are_all_held(
    region: str, at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "AT_ONCE", at_once)
    one = table(EmployerMonth, ONE_EMPLOYER).collect()
    regions = pl.concat([one.with_columns(region_code=pl.lit(code)) for code in ("15.03", "15.04", "31.71")])
    assert held_against(regions, regions, tmp_path).success
    more = pl.concat([regions, one.with_columns(region_code=pl.lit(region), employer_key=pl.lit("87654321"))])
    for first, second in ((regions, more), (more, regions)):
        check = held_against(second, first, tmp_path)
        assert not check.success and f"region_code={region}: row" in check.observed


@pytest.mark.parametrize("folder", ["it's", "year=1999"])
def test_a_value_is_never_taken_from_the_name_of_a_folder(tmp_path: Path, folder: str) -> None:
    one = row(MinimumWage, region_code="15.03", year=2025)
    (tmp_path / folder).mkdir()
    path = tmp_path / folder / "umk.parquet"
    conform(pl.LazyFrame([one]), MinimumWage).with_columns(line_no=pl.lit(1)).collect().write_parquet(path)
    with workbench([path], tmp_path / "spill") as bench:
        lay_out(bench, {MinimumWage: [Delivered(path)]})
        assert bench.ask("SELECT region_code, year FROM umk").rows() == [("15.03", 2025)]


def test_what_outgrows_the_memory_is_named_by_its_step(tmp_path: Path) -> None:
    with (
        pytest.raises(Stop, match="memory_exceeded: persons: "),
        workbench([], tmp_path / "spill", memory_limit="20MB") as bench,
    ):
        bench.table("persons", "SELECT list(range) AS numbers FROM range(10_000_000)")


def test_a_step_that_outgrows_the_memory_is_taken_in_more_parts_until_it_fits(tmp_path: Path) -> None:
    def queries(parts: int) -> list[str]:
        bounds = [8_000_000 * part // parts for part in range(parts + 1)]
        return [f"SELECT len(list(range)) AS persons FROM range({first}, {end})" for first, end in pairwise(bounds)]

    with workbench([], tmp_path / "spill", memory_limit="60MB", threads=1) as bench:
        bench.table_in_parts("persons", queries)
        assert bench.ask("SELECT sum(persons) AS persons FROM persons").item() == 8_000_000
        assert bench.parts == bench.ask("SELECT count(*) AS parts FROM persons").item() > 1


def test_a_step_without_parts_that_outgrows_the_memory_is_asked_once(tmp_path: Path) -> None:
    asked: list[int] = []

    def queries(parts: int) -> list[str]:
        asked.append(parts)
        return ["SELECT list(range) AS numbers FROM range(10_000_000)"]

    with (
        pytest.raises(Stop, match="memory_exceeded: persons: "),
        workbench([], tmp_path / "spill", memory_limit="20MB", parts=3) as bench,
    ):
        bench.table_in_parts("persons", queries)
    assert asked[0] == 3 and bench.parts == 3


def test_into_how_many_parts_a_month_is_taken_follows_its_own_files_and_not_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    class Noted(Workbench):
        def __init__(self, connection: DuckDBPyConnection, parts: int = 1) -> None:
            super().__init__(connection, parts)
            seen.append(parts)

    monkeypatch.setattr(asking, "Workbench", Noted)
    monkeypatch.setattr(second_bench, "SHARE_OF_A_PART", 1e-6)
    result = load_on(FIRST, two_months(), tmp_path / "source", tmp_path / "home")
    assert (result["stopped_months"], result["second_engine"]["differing"]) == ({}, 0)
    february, march, undated = seen
    assert february > 1 and march > 1 and undated == 1
    seen.clear()
    load_on(SECOND, members(CLOSED, 30), tmp_path / "source", tmp_path / "home")
    assert seen[0] < february + march
