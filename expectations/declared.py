"""Suites derived from declarations: every rule of a table becomes one expectation."""

from __future__ import annotations

from typing import Any

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import core
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.suites import ExpectKeyToBeUnique, ExpectRowsToSatisfy, build_suite
from warehouse.rules import RowRule, gate_columns, row_rules
from warehouse.schema import Extract, Severity, Table

GX_SEVERITY = {
    Severity.STOP: FailureSeverity.CRITICAL,
    Severity.REJECT: FailureSeverity.WARNING,
    Severity.WARN: FailureSeverity.INFO,
}


def gate_suite(table: type[Extract]) -> ExpectationSuite:
    """Return the suite of an extract at the gate: a broken rule stops, rejects or counts as it declares."""
    rules = [expectation(rule, GX_SEVERITY[rule.severity]) for rule in row_rules(table)]
    return build_suite(table.name, gate_columns(table), rules)


def fact_suite(table: type[Table], *, min_rows: int = 1) -> ExpectationSuite:
    """Return the suite of computed rows: any broken rule, or a key that stands twice, stops the month."""
    rules = [expectation(rule, FailureSeverity.CRITICAL) for rule in row_rules(table)]
    unique = ExpectKeyToBeUnique(
        columns=list(table.key()), severity=FailureSeverity.CRITICAL, meta={"rule": "key_twice"}
    )
    return build_suite(table.name, list(table.polars_schema()), [*rules, unique], min_rows=min_rows)


def expectation(rule: RowRule, severity: FailureSeverity) -> Expectation:
    """Return the expectation that says what `rule` says."""
    common: dict[str, Any] = {
        "meta": {"rule": rule.name, "notes": f"{rule.id} / {rule.en}"},
        "severity": severity,
        "mostly": rule.mostly,
    }
    match rule.kind:
        case "not_null":
            return core.ExpectColumnValuesToNotBeNull(column=rule.column, **common)
        case "in_set":
            return core.ExpectColumnValuesToBeInSet(column=rule.column, value_set=list(_texts(rule)), **common)
        case "at_least":
            return core.ExpectColumnValuesToBeBetween(column=rule.column, min_value=_number(rule), **common)
        case "at_most":
            return core.ExpectColumnValuesToBeBetween(column=rule.column, max_value=_number(rule), **common)
        case "pattern":
            return core.ExpectColumnValuesToMatchRegex(column=rule.column, regex=str(rule.argument), **common)
        case "unique":
            columns, required = _keys(rule)
            return ExpectKeyToBeUnique(columns=columns, required_columns=required, **common)
    return ExpectRowsToSatisfy(condition=str(rule.argument), **common)


def _texts(rule: RowRule) -> tuple[str, ...]:
    assert isinstance(rule.argument, tuple)
    return rule.argument


def _keys(rule: RowRule) -> tuple[list[str], list[str]]:
    columns, required = _texts(rule)
    return list(columns), list(required)


def _number(rule: RowRule) -> int:
    assert isinstance(rule.argument, int)
    return rule.argument
