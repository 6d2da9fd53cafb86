"""Files that answer rejected rows of another file: which of their rows have a row to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

ANSWERS = "answers"
"""The column with the line that a row answers: null where it answers none, negative where that needs no answer."""
UNKNOWN, NOT_NEEDED = "answer_unknown", "answer_not_needed"
MESSAGES = {
    UNKNOWN: ("the row answers no rejected row of its file", "baris ini tidak menjawab baris yang ditolak"),
    NOT_NEEDED: (
        "the row it answers is accepted by now, or was answered again later",
        "baris yang dijawab sudah diterima, atau sudah dijawab lagi kemudian",
    ),
}
CONDITIONS = {UNKNOWN: f"{ANSWERS} IS NOT NULL", NOT_NEEDED: f"{ANSWERS} > 0"}


def with_answers(suite: ExpectationSuite) -> ExpectationSuite:
    """Return `suite` for rows with the column `answers`: a row that answers nothing is rejected."""
    from great_expectations.core import ExpectationSuite
    from great_expectations.expectations import core
    from great_expectations.expectations.metadata_types import FailureSeverity

    from expectations.suites import ExpectRowsToSatisfy

    rules = [
        rule.copy(update={"column_set": [*cast("list[str]", rule.column_set), ANSWERS]})
        if isinstance(rule, core.ExpectTableColumnsToMatchSet)
        else rule
        for rule in suite.expectations
    ]
    added = [
        ExpectRowsToSatisfy(condition=condition, severity=FailureSeverity.WARNING, meta={"rule": name})
        for name, condition in CONDITIONS.items()
    ]
    return ExpectationSuite(name=suite.name, expectations=[*rules, *added])
