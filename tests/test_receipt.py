"""Behind every figure: the contents it was computed from, also when others have taken their place."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.assembly import EXTRACT_OF
from flows.cli import main
from flows.receipt import receipts, text
from tests.endtoend import ROOT, ask, facts
from tests.extracts import Files, memberships
from tests.timeline import BILLS, CLOSED, MEMBERS, MID, WORKFORCE, bills, employers, load_on, members
from transforms.graph import inputs_of
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.schema import Extract
from warehouse.store import query

EARLIER: Files = {
    f"kepesertaan_15_2025{month}.csv": memberships(f"2025-{month}", day, "| orang | segmen |\n| 1-19 | PU |")
    for month, day in (("01", "2025-01-31"), ("02", "2025-02-28"))
}
SARO = ("region_code=15.03", "month=2025-03")
UCJ = (*SARO, "segment=UCJ", "basis=RESIDENCE")
LOADS: tuple[tuple[date, Files], ...] = (
    (date(2025, 3, 17), WORKFORCE | EARLIER | members(MID, 20) | bills(MID, 0) | employers(MID, 30)),
    (date(2025, 5, 1), members(CLOSED, 30) | bills(CLOSED, 84_000)),
    (date(2025, 5, 8), members(MID, 21)),
)


@dataclass(frozen=True)
class Told:
    """A home after several loads, the SHA-256 of every delivered file by load and name, and receipts given early."""

    home: Path
    sha256: list[dict[str, str]]
    early: list[dict[str, Any]]

    def ask(self, fact: str, *conditions: str, **options: Any) -> list[dict[str, Any]]:
        """Return receipts."""
        return receipts(Home(self.home).warehouse, fact, conditions, **options)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return the story of a snapshot, the closed month, and a restatement of the snapshot."""
    place, files = tmp_path_factory.mktemp("receipts"), dict[str, Any]()
    delivered, early = [], list[dict[str, Any]]()
    for day, news in LOADS:
        files |= news
        source = place / f"{day}"
        assert load_on(day, files, source, place / "home", ("audit", "compare", "pages"))["exit_code"] == 0
        delivered.append({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in source.iterdir()})
        early = early or receipts(Home(place / "home").warehouse, "workforce", ["region_code=15.03"])
        if day == LOADS[1][0]:
            early += receipts(Home(place / "home").warehouse, "coverage", UCJ)
    return Told(place / "home", delivered, early)


def files(receipt: dict[str, Any]) -> dict[tuple[str, str | None], dict[str, str]]:
    """Return the SHA-256 of the files of a receipt by kind, month and name."""
    return {
        (source["kind"], source["month"] and f"{source['month']:%Y-%m}"): {
            file["name"]: file["sha256"] for file in source["files"]
        }
        for source in receipt["inputs"]
    }


def test_a_receipt_names_the_files_of_the_month_and_of_the_months_that_it_looks_back_on(told: Told) -> None:
    (receipt,) = told.ask("coverage", *UCJ)
    assert receipt["figures"][0]["active_workers"] == 30
    sha256 = told.sha256[1]
    assert files(receipt) == {
        ("kepesertaan", "2025-01"): {"kepesertaan_15_202501.csv": sha256["kepesertaan_15_202501.csv"]},
        ("kepesertaan", "2025-02"): {"kepesertaan_15_202502.csv": sha256["kepesertaan_15_202502.csv"]},
        ("kepesertaan", "2025-03"): {MEMBERS[CLOSED]: sha256[MEMBERS[CLOSED]]},
        ("penduduk_bekerja", None): {"penduduk_bekerja_15.csv": sha256["penduduk_bekerja_15.csv"]},
    }
    assert [one["files"][0]["rows_accepted"] for one in receipt["inputs"]] == [30, 19, 19, 1]


def test_after_a_restatement_both_contents_are_told_each_behind_its_own_figures(told: Told) -> None:
    old, new = told.ask("coverage", *UCJ, f"as_of_date={MID}", history=True)
    assert [one["figures"][0]["active_workers"] for one in (old, new)] == [20, 21]
    assert files(old)["kepesertaan", "2025-03"] == {MEMBERS[MID]: told.sha256[0][MEMBERS[MID]]}
    assert files(new)["kepesertaan", "2025-03"] == {MEMBERS[MID]: told.sha256[2][MEMBERS[MID]]}
    assert old["superseded_at"] == new["loaded_at"]
    assert new["superseded_at"] is None
    assert old["run_id"].startswith("20250317T") and new["run_id"].startswith("20250508T")


def test_a_receipt_as_of_a_day_is_that_of_the_figures_known_on_it(told: Told) -> None:
    def active(day: date) -> list[int]:
        return [one["figures"][0]["active_workers"] for one in told.ask("coverage", *UCJ, as_of=day)]

    assert [active(date(2025, *day)) for day in ((3, 16), (4, 30), (5, 1), (5, 9))] == [[20], [20], [30], [30]]
    (restated,) = told.ask("coverage", *UCJ, f"as_of_date={MID}", as_of=date(2025, 5, 9))
    assert restated["figures"][0]["active_workers"] == 21


def test_receipts_of_rows_that_stand_are_the_same_after_further_loads(told: Told) -> None:
    assert told.ask("workforce", "region_code=15.03") + told.ask("coverage", *UCJ) == told.early


def test_the_run_the_code_and_the_rule_files_are_those_of_the_load(told: Told) -> None:
    (receipt,) = told.ask("compliance", *SARO, f"as_of_date={MID}", as_of=date(2025, 4, 1))
    code, started = ask(
        told.home, f"SELECT code_version, started_at FROM ops.run WHERE run_id = '{receipt['run_id']}'"
    )[0]
    assert (receipt["code_version"], receipt["run"]["started_at"]) == (code, started)
    assert receipt["run"]["settings"]["most_rejected"] == 0.05
    seeds = {one["name"]: one["sha256"] for one in receipt["rule_files"]}
    assert {"arrears_classes.csv", "employer_obligations.csv", "membership_rules.csv", "region_codes.csv"} <= set(seeds)
    for name, sha256 in seeds.items():
        assert hashlib.sha256((ROOT / "warehouse" / "seeds" / name).read_bytes()).hexdigest() == sha256


def test_every_fact_tells_every_kind_of_extract_that_it_is_made_from_and_that_was_delivered(told: Told) -> None:
    delivered = {kind for (kind,) in ask(told.home, "SELECT DISTINCT kind FROM ops.source_file")}
    for fact in facts():
        tables = [EXTRACT_OF.get(table, table) for table in inputs_of([fact])]
        wanted = {table.kind for table in tables if issubclass(table, Extract)} & delivered
        runs = ask(told.home, f"SELECT DISTINCT run_id FROM {fact.qualified()}")
        for (run_id,) in runs:
            kinds = f"SELECT DISTINCT kind FROM ops.lineage WHERE fact = '{fact.qualified()}' AND run_id = '{run_id}'"
            assert {kind for (kind,) in ask(told.home, kinds)} - {"seed"} == wanted, fact.qualified()


def test_a_content_is_recorded_once_however_many_figures_come_from_it(told: Told) -> None:
    recorded = ask(told.home, "SELECT name, count(*) FROM ops.lineage_file WHERE gate_id IS NOT NULL GROUP BY ALL")
    assert dict(recorded) == {name: 2 if name == MEMBERS[MID] else 1 for name in told.sha256[-1]}
    assert (
        ask(
            told.home,
            "SELECT fact, run_id FROM ops.lineage GROUP BY fact, run_id, month, as_of_date, input_id HAVING count(*) > 1",
        )
        == []
    )
    february = "input_month = DATE '2025-02-01' AND kind = 'kepesertaan'"
    assert ask(
        told.home, f"SELECT count(DISTINCT fact) > 1, count(DISTINCT input_id) FROM ops.lineage WHERE {february}"
    ) == [(True, 1)]


def test_the_receipt_of_a_premium_names_the_rules_that_make_what_is_due_and_where_they_stand(told: Told) -> None:
    (receipt,) = told.ask("premium", *SARO, "segment=PU", "programme=JKK")
    (rule,) = receipt["rules"]
    law = ask(told.home, f"SELECT legal_ref FROM core.contribution_rule WHERE rule_id = '{rule['rules']}'")
    assert [(ref,) for ref in rule["legal_refs"]] == law
    assert rule["due_idr"] == receipt["figures"][0]["due_idr"] > 0
    assert f"{rule['rules']}: Rp {rule['due_idr']:,}, 30 kepesertaan" in text([receipt])


def test_many_figures_of_one_version_have_one_receipt_that_says_how_many_they_are(told: Told) -> None:
    (receipt,) = told.ask("coverage", "month=2025-03", most=4)
    (count,) = ask(told.home, "SELECT count(*) FROM mart.coverage WHERE month = DATE '2025-03-01'")[0]
    assert (receipt["figures_found"], len(receipt["figures"])) == (count, 4)
    assert f"... {count - 4} baris lagi" in text([receipt])


@pytest.mark.parametrize(
    ("asked", "rule", "said"),
    [
        (["coverge"], "fact_unknown", "coverage"),
        (["coverage", "region=15.03"], "column_unknown", "region_code"),
        (["coverage", "region_code"], "condition_unreadable", "region_code=15.03"),
        (["coverage", "segment=UJC"], "value_unknown", "UCJ"),
        (["coverage", "region_code=15.30"], "value_unknown", "15.03"),
        (["coverage", "region_code=Sarolangun"], "value_unknown", "15.03 (Kabupaten Sarolangun)"),
        (["coverage", "month=Maret"], "condition_unreadable", "month"),
        (["coverage", *UCJ, "active_workers=19"], "figure_missing", "month"),
        (["coverage", *UCJ, "region_code=15.03' OR true --"], "value_unknown", "15.03"),
        (["premium", *SARO, "segment=PU", "month=2025-02"], "value_unknown", "2025-03-01"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest_right_one(
    told: Told, asked: list[str], rule: str, said: str
) -> None:
    with pytest.raises(Stop) as stopped:
        told.ask(*asked)
    assert stopped.value.rule == rule
    assert said in str(stopped.value)


def test_no_day_before_the_first_snapshot_has_a_receipt_and_the_answer_says_what_was_loaded(told: Told) -> None:
    with pytest.raises(Stop, match=f"as_of_date={MID}"):
        told.ask("coverage", *UCJ, as_of=date(2025, 3, 1))


def test_the_command_prints_the_same_as_text_and_as_json_and_nothing_of_a_person(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["receipt", "premium", *SARO, "--home", str(told.home)]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    written = capsys.readouterr().out
    (receipt,) = json.loads(written)
    assert told.sha256[1][BILLS[CLOSED]] in shown and receipt["run_id"] in shown
    assert receipt["figures"][0]["paid_idr"] == 84_000
    assert not re.search(
        r"(?<![0-9a-f])[0-9]{11}(?![0-9a-f])|(?<![0-9a-f])[0-9]{16}(?![0-9a-f])|PEKERJA", shown + written
    )


def test_values_are_bound_and_never_part_of_the_sql(told: Told) -> None:
    warehouse = Home(told.home).warehouse
    hostile = "x' OR 1=1; DROP TABLE mart.fact_coverage --"
    assert (
        query(warehouse, "SELECT count(*) AS n FROM mart.fact_coverage WHERE region_code = ?", [hostile])["n"].item()
        == 0
    )
    assert query(warehouse, "SELECT ? AS said", [hostile])["said"].item() == hostile
