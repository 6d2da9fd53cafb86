"""Planted defects: the ledger names them all, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.synthetic_world import FEBRUARY, MARCH, World
from warehouse.rules import row_rules
from warehouse.schema import Extract, Severity, Table
from warehouse.synthetic import Plan, write
from warehouse.synthetic.defects import defects

KINDS = ("kepesertaan", "iuran", "badan_usaha", "klaim", "penduduk_bekerja", "target", "anggaran", "umk")


@pytest.fixture(scope="module")
def jambi(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(Plan(tmp_path_factory.mktemp("jambi"), (FEBRUARY, MARCH), workers=12_000, defects=0.02))


def extract(kind: str) -> type[Extract]:
    table = Table.registry[f"lake.{kind}"]
    assert issubclass(table, Extract)
    return table


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


PLAIN: dict[str, Callable[[dict[str, str]], bool]] = {
    "nik_format": lambda row: len(row["nik"]) not in (0, 1, 16),
    "nik_birth_month": lambda row: len(row["nik"]) == 16 and not 1 <= int(row["nik"][8:10]) <= 12,
    "nik_birth_day": lambda row: len(row["nik"]) == 16 and int(row["nik"][6:8]) % 40 not in range(1, 32),
    "kpj_missing": lambda row: row["kpj"] == "",
    "upah_unreadable": lambda row: row["upah"] != "" and not row["upah"].lstrip("-").isdigit(),
    "upah_negative": lambda row: row["upah"].startswith("-"),
    "employer_missing": lambda row: row["npp"] == "" and row["segmen"] in ("PU", "JAKON"),
    "segmen_unknown": lambda row: row["segmen"] not in ("", "PU", "BPU", "JAKON", "PMI"),
    "start_after_as_of": lambda row: day(row["tgl_mulai"]) > day(row["tgl_data"]) > date.min,
    "lunas_sd_unreadable": lambda row: (
        row["lunas_sd"] != "" and row["lunas_sd"][5:7] not in [f"{month:02}" for month in range(1, 13)]
    ),
    "kode_kab_domisili_ambiguous": lambda row: row["kode_kab_domisili"].isalpha(),
}


@pytest.mark.parametrize("rule", PLAIN)
def test_the_ledger_names_exactly_the_lines_that_break_a_rule(jambi: World, rule: str) -> None:
    for path in (path for path in jambi.ledger.files if path.name.startswith("kepesertaan")):
        with path.open(encoding="utf-8", newline="") as text:
            found = [line for line, row in enumerate(csv.DictReader(text), start=2) if PLAIN[rule](row)]
        listed = jambi.ledger.defects.filter(file=path.name, rule=rule)
        assert listed["line"].to_list() == found
    assert rule in jambi.ledger.planted()


def test_a_duplicate_follows_the_row_it_repeats(jambi: World) -> None:
    for file, lines in (
        jambi.ledger.defects.filter(rule="duplicate_row", kind="kepesertaan").group_by("file").agg("line").iter_rows()
    ):
        text = (jambi.plan.out / file).read_text(encoding="utf-8").splitlines()
        assert all(text[line - 1] in text[: line - 1] for line in lines)
        assert len(text) - len(set(text)) == len(lines)


def test_wages_below_the_minimum_are_listed_as_warnings(jambi: World) -> None:
    minimum = jambi.good("umk").select(kode_kab_kerja="kode_kab", minimum=pl.col("upah_minimum").cast(int))
    earners = jambi.good("kepesertaan").filter(segmen="PU").join(minimum, on="kode_kab_kerja")
    low = earners.filter(pl.col("upah").cast(int) < pl.col("minimum")).select("file", "line").sort("file", "line")
    listed = (
        jambi.ledger.defects.filter(rule="wage_below_minimum", severity="warn")
        .select("file", "line")
        .sort("file", "line")
    )
    assert low.rows() == listed.rows()
    assert 0 < low.height < earners.height / 5


def test_planted_rows_stay_below_five_percent_of_every_file(jambi: World) -> None:
    rejected = dict(
        jambi.ledger.defects.filter(severity="reject").group_by("file").agg(pl.col("line").n_unique()).iter_rows()
    )
    for path in jambi.ledger.files:
        rows = len(path.read_text(encoding="utf-8").splitlines()) - 1
        assert rejected.get(path.name, 0) < 0.05 * rows


def test_without_defects_nothing_is_planted(tmp_path: Path) -> None:
    ledger = write(Plan(tmp_path, (MARCH,), workers=600, defects=0))
    assert ledger.planted() == {}
    assert set(ledger.planted("warn")) <= {"wage_below_minimum", "age_outside_15_to_65"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_rejecting_rule_has_a_way_to_break_it(kind: str) -> None:
    rules = {rule.name for rule in row_rules(extract(kind)) if rule.severity is Severity.REJECT}
    assert {defect.rule for defect in defects(extract(kind), typed=False)} == rules


@pytest.mark.parametrize("kind", ["kepesertaan", "iuran"])
def test_every_rejecting_rule_is_planted(jambi: World, kind: str) -> None:
    rules = {defect.rule for defect in defects(extract(kind), typed=False)}
    planted = jambi.ledger.defects.filter(kind=kind, severity="reject")["rule"].str.split(",").explode()
    assert rules <= set(planted)


def test_control_totals_are_those_of_the_file_as_written(jambi: World) -> None:
    controls = sorted(jambi.plan.out.glob("kepesertaan*.control.json"))
    assert controls
    for control in controls:
        path = control.with_name(control.name.removesuffix(".control.json"))
        totals = json.loads(control.read_text(encoding="utf-8"))
        with path.open(encoding="utf-8", newline="") as text:
            wages = [row["upah"] for row in csv.DictReader(text)]
        assert totals["rows"] == len(wages)
        assert totals["sums"]["upah"] == sum(int(wage) for wage in wages if wage.lstrip("-").isdigit())
        assert totals["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_ledger_stands_beside_the_extracts_under_a_name_no_kind_has(jambi: World) -> None:
    path = jambi.plan.out / "_ledger" / "ledger.csv"
    written = pl.read_csv(path, schema=jambi.ledger.defects.schema).with_columns(pl.col("column").fill_null(""))
    assert written.equals(jambi.ledger.defects)
    assert not "ledger.csv".startswith(KINDS)


def test_parquet_is_typed_and_its_rows_count_from_one(tmp_path: Path) -> None:
    ledger = write(Plan(tmp_path, (MARCH,), ("15.03",), workers=3_000, format="parquet"))
    frame = pl.read_parquet(tmp_path / "kepesertaan_1503_202503.parquet")
    assert (frame.schema["blth"], frame.schema["upah"], frame.schema["nik"]) == (pl.Date(), pl.Int64(), pl.String())
    lines = ledger.defects.filter(kind="kepesertaan", rule="nik_missing")["line"].to_list()
    assert lines
    assert [number for number, nik in enumerate(frame["nik"], start=1) if nik is None] == lines
