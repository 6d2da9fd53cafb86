"""How a claim compares with what we knew on its day: the same, of another date, basis, scope or denominator, or a share of a target."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.claimed import Mart, opened
from warehouse.tables.target import FactTarget
from warehouse.tables.workforce import FactWorkforce

UNEXPLAINED = "NOT_CHECKABLE"
CENTRAL = {
    "region_code": "15.03",
    "year": 2025,
    "frame": "KEMENDAGRI",
    "target_ratio": 0.6262,
    "target_workers": 70_538,
}


@pytest.fixture(scope="module")
def empty() -> Iterator[Mart]:
    """Yield a warehouse that knows regions only."""
    with opened() as mart:
        yield mart


@pytest.fixture
def mart(empty: Mart) -> Mart:
    """Return a warehouse in which Sarolangun has 64,709 of 124,440 workers by residence on 16 March 2025."""
    empty.clear()
    empty.counted(
        """
        | region_code | basis     | segment | active_workers | vulnerable_workers |
        | 15.03       | RESIDENCE | UCJ     | 64_709         | 5_000              |
        | 15.03       | RESIDENCE | BPU     | 20_123         | 4_000              |
        | 15.03       | RESIDENCE | ALL     | 65_432         | 5_100              |
        | 15.03       | WORKPLACE | UCJ     | 50_098         | 3_000              |
        | 15.02       | RESIDENCE | UCJ     | 31_217         | 0                  |
        | 15          | RESIDENCE | UCJ     | 95_001         | 0                  |
        """,
    )
    return empty


def one(mart: Mart, cells: str, **same: object) -> str:
    """Return the verdict on one claim, written as `workers_covered=64_709 coverage_ratio_stated=0.52`."""
    written = dict(cell.split("=") for cell in cells.split())
    mart.say(f"| row_id | {' | '.join(written)} |\n| 1 | {' | '.join(written.values())} |", **same)
    return mart.verdicts()["1"]


@pytest.mark.parametrize(
    "cells",
    [
        "workers_covered=64_709",
        "coverage_ratio_stated=0.52",
        "workers_covered=64_709 coverage_ratio_stated=0.52",
        "workers_covered=64_709 coverage_ratio_stated=0.52 denominator_stated=124_440",
        "workers_covered=64_000 coverage_ratio_stated=0.52",
        "workers_covered=65_000 coverage_ratio_stated=0.52",
        "workers_covered=64_709 denominator_stated=124_000",
        "coverage_ratio_stated=0.5200",
    ],
)
def test_a_claim_agrees_when_all_that_it_states_is_ours_as_precisely_as_it_was_printed(mart: Mart, cells: str) -> None:
    assert one(mart, cells) == "AGREES"
    found = mart.check()
    assert (found["our_active_workers"], found["our_eligible_workers"]) == (64_709, 124_440)
    assert (found["our_month"], found["our_as_of_date"]) == (date(2025, 3, 1), date(2025, 3, 16))
    assert (found["our_basis"], found["workforce_source"], found["workforce_period"]) == ("RESIDENCE", "BPS", "2024-08")
    assert found["our_ratio"] == pytest.approx(64_709 / 124_440)
    assert "64.709 pekerja, 52,00% dari 124.440" in found["why_id"]
    assert ("rounded" in found["why_en"]) == ("000 " in cells)


@pytest.mark.parametrize(
    "cells",
    [
        "workers_covered=64_708",
        "coverage_ratio_stated=0.53",
        "coverage_ratio_stated=0.5201",
        "workers_covered=63_000",
        "coverage_ratio_stated=0.52 denominator_stated=110_000",
    ],
)
def test_a_claim_that_nothing_we_hold_explains_is_told_with_our_figure(mart: Mart, cells: str) -> None:
    assert one(mart, cells) == UNEXPLAINED
    assert "we count 64,709 workers, 52.00%" in mart.check()["why_en"]


def test_a_restatement_after_the_day_changes_no_verdict(mart: Mart) -> None:
    restated = "| region_code | active_workers |\n| 15.03 | 66_006 |"
    mart.counted(restated, at="2025-04-20T02:00")
    assert one(mart, "workers_covered=64_709") == "AGREES"
    assert mart.check()["our_active_workers"] == 64_709
    assert one(mart, "workers_covered=66_006") == "OTHER_DATE"
    assert one(mart, "workers_covered=66_006 as_of=2025-04-20") == "AGREES"


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ("2025-03-15", "OTHER_DATE"),
        ("2025-03-16", "AGREES"),
        ("2025-03", "AGREES"),
        ("2025", "AGREES"),
        ("2025-09-30", "AGREES"),
        ("2025-10-01", UNEXPLAINED),
        ("2024-09-01", "OTHER_DATE"),
        ("2024-08-31", UNEXPLAINED),
    ],
)
def test_what_was_known_on_the_last_day_that_a_claim_can_mean_is_held_against_it_for_six_months(
    mart: Mart, stated: str, verdict: str
) -> None:
    assert one(mart, f"workers_covered=64_709 as_of={stated}") == verdict
    assert (mart.check()["our_active_workers"] is not None) == (verdict == "AGREES")


def test_a_figure_of_another_month_near_is_found_and_named(mart: Mart) -> None:
    february = "| region_code | active_workers |\n| 15.03 | 60_321 |"
    mart.counted(february, month="2025-02", as_of="2025-02-28", at="2025-03-01T02:00")
    assert one(mart, "workers_covered=60_321") == "OTHER_DATE"
    assert "2025-02 as of 2025-02-28: 60,321 workers, 48.47%" in mart.check()["why_en"]
    assert "64,709 workers, 52.00%" in mart.check()["why_en"]


def test_what_was_known_is_what_the_macro_says_was_known(mart: Mart) -> None:
    for number, (as_of, at) in enumerate(
        (("2025-03-16", "2025-03-20"), ("2025-04-30", "2025-05-03"), ("2025-04-30", "2025-06-09"))
    ):
        mart.counted(f"| region_code | active_workers |\n| 15.03 | {70_001 + number} |", as_of=as_of, at=f"{at}T02:00")
    days = [f"2025-0{month}-{day}" for month in (3, 4, 5, 6) for day in ("09", "16", "17", "19", "20", "30")]
    mart.say("\n".join(["| row_id | as_of |", *(f"| {day} | {day} |" for day in days)]), workers_covered=1)
    ours = dict(mart.query("SELECT row_id, our_active_workers FROM mart.claim_check").iter_rows())
    for day in days:
        known = mart.query(
            f"SELECT active_workers FROM mart.coverage_as_of(DATE '{day}')"
            " WHERE region_code = '15.03' AND segment = 'UCJ' AND basis = 'RESIDENCE'",
        )
        assert known["active_workers"].to_list() == ([ours[day]] if ours[day] else []), day
    assert len(set(ours.values())) == 5


@pytest.mark.parametrize(
    ("scope", "cells", "verdict"),
    [
        ("UCJ total", "workers_covered=50_098", "OTHER_BASIS"),
        ("UCJ total, by KTP (residence)", "workers_covered=50_098", "OTHER_BASIS"),
        ("workers registered in the regency (workplace)", "workers_covered=50_098", "AGREES"),
        ("workers registered in the regency (workplace)", "workers_covered=64_709", "OTHER_BASIS"),
        ("UCJ total", "coverage_ratio_stated=0.4026", "OTHER_BASIS"),
        ("UCJ total", "workers_covered=20_123", "OTHER_BASIS"),
        ("informal", "workers_covered=20_123", "AGREES"),
        ("informal", "workers_covered=64_709", "OTHER_BASIS"),
        ("active participants", "workers_covered=65_432", "AGREES"),
        ("vulnerable workers", "workers_covered=5_012", UNEXPLAINED),
        ("vulnerable workers", "workers_covered=5_000", "AGREES"),
        ("vulnerable workers (DBHCHT)", "workers_covered=5_000", UNEXPLAINED),
        ("palm-oil workers (DBH sawit)", "workers_covered=64_709", UNEXPLAINED),
    ],
)
def test_basis_and_scope_are_those_that_the_claim_names(mart: Mart, scope: str, cells: str, verdict: str) -> None:
    assert one(mart, cells, scope=scope) == verdict


def test_the_share_of_a_part_is_a_share_of_other_people(mart: Mart) -> None:
    claim = "workers_covered=20_123 coverage_ratio_stated=0.3721 denominator_stated=54_080"
    assert one(mart, claim, scope="informal") == "OTHER_DENOMINATOR"
    assert "54,080" in mart.check()["why_en"]
    assert one(mart, "coverage_ratio_stated=0.1617", scope="informal") == UNEXPLAINED
    assert one(mart, "workers_covered=20_123 coverage_ratio_stated=0.1617", scope="informal") == "OTHER_DENOMINATOR"


@pytest.mark.parametrize(
    "cells",
    [
        "workers_covered=64_709 coverage_ratio_stated=0.574",
        "coverage_ratio_stated=0.5745",
        "workers_covered=64_709 denominator_stated=112_645",
    ],
)
def test_another_release_of_the_working_population_explains_the_share(mart: Mart, cells: str) -> None:
    release = {"region_code": "15.03", "source": "PEMKAB", "employed_workers": 112_645, "eligible_workers": 112_645}
    mart.load(FactWorkforce, release)
    assert one(mart, cells) == "OTHER_DENOMINATOR"
    assert all(
        number in mart.check()["why_en"] for number in ("64,709", "112,645", "PEMKAB 2024-08", "57.45%", "52.00%")
    )


def test_a_denominator_that_only_a_target_implies_explains_the_share(mart: Mart) -> None:
    assert one(mart, "coverage_ratio_stated=0.5745") == UNEXPLAINED
    mart.load(FactTarget, CENTRAL)
    assert one(mart, "coverage_ratio_stated=0.5745") == "OTHER_DENOMINATOR"
    assert "112,645 (IMPLIED_BY_TARGET 2025 KEMENDAGRI" in mart.check()["why_en"]


@pytest.mark.parametrize(
    "cells",
    ["workers_covered=64_709 coverage_ratio_stated=0.60", "coverage_ratio_stated=0.60 denominator_stated=107_848"],
)
def test_a_denominator_that_nobody_released_is_told(mart: Mart, cells: str) -> None:
    assert one(mart, cells) == "OTHER_DENOMINATOR"
    assert "107,848 workers, a number that no release we hold has" in mart.check()["why_en"]


@pytest.mark.parametrize(
    "cells",
    [
        "coverage_ratio_stated=0.8304",
        "coverage_ratio_stated=0.83",
        "coverage_ratio_stated=0.83 workers_covered=64_709",
        "coverage_ratio_stated=0.5405 target_ratio_stated=0.962",
    ],
)
def test_our_coverage_as_a_share_of_a_target_of_the_year_is_recognised(mart: Mart, cells: str) -> None:
    mart.load(FactTarget, CENTRAL)
    assert one(mart, cells) == "PERCENT_OF_TARGET"
    assert "52.00% (64,709 workers)" in mart.check()["why_en"]


def test_the_target_of_another_year_explains_no_share(mart: Mart) -> None:
    mart.load(FactTarget, CENTRAL | {"year": 2024})
    assert one(mart, "coverage_ratio_stated=0.83") == UNEXPLAINED


def test_another_claim_shows_a_share_of_the_target_where_we_have_no_figure(mart: Mart) -> None:
    mart.say(
        """
        | row_id | as_of      | region_code | coverage_ratio_stated | target_ratio_stated | workers_covered |
        | 1      | 2024-05-31 | 15.02       | 0.4164                | 0.68                | 176_604         |
        | 2      | 2024-08-08 | 15.02       | 0.61                  | 0.68                | -               |
        | 3      | 2026-08-08 | 15.02       | 0.61                  | 0.68                | -               |
        | 4      | 2024-08-08 | 15          | 0.61                  | 0.68                | -               |
        | 5      | 2024-08-08 | 15.02       | 0.61                  | 0.68                | 176_604         |
        | 6      | 2024-08-08 | 15.02       | 0.61                  | 0.68                | 176_000         |
        | 7      | 2024-08-08 | 15.02       | 0.61                  | 0.68                | 150_001         |
        | 8      | 2024-08-08 | 15.02       | 0.833                 | -                   | -               |
        """,
    )
    recognised = {row_id for row_id, verdict in mart.verdicts().items() if verdict == "PERCENT_OF_TARGET"}
    assert recognised == {"2", "5", "6"}
    assert "claim 1 says 41.64%" in mart.check("2")["why_en"]
    half = {"region_code": "15.02", "year": 2024, "frame": "DAERAH", "target_ratio": 0.5}
    mart.load(FactTarget, half)
    assert mart.verdicts()["8"] == "PERCENT_OF_TARGET"
    assert "of the target of 50% (DAERAH 2024)" in mart.check("8")["why_en"]


def test_the_workers_of_one_regency_over_those_of_the_province_are_named(mart: Mart) -> None:
    claim = "workers_covered=31_217 coverage_ratio_stated=0.0157 denominator_stated=1_988_344"
    assert one(mart, claim, region_code="15") == "INCONSISTENT_IN_ITSELF"
    assert "those of Kabupaten Merangin alone" in mart.check()["why_en"]
    assert one(mart, "workers_covered=31_217 denominator_stated=60_000", region_code="15") == UNEXPLAINED


def test_a_claim_that_contradicts_itself_is_told_beside_our_figure(mart: Mart) -> None:
    assert (
        one(mart, "workers_covered=64_709 coverage_ratio_stated=0.60 denominator_stated=124_440")
        == "INCONSISTENT_IN_ITSELF"
    )
    assert mart.check()["why_en"].endswith("Our figure that day: 64,709 / 124,440 = 52.00%.")
    assert mart.check()["why_id"].endswith("Angka kami hari itu: 64.709 / 124.440 = 52,00%.")


def test_a_claim_about_an_unknown_region_is_judged_by_its_own_numbers_only(mart: Mart) -> None:
    text = """
        | row_id | coverage_ratio_stated | workers_covered | denominator_stated |
        | 1      | 0.60                  | 64_709          | 124_440            |
        | 2      | 0.52                  | 64_709          | 124_440            |
    """
    mart.say(text, region_code=None)
    assert mart.verdicts() == {"1": "INCONSISTENT_IN_ITSELF", "2": UNEXPLAINED}


def test_every_finding_is_kept_and_the_first_by_turn_gives_the_verdict(mart: Mart) -> None:
    mart.say(
        """
        | row_id | coverage_ratio_stated | workers_covered | target_ratio_stated | target_workers | gap_workers |
        | 1      | 0.52                  | 64_709          | 0.6262              | 70_538         | 500         |
        """,
    )
    found = mart.query("SELECT finding, verdict FROM mart.claim_finding ORDER BY turn").rows()
    assert [finding for finding, _ in found] == ["two_denominators", "gap_does_not_follow", "agrees", "nothing_to_say"]
    assert mart.check()["finding"] == "two_denominators"
    assert mart.check()["verdict"] == found[0][1]
