"""The bench measures the same work: what was planted is rejected, and every engine gives the same facts."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from bench import facts, report
from bench.engines import ENGINES, floor, naive, pandas, pandas_gx
from bench.engines.pandas_rules import by_masks
from bench.generate import generate
from bench.planted import EXTRACTS
from bench.world import World
from tests.endtoend import load
from warehouse.rules import row_rules
from warehouse.schema import Extract, Severity

REGIONS = ("15",)


class Loaded:
    """Extracts of a province with their ledger, loaded by us, by the floor, by the naive script and by pandas."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.planted: dict[str, Any] = generate(World(self.source, 20_000, regions=REGIONS))
        self.result = load(self.source, folder / "home")
        self.ours = facts.of_home(folder / "home")
        floor.run(self.source, folder / "floor" / "facts.duckdb")
        self.floor = facts.of_database(folder / "floor" / "facts.duckdb")
        naive.run(self.source, folder / "naive" / "facts.duckdb")
        self.naive = facts.of_database(folder / "naive" / "facts.duckdb")
        (folder / "pandas").mkdir()
        pandas.run(self.source, folder / "pandas")
        self.pandas = facts.of_database(folder / "pandas" / "facts.duckdb")

    def counted(self, what: str) -> dict[str, int]:
        """Return the rows of the ledger by rule, of all kinds."""
        counts: Counter[str] = Counter()
        for rules in self.planted[what].values():
            counts.update(rules)
        return dict(counts)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("bench"))


def test_every_rule_that_rejects_is_planted(loaded: Loaded) -> None:
    for table in EXTRACTS:
        wanted = {rule.name for rule in row_rules(table) if rule.severity is Severity.REJECT}
        assert set(loaded.planted["rejected"][table.kind]) == wanted


def test_our_load_rejects_exactly_the_planted_rows(loaded: Loaded) -> None:
    assert dict(loaded.ours["rejected"].iter_rows()) == loaded.counted("rejected")
    assert loaded.result["rows_rejected"] == sum(loaded.planted["rejected_rows"].values())
    assert loaded.result["rows_in"] == sum(loaded.planted["rows"].values())


def test_our_load_counts_exactly_the_rows_that_earn_a_warning(loaded: Loaded) -> None:
    assert loaded.result["warnings"] == loaded.counted("warned")


@pytest.mark.parametrize("engine", ["floor", "naive", "pandas"])
def test_an_engine_gives_our_facts_to_the_unit(loaded: Loaded, engine: str) -> None:
    theirs: facts.Facts = getattr(loaded, engine)
    for name in facts.KEYS:
        assert_frame_equal(theirs[name], loaded.ours[name])
    assert facts.checksum(theirs) == facts.checksum(loaded.ours)


@pytest.mark.filterwarnings("ignore:This pattern is interpreted as a regular expression:UserWarning")
@pytest.mark.parametrize("table", EXTRACTS, ids=lambda table: table.kind)
def test_great_expectations_finds_the_rows_that_the_masks_find(loaded: Loaded, table: type[Extract]) -> None:
    texts = next(pandas.files(loaded.source, table.kind))
    frame = pandas.typed(texts, table, pandas.minimum_wages(loaded.source))
    masks = {rule.name: set(frame.index[rows]) for rule, rows in by_masks(frame, table)}
    listed = {rule.name: set(frame.index[rows]) for rule, rows in pandas_gx.by_expectations(frame, table)}
    assert listed == masks
    assert any(masks.values())


def test_the_facts_say_something_at_every_level_basis_scope_and_programme(loaded: Loaded) -> None:
    coverage, premium = loaded.ours["coverage"], loaded.ours["premium"]
    assert set(coverage["region_code"].str.len_chars()) == {2, 5}
    assert coverage.select("basis", "segment").n_unique() == 11  # nobody abroad has a workplace here
    assert loaded.ours["programme_coverage"]["programme"].n_unique() == 5
    nation = coverage.filter(region_code="00", basis="RESIDENCE", segment="ALL")["active_workers"].item()
    of_regencies = coverage.filter(pl.col("region_code").str.len_chars() == 5, basis="RESIDENCE", segment="ALL")
    assert nation < of_regencies["active_workers"].sum()
    assert premium.select((pl.col("arrears_idr") > 0).any(), (pl.col("paid_idr") > 0).any()).row(0) == (True, True)


def test_one_worker_more_is_noticed(loaded: Loaded) -> None:
    more = loaded.floor["coverage"].with_columns(
        pl.col("active_workers") + (pl.int_range(pl.len()) == 7).cast(pl.Int64)
    )
    assert facts.differences(loaded.floor | {"coverage": more}, loaded.floor)["coverage"] == 2
    assert not any(facts.differences(loaded.floor, loaded.floor).values())


def test_the_rows_are_the_same_in_parquet_and_csv(tmp_path: Path) -> None:
    for form in ("parquet", "csv"):
        generate(World(tmp_path / form, 600, form, ("15.03",)))
    for path in (tmp_path / "parquet").glob("*.parquet"):
        twin = pl.read_csv(tmp_path / "csv" / f"{path.stem}.csv", separator=";", infer_schema=False)
        assert_frame_equal(pl.read_parquet(path), twin)


def test_an_engine_is_told_by_its_newest_run_and_a_ratio_stays_within_its_set() -> None:
    told = """
        begun engine cpu_s kept
        1     floor  2.0   1
        1     dbt    8.0   1
        2     floor  4.0   0
        2     naive  40.0  0
    """
    rows = [line.split() for line in told.strip().splitlines()[1:]]
    history = [
        {"begun": begun, "set": 0, "engine": engine, "cpu_s": float(cpu), "kept": kept == "1"}
        | {"wall_s": 1.0, "peak_bytes": 2**30, "rows": 80, "code": 0, "equal": True, "commit": "abc"}
        for begun, engine, cpu, kept in rows
    ]
    lines = report.table(history).splitlines()[2:5]
    assert [[cell.strip() for cell in line.split("|")[1:9]] for line in lines] == [
        ["floor", "4.0", "1.0", "1.00", "1.00", "", "20", "reference"],
        ["naive", "40.0", "1.0", "1.00", "10.00", "", "2", "equal"],
        ["dbt", "8.0", "1.0", "1.00", "4.00", "", "10", "equal"],
    ]
    assert [line.split("|")[9].strip() for line in lines] == ["1*", "1*", "1"]


def test_every_engine_can_be_started_and_is_among_those_of_the_command() -> None:
    engines = Path(report.__file__).parent / "engines"
    assert all((engines / f"{name}.py").exists() for name in ENGINES)
    makefile = (Path(report.__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    asked = next(line for line in makefile.splitlines() if line.startswith("ENGINES ?="))
    assert asked.removeprefix("ENGINES ?= ").split(",") == list(ENGINES)


def test_the_page_is_of_the_day_on_which_the_most_was_measured_the_newest_of_several() -> None:
    runs = [
        ("2026-01-01", "1M", "ours"),
        ("2026-01-01", "1M", "ours"),
        ("2026-01-02", "1M", "ours"),
        ("2026-01-02", "5M", "ours"),
    ]
    runs += [("2026-01-03", "1M", "floor"), ("2026-01-03", "1M", "ours"), ("2026-01-04", "1M", "ours")]
    history = [{"begun": f"{day}T01:00", "size": size, "format": "csv", "engine": engine} for day, size, engine in runs]
    assert report.fullest_day(history) == "2026-01-03"
    assert report.fullest_day(history[:3]) == "2026-01-02"


def test_the_page_of_the_repository_is_what_the_report_writes_of_history_and_notes() -> None:
    """But for the line that names the machine on which it is written."""
    history = [json.loads(line) for line in report.HISTORY.read_text(encoding="utf-8").splitlines()]
    written, kept = (
        [line for line in text.splitlines() if not line.startswith("Machine: ")]
        for text in (report.page(history), report.PAGE.read_text(encoding="utf-8"))
    )
    assert kept == written
