"""Views and macros of schema mart."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse_rows import END_OF_APRIL, MARCH, MID_MARCH, coverage, load, load_regions, rows
from warehouse import ddl
from warehouse.calendar import Version
from warehouse.schema import Fact
from warehouse.store import building, query
from warehouse.tables.compliance import FactCompliance
from warehouse.tables.coverage import FactCoverage, FactProgrammeCoverage
from warehouse.tables.premium import FactPremium
from warehouse.tables.target import FactTarget
from warehouse.tables.workforce import FactWorkforce

APRIL = Version(date(2025, 4, 1), date(2025, 4, 30))
ACTIVE = "SELECT active_workers FROM mart.{} WHERE region_code = '15.03' ORDER BY month"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Return a warehouse with the regions of the tests."""
    load_regions(tmp_path / "warehouse.duckdb")
    return tmp_path / "warehouse.duckdb"


def active(warehouse: Path, relation: str) -> list[int]:
    """Return the active workers of 15.03 by month, as `relation` shows them."""
    return query(warehouse, ACTIVE.format(relation))["active_workers"].to_list()


def restated(warehouse: Path) -> None:
    """Load mid-March three times over, and March again at the end of April."""
    loads = (
        (MID_MARCH, 10, "2025-03-17"), (MID_MARCH, 20, "2025-03-20"), (END_OF_APRIL, 40, "2025-05-01"), (MID_MARCH, 30, "2025-06-01"),
    )  # fmt: skip
    with building(warehouse) as build:
        for version, workers, day in loads:
            build.supersede(FactCoverage, coverage(version, r15_03=workers), version, day, datetime.fromisoformat(day))


def test_the_view_shows_the_newest_as_of_date_that_stands(warehouse: Path) -> None:
    restated(warehouse)
    assert active(warehouse, "coverage") == [40]
    named = query(warehouse, "SELECT region_name, level, province_name, coverage_ratio FROM mart.coverage")
    assert named.rows() == [("Sarolangun", "regency", "Jambi", 0.4)]


def test_the_history_shows_everything(warehouse: Path) -> None:
    restated(warehouse)
    assert sorted(active(warehouse, "coverage_history")) == [10, 20, 30, 40]


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2025-03-15", []),  # the source had not seen the month
        ("2025-03-16", [10]),  # seen, loaded a day later: as first loaded
        ("2025-03-17", [10]),
        ("2025-03-19", [10]),
        ("2025-03-20", [20]),  # restated on that day
        ("2025-04-29", [20]),
        ("2025-04-30", [20]),  # a newer as_of_date, loaded a day later, does not change what was said on the day
        ("2025-05-01", [40]),  # loaded
        ("2025-12-31", [40]),  # the restatement of mid-March in June changes nothing here
    ],
)
def test_coverage_as_of_a_day_is_what_was_known_on_it(warehouse: Path, day: str, known: list[int]) -> None:
    restated(warehouse)
    assert active(warehouse, f"coverage_as_of('{day}')") == known
    assert active(warehouse, f"coverage_as_of(DATE '{day}')") == known


def test_a_restatement_never_changes_the_answer_for_a_day_that_is_over(warehouse: Path) -> None:
    days = [f"2025-{month:02}-{day:02}" for month in (3, 4) for day in (16, 17, 20, 28)]
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=10), MID_MARCH, "2025-03-17T02:00")
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=20), MID_MARCH, "2025-03-20T02:00")
    before = [active(warehouse, f"coverage_as_of('{day}')") for day in days]
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=30), MID_MARCH, "2025-06-01T02:00")
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_02=5), MID_MARCH, "2025-06-02T02:00")
    assert [active(warehouse, f"coverage_as_of('{day}')") for day in days] == before
    assert before == [[10], [10], [20], [20], [20], [20], [20], [20]]
    assert active(warehouse, "coverage_as_of('2025-06-01')") == [30]
    assert active(warehouse, "coverage_as_of('2025-06-02')") == []


def test_two_restatements_on_one_day_leave_the_last_one_known_at_its_end(warehouse: Path) -> None:
    for hour, workers in ((2, 10), (9, 20), (23, 30)):
        load(
            warehouse,
            FactCoverage,
            coverage(MID_MARCH, r15_03=workers),
            MID_MARCH,
            f"2025-03-20T{hour:02}:59:59.999999",
        )
    assert active(warehouse, "coverage_as_of('2025-03-20')") == [30]
    assert active(warehouse, "coverage_as_of('2025-03-19')") == [10]


def test_a_backfilled_month_is_known_as_it_was_first_loaded(warehouse: Path) -> None:
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=10), MID_MARCH, "2026-01-10T02:00")
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=11), MID_MARCH, "2026-01-11T02:00")
    assert active(warehouse, "coverage_as_of('2025-03-16')") == [10]


def test_every_month_is_looked_up_on_its_own(warehouse: Path) -> None:
    restated(warehouse)
    load(warehouse, FactCoverage, coverage(APRIL, r15_03=50), APRIL, "2025-05-02T02:00")
    assert active(warehouse, "coverage") == [40, 50]
    assert active(warehouse, "coverage_as_of('2025-04-29')") == [20]


@pytest.mark.parametrize(
    ("name", "table", "others"), [("premium", FactPremium, {"billed_idr": 9}), ("compliance", FactCompliance, {})]
)
def test_premium_and_compliance_follow_the_same_versions(
    warehouse: Path, name: str, table: type[Fact], others: dict[str, int]
) -> None:
    for day, arrears in (("2025-03-17", 5), ("2025-03-20", 6)):
        cells = {"region_code": "15.03", "month": MARCH, "as_of_date": MID_MARCH.as_of_date, "arrears_idr": arrears}
        load(warehouse, table, rows(table, cells | others), MID_MARCH, f"{day}T02:00")
    for relation, known in (
        ("", [6]),
        ("_history", [5, 6]),
        ("_as_of('2025-03-19')", [5]),
        ("_as_of('2025-03-20')", [6]),
    ):
        found = query(warehouse, f"SELECT arrears_idr, region_name FROM mart.{name}{relation} ORDER BY arrears_idr")
        assert found.rows() == [(amount, "Sarolangun") for amount in known]


def test_programme_coverage_shows_what_stands(warehouse: Path) -> None:
    for version, workers, day in (
        (MID_MARCH, 1, "2025-03-17"),
        (END_OF_APRIL, 2, "2025-05-01"),
        (END_OF_APRIL, 3, "2025-05-02"),
    ):
        cells = {"region_code": "15.03", "month": MARCH, "as_of_date": version.as_of_date, "active_workers": workers}
        load(warehouse, FactProgrammeCoverage, rows(FactProgrammeCoverage, cells), version, f"{day}T02:00")
    assert active(warehouse, "programme_coverage") == [3]


def sarolangun(warehouse: Path) -> None:
    """Load the two working populations, the two targets and the coverage of the case of March 2025."""
    release = {"region_code": "15.03", "period": "2024-08", "released_on": date(2025, 1, 31)}
    releases = [
        {**release, "source": source, "employed_workers": workers, "eligible_workers": workers}
        for source, workers in (("PEMKAB", 124_440), ("KEMENDAGRI", 112_645))
    ]
    targets = [
        {"region_code": "15.03", "year": 2025, "frame": "DAERAH", "target_ratio": 0.9620},
        {"region_code": "15.03", "year": 2025, "frame": "KEMENDAGRI", "target_ratio": 0.6262, "target_workers": 70_538},
        {"region_code": "15.03", "frame": "DAERAH", "target_ratio": 0.5, "year": 2024},
    ]
    measured = {"segment": "UCJ", "basis": "RESIDENCE", "month": MARCH, "as_of_date": MID_MARCH.as_of_date}
    now = {
        **measured,
        "region_code": "15.03",
        "active_workers": 64_709,
        "eligible_workers": 112_645,
        "workforce_source": "KEMENDAGRI",
    }
    load(warehouse, FactWorkforce, rows(FactWorkforce, *releases), None, "2025-03-17T02:00")
    load(warehouse, FactTarget, rows(FactTarget, *targets), None, "2025-03-17T02:00")
    load(warehouse, FactCoverage, rows(FactCoverage, now), MID_MARCH, "2025-03-17T02:00")


def test_the_plan_answers_once_per_working_population(warehouse: Path) -> None:
    sarolangun(warehouse)
    plan = query(
        warehouse,
        "SELECT workforce_source, eligible_workers, active_workers, workers_missing, monthly_idr, yearly_idr"
        " FROM mart.plan_to_target('15.03', 0.9620, 16800) ORDER BY eligible_workers",
    )
    assert plan.rows() == [
        ("KEMENDAGRI", 112_645, 64_709, 43_656, 43_656 * 16_800, 43_656 * 201_600),
        ("PEMKAB", 124_440, 64_709, 55_003, 55_003 * 16_800, 55_003 * 201_600),
    ]


def test_a_plan_for_a_province_needs_a_release_of_every_regency_in_it(warehouse: Path) -> None:
    sarolangun(warehouse)
    plan = "SELECT eligible_workers, active_workers, workers_missing FROM mart.plan_to_target('15', 0.5, 16800)"
    assert query(warehouse, plan).rows() == []
    release = {"period": "2024-08", "released_on": date(2025, 1, 31), "source": "BPS"}
    both = [
        {**release, "region_code": code, "employed_workers": 101, "eligible_workers": 101}
        for code in ("15.02", "15.03")
    ]
    load(warehouse, FactWorkforce, rows(FactWorkforce, *both), None, "2025-03-18T02:00")
    assert query(warehouse, plan).rows() == [(202, None, None)]
    load(warehouse, FactCoverage, coverage(APRIL, r15=90), APRIL, "2025-05-01T02:00")
    assert query(warehouse, plan).rows() == [(202, 90, 11)]


@pytest.mark.parametrize(
    ("ratio", "missing"), [("0.07", -3), ("0.10", 0), ("0.1001", 1), ("0.29", 19), ("0.58", 48), ("1", 90)]
)
def test_the_plan_finds_the_smallest_whole_number_that_reaches_the_ratio(
    warehouse: Path, ratio: str, missing: int
) -> None:
    release = {"region_code": "15.03", "employed_workers": 100, "eligible_workers": 100}
    load(warehouse, FactWorkforce, rows(FactWorkforce, release), None, "2025-03-17T02:00")
    load(warehouse, FactCoverage, coverage(MID_MARCH, r15_03=10), MID_MARCH, "2025-03-17T02:00")
    plan = query(warehouse, f"SELECT workers_missing, monthly_idr FROM mart.plan_to_target('15.03', {ratio}, 16800)")
    assert plan.rows() == [(missing, max(missing, 0) * 16_800)]


def test_the_gap_is_counted_against_each_target_of_the_year(warehouse: Path) -> None:
    sarolangun(warehouse)
    gap = query(
        warehouse,
        "SELECT frame, target_workers_stated, target_workers_computed, workers_missing, workers_missing_stated"
        " FROM mart.coverage_gap ORDER BY frame",
    )
    assert gap.rows() == [
        ("DAERAH", None, 108_365, 43_656, None),
        ("KEMENDAGRI", 70_538, 70_539, 5_830, 5_829),
    ]


def test_the_league_ranks_regencies_in_province_and_nation_and_says_among_how_many(warehouse: Path) -> None:
    first = coverage(MID_MARCH, r15_02=30, r15_03=40, r16_01=40, r15=35, r00=36)
    load(warehouse, FactCoverage, first, MID_MARCH, "2025-03-17T02:00")
    load(warehouse, FactCoverage, coverage(APRIL, r15_02=50, r15_03=40), APRIL, "2025-05-01T02:00")
    league = query(
        warehouse,
        "SELECT month(month) AS m, region_name, rank_in_province, ranked_in_province, rank_in_nation, ranked_in_nation,"
        " is_newest_month FROM mart.league_table ORDER BY month, region_code",
    )
    assert league.rows() == [
        (3, "Merangin", 2, 2, 3, 3, False),
        (3, "Sarolangun", 1, 2, 1, 3, False),
        (3, "Ogan Komering Ulu", 1, 1, 1, 3, False),
        (4, "Merangin", 1, 2, 1, 2, True),
        (4, "Sarolangun", 2, 2, 2, 2, True),
    ]


def test_arrears_age_by_class_over_all_scales_and_sectors(warehouse: Path) -> None:
    place = {"region_code": "15.03", "month": MARCH, "as_of_date": MID_MARCH.as_of_date}
    small = {**place, "scale": "KECIL", "arrears_current_employers": 3, "arrears_bad_employers": 1}
    large = {**place, "scale": "BESAR", "arrears_current_employers": 2, "arrears_contingent_employers": 7}
    load(warehouse, FactCompliance, rows(FactCompliance, small, large), MID_MARCH, "2025-03-17T02:00")
    ageing = query(warehouse, "SELECT arrears_class, employers FROM mart.arrears_ageing ORDER BY employers")
    assert ageing.rows() == [("KURANG_LANCAR", 0), ("MACET", 1), ("LANCAR", 5), ("KONTINJENSI", 7)]


def test_every_view_and_macro_has_a_comment_and_the_dictionary_reads_the_same_one(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        stored = connection.execute(
            "SELECT 'mart.' || view_name, comment FROM duckdb_views() WHERE schema_name = 'mart'"
            " UNION ALL SELECT 'mart.' || function_name, comment FROM duckdb_functions() WHERE schema_name = 'mart'"
        ).fetchall()
    assert dict(stored) == ddl.view_comments()
    assert all(comment for _, comment in stored)


def test_no_view_uses_a_form_in_which_an_older_reader_loses_rows() -> None:
    assert not [text for text in ddl.views() if "DISTINCT ON" in text.upper()]


def test_a_second_build_renews_the_views_without_touching_rows(warehouse: Path) -> None:
    restated(warehouse)
    with building(warehouse):
        pass
    assert sorted(active(warehouse, "coverage_history")) == [10, 20, 30, 40]


def test_a_sentence_carries_day_basis_segments_and_denominator_or_says_that_there_is_none(warehouse: Path) -> None:
    figures = coverage(MID_MARCH, r15_03=64_709, r15=72_000).with_columns(
        eligible_workers=pl.when(region_code="15.03").then(124_440).cast(pl.Int64),
        workforce_source=pl.when(region_code="15.03").then(pl.lit("Sakernas")),
        workforce_period=pl.when(region_code="15.03").then(pl.lit("2024-08")),
    )
    load(warehouse, FactCoverage, figures, MID_MARCH, "2025-03-17T02:00")
    said = query(warehouse, "SELECT sentence_id, sentence_en FROM mart.coverage_sentence ORDER BY region_code DESC")
    assert said.rows() == [
        (
            "Per 2025-03-16, 64.709 pekerja aktif berdomisili di Sarolangun (UCJ: PU, BPU, JAKON),"
            " yaitu 52,00% dari 124.440 pekerja layak (Sakernas 2024-08).",
            "As of 2025-03-16, 64,709 active workers living in Sarolangun (UCJ: PU, BPU, JAKON),"
            " 52.00% of 124,440 eligible workers (Sakernas 2024-08).",
        ),
        (
            "Per 2025-03-16, 72.000 pekerja aktif berdomisili di Jambi (UCJ: PU, BPU, JAKON); penyebutnya belum ada.",
            "As of 2025-03-16, 72,000 active workers living in Jambi (UCJ: PU, BPU, JAKON); there is no denominator yet.",
        ),
    ]
