"""The rules as pandas masks: names, lists and bounds from the declarations, the conditions written once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from warehouse.rules import AMBIGUOUS, FOREIGN, RowRule, row_rules
from warehouse.schema import Extract

Frame = Any
Judge = Callable[[Frame, type[Extract]], Iterator[tuple[RowRule, Frame]]]
NAMED: dict[str, Callable[[Frame], Frame]] = {
    "employer_missing": lambda f: f.segment.isin(["PU", "JAKON"]) & f.employer_key.isna(),
    "start_after_end": lambda f: f.start_date > f.end_date,
    "start_after_as_of": lambda f: f.start_date > f.as_of_date,
    "as_of_before_month": lambda f: f.as_of_date < f.month,
    "payer_missing": lambda f: f.employer_key.isna() & f.membership_key.isna(),
    "employer_unidentified": lambda f: f.npp.isna() & f.nib.isna(),
    "paid_above_billed": lambda f: f.paid_idr > f.billed_idr,
    "wage_below_minimum": lambda f: (f.segment == "PU") & (f.wage_idr < f.minimum_wage_idr),
    "birth_date_differs_from_nik": lambda f: (
        (pd.to_numeric(f.worker_key.str[6:8], errors="coerce") % 40 != f.birth_date.dt.day)
        | (pd.to_numeric(f.worker_key.str[8:10], errors="coerce") != f.birth_date.dt.month)
    ),
    "age_outside_15_to_65": lambda f: ~_age(f).between(180, 791) & f.birth_date.notna(),
}


def _age(f: Frame) -> Frame:
    return (f.month.dt.year - f.birth_date.dt.year) * 12 + f.month.dt.month - f.birth_date.dt.month


def broken(frame: Frame, rule: RowRule) -> Frame:
    """Return which rows break a rule; null passes."""
    match rule.kind, rule.argument:
        case "not_null", _:
            return frame[rule.column].isna()
        case "in_set", tuple(values):
            return frame[rule.column].notna() & ~frame[rule.column].isin(values)
        case "at_least", least:
            return (frame[rule.column] < least).fillna(False)
        case "at_most", most:
            return (frame[rule.column] > most).fillna(False)
        case "pattern", pattern:
            text = frame[rule.column]
            return text.notna() & ~text.str.match(pattern).fillna(True).astype(bool)
        case "unique", (tuple(columns), tuple(needed)):
            return frame.duplicated(list(columns)) & frame[list(needed)].notna().all(axis=1)
    if rule.name in NAMED:
        return NAMED[rule.name](frame).fillna(False)
    name = rule.column
    if rule.name.endswith("_ambiguous"):
        return frame[name + AMBIGUOUS]
    if rule.name.endswith("_code_system"):
        return frame[name + FOREIGN]
    text = frame[rule.argument.split(" ")[0]] if isinstance(rule.argument, str) else frame[name]
    unread = text.notna() & frame[name].isna()
    return unread & ~frame[name + AMBIGUOUS] if rule.name.endswith("_unknown") else unread


def by_masks(frame: Frame, table: type[Extract]) -> Iterator[tuple[RowRule, Frame]]:
    """Yield every rule of `table` with a mask of the rows that break it."""
    for rule in row_rules(table):
        yield rule, broken(frame, rule)
