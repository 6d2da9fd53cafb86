"""Patience: a fault that can pass is tried again, a bounded number of times, each time after a longer wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from flows.receive.remote import Passing
from warehouse.errors import Stop

LONGEST_WAIT_SECONDS = 300
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """How often to try again, and how to wait: the n-th wait is 2^n times the first, less up to half of it by the dice."""

    retries: int = 4
    first_wait_seconds: float = 1
    sleep: Callable[[float], None] = field(default=time.sleep, compare=False)
    dice: Callable[[], float] = field(default=random.random, compare=False)

    def persist(self, action: Callable[[], Answer]) -> Answer:
        """Return what the action returns at the first try at which no fault passes by. Raises Stop after the last."""
        tries = Tries(self)
        while True:
            try:
                return action()
            except Passing as fault:
                tries.wait_after(fault)


class Tries:
    """The tries at one thing."""

    def __init__(self, patience: Patience) -> None:
        self.patience, self.made, self.vain = patience, 1, 0

    def wait_after(self, fault: Passing, *, progress: bool = False) -> None:
        """Return when it is time to try again; a try that made progress does not count against the bound.

        Raises Stop with what the fault says when the tries are used up, or when the remote asks for too long a wait.
        """
        self.vain = 0 if progress else self.vain + 1
        if self.vain > self.patience.retries or fault.wait > LONGEST_WAIT_SECONDS:
            tried = f"{self.made} kali dicoba / tried {self.made} times"
            raise Stop(fault.rule, f"{fault.en}; {tried}", fault.id, fault.cure or "the next run tries again") from None
        backoff = min(self.patience.first_wait_seconds * 2**self.vain, LONGEST_WAIT_SECONDS)
        self.patience.sleep(max(fault.wait, backoff * (1 - self.patience.dice() / 2)))
        self.made += 1
