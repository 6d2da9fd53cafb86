"""Whatever order, name or number of runs the files come in: the facts depend on the content of the folder alone."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.endtoend import ask, assert_same, every_version, facts, load, load_unshown, mart_facts, of_month, standing
from tests.extracts import DAYS, REJECTED_WAGE, SEGMENTS, Files, Row, mapped, random_months, write
from warehouse.home import Home
from warehouse.store import query
from warehouse.vocabulary import SCOPES

SEEDS = range(int(os.environ.get("CAKUPAN_EXAMPLES", "1")))
COUNTS = ("active_workers", "joined_workers", "returned_workers", "left_workers")


@dataclass(frozen=True)
class Loaded:
    """A random folder, and the home it was loaded into in one run."""

    files: Files
    source: Path
    home: Path
    dice: Random

    def copy(self, target: Path) -> Path:
        """Return a home of its own that holds the same."""
        return shutil.copytree(self.home, target / "copy", symlinks=True)


@pytest.fixture(scope="module", params=SEEDS)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Load a random folder once; CAKUPAN_EXAMPLES=20 in the environment does so with twenty."""
    place, dice = tmp_path_factory.mktemp("loaded"), Random(request.param)
    files = random_months(dice)
    source = write(place / "source", files)
    result = load(source, place / "home")
    assert result["exit_code"] == 3, result
    return Loaded(files, source, place / "home", dice)


def warehouse(home: Path) -> Path:
    """Return the warehouse file of a home."""
    return Home(home).warehouse


def test_facts_count_every_person_once_at_every_level_scope_and_basis(loaded: Loaded) -> None:
    found = query(
        warehouse(loaded.home), "SELECT basis, region_code, segment, month, active_workers FROM mart.fact_coverage"
    )
    told = {
        tuple(key): count
        for *key, count in found.with_columns(pl.col("month").dt.strftime("%Y-%m")).iter_rows()
        if count
    }
    assert told == {key: len(people) for key, people in people_in_force(loaded.files).items()}


def test_active_is_the_month_before_plus_joined_plus_returned_less_left(loaded: Loaded) -> None:
    coverage = query(warehouse(loaded.home), "SELECT * FROM mart.fact_coverage").with_columns(
        pl.col("month").dt.month()
    )
    place = ["basis", "region_code", "segment"]
    for now in (2, 3):
        before = coverage.filter(pl.col("month") == now - 1).select(*place, before="active_workers")
        both = coverage.filter(pl.col("month") == now).join(before, on=place, how="full", coalesce=True)
        active, joined, returned, left = (pl.col(name).fill_null(0) for name in COUNTS)
        wrong = both.filter(active != pl.col("before").fill_null(0) + joined + returned - left)
        assert wrong.is_empty(), wrong
        assert both.select(pl.sum_horizontal(pl.col(name).sum() > 0 for name in COUNTS)).item() >= 3
    assert coverage["returned_workers"].sum() > 0


def test_accepted_and_rejected_are_all_rows_of_every_file_and_of_the_run(loaded: Loaded) -> None:
    files = ask(loaded.home, "SELECT uri, rows, rows_accepted, rows_rejected FROM ops.source_file")
    told = {uri.rsplit("/", 1)[1]: (rows, accepted, rejected) for uri, rows, accepted, rejected in files}
    bad = {name: sum(row["upah"] == REJECTED_WAGE for row in rows) for name, rows in loaded.files.items()}
    assert told == {name: (len(rows), len(rows) - bad[name], bad[name]) for name, rows in loaded.files.items()}
    kept = ask(loaded.home, "SELECT uri, line_no, rules FROM ops.rejection JOIN ops.source_file USING (sha256)")
    lines = {
        (name, place + 2)
        for name, rows in loaded.files.items()
        for place, row in enumerate(rows)
        if row["upah"] == REJECTED_WAGE
    }
    assert {(uri.rsplit("/", 1)[1], line) for uri, line, _ in kept} == lines
    assert {rules for *_, rules in kept} == {"upah_negative"}
    sums = tuple(sum(counts) for counts in zip(*told.values(), strict=True))
    assert ask(loaded.home, "SELECT rows_in, rows_accepted, rows_rejected FROM ops.run") == [sums]


def test_rows_that_stand_in_two_files_are_rejected_once_in_the_books_of_file_and_run(
    loaded: Loaded, tmp_path: Path
) -> None:
    first, second = (
        [*loaded.files[f"kepesertaan_{part}_202502.csv"], *loaded.files[f"kepesertaan_{part}_202503.csv"]]
        for part in "ab"
    )
    copies = [next(row for row in first if row["blth"] == month) for month in ("2025-02", "2025-03")]
    files = {"kepesertaan_a.csv": first, "kepesertaan_b.csv": [*second, *copies]}
    result = load_unshown(write(tmp_path / "source", files), tmp_path / "home")
    assert result["stopped_months"] == {}
    counts = "sum(rows)::INT, sum(rows_accepted)::INT, sum(rows_rejected)::INT"
    rows, bad = len(first) + len(second) + 2, 4 + 2
    assert ask(tmp_path / "home", f"SELECT {counts} FROM ops.source_file") == [(rows, rows - bad, bad)]
    assert ask(tmp_path / "home", "SELECT count(*) FROM ops.rejection") == [(bad,)]
    assert ask(tmp_path / "home", "SELECT rows_in, rows_accepted, rows_rejected FROM ops.run") == [
        (rows, rows - bad, bad)
    ]


def test_order_of_files_rows_and_columns_does_not_matter(loaded: Loaded, tmp_path: Path) -> None:
    def shuffled(rows: list[Row]) -> list[Row]:
        names = loaded.dice.sample(list(rows[0]), len(rows[0]))
        return [{name: row[name] for name in names} for row in loaded.dice.sample(rows, len(rows))]

    files = mapped(loaded.files, shuffled)
    late = loaded.dice.sample(list(files), 2)
    write(tmp_path / "source", {name: rows for name, rows in files.items() if name not in late})
    load_unshown(tmp_path / "source", tmp_path / "home")
    load_unshown(write(tmp_path / "source", files), tmp_path / "home")
    assert_same(standing(warehouse(tmp_path / "home")), standing(warehouse(loaded.home)))


def test_the_same_folder_again_adds_nothing(loaded: Loaded, tmp_path: Path) -> None:
    home = loaded.copy(tmp_path)
    before, link = every_version(warehouse(home)), (home / "published" / "current").readlink()
    again = load(loaded.source, home)
    assert (again["received"], again["months_loaded"], again["months_unchanged"]) == (0, {}, 3)
    assert (home / "published" / "current").readlink() == link
    assert sorted(path.name for path in (home / "published").iterdir() if not path.name.startswith(".")) == [
        str(link),
        "current",
    ]
    assert_same(every_version(warehouse(home)), before)


def test_a_file_sent_twice_also_under_another_name_is_a_file_once(loaded: Loaded, tmp_path: Path) -> None:
    home, source = loaded.copy(tmp_path), shutil.copytree(loaded.source, tmp_path / "source")
    before = every_version(warehouse(home))
    for name in loaded.files:
        shutil.copyfile(source / name, source / name.replace("kepesertaan", "kepesertaan_lagi"))
    again = load_unshown(source, home)
    assert (again["received"], again["months_loaded"]) == (0, {})
    assert_same(every_version(warehouse(home)), before)
    assert ask(home, "SELECT count(*) FROM ops.source_file") == [(len(loaded.files),)]


def test_a_restatement_equals_a_fresh_load_and_closes_the_old_rows_in_one_step_and_can_be_taken_back(
    loaded: Loaded, tmp_path: Path
) -> None:
    home, name = loaded.copy(tmp_path), "kepesertaan_a_202502.csv"
    final = loaded.files | {name: [row | {"rentan": "Y"} for row in loaded.files[name][2:]]}
    source = write(tmp_path / "source", final)
    before = standing(warehouse(home))
    assert load_unshown(source, home)["months_loaded"].keys() == {"2025-02", "2025-03"}
    load_unshown(source, tmp_path / "fresh")
    assert_same(standing(warehouse(home)), standing(warehouse(tmp_path / "fresh")))
    for table in facts():
        rows = f"FROM {table.qualified()} WHERE superseded_at IS NOT NULL"
        unclosed = ask(
            home, f"SELECT count(*) {rows} AND superseded_at NOT IN (SELECT loaded_at FROM {table.qualified()})"
        )
        assert unclosed == [(0,)]
        if "month" in table.columns:
            assert {steps for (steps,) in ask(home, f"SELECT count(DISTINCT superseded_at) {rows} GROUP BY month")} <= {
                1
            }
    closed = ask(home, "SELECT min(superseded_at) FROM mart.fact_coverage")[0][0]
    assert closed is not None
    was = {table.qualified(): _as_of(home, table.qualified(), f"{closed}") for table in facts()}
    assert_same(was, before)
    load_unshown(loaded.source, home)
    assert_same(standing(warehouse(home)), before)


def test_a_stopped_file_stops_its_month_and_no_other_until_a_corrected_one_comes(
    loaded: Loaded, tmp_path: Path
) -> None:
    home, source = tmp_path / "home", tmp_path / "source"
    files = {name: rows for name, rows in loaded.files.items() if "_b_" not in name}
    january, february, _ = files
    load(write(source, {january: files[january], february: files[february]}), home)
    before = standing(Home(home).current, mart_facts())
    broken = [row | {"upah": REJECTED_WAGE} for row in files[february]]
    stopped = load(write(source, files | {february: broken}), home)
    assert stopped["exit_code"] == 4
    assert stopped["stopped_files"].keys() == {february}
    assert stopped["stopped_months"].keys() == {"2025-02"}
    assert stopped["months_loaded"].keys() == {"2025-03"}
    after = standing(Home(home).current, mart_facts())
    for month in ("2025-01", "2025-02"):
        assert_same(of_month(after, month), of_month(before, month))
    assert ask(
        home, "SELECT rows = rows_accepted + rows_rejected, reason FROM ops.source_file WHERE state = 'STOPPED'"
    )[0][0]
    corrected = files | {february: files[february][1:]}
    mended = load_unshown(write(source, corrected), home)
    assert (mended["exit_code"], mended["months_loaded"].keys()) == (3, {"2025-02", "2025-03"})
    load_unshown(source, tmp_path / "fresh")
    assert_same(standing(warehouse(home)), standing(warehouse(tmp_path / "fresh")))


def people_in_force(files: Files) -> dict[tuple[str, str, str, str], set[str]]:
    """Return the NIK in force by basis, region, scope and month, counted from the rows of the extracts with sets."""
    found: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for row in (row for rows in files.values() for row in rows if in_force(row)):
        for basis, code in (("RESIDENCE", row["kode_kab_domisili"]), ("WORKPLACE", row["kode_kab_kerja"])):
            for region in regions_of(code):
                for scope in (name for name, segments in SCOPES.items() if row["segmen"] in segments):
                    found[basis, region, scope, row["blth"]].add(row["nik"])
    return found


def in_force(row: Row) -> bool:
    """Tell whether a membership of the random folder is accepted and in force."""
    assert row["segmen"] in SEGMENTS and row["tgl_data"] == DAYS[row["blth"]]
    return row["upah"] != REJECTED_WAGE and row["tgl_akhir"] in ("", "2025-12-31")


def regions_of(code: str) -> Iterator[str]:
    """Yield the regions that a worker with this regency code counts in."""
    if code:
        yield from (code, code[:2], "00")


def _as_of(home: Path, table: str, moment: str) -> pl.DataFrame:
    known = f"loaded_at < '{moment}' AND (superseded_at IS NULL OR superseded_at >= '{moment}')"
    sql = f"SELECT * EXCLUDE (loaded_at, superseded_at, run_id) FROM {table} WHERE {known} ORDER BY ALL"
    return query(warehouse(home), sql)
