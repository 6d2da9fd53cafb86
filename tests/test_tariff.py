"""The published worked examples, and what no example shows: they are what the engine says, and they cover the law."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from tests.tariff_by_law import Case, change_days, price, seed
from tests.tariff_document import DOCUMENT, published, text
from transforms.tariff import CASE, CLASS, NO_RULE, UNKNOWN_CLASS
from transforms.tariff_memberships import (
    amount_of,
    charged_by_month,
    charged_once,
    classes_by_month,
    is_charged_once,
    priced,
    terms_of,
)
from warehouse import lake
from warehouse import vocabulary as v
from warehouse.tables.membership import Membership
from warehouse.tables.reference import ContributionRule

RULES = lake.seed(ContributionRule)
Answer = tuple[dict[str, int | None], dict[str, str]]


def answers(cases: list[Case]) -> list[Answer]:
    """Return what the engine says of every case: rupiah and rules per programme held."""
    both = charged(_frame(cases))
    terms = terms_of(both.select(CLASS), RULES)
    wide = priced(both, terms)
    rows = {row["row"]: row for row in wide.collect().to_dicts()}
    rules = {(row["class_id"], row["programme"]): row["rules"] for row in terms.collect().to_dicts()}
    return [_answer(case, rows[place], rules) for place, case in enumerate(cases)]


def _answer(case: Case, row: dict[str, Any], rules: dict[tuple[int, str], str]) -> Answer:
    names = {programme: rules[row["class_id"], programme] for programme in case.held}
    unknown = {programme for programme, name in names.items() if name in (NO_RULE, UNKNOWN_CLASS)}
    bits = {programme: 1 << v.PROGRAMMES.index(programme) for programme in case.held}
    rupiah = {name: row[f"due_idr_{name}"] if row["charged"] & bits[name] else 0 for name in case.held}
    return {name: None if name in unknown else amount for name, amount in rupiah.items()}, names


def charged(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the memberships with what they are charged for, by the month or once."""
    parts = charged_by_month(rows.filter(~is_charged_once())), charged_once(rows.filter(is_charged_once()))
    return pl.concat(parts, how="diagonal")


def due(case: Case, programme: str) -> int | None:
    """Return what the engine says of one case and programme."""
    [(rupiah, _)] = answers([case])
    return rupiah[programme]


def _frame(cases: list[Case]) -> pl.LazyFrame:
    flags = {"Y": True, "T": False}
    rows = [
        {
            "row": place,
            "day": case.day,
            "segment": case.segment,
            "risk_class": case.risk_class or None,
            "labour_intensive": flags[case.labour_intensive] if case.risk_class else None,
            "jkp_member": flags[case.jkp_member],
            "sub_sector": case.sub_sector or None,
            "programmes": sum(1 << v.PROGRAMMES.index(name) for name in case.held),
            "employer_key": f"of row {place}",
            "funding_source": case.funding_source,
            "wage_idr": case.wage_idr,
            "contract_value_idr": case.contract_value_idr,
            "start_date": case.start_date,
            "end_date": case.end_date,
        }
        for place, case in enumerate(cases)
    ]
    more = {"row": pl.Int64(), "day": pl.Date(), "risk_class": pl.String(), "labour_intensive": pl.Boolean()}
    schema = {**Membership.polars_schema(), **more, "jkp_member": pl.Boolean()}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema).lazy()


def test_every_worked_example_is_what_the_engine_says() -> None:
    examples = published()
    found = answers([case for case, *_ in examples])
    assert len(examples) > 300
    assert [
        (case, answer) for (case, *told), answer in zip(examples, found, strict=True) if tuple(told) != answer
    ] == []


def test_every_worked_example_is_what_the_law_says_in_exact_fractions() -> None:
    wrong = [
        (case, programme)
        for case, rupiah, rules in published()
        for programme in case.held
        if price(case, programme) != (rupiah[programme], rules[programme])
    ]
    assert wrong == []


def test_the_document_is_up_to_date_with_the_rules() -> None:
    assert text() == DOCUMENT.read_text(encoding="utf-8"), "run: python -m tests.tariff_document"


def test_every_rule_of_the_seed_makes_an_amount_of_some_example() -> None:
    used = {
        rule
        for *_, rules in published()
        for names in rules.values()
        for part in names.split("*")
        for rule in part.split("+")
    }
    assert {rule["rule_id"] for rule in seed()} - used == set()


@pytest.mark.parametrize("segment", v.SEGMENTS)
def test_every_day_on_which_a_rule_changes_has_examples_on_it_and_on_the_day_before(segment: str) -> None:
    days = {case.day for case, *_ in published() if case.segment == segment}
    wanted = {change - timedelta(days=back) for change in change_days(segment) for back in (0, 1)}
    assert wanted - days == set()


@pytest.mark.parametrize(
    ("case", "programme", "rupiah"),
    [
        (Case(date(2025, 3, 31), "PU", "SANGAT_RENDAH", wage_idr=5_000_000), "JKK", 12_000),
        (Case(date(2025, 3, 31), "PU", "SANGAT_TINGGI", wage_idr=5_000_000), "JKK", 87_000),
        (Case(date(2025, 3, 31), "PU", "RENDAH", jkp_member="Y", wage_idr=5_000_000), "JKK", 20_000),
        (Case(date(2025, 3, 31), "PU", "RENDAH", labour_intensive="Y", wage_idr=5_000_000), "JKK", 13_500),
        (Case(date(2025, 2, 6), "PU", "RENDAH", jkp_member="Y", wage_idr=5_000_000), "JKP", 23_000),
        (Case(date(2025, 2, 7), "PU", "RENDAH", jkp_member="Y", wage_idr=5_000_000), "JKP", 18_000),
        (Case(date(2025, 2, 7), "PU", "RENDAH", jkp_member="Y", wage_idr=9_000_000), "JKP", 18_000),
        (Case(date(2025, 3, 31), "PU", "RENDAH", wage_idr=5_000_000), "JHT", 285_000),
        (Case(date(2025, 2, 28), "PU", "RENDAH", wage_idr=20_000_000), "JP", 301_269),
        (Case(date(2025, 3, 1), "PU", "RENDAH", wage_idr=20_000_000), "JP", 316_422),
        (Case(date(2020, 8, 31), "PU", "RENDAH", wage_idr=5_000_000), "JKK", 270),
        (Case(date(2020, 12, 31), "BPU", funding_source="SELF"), "JKM", 68),
        (Case(date(2026, 4, 30), "BPU", funding_source="SELF"), "JKK", 5_000),
        (Case(date(2026, 4, 30), "BPU", funding_source="APBD_REGENCY"), "JKK", 10_000),
        (Case(date(2026, 1, 31), "BPU", sub_sector="TRANSPORTASI", funding_source="SELF"), "JKM", 3_400),
        (Case(date(2026, 3, 31), "BPU", sub_sector="NELAYAN", funding_source="SELF"), "JKM", 6_800),
    ],
)
def test_amounts_that_a_person_can_reckon(case: Case, programme: str, rupiah: int) -> None:
    assert due(case, programme) == rupiah


def test_a_contract_of_no_value_owes_nothing_by_the_first_tier() -> None:
    [(rupiah, rules)] = answers([Case(date(2025, 3, 31), "JAKON", contract_value_idr=0, start_date=date(2025, 3, 1))])
    assert rupiah["JKK"] == 0 and rules["JKK"] not in (NO_RULE, UNKNOWN_CLASS)


def test_a_fixed_amount_has_no_rate_and_no_part_of_a_rupiah_beside_it() -> None:
    april = Case(date(2026, 4, 30), "BPU", funding_source="SELF")
    rows = charged(_frame([april]))
    odd = RULES.with_columns(
        pl.when(pl.col("rule_id") == rule_of(april, "JKM")).then(6_801).otherwise("amount_idr").alias("amount_idr")
    )
    wide = terms_of(rows.select(CLASS), odd).filter(pl.col("programme").is_in(["JKK", "JKM"])).sort("programme")
    found = wide.select("rate", "payable_rate", "amount_idr").collect().rows()
    assert found == [(0, 0, 5_000), (0, 0, 3_401)]


def rule_of(case: Case, programme: str) -> str:
    """Return the normal rule, its relief left aside, by which a case is priced."""
    [(_, rules)] = answers([case])
    return rules[programme].split("*")[0]


def test_half_a_rupiah_is_rounded_up_and_less_is_not() -> None:
    wages = {3_002_916: 7_207, 3_002_917: 7_207, 3_003_124: 7_207, 3_003_125: 7_208, 3_003_126: 7_208}
    found = {wage: due(Case(date(2025, 3, 31), "PU", "SANGAT_RENDAH", wage_idr=wage), "JKK") for wage in wages}
    assert found == wages


def test_the_shares_of_all_payers_are_rounded_together_and_once() -> None:
    assert due(Case(date(2025, 3, 31), "PU", "RENDAH", wage_idr=25), "JP") == 1
    assert due(Case(date(2025, 3, 31), "PU", "RENDAH", wage_idr=16), "JP") == 0


def test_the_highest_wage_and_the_highest_contract_are_exact() -> None:
    assert due(Case(date(2025, 3, 31), "PU", "RENDAH", wage_idr=v.MOST_WAGE), "JHT") == 57_000_000
    contract = Case(date(2025, 3, 31), "JAKON", contract_value_idr=v.MOST_AMOUNT, start_date=date(2025, 3, 1))
    above_five_thousand_million = (v.MOST_AMOUNT - 5_000_000_000) * 9
    assert due(contract, "JKK") == 5_940_000 + (above_five_thousand_million + 5_000) // 10_000


def test_what_the_state_pays_is_left_out_of_what_is_payable() -> None:
    rows = charged(_frame([Case(date(2025, 3, 31), "PU", "RENDAH", jkp_member="Y", wage_idr=3_333_333)]))
    wide = priced(rows, terms_of(rows.select(CLASS), RULES))
    [row] = wide.collect().to_dicts()
    assert (row["due_idr_JKP"], row["payable_idr_JKP"]) == (12_000, 4_667)
    assert amount_of("payable_idr", "JHT") == "due_idr_JHT"


@pytest.mark.parametrize(
    ("day", "programme", "earlier"),
    [
        (date(2025, 3, 31), "JKM", 6_000),
        (date(2025, 2, 6), "JKM", 9_000),
        (date(2025, 2, 7), "JKM", 6_000),
        (date(2026, 3, 31), "JP", 90_000),
        (date(2026, 3, 31), "JKK", 12_000),
        (date(2015, 7, 31), "JHT", None),
        (date(2025, 3, 31), "JKP", 13_800),
    ],
)
def test_the_earlier_amount_is_by_the_rules_before_the_newest_change_of_the_programme(
    day: date, programme: str, earlier: int | None
) -> None:
    rows = charged(_frame([Case(day, "PU", "RENDAH", jkp_member="Y", wage_idr=3_000_000)]))
    wide = priced(rows, terms_of(rows.select(CLASS), RULES))
    assert wide.select(f"earlier_due_idr_{programme}").collect().item() == earlier


@pytest.mark.parametrize(
    ("unsure", "confidences"),
    [("R023", {"JHT": "low", "JKK": "high"}), ("R056A", {"JHT": "high", "JKK": "low"}), ("R001", {"JKK": "high"})],
    ids=["one of two payers", "the relief", "another class"],
)
def test_an_amount_is_as_sure_as_the_least_sure_of_its_rules(unsure: str, confidences: dict[str, str]) -> None:
    doubted = pl.when(pl.col("rule_id") == unsure).then(pl.lit("low")).otherwise(pl.lit("high"))
    rows = charged(_frame([Case(date(2020, 9, 30), "PU", "RENDAH", wage_idr=1)]))
    found = terms_of(rows.select(CLASS), RULES.with_columns(confidence=doubted)).select("programme", "confidence")
    assert confidences.items() <= dict(found.collect().iter_rows()).items()


def test_a_contract_is_charged_once_however_many_memberships_share_it() -> None:
    march = Case(date(2025, 3, 31), "JAKON", contract_value_idr=100_000_000, start_date=date(2025, 3, 1))
    rows = _frame([march] * 3).with_columns(
        employer_key=pl.lit("one"),
        residence_code=pl.Series(["15.05", "15.03", "15.04"]),
        programmes=pl.Series([3, 2, 3], dtype=pl.UInt8),
        start_date=pl.Series([date(2025, 3, 1), date(2025, 3, 9), date(2025, 3, 31)]),
    )
    begun = charged(rows)
    wide = priced(begun, terms_of(begun.select(CLASS), RULES))
    amounts = wide.select("residence_code", "due_idr_JKK", "due_idr_JKM").sort("residence_code").collect().rows()
    assert amounts == [("15.03", None, 30_000), ("15.04", 210_000, None), ("15.05", None, None)]


def test_who_joins_a_running_contract_owes_nothing_for_it() -> None:
    march = Case(date(2025, 3, 31), "JAKON", contract_value_idr=100_000_000)
    rows = _frame([march] * 2).with_columns(
        employer_key=pl.lit("one"), start_date=pl.Series([date(2025, 2, 28), date(2025, 3, 1)])
    )
    assert charged(rows).select("charged").collect().to_series().to_list() == [0, 0]


def test_a_contract_value_of_a_migrant_worker_is_no_share_in_a_contract() -> None:
    march = Case(date(2025, 3, 31), "JAKON", contract_value_idr=100_000_000, start_date=date(2025, 3, 1))
    abroad = Case(date(2025, 3, 31), "PMI", contract_value_idr=100_000_000, start_date=date(2024, 3, 1))
    rows = _frame([march, abroad]).with_columns(employer_key=pl.lit("one"))
    found = charged(rows).select("segment", "charged", "contract_value_idr").collect().rows()
    assert sorted(found) == [("JAKON", 3, 100_000_000), ("PMI", 0, None)]


def test_the_classes_that_can_occur_are_priced_like_those_that_do() -> None:
    day, dice = date(2026, 2, 28), Random(5)
    cases = [
        Case(
            day,
            dice.choice(["PU", "BPU"]),
            dice.choice(["", *v.RISK_CLASSES]),
            dice.choice(["", "TRANSPORTASI"]),
            dice.choice("TY"),
            dice.choice("TY"),
            dice.choice(v.FUNDING_SOURCES),
            dice.randrange(12_000_000),
        )
        for _ in range(300)
    ]
    rows = charged(_frame(cases))
    days = pl.LazyFrame({"day": [day]})
    both = [terms_of(classes, RULES) for classes in (rows.select(CLASS), classes_by_month(days, RULES))]
    frames = [(priced(rows, terms), terms) for terms in both]
    amounts = [f"due_idr_{programme}" for programme in v.PROGRAMMES]
    one, other = (
        wide.join(terms.select(*CASE, "rules").filter(pl.col("programme") == "JKK"), on="class_id").sort("row")
        for wide, terms in frames
    )
    columns = ["row", *amounts, "rules"]
    assert one.select(columns).collect().rows() == other.select(columns).collect().rows()
    assert Counter(one.select("due_idr_JKK").collect().to_series().is_null().to_list())[True] > 20
