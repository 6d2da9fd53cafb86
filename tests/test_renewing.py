"""A month whose files changed has the figures of a home that never knew the old ones, made of everything or of what it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import polars as pl
import pytest

from expectations import opinion
from expectations.opinion.near import Side
from flows import renewing, staging
from flows.changes import Change
from flows.entry import load_folder
from flows.publishing.publishing import Publication
from tests.endtoend import assert_same, standing
from tests.extracts import Files, Row, kpj, memberships, rows, write
from tests.second import EXAMPLES
from transforms.renewal import renewed
from warehouse.home import Home
from warehouse.schema import Lazy, Table, TableT
from warehouse.tables.coverage_parts import AlikePersons
from warehouse.tables.payer_parts import PaidFor

MARCH, SEEN = "2025-03", "2025-03-31"
MADE, FOUND = "made of what it was: ", "second engine, of what it was: "
MOVED, UNBILLED, EVERYTHING = (
    "a worker moved and one left", "a payer is billed no more", "members, bills and employers",
)  # fmt: skip
PEOPLE = """
    | orang | segmen | npp  | kode_kab_domisili | kode_kab_kerja |
    | 1-8   | PU     | NPP1 | 15.03             | 15.03          |
    | 9-12  | PU     | NPP2 | 15.03             | 15.04          |
    | 13-16 | BPU    | -    | 15.03             | -              |
"""
ELSEWHERE = """
    | orang | segmen | npp  | kode_kab_domisili | kode_kab_kerja |
    | 5-9   | JAKON  | NPP1 | 15.04             | 15.04          |
    | 21-28 | PU     | NPP2 | 15.04             | 16.01          |
    | 29-34 | PU     | NPP3 | 16.01             | 16.01          |
"""
BILLS = """
    | npp  | kode_kab | jumlah_tk | tagihan | dibayar | tgl_bayar  |
    | NPP1 | 15.03    | 8         | 61440   | 61440   | 2025-04-10 |
    | NPP2 | 15.03    | 4         | 30720   | 0       | -          |
    | NPP2 | 15.04    | 8         | 61440   | 61440   | 2025-05-02 |
    | NPP3 | 16.01    | 6         | 50000   | 50000   | 2025-04-10 |
"""
EMPLOYERS = (
    "| npp | nib | kode_kab | tk_wlkp |\n| NPP1 | - | 15.03 | 8 |\n| NPP2 | 81 | 15.04 | 12 |\n| - | 82 | 15.04 | 3 |"
)
"""March, in files of which each is restated in turn."""
MEMBERS, OTHERS, BILLED, LISTED = (
    "kepesertaan_1503_202503.csv", "kepesertaan_99_202503.csv", "iuran_15_202503.csv", "badan_usaha_15_202503.csv",
)  # fmt: skip


def march() -> Files:
    """Return February, and March in files of its own."""
    return {
        "kepesertaan_15_202502.csv": memberships("2025-02", "2025-02-28", PEOPLE),
        "iuran_15_202502.csv": rows("iuran", BILLS, blth="2025-02", tgl_data="2025-02-28"),
        MEMBERS: memberships(MARCH, SEEN, PEOPLE),
        OTHERS: memberships(MARCH, SEEN, ELSEWHERE),
        BILLED: rows("iuran", BILLS, blth=MARCH, tgl_data=SEEN),
        LISTED: rows("badan_usaha", EMPLOYERS, tgl_data=SEEN),
        "umk_15.csv": rows("umk", "| kode_kab |\n| 15.03 |\n| 15.04 |"),
    }


class Renewed(NamedTuple):
    """The months that each engine made of what they were."""

    made: list[str]
    found: list[str]


NOTHING, ALL_OF_MARCH = Renewed([], []), Renewed([MARCH], [MARCH])


def load(files: Files, folder: Path, home: str = "home") -> Renewed:
    """Load the files into a home of that name, both engines agreeing, and return the months made of what they were."""

    def call(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
        return Publication("not published") if name.startswith("publish") else step(*arguments)

    said: list[str] = []
    config = folder / "cakupan.toml"
    config.write_text("most_rejected = 1.0\n", encoding="utf-8")
    source, to = str(write(folder / "source", files)), str(folder / home)
    result = load_folder(source, to, config=str(config), call=call, say=said.append)
    assert (result["stopped_months"], result["second_engine"]["differing"]) == ({}, 0)
    found = [line.partition(FOUND)[2][:7] for line in said if FOUND in line]
    return Renewed([line[:7] for line in said if MADE in line], found)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home of February and March."""
    folder = tmp_path_factory.mktemp("march")
    load(march(), folder)
    return folder / "home"


@pytest.fixture
def folder(loaded: Path, tmp_path: Path) -> Path:
    """Return a folder with a home of February and March of its own."""
    shutil.copytree(loaded, tmp_path / "home", symlinks=True)
    return tmp_path


@pytest.fixture(autouse=True)
def every_change_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a version be made of what it was however much of it changed: these months are small."""
    monkeypatch.setattr(renewing, "MOST_CHANGED", 1.0)


SAME = {"blth": MARCH, "tgl_data": SEEN}
LATE = "| orang | segmen | npp |\n| 2-3 | JAKON | NPP3 |\n| 90 | BPU | - |"
MOVED_PEOPLE = PEOPLE.replace("| 1-8   | PU     | NPP1 | 15.03", "| 1-7   | PU     | NPP1 | 15.04")
PAID = BILLS.replace("| 0       | -          |", "| 30720   | 2025-04-09 |")
CHANGES: dict[str, Files] = {
    MOVED: {MEMBERS: memberships(MARCH, SEEN, MOVED_PEOPLE)},
    "a file of members came late": {"kepesertaan_98_202503.csv": memberships(MARCH, SEEN, LATE)},
    "a bill was paid after all": {BILLED: rows("iuran", PAID, **SAME)},
    UNBILLED: {BILLED: rows("iuran", BILLS.rpartition("| NPP3")[0], **SAME)},
    "an employer lists others": {
        LISTED: rows("badan_usaha", EMPLOYERS.replace("| - | 82 |", "| NPP3 | 82 |"), tgl_data=SEEN)
    },
    EVERYTHING: {
        MEMBERS: memberships(MARCH, SEEN, PEOPLE.replace("NPP2", "NPP3")),
        BILLED: rows("iuran", BILLS.replace("NPP2", "NPP1"), **SAME),
        LISTED: rows("badan_usaha", EMPLOYERS.replace("| 8 |", "| 20 |"), tgl_data=SEEN),
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_month_is_made_of_what_it_was_where_its_own_files_changed(change: str, folder: Path) -> None:
    assert load(march() | CHANGES[change], folder) == ALL_OF_MARCH


def test_rows_that_now_count_in_another_file_have_the_month_made_of_everything(tmp_path: Path) -> None:
    members = march()[MEMBERS]
    twice = march() | {OTHERS: [*march()[OTHERS], members[0]]}
    load(twice, tmp_path)
    assert load(twice | {MEMBERS: members[1:]}, tmp_path) == NOTHING


def test_rows_that_count_in_another_file_unnoticed_by_the_transforms_are_found_by_the_second_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = march()[MEMBERS]
    (somebody,) = memberships(MARCH, SEEN, "| orang | segmen | npp |\n| 80 | PU | NPP1 |")
    twice = march() | {OTHERS: [*march()[OTHERS], somebody | {"kpj": members[0]["kpj"]}]}
    load(twice, tmp_path)
    monkeypatch.setattr(Change, "_is_plain", lambda *_: True)
    with pytest.raises(AssertionError, match="second_engine_differs"):
        load(twice | {MEMBERS: members[1:]}, tmp_path)


def test_where_files_count_in_another_order_the_second_engine_asks_everything(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Side, "keeps_order", lambda *_: False)
    assert load(march() | CHANGES[MOVED], folder) == Renewed([MARCH], [])


@pytest.mark.parametrize(("kind", "months"), [("penduduk_bekerja", ["2025-02", MARCH]), ("klaim", [MARCH])])
def test_a_month_is_made_of_what_it_was_where_another_kind_came_that_no_sum_is_made_of(
    kind: str, months: list[str], folder: Path
) -> None:
    came = {
        "penduduk_bekerja": rows(
            "penduduk_bekerja", "| kode_kab | penduduk_bekerja |\n| 15.03 | 100 |", tgl_rilis=SEEN
        ),
        "klaim": rows("klaim", "| no_klaim | tgl_bayar |\n| K1 | 2025-03-10 |", tgl_data=SEEN, kpj=kpj(1)),
    }
    assert load(march() | {f"{kind}_15.csv": came[kind]}, folder) == Renewed(months, months)


def test_minimum_wages_have_the_month_made_of_everything(folder: Path) -> None:
    assert load(march() | {"umk_16.csv": rows("umk", "| kode_kab |\n| 16.01 |")}, folder) == NOTHING


def test_a_month_is_made_of_what_it_was_where_a_file_still_feeds_another_month(tmp_path: Path) -> None:
    february = memberships("2025-02", "2025-02-28", ELSEWHERE)
    load(march() | {OTHERS: february + march()[OTHERS]}, tmp_path)
    moved = memberships(
        MARCH, SEEN, ELSEWHERE.replace("| 21-28 | PU     | NPP2 | 15.04 ", "| 22-29 | PU     | NPP2 | 15.03 ")
    )
    assert load(march() | {OTHERS: moved}, tmp_path) == ALL_OF_MARCH
    kept = march() | {OTHERS: moved, "kepesertaan_98_202502.csv": february}
    load(kept, tmp_path, "fresh")
    assert_same(*(standing(Home(tmp_path / name).warehouse) for name in ("home", "fresh")))


def test_other_code_has_the_month_made_of_everything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "code_version", lambda: "other")
    assert load(march() | CHANGES[MOVED], folder) == NOTHING


def test_where_most_rows_changed_the_month_is_made_of_everything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "MOST_CHANGED", 0.25)
    assert load(march() | CHANGES[MOVED], folder) == NOTHING


def test_where_more_rows_are_concerned_than_may_be_held_the_transforms_make_the_month_of_everything(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "rows_at_once", lambda *_: len(march()[BILLED]))
    assert load(march() | CHANGES[UNBILLED], folder) == Renewed([], [MARCH])


def test_a_file_that_no_longer_lies_in_the_lake_has_the_month_made_of_everything(folder: Path) -> None:
    (replaced,) = (
        path for path in (folder / "home/lake/kepesertaan").glob("*.parquet") if holds(path, march()[MEMBERS])
    )
    replaced.unlink()
    assert load(march() | CHANGES[MOVED], folder) == NOTHING


def test_other_statements_have_the_second_engine_ask_everything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinion, "NAMES", opinion.NAMES[1:])
    assert load(march() | CHANGES[MOVED], folder) == Renewed([MARCH], [])


def test_sums_of_the_second_engine_that_are_gone_have_it_ask_everything(folder: Path) -> None:
    (settled,) = (folder / "home/lake/facts" / MARCH).glob("second-settled-*.parquet")
    settled.unlink()
    assert load(march() | CHANGES[MOVED], folder) == Renewed([MARCH], [])


@pytest.mark.parametrize("sums", [AlikePersons, PaidFor])
def test_what_the_transforms_miscount_of_a_changed_month_the_second_engine_finds(
    sums: type[Table], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def miscounted(table: type[TableT], was: pl.LazyFrame, gone: pl.LazyFrame, come: pl.LazyFrame) -> Lazy[TableT]:
        return renewed(table, was, gone.clear() if table is sums else gone, come)

    monkeypatch.setattr(renewing, "renewed", miscounted)
    known = set((folder / "home/lake/facts" / MARCH).glob("second-*"))
    with pytest.raises(AssertionError, match="second_engine_differs"):
        load(march() | CHANGES[MOVED], folder)
    assert set((folder / "home/lake/facts" / MARCH).glob("second-*")) == known


def test_a_change_that_is_taken_back_leaves_the_figures_as_they_were(folder: Path, loaded: Path) -> None:
    load(march() | CHANGES[EVERYTHING], folder)
    assert load(march(), folder) == ALL_OF_MARCH
    assert_same(standing(Home(folder / "home").warehouse), standing(Home(loaded).warehouse))


@pytest.mark.parametrize("seed", range(max(2, EXAMPLES // 30)))
def test_random_months_that_change_at_random_have_the_figures_of_a_home_that_knew_them_at_once(
    seed: int, tmp_path: Path
) -> None:
    dice = Random(seed)
    before = {name: drawn(dice, found) for name, found in march().items()}
    names = [name for name in (MEMBERS, OTHERS, BILLED, LISTED) if dice.random() < 0.6] or [OTHERS]
    now = before | {name: drawn(dice, before[name]) for name in names}
    load(before, tmp_path)
    load(now, tmp_path)
    load(now, tmp_path, "fresh")
    assert_same(*(standing(Home(tmp_path / name).warehouse) for name in ("home", "fresh")))


def holds(path: Path, found: list[Row]) -> bool:
    """Return whether a file of the lake holds the rows of an extract, by their month and number."""
    months = pl.read_parquet(path)["month"]
    return [f"{one:%Y-%m}" for one in months] == [row["blth"] for row in found]


def drawn(dice: Random, found: list[Row]) -> list[Row]:
    """Return most of the rows, some with a value of another row; one at least."""
    kept = [dict(row) for row in found if dice.random() < 0.9] or found[:1]
    for row in kept:
        if dice.random() < 0.4:
            name = dice.choice([one for one in MAY_DIFFER if one in row])
            row[name] = dice.choice(found)[name] if name != "npp" or row["npp"] else ""
    return kept


MAY_DIFFER = (
    "npp", "kode_kab_domisili", "kode_kab_kerja", "upah", "program", "kode_kab", "jumlah_tk", "dibayar", "tgl_bayar", "tk_wlkp",
)  # fmt: skip
