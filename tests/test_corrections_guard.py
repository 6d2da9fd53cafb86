"""The guard of a correction: which files it is about, when it fails, and what a load then says and does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import polars as pl
import pytest

from expectations.gate import Destination, Judgement, Sieve, judge_file
from flows.context import Load
from flows.gating import gazetteers
from flows.keys.places import pseudonyms
from flows.settings import load as read_settings
from tests.corrected import entry, loaded, receipts, settings
from tests.endtoend import SHOWING, ask, assert_same, mart_facts, standing
from tests.extracts import Row, memberships, rows, write
from transforms.corrections import corrected
from transforms.geography import region_hints
from transforms.standardize import standardize
from warehouse import lake, ledger, reading
from warehouse.dialect import Dialect
from warehouse.home import Home
from warehouse.tables.contribution import Contribution

RIGHT = "| npp | sumber_dana |\n" + "| P1 | EMPLOYER |\n" * 5
WRONG = RIGHT + "| P2 | APBN |\n" * 3
ABOUT = "region_code = '15.03' AND month = DATE '2025-03-01'"


def applied(result: dict[str, object]) -> list[tuple[int, int]]:
    """Return the rows and the files of every correction that the result of a load lists."""
    listed = result["corrections"]
    assert isinstance(listed, list)
    return [(one["rows"], one["files"]) for one in listed]


@pytest.mark.parametrize("action", ["drop", "flag", "override", "scale"])
def test_a_source_that_has_fixed_itself_stops_its_file_and_says_so_in_both_languages(
    action: str, tmp_path: Path
) -> None:
    keys: dict[str, dict[str, object]] = {
        "override": {"column": "paid_idr", "value": 1},
        "scale": {"column": "paid_idr", "numerator": 1, "denominator": 2},
    }
    result = loaded(tmp_path, {"iuran_202503.csv": receipts(RIGHT)}, entry(action=action, **keys.get(action, {})))
    (told,) = result["stopped_files"]["iuran_202503.csv"]
    assert told.startswith(
        "correction_obsolete: koreksi satu: 0 baris salah, seharusnya paling sedikit 1 / correction satu"
    )
    assert "sumber sudah memperbaikinya: akhiri koreksi (until) atau hapus" in told
    assert "the source has fixed itself: end the correction (until) or remove it" in told
    assert (result["exit_code"], list(result["stopped_months"])) == (4, ["2025-03"])
    assert not list((tmp_path / "home" / "lake" / "iuran").glob("*.parquet"))


@pytest.mark.parametrize(
    ("bounds", "rule"),
    [
        ({"expect_rows_min": 3, "expect_rows_max": 3}, ""),
        ({"expect_rows_min": 4}, "correction_obsolete: koreksi satu: 3"),
        ({"expect_rows_max": 2}, "correction_too_wide: koreksi satu: 3"),
    ],
)
def test_the_wrong_rows_must_be_as_many_as_was_declared(bounds: dict[str, int], rule: str, tmp_path: Path) -> None:
    stopped = loaded(tmp_path, {"iuran_a.csv": receipts(WRONG)}, entry(**bounds))["stopped_files"]
    assert [why[: len(rule)] for (why,) in stopped.values()] == ([rule] if rule else [])


def test_a_value_that_is_already_what_an_override_makes_of_it_is_not_wrong(tmp_path: Path) -> None:
    change = entry(action="override", where="sumber = 'x'", column="paid_idr", value=84_000)
    result = loaded(tmp_path, {"iuran_a.csv": receipts(WRONG)}, change.replace("sumber = 'x'", "employer_key = 'P2'"))
    assert "correction_obsolete" in result["stopped_files"]["iuran_a.csv"][0]


@pytest.mark.parametrize(
    ("days", "reached"),
    [
        ({"from": "2025-03-31"}, True),
        ({"from": "2025-03-01", "until": "2025-03-31"}, True),
        ({"from": "2025-04-01"}, False),
        ({"from": "2025-01-01", "until": "2025-03-30"}, False),
    ],
)
def test_a_correction_holds_from_its_first_to_its_last_day_of_data(
    days: dict[str, str], reached: bool, tmp_path: Path
) -> None:
    result = loaded(tmp_path, {"iuran_a.csv": receipts(WRONG)}, entry(**days))
    assert applied(result) == ([(3, 1)] if reached else [(0, 0)])
    assert (result["rows_rejected"], result["stopped_files"]) == (3 if reached else 0, {})


@pytest.mark.parametrize("said", [{"files": "jambi/*"}, {"files": "*_15.csv"}, {"among": ABOUT}])
def test_a_file_that_a_correction_is_not_about_is_left_alone(said: dict[str, str], tmp_path: Path) -> None:
    elsewhere = receipts("| npp | kode_kab |\n| P1 | 16.01 |\n| P1 | 16.02 |")
    later = receipts(RIGHT, blth="2025-04", tgl_data="2025-04-30")
    (tmp_path / "source" / "jambi").mkdir(parents=True)
    files = {"jambi/iuran_15.csv": receipts(WRONG), "iuran_16.csv": elsewhere, "iuran_04.csv": later}
    result = loaded(tmp_path, files, entry(**said))
    assert (result["stopped_files"], applied(result), result["rows_rejected"]) == ({}, [(3, 1)], 3)


def test_without_files_and_among_a_correction_is_about_every_file_of_its_kind_and_days(tmp_path: Path) -> None:
    files = {"iuran_15.csv": receipts(WRONG), "iuran_16.csv": receipts("| npp | kode_kab |\n| P1 | 16.01 |")}
    result = loaded(tmp_path, files, entry())
    assert list(result["stopped_files"]) == ["iuran_16.csv"]


def test_a_file_that_is_about_the_same_rows_without_the_error_stops(tmp_path: Path) -> None:
    files = {"iuran_15.csv": receipts(RIGHT), "iuran_16.csv": receipts("| npp | kode_kab |\n| P1 | 16.01 |")}
    result = loaded(tmp_path, files, entry(among=ABOUT))
    assert list(result["stopped_files"]) == ["iuran_15.csv"]


def test_files_of_other_kinds_are_not_corrected(tmp_path: Path) -> None:
    umk = rows("umk", "| kode_kab |\n| 15.03 |")
    result = loaded(tmp_path, {"umk_15.csv": umk, "iuran_a.csv": receipts(WRONG)}, entry())
    assert (result["stopped_files"], applied(result)) == ({}, [(3, 1)])


def test_a_kind_without_dates_is_corrected_whenever_it_comes(tmp_path: Path) -> None:
    umk = rows("umk", "| kode_kab | upah_minimum |\n| 15.03 | 300000 |\n| 15.04 | 3000000 |")
    ten_times = entry(kind="umk", **{"from": None}, action="scale", among="region_code = '15.03' AND year = 2025",
                      where="minimum_wage_idr < 1000000", column="minimum_wage_idr", numerator=10, denominator=1)  # fmt: skip
    result = loaded(tmp_path, {"umk_15.csv": umk}, ten_times)
    assert (result["stopped_files"], applied(result)) == ({}, [(1, 1)])


def test_the_report_lists_every_correction_with_its_rows_reason_and_citation(tmp_path: Path) -> None:
    unused = entry(id="lain", files="tidak/ada*", reason_en="a | b", citation="berita acara 3")
    result = loaded(tmp_path, {"iuran_a.csv": receipts(WRONG)}, entry(), unused)
    report = (tmp_path / "home" / "reports" / f"run-{result['run_id']}.md").read_text(encoding="utf-8")
    assert "| satu | drop | 3 | 1 | baris ganda / counted twice | surat 12/2025 |" in report
    assert r"| lain | drop | 0 | 0 | baris ganda / a \| b | berita acara 3 |" in report
    listed = json.loads((tmp_path / "home" / "reports" / "last-run.json").read_text(encoding="utf-8"))["corrections"]
    assert [(one["id"], one["rows"], one["citation"]) for one in listed] == [
        ("satu", 3, "surat 12/2025"), ("lain", 0, "berita acara 3"),
    ]  # fmt: skip
    assert "funding_source = 'APBN'" in listed[0]["does"]


def test_every_guard_is_recorded_as_a_check_and_the_corrections_with_the_run(tmp_path: Path) -> None:
    elsewhere = entry(id="lain", among="region_code = '16.01'")
    loaded(tmp_path, {"iuran_a.csv": receipts(WRONG)}, entry(), elsewhere)
    checks = (
        "SELECT expectation, subject, observed, severity, success FROM ops.check_result WHERE suite = 'corrections'"
    )
    assert ask(tmp_path / "home", f"{checks} ORDER BY 1") == [
        ("correction_lain", "iuran_a.csv", "not in scope", "critical", True),
        ("correction_satu", "iuran_a.csv", "3", "critical", True),
    ]
    ((recorded,),) = ask(tmp_path / "home", "SELECT settings FROM ops.run")
    assert [one["citation"] for one in json.loads(recorded)["correction"]] == ["surat 12/2025"] * 2


def test_a_correction_that_comes_later_replaces_the_figures_and_is_recorded_with_the_run_that_made_it(
    tmp_path: Path,
) -> None:
    files = {"iuran_a.csv": receipts(WRONG)}
    assert loaded(tmp_path, files, without=SHOWING)["rows_rejected"] == 0
    second = loaded(tmp_path, files, entry(), without=SHOWING)
    assert (second["received"], second["rows_rejected"], list(second["months_loaded"])) == (0, 3, ["2025-03"])
    checks = ask(tmp_path / "home", "SELECT run_id, observed FROM ops.check_result WHERE suite = 'corrections'")
    assert checks == [(second["run_id"], "3")]
    assert ask(tmp_path / "home", "SELECT rows_accepted, rows_rejected FROM ops.source_file") == [(5, 3)]
    third = loaded(tmp_path, files, entry(), without=SHOWING)
    assert third["months_loaded"] == {}
    taken_back = loaded(tmp_path, files, without=SHOWING)
    assert (taken_back["rows_rejected"], list(taken_back["months_loaded"])) == (0, ["2025-03"])
    assert ask(tmp_path / "home", "SELECT count(*) FROM ops.rejection") == [(0,)]


def test_another_correction_is_another_gating_and_another_wording_is_not(tmp_path: Path) -> None:
    source = {"iuran_a.csv": receipts(WRONG), "iuran_b.csv": receipts("| npp |\n| P7 |")}
    loaded(tmp_path, source)
    home = Home(tmp_path / "home")
    first, second = ledger.deliveries(home)

    def gates(*entries: str) -> tuple[str, str]:
        told = Load(home, read_settings(settings(tmp_path, *entries)), pseudonyms(home)[0], "run")
        return told.gate_id(first), told.gate_id(second)

    plain, corrected_gates = gates(), gates(entry())
    assert (plain[0] != corrected_gates[0], plain[1] != corrected_gates[1]) == (True, True)
    assert gates(entry(citation="surat 13", reason_en="x", reason_id="y")) == corrected_gates
    assert gates(entry(kind="umk", **{"from": None}, where="year = 2025")) == plain
    only_first = gates(entry(files="iuran_a*"))
    assert (only_first[0] != plain[0], only_first[1]) == (True, plain[1])
    changed: list[dict[str, object]] = [
        {"where": "workers > 1"},
        {"among": ABOUT},
        {"until": "2025-12-31"},
        {"expect_rows_min": 2},
        {"id": "x"},
    ]
    assert len({gates(entry(**one))[0] for one in changed} | {plain[0], corrected_gates[0]}) == len(changed) + 2


def test_a_load_that_is_stopped_by_a_guard_keeps_what_was_published(tmp_path: Path) -> None:
    table = "| orang | segmen | upah |\n| 1-20 | PU | 3200000 |\n| 21-24 | PU | {} |"
    wrong, right = (memberships("2025-03", "2025-03-31", table.format(wage)) for wage in ("1", "3300000"))
    correction = entry(kind="kepesertaan", where="wage_idr = 1")
    loaded(tmp_path, {"kepesertaan_202503.csv": wrong}, correction, without=())
    before = standing(Home(tmp_path / "home").current, mart_facts())
    assert before["mart.fact_coverage"]["active_workers"].max() == 20
    result = loaded(tmp_path, {"kepesertaan_202503.csv": right}, correction, without=())
    assert (list(result["stopped_files"]), result["months_loaded"]) == (["kepesertaan_202503.csv"], {})
    assert_same(standing(Home(tmp_path / "home").current, mart_facts()), before)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_corrections_there_are_every_row_is_accepted_or_rejected_once(seed: int, tmp_path: Path) -> None:
    dice = Random(seed)
    sources, payers = ("EMPLOYER", "APBN", "XX", "SELF"), ("P1", "P2", "P3", "")
    found = [
        {
            "npp": dice.choice(payers),
            "sumber_dana": dice.choice(sources),
            "dibayar": dice.choice(["-1", "5", "x", "84000"]),
        }
        for _ in range(200)
    ]
    conditions = ["funding_source = 'APBN'", "employer_key IN ('P1', 'P2')", "paid_idr < 6", "paid_idr IS NULL"]
    entries = [
        entry(id=f"n{number}", where=dice.choice(conditions), **dice.choice(CHANGES))
        for number in range(dice.randint(1, 4))
    ]
    plain, judgement = judged(tmp_path / "plain", found), judged(tmp_path, found, *entries)
    assert (judgement.rows, judgement.accepted + judgement.rejected) == (200, 200)
    good, bad = (lake.read(tmp_path / name) for name in ("accepted.parquet", "rejected.parquet"))
    assert sorted([*good["line_no"], *bad["line_no"]]) == list(range(2, 202))
    dropped = bad.filter(pl.col("rules").str.contains("correction_"))
    assert dropped.height == judgement.dropped
    assert dropped.filter(~pl.col("rules").str.contains(r"^(correction_n\d,?)+$")).is_empty()
    if all('action = "flag"' in one for one in entries):
        assert (judgement.broken, judgement.rejected) == (plain.broken, plain.rejected)


CHANGES: list[dict[str, object]] = [
    {"action": "drop"}, {"action": "flag"}, {"action": "override", "column": "workers", "value": 3},
    {"action": "scale", "column": "billed_idr", "numerator": 3, "denominator": 2},
]  # fmt: skip


def test_a_gate_with_corrections_and_hints_reads_its_file_once(tmp_path: Path) -> None:
    seen: list[int] = []

    def probe(batch: pl.DataFrame) -> pl.DataFrame:
        seen.append(batch.height)
        return batch

    found: list[Row] = [{"npp": "P1"}, {"npp": "P2"}, {"kode_kab": "Bandung"}]
    entries = [entry(id=f"n{place}", where="employer_key = 'P1'", **change) for place, change in enumerate(CHANGES)]
    judgement = judged(tmp_path, found, *entries, probe=probe)
    assert (judgement.rows, judgement.accepted, judgement.rejected, judgement.dropped) == (3, 1, 2, 1)
    assert sum(judgement.hints.values()) == 1
    assert sum(seen) == 3


def judged(
    folder: Path, found: list[Row], *entries: str, probe: Callable[[pl.DataFrame], pl.DataFrame] = lambda batch: batch
) -> Judgement:
    """Return the judgement of the gate on these contributions with these corrections; `probe` sees every row read."""
    source = write(folder / "source", {"iuran.csv": [receipts("| npp |\n| x |")[0] | row for row in found]})
    text = reading.scan(source / "iuran.csv", Contribution, Dialect(), folder).frame
    corrections = read_settings(settings(folder, *entries)).corrections_of("iuran", "iuran.csv")
    text, regions = text.map_batches(probe, streamable=True), gazetteers("kemendagri")
    frame = corrected(standardize(text, Contribution, Dialect(), regions), Contribution, corrections)
    explained = [region_hints(Contribution, regions)]
    sieve = Sieve(Contribution, lambda rows: rows.select("line_no"), None, corrections, explained)
    return judge_file(frame, sieve, Destination("a file", folder / "accepted.parquet", folder / "rejected.parquet"))
