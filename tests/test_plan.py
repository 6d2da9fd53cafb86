"""The way to a target: every number of eligible workers known, every target of the year, every payer's premium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.packages import MONTHS, PAYERS, Package, fixed, packages
from flows.plan import plan, read_ratio
from tests.claimed import Mart, opened, regions
from tests.warehouse_rows import MID_MARCH, coverage, rows
from warehouse.errors import Stop
from warehouse.store import building
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimRegion
from warehouse.tables.target import FactTarget
from warehouse.tables.workforce import FactWorkforce

NOON = datetime(2025, 3, 17, 12)
OWN = {"region_code": "15.03", "year": 2025, "frame": "DAERAH", "target_ratio": 0.962}
CENTRAL = {
    "region_code": "15.03",
    "year": 2025,
    "frame": "KEMENDAGRI",
    "target_ratio": 0.6262,
    "target_workers": 70_538,
}
SAROLANGUN = """
    | row_id | coverage_ratio_stated | workers_covered | target_ratio_stated | target_year | target_workers |
    | 1      | 0.52                  | 64_709          | 0.6262              | 2025        | 70_538         |
    | 2      | 0.52                  | 64_709          | 0.962               | 2025        | -              |
"""
MISSING = "SELECT workforce_source, workforce_period, eligible_workers, workers_missing FROM mart.plan_to_target('15.03', 0.962, 16800)"


def release(region: str, workers: int, **cells: object) -> dict[str, object]:
    """Return a release of the working population of a region."""
    return {"region_code": region, "source": "BPS", "employed_workers": workers, "eligible_workers": workers, **cells}


@pytest.fixture(scope="module")
def empty() -> Iterator[Mart]:
    """Yield a warehouse that knows regions only."""
    with opened() as mart:
        yield mart


@pytest.fixture
def mart(empty: Mart) -> Mart:
    """Return a warehouse in which 64,709 workers of Sarolangun are active."""
    empty.clear()
    empty.counted("| region_code | active_workers |\n| 15.03 | 64_709 |")
    return empty


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse file: 64,709 of Sarolangun's 124,440 workers, its targets, and Merangin without coverage."""
    file = tmp_path_factory.mktemp("plan") / "warehouse.duckdb"
    older = OWN | {"year": 2024, "target_ratio": 0.65}
    facts = {
        FactTarget: rows(FactTarget, CENTRAL, OWN, older),
        FactWorkforce: rows(FactWorkforce, release("15.03", 124_440), release("15.02", 100)),
    }
    with building(file) as build:
        build.replace(DimRegion, regions())
        build.supersede(FactCoverage, coverage(MID_MARCH, r15_03=64_709), MID_MARCH, "r1", NOON)
        for fact, found in facts.items():
            build.supersede(fact, found, None, "r1", NOON)
    return file


def test_the_second_denominator_of_sarolangun_is_known_through_the_claim_alone(mart: Mart) -> None:
    mart.load(FactWorkforce, release("15.03", 124_440))
    mart.say(SAROLANGUN)
    assert mart.query(MISSING).rows() == [
        ("BPS", "2024-08", 124_440, 55_003),
        ("IMPLIED_BY_TARGET_OF_CLAIM 1", "2025", 112_645, 43_656),
    ]


def test_a_target_implies_its_denominator_before_a_claim_does(mart: Mart) -> None:
    mart.load(FactTarget, CENTRAL, OWN)
    mart.say(SAROLANGUN)
    assert mart.query(MISSING).rows() == [
        ("IMPLIED_BY_TARGET 2025 KEMENDAGRI", "2025", 112_645, 43_656),
        ("IMPLIED_BY_CLAIM 1", "2025-03-16", 124_440, 55_003),
    ]


def test_what_a_release_explains_within_the_printed_precision_is_no_other_denominator(mart: Mart) -> None:
    releases = [release("15.03", 123_255 + number, source=f"BPS {number}") for number in (-1, 0)]
    for one, sources in zip(releases, (["BPS -1", "IMPLIED_BY_CLAIM 1"], ["BPS 0"]), strict=True):
        mart.load(FactWorkforce, one)
        mart.say("| row_id | coverage_ratio_stated | workers_covered |\n| 1 | 0.52 | 64_709 |")
        assert mart.query(MISSING)["workforce_source"].sort().to_list() == sources


def test_claims_state_and_imply_denominators_only_of_all_workers_and_with_their_number(mart: Mart) -> None:
    mart.say(
        """
        | row_id | scope             | coverage_ratio_stated | workers_covered | denominator_stated | target_ratio_stated | target_workers |
        | 1      | UCJ total         | 0.4                   | -               | 110_001            | 0.65                | -              |
        | 2      | informal          | 0.37                  | 77_101          | 205_901            | -                   | -              |
        | 3      | UCJ total         | 0.1608                | 89_266          | 555_154            | -                   | -              |
        | 4      | percent of target | 0.61                  | 50_001          | -                  | 0.68                | -              |
        | 5      | UCJ total         | 0.92                  | 64_709          | -                  | -                   | 70_538         |
        | 6      | target only       | -                     | -               | -                  | 0.5                 | 40_000         |
        | 7      | UCJ total         | 0.1609                | 89_270          | -                  | -                   | -              |
        """,
    )
    assert mart.query(MISSING).select("workforce_source", "eligible_workers").sort("eligible_workers").rows() == [
        ("IMPLIED_BY_TARGET_OF_CLAIM 6", 80_000),
        ("IMPLIED_BY_CLAIM 7", 554_817),
        ("STATED_BY_CLAIM 3", 555_154),
    ]


def test_a_province_adds_up_the_releases_that_hold_all_its_regencies(mart: Mart) -> None:
    whole = [release("15.02", 100), release("15.03", 200)]
    partly = release("15.02", 150, source="PEMKAB")
    mart.load(FactWorkforce, *whole, partly)
    found = mart.query("SELECT region_code, workforce_source, eligible_workers FROM mart.denominator ORDER BY ALL")
    assert found.rows() == [
        ("00", "BPS", 300), ("15", "BPS", 300), ("15.02", "BPS", 100), ("15.02", "PEMKAB", 150), ("15.03", "BPS", 200),
    ]  # fmt: skip


def test_money_is_unknown_while_the_workers_are(empty: Mart) -> None:
    empty.clear()
    empty.load(FactWorkforce, release("15.03", 100))
    columns = "active_workers, workers_missing, monthly_idr, yearly_idr"
    assert empty.query(f"SELECT {columns} FROM mart.plan_to_target('15.03', 0.5, 16800)").rows() == [(None,) * 4]


def test_without_a_share_every_target_of_the_year_is_planned_for(warehouse: Path) -> None:
    found = plan(warehouse, "15.03", premium=16_800)
    assert [
        (row["frame"], row["eligible_workers"], row["workers_missing"], row["yearly_idr"]) for row in found.rows
    ] == [
        ("DAERAH", 124_440, 55_003, 55_003 * 201_600),
        ("DAERAH", 112_645, 43_656, 43_656 * 201_600),
        ("KEMENDAGRI", 124_440, 13_216, 13_216 * 201_600),
        ("KEMENDAGRI", 112_645, 5_830, 5_830 * 201_600),
    ]
    assert {row["frame"] for row in plan(warehouse, "15.03", frame="DAERAH").rows} == {"DAERAH"}
    assert {row["ratio"] for row in plan(warehouse, "15.03", month=date(2024, 3, 1)).rows} == {0.65}
    with pytest.raises(Stop, match="DAERAH 2024, DAERAH 2025, KEMENDAGRI 2025"):
        plan(warehouse, "15.03", month=date(2026, 4, 1))


def test_a_passed_target_costs_nothing(warehouse: Path) -> None:
    for row in plan(warehouse, "15.03", ratio="0.5", premium=16_800).rows:
        assert row["workers_missing"] == -(-row["eligible_workers"] // 2) - 64_709 < 0
        assert (row["monthly_idr"], row["yearly_idr"]) == (0, 0)


def by_payer(month: date) -> dict[tuple[str | None, str], Package]:
    """Return the package of every payer, and of every sub-sector whose package differs."""
    return {(one.sub_sector, payer): one for one in packages(month) for payer in one.payers}


def test_in_april_2026_self_paid_is_half_price_beside_the_full_price_of_public_budgets() -> None:
    found = by_payer(date(2026, 4, 1))
    assert found[None, "SELF"].premium_idr == 8_400
    assert found[None, "APBD_REGENCY"].premium_idr == 16_800
    assert found["TRANSPORTASI", "SELF"].premium_idr == 8_400
    assert ("TRANSPORTASI", "APBD_REGENCY") not in found
    assert {payer for sector, payer in found if sector is None} == set(PAYERS)
    assert "EMPLOYER" not in PAYERS


def test_a_year_is_the_sum_of_the_premiums_of_its_own_months() -> None:
    found = by_payer(date(2026, 4, 1))
    assert found[None, "SELF"].premiums == (8_400,) * 9 + (16_800,) * 3
    assert found["TRANSPORTASI", "SELF"].premiums == (8_400,) * 12
    assert found[None, "SELF"].costs(10) == {
        "package": found[None, "SELF"].name,
        "payers": "SELF,CSR,BAZNAS,DONOR",
        "sub_sector": None,
        "premium_idr": 8_400,
        "monthly_idr": 84_000,
        "yearly_idr": 10 * (9 * 8_400 + 3 * 16_800),
    }
    assert "9 x 8,400 + 3 x 16,800 = 126,000" in found[None, "SELF"].told()


def test_transport_workers_are_relieved_from_january_2026() -> None:
    found = by_payer(date(2026, 1, 1))
    assert (found["TRANSPORTASI", "SELF"].premium_idr, found[None, "SELF"].premium_idr) == (8_400, 16_800)


def test_where_all_pay_the_same_for_a_year_there_is_one_package() -> None:
    (only,) = packages(date(2023, 1, 1))
    assert (only.premiums, only.payers) == ((16_800,) * MONTHS, PAYERS)


def test_the_workers_of_sarolangun_cost_thirteen_billion_a_year() -> None:
    assert fixed(16_800).costs(64_709)["yearly_idr"] == 13_045_334_400


@pytest.mark.parametrize("text", ["0.962", "96.2%", "96,2%", "96.20 %", " 0,962 "])
def test_a_share_is_a_fraction_or_carries_its_percent_sign(text: str) -> None:
    assert read_ratio(text) == 0.962


@pytest.mark.parametrize("text", ["96.2", "962", "0", "-0.5", "x", "", "%", "nan", "inf", "96.2%%", "1.000,5"])
def test_a_share_with_two_readings_or_none_is_refused(text: str) -> None:
    with pytest.raises(Stop, match=r"write it as 0\.962 or 96\.2%"):
        read_ratio(text)


def test_without_coverage_the_month_has_to_be_said(warehouse: Path) -> None:
    with pytest.raises(Stop, match="--month"):
        plan(warehouse, "15.02", ratio="0.5")
    found = plan(warehouse, "15.02", ratio="0.5", month=date(2026, 4, 1))
    assert {row["workers_missing"] for row in found.rows} == {None}
    assert {row["yearly_idr"] for row in found.rows} == {None}


def test_without_a_denominator_there_is_no_plan(warehouse: Path) -> None:
    with pytest.raises(Stop, match="penduduk_bekerja"):
        plan(warehouse, "15.01", ratio="0.5", month=date(2026, 4, 1))


def published(warehouse: Path, home: Path) -> list[str]:
    """Return the option of a home whose published copy is the warehouse."""
    folder = home / "published" / "current"
    folder.mkdir(parents=True)
    (folder / "cakupan.duckdb").symlink_to(warehouse)
    return ["--home", str(home)]


def test_the_command_prints_gaps_and_packages_and_the_same_as_json(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = published(warehouse, tmp_path / "home")
    ask = ["plan", "Kab. Sarolangun", "--ratio", "96,2%", "--month", "2026-04", *home]
    assert main(ask) == 0
    text = capsys.readouterr().out
    assert all(number in text for number in ("55,003", "43,656", "8,400", "16,800", "11,088,604,800", "6,930,378,000"))
    assert main([*ask, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (told["region_code"], told["month"], told["active_month"]) == ("15.03", "2026-04", "2025-03")
    assert {row["workers_missing"] for row in told["plans"]} == {55_003, 43_656}
    assert {one["yearly_premium_idr"] for one in told["packages"]} == {126_000, 201_600, 100_800}


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ("Jambi", "15 Provinsi Jambi, 15.71 Kota Jambi"),
        ("Bandung", "32.04 Kabupaten Bandung, 32.73 Kota Bandung"),
        ("Sarolanggun", "15.03 Kabupaten Sarolangun"),
        ("Atlantis", "names no single region"),
    ],
)
def test_a_name_of_no_region_or_of_several_is_an_error_that_names_the_candidates(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], region: str, told: str
) -> None:
    assert main(["plan", region, "--ratio", "0.5", *published(warehouse, tmp_path / "home")]) == 1
    assert told in capsys.readouterr().err
