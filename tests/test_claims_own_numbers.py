"""What the numbers of a claim say against each other: every known way to go wrong, and what is right however it looks."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.claimed import Mart, opened
from transforms.graph import build
from warehouse import lake
from warehouse.schema import Table
from warehouse.tables.budget import FactMinimumPremium
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.published_figure import FactPublishedFigure, PublishedFigureSeed

GOLDEN = Path(__file__).parent / "golden" / "published_figures_checks.csv"
WRONG = "INCONSISTENT_IN_ITSELF"
SAYS_NOTHING = "NOT_CHECKABLE"


def golden() -> list[dict[str, str]]:
    """Return what the arithmetic of the claims was worked out to by hand."""
    with GOLDEN.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def gathered() -> Iterator[Mart]:
    """Yield a warehouse with the published figures of the seeds and without any figure of ours."""
    kinds: tuple[type[Table], ...] = (PublishedFigureSeed, DimRegionCode, DimRegion)
    seeds: dict[type[Table], pl.LazyFrame] = {kind: lake.seed(kind) for kind in kinds}
    fact = build([FactPublishedFigure], seeds)[FactPublishedFigure].collect()
    with opened() as mart:
        mart.build.replace(DimRegion, seeds[DimRegion].collect())
        mart.build.supersede(FactPublishedFigure, fact, None, "r1", datetime(2025, 1, 1))
        yield mart


@pytest.fixture(scope="module")
def empty() -> Iterator[Mart]:
    """Yield a warehouse that knows regions only."""
    with opened() as mart:
        yield mart


@pytest.fixture
def mart(empty: Mart) -> Mart:
    """Return that warehouse without the rows of other tests."""
    empty.clear()
    return empty


@pytest.mark.parametrize("expected", golden(), ids=lambda row: row["row_id"])
def test_the_arithmetic_of_a_published_claim_is_what_a_hand_made_it(gathered: Mart, expected: dict[str, str]) -> None:
    found = gathered.check(expected["row_id"])
    for name in ("implied_denominator_from_coverage", "implied_denominator_from_target", "implied_annual_premium_idr"):
        assert found[name] == (int(expected[name]) if expected[name] else None), name
    share = found["coverage_ratio_computed"]
    assert share is None if not expected["computed_coverage_pct"] else round(100 * share, 2) == float(expected["computed_coverage_pct"])  # fmt: skip
    assert found["verdict"] == {"ok": SAYS_NOTHING, "inconsistent": WRONG}[expected["check"]]
    assert ("above 100%" in expected["check_note"]) == ("Above 100%" in found["why_en"])


def test_every_published_claim_has_one_verdict_and_a_sentence_in_both_languages(gathered: Mart) -> None:
    found = gathered.query(
        "SELECT count(*), count(DISTINCT row_id), count(why_id), count(why_en) FROM mart.claim_check"
    )
    assert found.row(0) == (84,) * 4
    assert set(gathered.verdicts().values()) == {WRONG, SAYS_NOTHING, "PERCENT_OF_TARGET"}
    sentences = gathered.query("SELECT why_id, why_en FROM mart.claim_check")
    assert not [
        one for one in sentences["why_id"].to_list() + sentences["why_en"].to_list() if "{" in one or "  " in one
    ]


def test_sarolangun_has_two_denominators_in_one_article(gathered: Mart) -> None:
    found = gathered.check()
    assert found["verdict"] == WRONG
    assert "Two denominators" in found["why_en"]
    assert all(number in found["why_en"] for number in ("52%", "124,440", "62.62%", "112,645", "64,709", "57.45%"))
    assert all(number in found["why_id"] for number in ("124.440", "62,62%", "112.645", "64.709", "57,45%"))
    assert found["implied_gap_workers"] == 70_538 - 64_709


@pytest.mark.parametrize(
    ("printed", "workers", "verdict"),
    [
        ("0.52", 63_581, SAYS_NOTHING),  # 51.5005%
        ("0.52", 63_579, WRONG),  # 51.4989%
        ("0.52", 64_814, SAYS_NOTHING),  # 52.4992%
        ("0.52", 64_816, WRONG),  # 52.5009%
        ("0.521", 64_321, SAYS_NOTHING),  # 52.1%
        ("0.521", 64_257, WRONG),  # 52.0481%
        ("0.5208", 64_299, SAYS_NOTHING),  # 52.0821%
        ("0.5208", 64_321, WRONG),
        ("1.5", 185_186, SAYS_NOTHING),  # 150.0004%
        ("1.5", 186_186, WRONG),  # 150.81%
    ],
)
def test_a_percentage_means_what_rounds_to_it(mart: Mart, printed: str, workers: int, verdict: str) -> None:
    mart.say(f"| row_id | coverage_ratio_stated | workers_covered | denominator_stated |\n| 1 | {printed} | {workers} | 123457 |")  # fmt: skip
    assert mart.verdicts() == {"1": verdict}


@pytest.mark.parametrize(
    ("printed", "workers", "denominator", "verdict"),
    [
        ("0.4128", 34_000, 82_300, SAYS_NOTHING),  # 33,500 to 35,000 of 82,250 to 82,400
        ("0.4270", 34_000, 82_300, WRONG),
        ("0.4128", 34_101, 82_300, WRONG),
        ("0.45", 20_000, 40_000, WRONG),  # one digit is no licence: 19,500 to 21,000 of 39,500 to 41,000
    ],
)
def test_a_rounded_number_of_workers_may_be_a_little_below_or_over(
    mart: Mart, printed: str, workers: int, denominator: int, verdict: str
) -> None:
    mart.say(
        f"""
        | row_id | coverage_ratio_stated | workers_covered | denominator_stated |
        | 1      | {printed}             | {workers}       | {denominator}      |
        """,
    )
    assert mart.verdicts() == {"1": verdict}


def test_the_workers_of_one_branch_over_those_of_the_province_do_not_make_the_share(mart: Mart) -> None:
    text = """
        | row_id | level    | coverage_ratio_stated | workers_covered | denominator_stated |
        | 1      | province | 0.3195                | 328_119         | 1_614_923          |
        | 2      | regency  | 0.3195                | 28_119          | 161_492            |
    """
    mart.say(text, region_code="15")
    assert mart.verdicts() == {"1": WRONG, "2": WRONG}
    assert "20.32%" in mart.check()["why_en"]
    assert "one branch" in mart.check()["why_en"]
    assert "one branch" not in mart.check("2")["why_en"]


def test_a_share_of_the_target_printed_as_coverage_is_recognised_by_its_own_numbers(mart: Mart) -> None:
    mart.say(
        """
        | row_id | coverage_ratio_stated | workers_covered | denominator_stated | target_ratio_stated | target_workers | scope                 |
        | 1      | 0.61                  | 176_604         | 424_131            | 0.68                | -              | -                     |
        | 2      | 0.92                  | 64_709          | -                  | 0.6262              | 70_538         | UCJ total             |
        | 3      | 0.61                  | -               | -                  | 0.68                | -              | percent OF TARGET     |
        | 4      | 0.61                  | -               | -                  | -                   | -              | persen dari target    |
        | 5      | 0.4164                | 176_604         | 424_131            | 0.68                | -              | -                     |
        | 6      | 0.92                  | 64_709          | 70_336             | -                   | 70_538         | -                     |
        """,
        region_code="15",
    )
    share = "PERCENT_OF_TARGET"
    assert mart.verdicts() == {"1": share, "2": share, "3": share, "4": share, "5": SAYS_NOTHING, "6": SAYS_NOTHING}
    assert all(number in mart.check()["why_en"] for number in ("61%", "176,604", "424,131", "41.64%", "68%"))
    assert "41.48%" in mart.check("3")["why_en"]


def test_two_denominators_are_no_fault_when_the_target_is_of_another_year(mart: Mart) -> None:
    mart.say(
        """
        | row_id | denominator_stated | coverage_ratio_stated | target_ratio_stated | target_year | target_workers |
        | 1      | 124_440            | 0.52                  | 0.6262              | 2025        | 70_538         |
        | 2      | 124_440            | 0.52                  | 0.6262              | 2026        | 70_538         |
        | 3      | 112_645            | 0.52                  | 0.6262              | 2025        | 70_538         |
        | 4      | 124_440            | 0.52                  | 0.6262              | -           | 70_538         |
        """,
    )
    assert mart.verdicts() == {"1": WRONG, "2": SAYS_NOTHING, "3": SAYS_NOTHING, "4": WRONG}
    assert "is of 124,440 workers" in mart.check()["why_en"]


@pytest.mark.parametrize(
    ("gap", "premium", "budget", "word"),
    [
        (16_800, 16_800, None, "premium of a month"),
        (201_600, 16_800, None, "premium of a year"),
        (13_000_000_000, None, 13_000_000_000, "budget"),
        (64_709 * 16_800 * 12, 16_800, None, "contributions cost"),
        (5_829 * 16_800, 16_800, None, "contributions cost"),
        (16_800, None, None, "premium of a month"),
        (201_600, None, None, "premium of a year"),
    ],
)
def test_a_gap_that_is_money_is_no_number_of_workers(
    mart: Mart, gap: int, premium: int | None, budget: int | None, word: str
) -> None:
    law = {"year": 2025, "yearly_premium_idr": 201_600, "legal_reference": "PP 44/2015"}
    mart.load(FactMinimumPremium, law)
    mart.say(
        f"""
        | row_id | workers_covered | target_workers | gap_workers | premium_idr_month | budget_idr    |
        | 1      | 64_709          | 70_538         | {gap}       | {premium or "-"}  | {budget or "-"} |
        """,
    )
    found = mart.check()
    assert found["verdict"] == WRONG
    assert "rupiah" in found["why_en"]
    assert word in found["why_en"]


def test_a_gap_is_to_the_target_or_to_everyone(mart: Mart) -> None:
    law = {"year": 2025, "yearly_premium_idr": 201_600, "legal_reference": "PP 44/2015"}
    mart.load(FactMinimumPremium, law)
    mart.say(
        """
        | row_id | workers_covered | denominator_stated | target_ratio_stated | target_workers | gap_workers |
        | 1      | 64_709          | 124_440            | -                   | -              | 59_731      |
        | 2      | 64_709          | 124_440            | 0.962               | -              | 55_003      |
        | 3      | 64_709          | 124_440            | -                   | 70_538         | 5_829       |
        | 4      | 64_709          | 124_440            | 0.962               | 119_711        | 45_003      |
        | 5      | 64_709          | 124_440            | -                   | -              | 58_731      |
        | 6      | 64_709          | -                  | -                   | -              | 58_731      |
        | 7      | 64_709          | 81_509             | -                   | -              | 16_800      |
        """,
    )
    wrong = {row_id for row_id, verdict in mart.verdicts().items() if verdict == WRONG}
    assert wrong == {"4", "5"}
    assert "59,731" in mart.check("5")["why_en"]


def test_nobody_covers_more_workers_than_people_live_there(mart: Mart) -> None:
    mart.say(
        """
        | row_id | workers_covered | gap_workers   |
        | 1      | 313_001         | -             |
        | 2      | 313_000         | -             |
        | 3      | -               | 1_044_000_000 |
        """,
    )
    assert mart.verdicts() == {"1": WRONG, "2": SAYS_NOTHING, "3": WRONG}
    assert "Kabupaten Sarolangun" in mart.check()["why_en"]


def test_coverage_above_one_is_flagged_and_no_fault_in_itself(mart: Mart) -> None:
    mart.say(
        "| row_id | coverage_ratio_stated | workers_covered | denominator_stated |\n| 1 | 1.5087 | 77_074 | 51_086 |",
    )
    found = mart.check()
    assert found["verdict"] == SAYS_NOTHING
    assert "Above 100%" in found["why_en"]
    assert "Di atas 100%" in found["why_id"]


def test_a_claim_about_a_part_of_the_workers_warns_against_the_target_of_all(mart: Mart) -> None:
    mart.say(
        """
        | row_id | scope                          | workers_covered |
        | 1      | informal                       | 100             |
        | 2      | UCJ total                      | 100             |
        | 3      | vulnerable workers             | 100             |
        | 4      | palm-oil workers (DBH sawit)   | 100             |
        | 5      | {scope} with {0} braces        | 100             |
        """,
    )
    warned = {row_id for row_id in "12345" if "do not hold it against a UCJ target" in mart.check(row_id)["why_en"]}
    assert warned == {"1", "3"}
    assert "no figure of its scope" in mart.check("4")["why_en"]


def test_the_largest_and_smallest_numbers_that_a_file_may_hold_are_judged_without_error(mart: Mart) -> None:
    names = (
        "workers_covered",
        "denominator_stated",
        "target_workers",
        "gap_workers",
        "budget_idr",
        "premium_idr_month",
    )
    for number in ("999_999_999_999_999", "0", "1"):
        for share in ("1000", "0", "0.000000000001"):
            head = " | ".join(["row_id", "coverage_ratio_stated", "target_ratio_stated", *names])
            cells = " | ".join(["1", share, share, *[number] * len(names)])
            mart.say(f"| {head} |\n| {cells} |")
            assert mart.check()["why_en"]
