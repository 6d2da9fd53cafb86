"""Corrections: known errors of a source are dropped, changed or flagged, and never silently."""

from __future__ import annotations

import json
from fractions import Fraction
from math import floor
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.corrected import entry, loaded, receipts
from tests.endtoend import ask
from tests.extracts import memberships, nik
from transforms.corrections import scaled

TEN = (
    "| npp | sumber_dana | tagihan | dibayar |\n"
    + "| P1 | EMPLOYER | 84000 | 84000 |\n" * 6
    + "| P2 | APBN | 50000 | 50001 |\n" * 4
)


def accepted(folder: Path, kind: str = "iuran") -> pl.DataFrame:
    """Return the accepted rows of a kind."""
    (path,) = (folder / "home" / "lake" / kind).glob("*.parquet")
    return pl.read_parquet(path)


def paid(folder: Path) -> int:
    """Return the rupiah paid in the accepted rows."""
    return int(accepted(folder)["paid_idr"].sum())


def test_a_dropped_row_goes_to_quarantine_under_its_correction_and_is_no_reason_to_stop_the_file(
    tmp_path: Path,
) -> None:
    result = loaded(tmp_path, {"iuran_a.csv": receipts(TEN)}, entry(id="apbn-ganda"))
    assert (result["rows_in"], result["rows_accepted"], result["rows_rejected"]) == (10, 6, 4)
    assert (result["rejected_rules"], result["warnings"], result["stopped_files"]) == (
        {"correction_apbn-ganda": 4}, {}, {},
    )  # fmt: skip
    kept = ask(tmp_path / "home", "SELECT line_no, rules FROM ops.rejection ORDER BY line_no")
    assert kept == [(line, "correction_apbn-ganda") for line in (8, 9, 10, 11)]
    assert paid(tmp_path) == 6 * 84_000


def test_rows_that_break_rules_still_stop_the_file_whatever_is_dropped_beside_them(tmp_path: Path) -> None:
    bad = receipts("| npp | jumlah_tk |\n| P9 | -1 |")
    result = loaded(tmp_path, {"iuran_a.csv": [*receipts(TEN), *bad]}, entry())
    assert list(result["stopped_files"]) == ["iuran_a.csv"]
    told = result["stopped_files"]["iuran_a.csv"][0]
    assert "too_many_rejected: 1 dari 11" in told
    assert "correction_" not in told


def test_a_dropped_row_breaks_no_other_rule_even_one_that_would_stop_the_file(tmp_path: Path) -> None:
    wrong = receipts("| npp | kode_kab | jumlah_tk |\n| P3 | 9417 | -1 |\n| P3 | 9417 | 5 |")
    result = loaded(tmp_path, {"iuran_a.csv": [*receipts(TEN), *wrong]}, entry(where="region_code IS NULL"))
    assert (result["stopped_files"], result["rejected_rules"]) == ({}, {"correction_satu": 2})


def test_of_two_rows_with_one_key_the_one_that_is_not_dropped_stays(tmp_path: Path) -> None:
    twice = "| orang | segmen | upah |\n| 1-9 | PU | 1 |\n| 1-9 | PU | 3200000 |"
    files = {"kepesertaan_a.csv": memberships("2025-03", "2025-03-31", twice)}
    result = loaded(tmp_path, files, entry(kind="kepesertaan", where="wage_idr = 1"))
    assert (result["rows_accepted"], result["rejected_rules"]) == (9, {"correction_satu": 9})
    assert accepted(tmp_path, "kepesertaan")["line_no"].to_list() == list(range(11, 20))


def test_an_override_stands_before_the_rules_judge_and_its_rows_are_counted(tmp_path: Path) -> None:
    rows = receipts("| npp | dibayar |\n" + "| P1 | 84000 |\n" * 3 + "| P2 | -84000 |\n| P2 | x |\n| P2 | - |\n")
    change = entry(action="override", where="employer_key = 'P2'", column="paid_idr", value=500, expect_rows_max=3)
    result = loaded(tmp_path, {"iuran_a.csv": rows}, change)
    assert (result["rows_accepted"], result["rejected_rules"], result["warnings"]) == (6, {}, {})
    assert result["corrections"][0]["rows"] == 3
    assert paid(tmp_path) == 3 * 84_000 + 3 * 500


def test_an_override_settles_a_region_that_was_ambiguous_or_of_the_other_code_system(tmp_path: Path) -> None:
    rows = receipts("| npp | kode_kab |\n" + "| P1 | Bandung |\n| P1 | 9417 |\n" * 3)
    change = entry(action="override", where="employer_key = 'P1'", column="region_code", value="32.73")
    result = loaded(tmp_path, {"iuran_a.csv": rows}, change)
    assert (result["rows_accepted"], result["rejected_rules"]) == (6, {})
    assert accepted(tmp_path)["region_code"].unique().to_list() == ["32.73"]


def test_an_override_may_empty_a_value_that_may_be_empty(tmp_path: Path) -> None:
    rows = memberships("2025-03", "2025-03-31", "| orang | segmen | tgl_akhir |\n| 1-5 | PU | 1900-01-01 |")
    change = entry(
        kind="kepesertaan", action="override", where="end_date = DATE '1900-01-01'", column="end_date", value=""
    )
    result = loaded(tmp_path, {"kepesertaan_a.csv": rows}, change)
    assert (result["rows_accepted"], result["corrections"][0]["rows"]) == (5, 5)


def test_programmes_flags_and_dates_are_overridden_in_the_form_that_files_write(tmp_path: Path) -> None:
    table = "| orang | segmen | program | rentan | tgl_mulai |\n| 1-4 | PU | JKK | T | 2020-01-01 |"
    rows = memberships("2025-03", "2025-03-31", table)
    all_rows: dict[str, object] = {"kind": "kepesertaan", "action": "override", "where": "segment = 'PU'"}
    changes = [
        entry(id="p", column="programmes", value="JKK,JHT", **all_rows),
        entry(id="r", column="is_vulnerable", value=True, **all_rows),
        entry(id="t", column="start_date", **all_rows).replace(
            "[[correction]]\n", "[[correction]]\nvalue = 2021-05-04\n"
        ),
    ]
    loaded(tmp_path, {"kepesertaan_a.csv": rows}, *changes)
    found = (
        accepted(tmp_path, "kepesertaan")
        .select("programmes", "is_vulnerable", pl.col("start_date").cast(pl.String))
        .unique()
        .rows()
    )
    assert found == [(5, True, "2021-05-04")]


def test_a_scale_is_exact_and_rounds_half_up(tmp_path: Path) -> None:
    rows = receipts("| npp | dibayar | tagihan |\n| P1 | 999999999999999 | 999999999999999 |\n| P2 | 5 | 5 |")
    change = entry(action="scale", where="paid_idr > 0", column="paid_idr", numerator=1, denominator=10)
    result = loaded(tmp_path, {"iuran_a.csv": rows}, change)
    assert result["corrections"][0]["rows"] == 2
    assert paid(tmp_path) == 100_000_000_000_000 + 1


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9), st.integers(1, 10**9))
def test_scaling_is_the_fraction_rounded_half_up(value: int, numerator: int, denominator: int) -> None:
    exact = floor(Fraction(value * numerator, denominator) + Fraction(1, 2))
    found = pl.select(scaled(pl.lit(value, pl.Int64), numerator, denominator)).item()
    assert found == (exact if abs(exact) < 2**63 else None)


def test_a_flag_counts_and_changes_nothing(tmp_path: Path) -> None:
    files = {"iuran_a.csv": receipts(TEN)}
    flagged = loaded(tmp_path / "flagged", files, entry(action="flag"))
    plain = loaded(tmp_path / "plain", files)
    assert flagged["warnings"] == plain["warnings"] | {"correction_satu": 4}
    assert (flagged["rows_accepted"], paid(tmp_path / "flagged")) == (10, paid(tmp_path / "plain"))


def test_every_condition_sees_what_was_delivered(tmp_path: Path) -> None:
    first = entry(id="a", action="override", where="paid_idr = 84000", column="paid_idr", value=50001)
    second = entry(id="b", where="paid_idr = 50001")
    for number, entries in enumerate([(first, second), (second, first)]):
        result = loaded(tmp_path / str(number), {"iuran_a.csv": receipts(TEN)}, *entries)
        assert {one["id"]: one["rows"] for one in result["corrections"]} == {"a": 6, "b": 4}
        assert result["rows_accepted"] == 6


def test_two_corrections_that_change_one_value_stop_the_file(tmp_path: Path) -> None:
    first = entry(id="a", action="override", where="paid_idr = 84000", column="paid_idr", value=1)
    second = entry(id="b", action="scale", where="billed_idr = 84000", column="paid_idr", numerator=1, denominator=2)
    other = entry(id="c", action="override", where="paid_idr = 50001", column="paid_idr", value=50000)
    stopped = loaded(tmp_path / "ab", {"iuran_a.csv": receipts(TEN)}, first, second)["stopped_files"]
    assert "corrections_collide: pada 6 baris beberapa koreksi mengubah paid_idr" in stopped["iuran_a.csv"][0]
    assert loaded(tmp_path / "ac", {"iuran_a.csv": receipts(TEN)}, first, other)["stopped_files"] == {}


def test_control_totals_are_those_of_the_file_and_not_of_its_corrections(tmp_path: Path) -> None:
    change = entry(action="override", where="employer_key = 'P2'", column="paid_idr", value=1)
    (tmp_path / "source").mkdir()
    control = {"rows": 10, "sums": {"dibayar": 6 * 84_000 + 4 * 50_001}}
    (tmp_path / "source" / "iuran_a.csv.control.json").write_text(json.dumps(control), encoding="utf-8")
    result = loaded(tmp_path, {"iuran_a.csv": receipts(TEN)}, change)
    assert (result["stopped_files"], paid(tmp_path)) == ({}, 6 * 84_000 + 4)


def test_a_rejected_row_shows_what_was_judged_and_which_correction_changed_it(tmp_path: Path) -> None:
    table = "| orang | segmen | upah |\n| 1-40 | PU | 3200000 |"
    person = memberships("2025-03", "2025-03-31", "| orang | segmen | upah |\n| 50 | PU | -1 |")[0]
    rows = [*memberships("2025-03", "2025-03-31", table), person | {"segmen": nik(50)}]
    change = entry(
        kind="kepesertaan", action="override", where="segment NOT IN ('PU', 'BPU')", column="segment", value="BPU"
    )
    loaded(tmp_path, {"kepesertaan_a.csv": rows}, change)
    ((masked, rules),) = ask(tmp_path / "home", "SELECT masked_row, rules FROM ops.rejection")
    shown = json.loads(masked)
    assert (shown["segmen"], shown["corrections"], rules) == ("BPU", "satu (segment)", "upah_negative")
    assert nik(50) not in masked


def test_a_correction_of_the_day_of_payment_moves_a_claim_to_its_month(tmp_path: Path) -> None:
    names = (
        "no_klaim",
        "tgl_data",
        "kpj",
        "program",
        "jenis_manfaat",
        "tgl_kejadian",
        "tgl_bayar",
        "jumlah",
        "kode_kab",
    )
    values = ("K1", "2025-03-31", "26133068531", "JKM", "SANTUNAN", "", "2024-03-05", "42000000", "15.03")
    change = entry(kind="klaim", action="override", where="program = 'JKM'", column="paid_date")
    change = change.replace("program =", "programme =").replace(
        "[[correction]]\n", "[[correction]]\nvalue = 2025-03-05\n"
    )
    result = loaded(tmp_path, {"klaim_a.csv": [dict(zip(names, values, strict=True))]}, change)
    assert result["stopped_files"] == {}
    assert accepted(tmp_path, "klaim").select(pl.col("month", "paid_date").cast(pl.String)).rows() == [
        ("2025-03-01", "2025-03-05")
    ]
