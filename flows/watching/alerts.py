"""From conditions to messages: said when one begins, once a day while any lasts, and once when it is over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flows.watching.condition import Condition, Weight
from warehouse.files import forget_unplaced, placed


@dataclass(frozen=True)
class Known:
    """A condition that was told, since when it lasts, and when it was last told."""

    condition: Condition
    since: str
    told: str


@dataclass(frozen=True)
class News:
    """What is to be told: what began, what still lasts, and what is over."""

    began: tuple[Condition, ...] = ()
    lasting: tuple[Known, ...] = ()
    over: tuple[Known, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there is anything to tell."""
        return bool(self.began or self.lasting or self.over)


@dataclass
class Memory:
    """What was told, by the name of the condition, in a file that is replaced whole."""

    path: Path
    known: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> Memory:
        """Return the memory in a file, empty when there is none."""
        if not path.exists():
            return cls(path)
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(path, {name: _known(one) for name, one in told.items()})

    def news(self, conditions: Iterable[Condition], now: datetime, remind: timedelta) -> News:
        """Return what is to be told now. What lasts is told again together, when the oldest telling is old enough; notes are not."""
        present = {one.name: one for one in conditions}
        began = tuple(one for name, one in present.items() if name not in self.known)
        over = tuple(one for name, one in self.known.items() if name not in present)
        lasting = [
            one for name, one in self.known.items() if name in present and one.condition.weight is not Weight.NOTE
        ]
        due = any(now - datetime.fromisoformat(one.told) >= remind for one in lasting)
        return News(began, tuple(lasting) if due else (), over)

    def remember(self, conditions: Sequence[Condition], news: News, now: datetime) -> None:
        """Keep what was told; a message that reached nobody is not to be remembered, so that it is tried again."""
        reminded = {one.condition.name for one in news.lasting}
        at = now.isoformat(timespec="seconds")
        kept: dict[str, Known] = {}
        for one in conditions:
            before = self.known.get(one.name)
            told = at if before is None or one.name in reminded else before.told
            kept[one.name] = Known(one, before.since if before else at, told)
        self.known = kept
        forget_unplaced(self.path)
        with placed(self.path) as beside:
            beside.write_text(json.dumps({name: asdict(one) for name, one in kept.items()}, indent=1), encoding="utf-8")


def _known(one: dict[str, Any]) -> Known:
    condition = one["condition"] | {"weight": Weight(one["condition"]["weight"])}
    return Known(Condition(**condition), one["since"], one["told"])
