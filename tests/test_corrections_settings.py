"""The file of corrections: what may be declared, what a mistake is told, and that the documented example holds."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.settings import load
from tests.corrected import entry, settings
from tests.test_documents import DOCS, blocks
from warehouse.errors import Stop

DOCUMENT = DOCS / "corrections.md"
VALUES: dict[str, list[object]] = {
    "region_code": ["15.03", "15.05", "16.01", None],
    "month": [date(2025, 3, 1), date(2025, 4, 1), None],
    "funding_source": ["APBN", "SELF", None],
    "end_date": [date(1900, 1, 1), date(2025, 1, 1), None],
    "billed_idr": [9_999, 10_000, None],
    "segment": ["PU", "BPU", None],
    "year": [2025, 2026, None],
}


def refused(folder: Path, *entries: str, more: str = "") -> str:
    """Return what a mistake is told."""
    with pytest.raises(Stop) as stop:
        load(settings(folder, *entries, more=more))
    assert stop.value.rule == "settings_wrong"
    return stop.value.en


@pytest.mark.parametrize("where", ["billed_idr = = 'RAHAYU'", "(RAHAYU", "billed_idr > 'RAHAYU'", "RAHAYU RAHAYU ="])
def test_a_condition_that_is_none_is_refused_without_a_word_of_it(tmp_path: Path, where: str) -> None:
    told = refused(tmp_path, entry(where=where))
    assert "satu: where: " in told
    assert "RAHAYU" not in told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"wher": "year = 2025"}, "did you mean where?"),
        ({"kind": "iurann"}, "did you mean iuran?"),
        ({"id": "Dua Kali"}, "id"),
        ({"action": "delete"}, "action"),
        ({"citation": None}, "citation"),
        ({"reason_id": ""}, "reason_id"),
        ({"where": "funding_sorce = 'APBN'"}, "did you mean funding_source?"),
        ({"where": "kode_kab = '15.03'"}, "kode_kab is called region_code here"),
        ({"where": "kpj = 'x'"}, "kpj is personal"),
        ({"where": "membership_key IS NULL"}, "membership_key is personal"),
        ({"kind": "kepesertaan", "where": "worker_key = 'x'"}, "worker_key is personal"),
        ({"kind": "kepesertaan", "where": "nik LIKE '15%'"}, "nik is personal"),
        ({"kind": "kepesertaan", "where": "nama = 'x'"}, "nama is personal"),
        ({"kind": "kepesertaan", "where": "birth_date < start_date"}, "birth_date is personal"),
        ({"kind": "badan_usaha", "where": "employer_name = 'x'"}, "employer_name is personal"),
        ({"among": "raw_kpj IS NULL"}, "no column raw_kpj"),
        ({"where": "receipt_no = '1503014502900001'"}, "may be a NIK"),
        ({"citation": "NIK 1503014502900001"}, "may be a NIK"),
        ({"where": "paid_idr >"}, "where"),
        ({"where": "paid_idr + 1"}, "not a condition"),
        ({"where": "SUM(paid_idr) > 1"}, "not a condition"),
        ({"where": "RANK() OVER (ORDER BY paid_idr) > 1"}, "not a condition"),
        ({"where": "1 = 1"}, "not a condition"),
        ({"from": None}, "from is missing"),
        ({"until": "2025-02-28"}, "until is before from"),
        ({"kind": "umk", "where": "year = 2025"}, "leave out from and until"),
        ({"column": "paid_idr"}, "neither column nor value"),
        ({"action": "override", "column": "paid_idr"}, "override takes column and value"),
        ({"action": "override", "column": "paid_idr", "value": "banyak"}, "a whole number"),
        ({"action": "override", "column": "paid_idr", "value": True}, "a whole number"),
        ({"action": "override", "column": "paid_idr", "value": -1}, "within its bounds"),
        ({"action": "override", "column": "paid_idr", "value": ""}, "may not be empty"),
        ({"action": "override", "column": "funding_source", "value": "APBDD"}, "APBD_REGENCY"),
        ({"action": "override", "column": "region_code", "value": "15.99"}, "today's code"),
        ({"action": "override", "column": "region_code", "value": "15"}, "today's code"),
        ({"action": "override", "column": "month", "value": "2025-03"}, "first day of a month"),
        ({"action": "override", "column": "membership_key", "value": "x"}, "membership_key is personal"),
        ({"action": "scale", "column": "paid_idr", "numerator": 2}, "scale takes"),
        ({"action": "scale", "column": "paid_idr", "numerator": 0, "denominator": 1}, "numerator"),
        ({"action": "scale", "column": "paid_idr", "numerator": 5, "denominator": 5}, "nothing would change"),
        ({"action": "scale", "column": "segment", "numerator": 5, "denominator": 1}, "cannot be scaled"),
        ({"expect_rows_min": 0}, "expect_rows_min"),
        ({"expect_rows_min": 3, "expect_rows_max": 2}, "expect_rows_max is below"),
    ],
    ids=str,
)
def test_a_mistake_is_named_with_its_cure(said: dict[str, object], told: str, tmp_path: Path) -> None:
    assert told in refused(tmp_path, entry(**said))


def test_two_corrections_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "satu: the id stands twice" in refused(
        tmp_path, entry(), entry(kind="umk", where="year = 1", **{"from": None})
    )


def test_another_table_in_the_file_is_refused(tmp_path: Path) -> None:
    assert "did you mean correction" in refused(tmp_path, entry().replace("[[correction]]", "[[correctoin]]"))


def test_corrections_stand_in_one_place(tmp_path: Path) -> None:
    assert "[[correction]] and corrections" in refused(tmp_path, entry(), more=entry(id="dua"))


def test_a_missing_file_of_corrections_is_named(tmp_path: Path) -> None:
    path = settings(tmp_path, entry())
    (tmp_path / "corrections.toml").unlink()
    with pytest.raises(Stop, match=r"settings_missing.*corrections\.toml"):
        load(path)


def test_the_documented_corrections_are_read_and_name_every_key(tmp_path: Path) -> None:
    naming, example = blocks(DOCUMENT, "toml")
    (tmp_path / "cakupan.toml").write_text(naming, encoding="utf-8")
    (tmp_path / "corrections.toml").write_text(example, encoding="utf-8")
    found = load(tmp_path / "cakupan.toml").correction
    assert {one.action for one in found} == {"drop", "override", "scale", "flag"}
    used = set(re.findall(r"^(\w+) = ", example, re.M))
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]+)\|", DOCUMENT.read_text("utf-8"), re.M))))
    assert used == told - {"key"}


def test_documented_conditions_mean_the_same_in_both_engines(tmp_path: Path) -> None:
    (tmp_path / "corrections.toml").write_text(blocks(DOCUMENT, "toml")[1], encoding="utf-8")
    (tmp_path / "cakupan.toml").write_text('corrections = "corrections.toml"', encoding="utf-8")
    found = load(tmp_path / "cakupan.toml").correction
    for condition in [text for one in found for text in (one.where, one.among) if text]:
        names = pl.sql_expr(condition).meta.root_names()
        rows = pl.DataFrame(list(product(*(VALUES[name] for name in names))), schema=names, orient="row")
        mine = rows.select(held=pl.sql_expr(condition))["held"].to_list()
        with duckdb.connect() as connection:
            connection.register("delivered", rows.to_arrow())
            theirs = connection.execute(f"SELECT {condition} FROM delivered").fetchall()
        assert mine == [held for (held,) in theirs], condition
        assert {True, False, None} <= set(mine), condition
