"""What the gate decided, in plain values: readable without importing Great Expectations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warehouse.ledger import Check

COULD_NOT_RUN = "could not run: "
BROKEN_RULES = "broken_rules"


@dataclass(frozen=True)
class Outcome:
    """The decision on one expectation.

    `observed` counts rows that break a row-level rule, the rows themselves for a row-count rule, and the missing and
    unknown columns for a column-set rule. With an `error` the expectation could not be judged: a stop, whatever its
    severity (critical, warning, info).
    """

    rule: str
    expectation: str
    subject: str
    severity: str
    success: bool
    observed: int
    expected: str
    error: str | None

    def check(self, suite: str, subject: str) -> Check:
        """Return the decision as the warehouse records it, of the file or the month `subject`."""
        observed = str(self.observed)
        return Check(suite, self.rule, self.expectation, subject, observed, self.expected, self.severity, self.success)


@dataclass(frozen=True)
class Verdict:
    """One outcome per expectation, in the order of the suite; `result` is Great Expectations' own, for Data Docs.

    After an outcome with an `error` the sinks may be unwritten or incomplete.
    """

    rows: int
    outcomes: tuple[Outcome, ...]
    result: Any


class CouldNotRunError(RuntimeError):
    """A rule or a scan that failed, by the class of its cause only: the cause's message may quote a person's data."""

    def __init__(self, cause: Exception) -> None:
        """The error named after its cause."""
        super().__init__(COULD_NOT_RUN + type(cause).__name__)
