"""The ledger of deliveries and verdicts: what was written comes back, and none of it is changed."""

from __future__ import annotations

import os
from dataclasses import FrozenInstanceError, fields
from datetime import date, datetime
from pathlib import Path

import pytest

from warehouse import ledger
from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.ledger import Check, Delivery, Drift, Reason, SeenColumn, Verdict
from warehouse.seals import get_json, put_json
from warehouse.verdict_book import VerdictBook

CHECK = Check("kepesertaan", "nik_shape", "ExpectColumnValuesToMatchRegex", "a.csv", "0", "", "warning", True)
DRIFT = Drift("MOVED", "UPAH", "wage_idr", "3", "4", 1, "")
FULL = Verdict(
    "g1", "ab", "kepesertaan", 9, 7, 2, {"a": 2}, {"b": 1}, (Reason("r", "en", "id", "cure"),), ("note",),
    (("2025-02-01", "2025-02-28", 7),), (CHECK,), {"satu": 3}, "?", (("rows", "9", "9"),),
    (SeenColumn("UPAH", "wage_idr", {"1.000": 2}),), (DRIFT,), {"code": "x"},
)  # fmt: skip
LATER = ("corrected", "answers", "totals", "columns", "drift", "made_with")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with its folders."""
    Home(tmp_path).create()
    return Home(tmp_path)


def delivery(name: str, control: str = "") -> Delivery:
    """Return a delivery of this name."""
    return Delivery(name, "iuran", name * 2, 10, f"file:///{name}", "2025-03-02T09:00:00+00:00", "run", control)


def test_deliveries_come_back_in_order_of_arrival_from_the_journal_in_the_landing_folder(home: Home) -> None:
    assert ledger.deliveries(home) == []
    first, second, third = delivery("c"), delivery("a", control="dd"), delivery("b")
    ledger.record(home, [first])
    ledger.record(home, [second, third])
    assert ledger.deliveries(home) == [first, second, third]
    assert (home.root / "landing" / "deliveries.jsonl").is_file()


@pytest.mark.parametrize("verdict", [FULL, Verdict("g1", "ab", "iuran")])
def test_a_verdict_comes_back_as_it_was_saved(verdict: Verdict, home: Home) -> None:
    ledger.save(home, verdict)
    assert ledger.find(home, "g1") == verdict
    assert (home.root / "lake" / "verdicts" / "g1.json").is_file()


def test_a_verdict_of_an_earlier_version_says_nothing_of_what_came_later(home: Home) -> None:
    ledger.save(home, FULL)
    path = ledger.verdict_path(home, "g1")
    put_json(path, {name: value for name, value in get_json(path).items() if name not in LATER})
    found = ledger.find(home, "g1")
    assert found is not None
    for field in fields(Verdict):
        empty = getattr(Verdict("", "", ""), field.name)
        assert getattr(found, field.name) == (empty if field.name in LATER else getattr(FULL, field.name))


def test_a_gating_that_never_came_to_its_end_has_no_verdict(home: Home) -> None:
    assert ledger.find(home, "g1") is None
    assert list(ledger.verdicts(home)) == []
    assert VerdictBook(home).gated() == set()


def test_verdicts_are_told_from_the_oldest_to_the_newest_and_unfinished_ones_are_none(home: Home) -> None:
    for age, gate_id in enumerate(["newest", "a", "middle", "old"]):
        ledger.save(home, Verdict(gate_id, "ab", "iuran"))
        os.utime(ledger.verdict_path(home, gate_id), ns=(0, 10**18 - age * 10**9))
    (home.lake / "verdicts" / ".half.json").write_text("{")
    assert [one.gate_id for one in ledger.verdicts(home)] == ["old", "middle", "a", "newest"]
    assert VerdictBook(home).gated() == {"old", "middle", "a", "newest"}


def test_a_verdict_that_is_swept_away_while_all_are_read_is_passed_over(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.save(home, FULL)
    monkeypatch.setattr(ledger, "find", lambda *_: None)
    assert list(ledger.verdicts(home)) == []


def test_a_file_with_a_reason_may_not_be_loaded_and_the_others_feed_their_versions() -> None:
    assert FULL.stopped is True
    assert Verdict("g1", "ab", "iuran").stopped is False
    assert FULL.fed() == {Version(date(2025, 2, 1), date(2025, 2, 28)): 7}


def test_the_instant_of_a_delivery_is_stored_without_its_zone() -> None:
    assert ledger.moment("2025-03-02T09:00:00.5+00:00") == datetime(2025, 3, 2, 9, 0, 0, 500_000)


@pytest.mark.parametrize("told", [FULL, CHECK, DRIFT, FULL.stops[0], FULL.columns[0], delivery("a")])
def test_what_the_ledger_says_is_not_changed_by_who_reads_it(told: object) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(told, fields(told)[0].name, "other")  # type: ignore[arg-type]
