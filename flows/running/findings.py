"""A finding of the doctor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What a finding means: nothing to do, something to look at, or a load would not run or be safe."""

    FINE = "fine"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was seen, and the cure where one is needed."""

    what: str
    state: State
    seen: str
    cure: str = ""

    @property
    def fatal(self) -> bool:
        """Return whether a load would not run, or not be safe."""
        return self.state is State.BROKEN

    def data(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return asdict(self)
