"""A month is made of what it was where files of months before it changed: the persons and payers that these name are asked again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from flows import assembly, renewing, stood
from flows.changes import Change
from flows.copies import copies as copies_of_all
from tests.endtoend import assert_same, standing
from tests.extracts import Files, memberships, rows
from tests.second import EXAMPLES
from tests.test_renewing import (
    BILLED,
    BILLS,
    ELSEWHERE,
    MARCH,
    MEMBERS,
    PEOPLE,
    Renewed,
    drawn,
    every_change_is_small,
    folder,
    load,
    march,
)
from warehouse import ledger
from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.schema import Extract

__all__ = ["every_change_is_small", "folder"]
JANUARY, FEBRUARY = "2025-01", "2025-02"
MEMBERS_OF = {JANUARY: "kepesertaan_15_202501.csv", FEBRUARY: "kepesertaan_15_202502.csv"}
OTHERS_OF = {JANUARY: "kepesertaan_99_202501.csv", FEBRUARY: "kepesertaan_99_202502.csv"}
BILLS_OF = {JANUARY: "iuran_15_202501.csv", FEBRUARY: "iuran_15_202502.csv"}
LAST_DAY = {JANUARY: "2025-01-31", FEBRUARY: "2025-02-28"}


def quarter() -> Files:
    """Return March with the two months before it, each in files of its own."""
    files = march()
    for month, day in LAST_DAY.items():
        files |= {
            MEMBERS_OF[month]: memberships(month, day, PEOPLE.replace("13-16", "13-18")),
            OTHERS_OF[month]: memberships(month, day, ELSEWHERE),
            BILLS_OF[month]: rows("iuran", BILLS, blth=month, tgl_data=day),
        }
    return files


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home of January, February and March."""
    folder = tmp_path_factory.mktemp("quarter")
    load(quarter(), folder)
    return folder / "home"


def since(month: str) -> Renewed:
    """Return that both engines made a month and all after it of what they were."""
    months = [one for one in (JANUARY, FEBRUARY, MARCH) if one >= month]
    return Renewed(months, months)


CHANGES: dict[str, Files] = {
    "members left": {MEMBERS_OF[JANUARY]: quarter()[MEMBERS_OF[JANUARY]][2:]},
    "members came": {
        "kepesertaan_98_202501.csv": memberships(JANUARY, LAST_DAY[JANUARY], "| orang | segmen |\n| 29-31 | BPU |")
    },
    "a bill was paid after all": {
        BILLS_OF[JANUARY]: rows(
            "iuran", BILLS.replace("| 0       | -          |", "| 30720   | 2025-02-09 |"), blth=JANUARY,
            tgl_data=LAST_DAY[JANUARY],
        )
    },
    "bills are gone": {BILLS_OF[JANUARY]: quarter()[BILLS_OF[JANUARY]][:2]},
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_all_months_after_one_that_changed_are_made_of_what_they_were(change: str, folder: Path) -> None:
    assert load(quarter() | CHANGES[change], folder) == since(JANUARY)


def test_a_month_whose_own_files_changed_with_those_of_the_month_before_is_made_of_what_it_was(folder: Path) -> None:
    now = quarter() | {
        MEMBERS_OF[FEBRUARY]: quarter()[MEMBERS_OF[FEBRUARY]][3:], MEMBERS: quarter()[MEMBERS][:-2],
        BILLED: quarter()[BILLED][1:],
    }  # fmt: skip
    assert load(now, folder) == since(FEBRUARY)
    load(now, folder, "fresh")
    assert_same(*(standing(Home(folder / name).warehouse) for name in ("home", "fresh")))


@pytest.mark.parametrize(("month", "after"), [(JANUARY, FEBRUARY), (FEBRUARY, MARCH)])
def test_where_rows_of_a_month_now_count_in_another_file_the_second_engine_alone_makes_the_month_after_of_what_it_was(
    month: str, after: str, tmp_path: Path
) -> None:
    members = quarter()[MEMBERS_OF[month]]
    (other,) = memberships(month, LAST_DAY[month], "| orang | segmen | npp |\n| 80 | PU | NPP1 |")
    twice = quarter() | {OTHERS_OF[month]: [*quarter()[OTHERS_OF[month]], other | {"kpj": members[0]["kpj"]}]}
    load(twice, tmp_path)
    assert load(twice | {MEMBERS_OF[month]: members[1:]}, tmp_path) == Renewed([], [after])


def test_where_it_is_not_on_record_what_stood_everything_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = SimpleNamespace(find=lambda *_: None, deliveries=ledger.deliveries)
    monkeypatch.setattr(stood, "ledger", forgetful)
    assert load(quarter() | CHANGES["members left"], folder) == Renewed([JANUARY], [])


def test_members_who_are_gone_are_missed_in_all_months_after_and_no_payer_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []
    asked = renewing._of_payers

    def of_payers(change: Change, *given: object) -> object:
        looked.append(bool(change.payers.height))
        return asked(change, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(renewing, "_of_payers", of_payers)
    load(quarter() | CHANGES["members left"], folder)
    assert looked == [True, False, False]
    load(quarter() | CHANGES["members left"], folder, "fresh")
    assert_same(*(standing(Home(folder / name).warehouse) for name in ("home", "fresh")))


@pytest.mark.parametrize("seed", range(max(1, EXAMPLES // 40)))
def test_random_months_before_that_change_at_random_leave_the_figures_of_a_home_that_knew_them_at_once(
    seed: int, tmp_path: Path
) -> None:
    dice = Random(seed)
    before = {name: drawn(dice, found) for name, found in quarter().items()}
    past = [*MEMBERS_OF.values(), *OTHERS_OF.values(), *BILLS_OF.values()]
    now = before | {name: drawn(dice, before[name]) for name in past if dice.random() < 0.4}
    load(before, tmp_path)
    load(now, tmp_path)
    load(now, tmp_path, "fresh")
    assert_same(*(standing(Home(tmp_path / name).warehouse) for name in ("home", "fresh")))


def test_which_rows_of_a_month_before_stand_twice_is_not_asked_again_where_that_month_was_computed_of_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other,) = memberships(JANUARY, LAST_DAY[JANUARY], "| orang | segmen | npp |\n| 80 | PU | NPP1 |")
    members = quarter()[MEMBERS_OF[JANUARY]]
    twice = quarter() | {OTHERS_OF[JANUARY]: [*quarter()[OTHERS_OF[JANUARY]], other | {"kpj": members[3]["kpj"]}]}
    load(twice, tmp_path)
    asked: list[str] = []
    look = copies_of_all

    def copies(paths: Sequence[Path], table: type[Extract], version: Version) -> dict[int, list[int]]:
        found = look(paths, table, version)
        asked.append(f"{table.__name__} {version.month:%Y-%m}")
        return found

    monkeypatch.setattr(assembly, "copies", copies)
    now = twice | {MEMBERS_OF[JANUARY]: members[1:]}
    assert load(now, tmp_path) == since(JANUARY)
    assert [one for one in asked if one.startswith("Membership")] == [], asked
    load(now, tmp_path, "fresh")
    assert "Membership 2025-01" in asked
    assert_same(*(standing(Home(tmp_path / name).warehouse) for name in ("home", "fresh")))
