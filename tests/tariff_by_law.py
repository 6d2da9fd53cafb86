"""What a membership owes, worked out one by one in exact fractions: slow, plain, and apart from the engine."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from importlib import resources
from io import StringIO
from math import floor

Rule = dict[str, str]
HELD = {"PU": "JKK,JKM,JHT,JP,JKP", "BPU": "JKK,JKM,JHT", "JAKON": "JKK,JKM", "PMI": "JKK,JKM"}


@dataclass(frozen=True)
class Case:
    """A membership on a day; empty texts are what is not known or does not apply."""

    day: date
    segment: str
    risk_class: str = ""
    sub_sector: str = ""
    jkp_member: str = "T"
    labour_intensive: str = "T"
    funding_source: str = "EMPLOYER"
    wage_idr: int = 0
    contract_value_idr: int | None = None
    start_date: date = date(2010, 1, 1)
    end_date: date | None = None
    programmes: str = ""

    @property
    def held(self) -> list[str]:
        """Return the programmes held: those that the segment commonly has, unless others are named."""
        return (self.programmes or HELD[self.segment]).split(",")


@cache
def seed() -> list[Rule]:
    """Return the rules of the seed as text."""
    text = (resources.files("warehouse.seeds") / "contribution_rules.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO(text, newline="")))


def price(case: Case, programme: str) -> tuple[int | None, str]:
    """Return the rupiah and the rules of one programme; None with UNKNOWN_CLASS or NO_RULE."""
    day = case.day.isoformat()
    rules = [
        rule
        for rule in seed()
        if rule["segment"] == case.segment
        and programme in rule["programme"].split("+")
        and rule["effective_from"] <= day <= (rule["effective_to"] or day)
        and case.funding_source not in rule["excluded_payers"].split(";")
        and rule["sub_sector"] in ("", case.sub_sector)
        and rule["labour_intensive"] in ("", case.labour_intensive)
        and (programme == "JKP" or rule["jkp_member"] in ("", case.jkp_member))
    ]
    by_wage = case.segment != "JAKON" or case.contract_value_idr is None
    rules = [rule for rule in rules if rule["basis"] != ("CONTRACT_VALUE" if by_wage else "WAGE")]
    normal = [rule for rule in rules if rule["basis"] != "FRACTION_OF_NORMAL"]
    if any(rule["risk_class"] for rule in normal) and not case.risk_class:
        return None, "UNKNOWN_CLASS"
    if any(rule["basis"] == "PER_CONTRACT" for rule in normal) and case.end_date is None:
        return None, "UNKNOWN_CLASS"
    normal = _winners([rule for rule in normal if rule["risk_class"] in ("", case.risk_class)])
    amounts = {rule["rule_id"]: amount for rule in normal if (amount := _amount(rule, normal, case)) is not None}
    if not amounts:
        return None, "NO_RULE"
    reliefs = {rule["payer"]: rule for rule in _winners([r for r in rules if r["basis"] == "FRACTION_OF_NORMAL"])}
    total, used = Fraction(0), []
    for rule in (rule for rule in normal if rule["rule_id"] in amounts):
        relief = reliefs.get(rule["payer"])
        package = rule["programme"].split("+")
        share = Fraction(relief["rate"]) if relief else Fraction(1)
        total += amounts[rule["rule_id"]] * share if programme == package[0] else 0
        used += [relief["rule_id"]] if relief else []
    names = "+".join(sorted(amounts)) + ("*" + "+".join(sorted(set(used))) if used else "")
    return (floor(total + Fraction(1, 2)) if _is_charged(case) else 0), names


def months_begun(first: date, last: date) -> int:
    """Return how many months a contract has begun: counted up one by one until its last day is reached."""
    months = 0
    while _later(first, months) < last:
        months += 1
    return months


def change_days(segment: str) -> dict[date, set[str]]:
    """Return the days on which a rule of the segment begins or has just ended, each with the programmes it concerns."""
    days: dict[date, set[str]] = defaultdict(set)
    for rule in (rule for rule in seed() if rule["segment"] == segment):
        programmes = set(rule["programme"].split("+"))
        days[date.fromisoformat(rule["effective_from"])] |= programmes
        if rule["effective_to"]:
            days[date.fromisoformat(rule["effective_to"]) + timedelta(days=1)] |= programmes
    return dict(sorted(days.items()))


def _winners(rules: list[Rule]) -> list[Rule]:
    best: dict[str, int] = {}
    for rule in rules:
        best[rule["payer"]] = max(best.get(rule["payer"], 0), int(rule["precedence"]))
    return [rule for rule in rules if int(rule["precedence"]) == best[rule["payer"]]]


def _amount(rule: Rule, beside: list[Rule], case: Case) -> Fraction | None:
    if rule["basis"] == "WAGE":
        ceiling = int(rule["wage_ceiling_idr"] or case.wage_idr)
        return Fraction(rule["rate"]) * min(case.wage_idr, ceiling)
    if rule["basis"] == "CONTRACT_VALUE":
        value, low = case.contract_value_idr or 0, int(rule["contract_from_idr"])
        high = int(rule["contract_to_idr"] or value)
        return Fraction(rule["rate"]) * (min(value, high) - low) if value > low or low == 0 else None
    if rule["basis"] == "FIXED":
        return Fraction(rule["amount_idr"]) if rule["bracket"] in ("", "LOWEST") else None
    times = _times(rule, beside, case)
    return Fraction(rule["amount_idr"]) * times if times else None


def _times(rule: Rule, beside: list[Rule], case: Case) -> int:
    if rule["bracket"] == "BEFORE_WORK":
        return 1
    lengths = sorted(int(each["bracket"][9:]) for each in beside if each["bracket"].startswith("CONTRACT_"))
    assert case.end_date is not None
    months = months_begun(case.start_date, case.end_date)
    chosen = max((length for length in lengths if length <= months), default=lengths[0])
    if rule["bracket"] == "EXTRA_MONTH":
        return max(months - chosen, 0)
    return int(rule["bracket"] == f"CONTRACT_{chosen}")


def _is_charged(case: Case) -> bool:
    once = case.segment == "PMI" or (case.segment == "JAKON" and case.contract_value_idr is not None)
    return not once or (case.start_date.year, case.start_date.month) == (case.day.year, case.day.month)


def _later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    last = (date(index // 12 + (index % 12 == 11), (index + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))
