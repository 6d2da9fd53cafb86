"""The metrics of a dataset, which refuse what must not be added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bi.superset.columns import Described

FORMATS = {"fraction": ".1%"}
WHOLE = ",d"
BILLIONS = ",.2f"
HIDDEN = "Tanpa sel yang disembunyikan / hidden cells (mart.hidden_cell) are left out."
ONE_ROW = "Empty unless a group is one row: choose one level, basis, segment and month."


@dataclass(frozen=True)
class Measure:
    """A metric of a dataset: its SQL over the rows of a group."""

    name: str
    label: str
    expression: str
    description: str
    d3format: str
    warning: str = ""
    leaves_out: bool = False


def measures(described: Sequence[Described], alone: Sequence[str] = (), exact: Sequence[str] = ()) -> list[Measure]:
    """Return the metrics of a dataset: ratios of the catalogue, sums of what adds up, single values of all other numbers.

    A sum spans one value only of every column of `alone`. What does not add up is shown of one row, or where `exact` names
    columns, added up where each of them has one value.
    """
    names = {each.name for each in described}
    made: list[Measure] = []
    for each in described:
        metric = each.column.metric
        if metric and {metric.numerator, metric.denominator} <= names:
            made.append(_rate(each))
        elif each.is_measure:
            made += _sums(each, alone) if each.column.additive else [_single(each, exact)]
    return made


def _rate(each: Described) -> Measure:
    metric = each.column.metric
    assert metric is not None
    about = f"{metric.label_en}: {metric.description} {metric.numerator} / {metric.denominator}. Basis: {metric.basis}. {metric.legal_reference}."
    alone = "" if metric.adds_up else ONE_ROW
    return Measure(f"rate_{each.name}", each.label, metric.over_rows, about, _format(each), alone)


def _single(each: Described, exact: Sequence[str]) -> Measure:
    alone = f"CASE WHEN count(*) = 1 THEN any_value({each.name}) END"
    added = f"CASE WHEN {_one_of_each(exact)} THEN CAST(sum({each.name}) AS BIGINT) END"
    return Measure(f"only_{each.name}", each.label, added if exact else alone, each.about, _format(each), ONE_ROW)


def _sums(each: Described, alone: Sequence[str]) -> list[Measure]:
    about, guard = each.about, _one_of_each(alone)
    warnings = [HIDDEN] if each.may_be_hidden else []
    if guard:
        warnings.append(f"Empty over several values of {', '.join(alone)}: these never add up.")
    warning = " ".join(warnings)

    def guarded(total: str) -> str:
        return f"CASE WHEN {guard} THEN {total} END" if guard else total

    total = guarded(f"CAST(sum({each.name}) AS BIGINT)")
    made = [Measure(f"sum_{each.name}", each.label, total, about, _format(each), warning, each.may_be_hidden)]
    if each.column.unit == "rupiah":
        billions = guarded(f"sum({each.name}) / 1e9")
        label = f"{each.column.label_id} (miliar Rp)"
        said = f"{about} In billions."
        made.append(Measure(f"billion_{each.name}", label, billions, said, BILLIONS, warning, each.may_be_hidden))
    return made


def _format(each: Described) -> str:
    return FORMATS.get(each.column.unit, WHOLE)


def _one_of_each(columns: Sequence[str]) -> str:
    return " AND ".join(f"count(DISTINCT {name}) = 1" for name in columns)


def as_yaml(measure: Measure) -> dict[str, Any]:
    """Return the metric as Superset exports it."""
    return {
        "metric_name": measure.name,
        "verbose_name": measure.label,
        "metric_type": None,
        "expression": measure.expression,
        "description": measure.description,
        "d3format": measure.d3format,
        "extra": None,
        "warning_text": measure.warning or None,
    }
