"""What a contribution of the synthetic country costs, by the dated rules of the seeds.

Only what the generator needs: `exact` rates and amounts of the rules in effect on the first day of a month.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np

from warehouse.synthetic.dice import Ints
from warehouse.synthetic.places import seed_rows
from warehouse.vocabulary import RISK_CLASSES

PARTS = 1_000_000
RELIEF = "FRACTION_OF_NORMAL"
Rule = dict[str, str]


@cache
def wage_rates(month: date, programme: str) -> tuple[Ints, int]:
    """Return the rates of wage earners in parts of a million, by risk class, JKP membership and labour intensity; and the ceiling.

    What the State pays is left out. The ceiling is 0 where there is none.
    """
    rules = _in_effect(month, "PU", programme)
    shape = (len(RISK_CLASSES), 2, 2)
    rates = np.zeros(shape, dtype=np.int64)
    for risk, jkp, labour in np.ndindex(shape):
        facts = {"risk_class": RISK_CLASSES[risk], "jkp_member": "TY"[jkp], "labour_intensive": "TY"[labour]}
        rates[risk, jkp, labour] = _parts(rules, facts)
    return rates, max((int(rule["wage_ceiling_idr"] or 0) for rule in rules), default=0)


def wage_contribution(wages: Ints, rates: Ints, ceiling: int) -> Ints:
    """Return each contribution in whole rupiah, rounded half up once."""
    counted = np.minimum(wages, ceiling) if ceiling else wages
    return (counted * rates + PARTS // 2) // PARTS


@cache
def own_account(month: date, programme: str, payer: str, sub_sector: str) -> tuple[int, int, int]:
    """Return what an own-account worker owes for a programme by who pays: lowest amount, share of income, part owed.

    The last two are in parts of a million; the part owed is a million without relief.
    """
    rules = _in_effect(month, "BPU", programme)
    amount = sum(int(rule["amount_idr"]) for rule in rules if rule["basis"] == "FIXED")
    name = f"bpu_{programme.lower()}_income_share"
    shares = [Decimal(row["value"]) for row in seed_rows("contribution_parameters.csv") if row["parameter"] == name]
    relief = [rule for rule in rules if rule["basis"] == RELIEF and payer not in rule["excluded_payers"].split(";")]
    relief = [rule for rule in relief if rule["sub_sector"] in ("", sub_sector)]
    part = Decimal(max(relief, key=lambda rule: int(rule["precedence"]))["rate"]) if relief else Decimal(1)
    return amount, int(sum(shares) * PARTS), int(part * PARTS)


def own_contribution(incomes: Ints, month: date, programme: str, payer: str, sub_sector: str) -> Ints:
    """Return what own-account workers with `incomes` owe for a programme, in whole rupiah."""
    lowest, share, part = own_account(month, programme, payer, sub_sector)
    normal = np.maximum(lowest, incomes * share // PARTS)
    return (normal * part + PARTS // 2) // PARTS


def contract_contribution(values: Ints, month: date, programme: str) -> Ints:
    """Return what construction contracts of `values` rupiah owe for a programme: the sum of their tiers."""
    owed = np.zeros_like(values)
    for rule in _in_effect(month, "JAKON", programme):
        if rule["basis"] == "CONTRACT_VALUE":
            low, high = int(rule["contract_from_idr"]), int(rule["contract_to_idr"] or values.max(initial=0))
            owed += np.clip(values - low, 0, max(high - low, 0)) * int(Decimal(rule["rate"]) * PARTS)
    return (owed + PARTS // 2) // PARTS


@cache
def emigrant_amount(month: date) -> int:
    """Return what a migrant worker owes once for a contract of 24 months: one sum for JKK and JKM."""
    rules = _in_effect(month, "PMI", "JKK+JKM")
    return sum(int(rule["amount_idr"]) for rule in rules if rule["bracket"] in ("BEFORE_WORK", "CONTRACT_24"))


def _in_effect(month: date, segment: str, programme: str) -> list[Rule]:
    day = month.isoformat()
    rules = [
        rule
        for rule in seed_rows("contribution_rules.csv")
        if (rule["segment"], rule["programme"]) == (segment, programme)
    ]
    return [rule for rule in rules if rule["effective_from"] <= day <= (rule["effective_to"] or day)]


def _parts(rules: list[Rule], facts: dict[str, str]) -> int:
    holding = [rule for rule in rules if all(rule[name] in ("", value) for name, value in facts.items())]
    normal = [rule for rule in holding if rule["basis"] == "WAGE" and rule["payer"] != "STATE"]
    highest = max((int(rule["precedence"]) for rule in normal), default=0)
    rate = sum((Decimal(rule["rate"]) for rule in normal if int(rule["precedence"]) == highest), Decimal(0))
    for rule in holding:
        rate *= Decimal(rule["rate"]) if rule["basis"] == RELIEF else 1
    return int(rate * PARTS)
