"""What the warehouse says when it stops: what, where, which rule, and the cure, in two languages."""

from __future__ import annotations

import traceback
from pathlib import Path

MEMORY_EXCEEDED, NO_ROOM = "memory_exceeded", "no_room"
DISK_FULL, DISK_FAILING, DISK_REFUSES = "disk_full", "disk_failing", "disk_refuses"
OF_MACHINE = frozenset({MEMORY_EXCEEDED, NO_ROOM, DISK_FULL, DISK_FAILING, DISK_REFUSES})


class Stop(Exception):
    """A file, a month or a run that cannot go on. The message holds no value from a file's rows.

    `rule` is the stable name, `en` and `id` say what is wrong, `cure` what to do about it. What is `of_machine` says nothing
    about a file: it ends the run, and the next one tries again.
    """

    def __init__(self, rule: str, en: str, id: str, cure: str = "") -> None:
        super().__init__(f"{rule}: {id} / {en}" + (f" — {cure}" if cure else ""))
        self.rule, self.en, self.id, self.cure = rule, en, id, cure

    @property
    def of_machine(self) -> bool:
        """Return whether the machine is short of something or its disk fails, whatever the file."""
        return self.rule in OF_MACHINE


def place_of(error: BaseException) -> str:
    """Return the file and the line where an error came up: what may be said of one whose text may quote a row."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(place.filename).name}:{place.lineno}"


class StepFailed(Exception):
    """A step that failed in a way nobody foresaw, by the kind and the place of the error: its text may quote a row."""
