"""The seeds of law: rules have one value at a time, add up, and leave nothing of the original list behind."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[1] / "warehouse" / "seeds"
Row = dict[str, str]

RISK_CLASSES = ("SANGAT_RENDAH", "RENDAH", "SEDANG", "TINGGI", "SANGAT_TINGGI")
ONE_AT_A_TIME = {
    "contribution_parameters": ["parameter", "segment"],
    "membership_rules": ["parameter", "segment"],
    "employer_obligations": ["scale"],
}


def seed(name: str) -> list[Row]:
    """Rows of one seed file, every value as text."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_force(row: Row, day: str) -> bool:
    """Whether the row applies on an ISO day."""
    return row["effective_from"] <= day and (not row["effective_to"] or day <= row["effective_to"])


def overlap(a: Row, b: Row) -> bool:
    """Whether the two rows are in force on a common day."""
    return in_force(a, b["effective_from"]) or in_force(b, a["effective_from"])


def rate_of(day: str, programme: str, payer: str, **facts: str) -> Decimal:
    """The rate that wins for a wage earner on a day; zero where no rule applies."""
    matching = [
        rule
        for rule in seed("contribution_rules")
        if (rule["segment"], rule["programme"], rule["payer"], rule["basis"]) == ("PU", programme, payer, "WAGE")
        and in_force(rule, day)
        and all(rule[name] in ("", facts.get(name, "T")) for name in ("risk_class", "jkp_member", "labour_intensive"))
    ]
    return Decimal(max(matching, key=lambda rule: int(rule["precedence"]))["rate"]) if matching else Decimal(0)


def test_every_rule_has_a_value_that_fits_its_basis() -> None:
    for rule in seed("contribution_rules"):
        assert bool(rule["rate"]) != bool(rule["amount_idr"]), rule["rule_id"]
        assert bool(rule["amount_idr"]) == (rule["basis"] in ("FIXED", "PER_CONTRACT")), rule["rule_id"]
        assert bool(rule["contract_from_idr"]) == (rule["basis"] == "CONTRACT_VALUE"), rule["rule_id"]
        assert not rule["rate"] or 0 < Decimal(rule["rate"]) < 1, rule["rule_id"]


def test_rules_use_known_codes() -> None:
    sources = {row["funding_source"] for row in seed("funding_sources")}
    programmes = {row["programme"] for row in seed("programmes")}
    for rule in seed("contribution_rules"):
        assert rule["segment"] in {"PU", "BPU", "JAKON", "PMI"}
        assert set(rule["programme"].split("+")) <= programmes
        assert rule["programme"] in programmes or rule["segment"] == "PMI"
        assert rule["payer"] in {"EMPLOYER", "WORKER", "STATE", "PARTICIPANT", "CONTRACTOR"}
        assert rule["risk_class"] in ("", *RISK_CLASSES)
        assert {rule["jkp_member"], rule["labour_intensive"]} <= {"", "Y", "T"}
        assert set(filter(None, rule["excluded_payers"].split(";"))) <= sources


def test_no_two_rules_compete_for_one_contribution() -> None:
    conditions = ("risk_class", "sub_sector", "jkp_member", "labour_intensive", "bracket")
    same = ("segment", "programme", "payer", "basis", "contract_from_idr", "precedence")
    for a, b in combinations(seed("contribution_rules"), 2):
        if all(a[name] == b[name] for name in same) and overlap(a, b):
            assert any(a[name] and b[name] and a[name] != b[name] for name in conditions), (a["rule_id"], b["rule_id"])


@pytest.mark.parametrize("name", ONE_AT_A_TIME)
def test_one_value_is_in_force_at_a_time(name: str) -> None:
    for a, b in combinations(seed(name), 2):
        if all(a[column] == b[column] for column in ONE_AT_A_TIME[name]):
            assert not overlap(a, b), (a, b)


def test_every_rule_of_the_original_list_is_accounted_for() -> None:
    rows = seed("contribution_rules") + seed("contribution_parameters")
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    missing = set(range(1, 78)) - {int(row["origin_rule_id"]) for row in rows}
    left_out = {int(number) for number in re.findall(r"\*\*Left out: (\d+)\*\*", readme)}
    assert missing == left_out


@pytest.mark.parametrize("risk", RISK_CLASSES)
@pytest.mark.parametrize("day", ["2020-01-01", "2022-01-01", "2024-01-01", "2025-01-01", "2025-03-01", "2026-03-01"])
def test_joining_jkp_never_changes_what_the_employer_pays(risk: str, day: str) -> None:
    def outlay(jkp: str) -> Decimal:
        return sum(
            (
                rate_of(day, programme, "EMPLOYER", risk_class=risk, jkp_member=jkp)
                for programme in ("JKK", "JKM", "JKP")
            ),
            Decimal(0),
        )

    assert outlay("Y") == outlay("T") > 0


def test_jkp_is_0_46_percent_until_6_february_2025_and_0_36_after() -> None:
    totals = {
        day: sum(rate_of(day, "JKP", payer, jkp_member="Y") for payer in ("STATE", "EMPLOYER"))
        for day in ("2021-02-01", "2021-02-02", "2025-02-06", "2025-02-07")
    }
    assert list(totals.values()) == [Decimal(0), Decimal("0.0046"), Decimal("0.0046"), Decimal("0.0036")]


@pytest.mark.parametrize("risk", RISK_CLASSES)
def test_labour_intensive_industries_pay_half_from_february_2025_to_january_2026(risk: str) -> None:
    for day in ("2025-02-01", "2025-07-31", "2025-08-01", "2026-01-31"):
        relieved = rate_of(day, "JKK", "EMPLOYER", risk_class=risk, labour_intensive="Y")
        assert relieved * 2 == rate_of(day, "JKK", "EMPLOYER", risk_class=risk)
    for day in ("2025-01-31", "2026-02-01"):
        assert rate_of(day, "JKK", "EMPLOYER", risk_class=risk, labour_intensive="Y") == rate_of(
            day, "JKK", "EMPLOYER", risk_class=risk
        )


@pytest.mark.parametrize("payer", ["EMPLOYER", "WORKER"])
def test_pension_ceilings_follow_each_other_without_gap(payer: str) -> None:
    rules = [row for row in seed("contribution_rules") if (row["programme"], row["payer"]) == ("JP", payer)]
    rules.sort(key=lambda row: row["effective_from"])
    assert rules[-1]["effective_to"] == ""
    for before, after in pairwise(rules):
        next_day = date.fromisoformat(before["effective_to"]) + timedelta(days=1)
        assert next_day.isoformat() == after["effective_from"]


def test_employer_and_worker_share_one_pension_ceiling() -> None:
    ceilings: dict[str, set[str]] = {}
    for row in seed("contribution_rules"):
        if row["programme"] == "JP":
            ceilings.setdefault(row["effective_from"], set()).add(row["wage_ceiling_idr"])
    assert all(len(values) == 1 for values in ceilings.values())


@pytest.mark.parametrize("programme", ["JKK", "JKM"])
def test_construction_tiers_are_contiguous_and_fall(programme: str) -> None:
    tiers = [row for row in seed("contribution_rules") if row["contract_from_idr"] and row["programme"] == programme]
    tiers.sort(key=lambda row: int(row["contract_from_idr"]))
    assert tiers[0]["contract_from_idr"] == "0"
    assert [row["contract_to_idr"] for row in tiers] == [row["contract_from_idr"] for row in tiers[1:]] + [""]
    rates = [Decimal(row["rate"]) for row in tiers]
    assert rates == sorted(rates, reverse=True)


def test_the_package_of_vulnerable_workers_is_the_sum_of_its_programmes() -> None:
    fixed = {
        row["programme"]: int(row["amount_idr"])
        for row in seed("contribution_rules")
        if (row["segment"], row["basis"]) == ("BPU", "FIXED")
    }
    package = next(row for row in seed("contribution_parameters") if row["parameter"] == "bpu_minimum_package")
    assert fixed["JKK"] + fixed["JKM"] == int(package["value"])


def test_the_relief_of_2026_never_serves_government_money() -> None:
    government = {row["funding_source"] for row in seed("funding_sources") if row["is_government"] == "Y"}
    relief = [row for row in seed("contribution_rules") if row["legal_ref"].startswith("PP 50/2025")]
    assert len(relief) == 4
    for rule in relief:
        assert set(rule["excluded_payers"].split(";")) == government


def test_arrears_classes_cover_every_month_once() -> None:
    classes = sorted(seed("arrears_classes"), key=lambda row: int(row["from_months"]))
    assert classes[0]["from_months"] == "1"
    assert classes[-1]["to_months"] == ""
    for before, after in pairwise(classes):
        assert int(before["to_months"]) + 1 == int(after["from_months"])


def test_larger_employers_owe_all_that_smaller_ones_owe() -> None:
    owed = {row["scale"]: set(row["programmes"].split(",")) for row in seed("employer_obligations")}
    ranks = sorted(seed("employer_scales"), key=lambda row: int(row["rank"]))
    assert set(owed) == {row["scale"] for row in ranks}
    for smaller, larger in pairwise(ranks):
        assert owed[smaller["scale"]] <= owed[larger["scale"]]
    assert set().union(*owed.values()) <= {row["programme"] for row in seed("programmes")}


@pytest.mark.parametrize(
    ("day", "sub_sector", "package"),
    [
        ("2025-12-31", "TRANSPORTASI", 16_800),
        ("2026-01-01", "TRANSPORTASI", 8_400),
        ("2026-03-31", "", 16_800),
        ("2026-04-01", "", 8_400),
        ("2026-12-31", "TRANSPORTASI", 8_400),
        ("2026-12-31", "", 8_400),
        ("2027-01-01", "", 16_800),
        ("2027-03-31", "TRANSPORTASI", 8_400),
        ("2027-04-01", "TRANSPORTASI", 16_800),
    ],
)
def test_own_account_workers_pay_half_while_the_relief_lasts(day: str, sub_sector: str, package: int) -> None:
    rules = [row for row in seed("contribution_rules") if row["segment"] == "BPU" and in_force(row, day)]
    total = Decimal(0)
    for programme in ("JKK", "JKM"):
        normal = next(row for row in rules if (row["programme"], row["basis"]) == (programme, "FIXED"))
        reliefs = [
            row
            for row in rules
            if (row["programme"], row["basis"]) == (programme, "FRACTION_OF_NORMAL")
            and row["sub_sector"] in ("", sub_sector)
        ]
        winner = max(reliefs, key=lambda row: int(row["precedence"]), default={"rate": "1"})
        total += int(normal["amount_idr"]) * Decimal(winner["rate"])
    assert total == package
