"""Something that is wrong or strange, under a name that stays the same while it lasts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Weight(StrEnum):
    """An ERROR needs somebody; a WARNING is to be looked at; a NOTE has a known reason."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Condition:
    """One thing about one subject: `cause` groups it with its like, `cause` and `subject` together are its name."""

    cause: str
    subject: str
    weight: Weight
    en: str
    id: str
    cure: str = ""

    @property
    def name(self) -> str:
        """Return the name under which it is known from one watch to the next."""
        return f"{self.cause}: {self.subject}"

    def data(self) -> dict[str, Any]:
        """Return the condition as plain values."""
        return asdict(self)
