"""Corrections: dated, cited fixes of known errors of a source, declared by the operator and guarded by a count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Action = Literal["drop", "override", "scale", "flag"]
Value = str | int | bool | date
CORRECTION = "correction_"
KEPT = "row_is_kept"
"""The column that is null where a correction drops the row, beside one column `correction_<id>` per correction."""


@dataclass(frozen=True)
class Correction:
    """One correction of the files of a kind.

    `among` and the days `first_day` to `last_day` say which rows it is about, `where` which of them are wrong; both
    are SQL over core columns, empty for all. `value` (None: empty) replaces `column` in an override; a scale
    multiplies it by numerator / denominator, rounded half up. `at_least` and `at_most` guard the number of wrong
    rows in a file that holds rows it is about.
    """

    id: str
    kind: str
    action: Action
    where: str
    reason_id: str
    reason_en: str
    citation: str
    among: str = ""
    column: str = ""
    value: Value | None = None
    numerator: int = 1
    denominator: int = 1
    files: str = ""
    first_day: date | None = None
    last_day: date | None = None
    at_least: int = 1
    at_most: int | None = None

    @property
    def rule(self) -> str:
        """Return the name under which its rows are recorded, and of its column in the gate."""
        return CORRECTION + self.id

    @property
    def changes(self) -> bool:
        """Return whether it changes values."""
        return self.action in ("override", "scale")

    def decisive(self) -> str:
        """Return all of it that decides on rows: what it is called and why is said elsewhere."""
        return repr(replace(self, reason_id="", reason_en="", citation=""))

    def says(self) -> str:
        """Return what it does, in the words of SQL."""
        done = {
            "override": f"override {self.column} = {self.value!s}",
            "scale": f"scale {self.column} * {self.numerator} / {self.denominator}",
        }.get(self.action, self.action)
        days = f"tgl_data {self.first_day} .. {self.last_day or ''}".strip() if self.first_day else ""
        about = " AND ".join(part for part in (days, self.among and f"({self.among})") if part)
        return f"{done} WHERE {self.where}" + (f" AMONG {about}" if about else "")
