"""Chance without state: the same key, question and seed always give the same answer."""

from __future__ import annotations

from copy import copy
from functools import cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

GOLDEN = 0x9E3779B97F4A7C15
WORD = 1 << 64


class Dice:
    """Dice of many keys at once: every answer is a pure function of seed, key and question."""

    def __init__(self, seed: int, keys: Ints) -> None:
        self._words = _mix(keys.astype(np.uint64) ^ np.uint64(seed * GOLDEN % WORD))

    def take(self, places: Ints) -> Dice:
        """Return the dice of the keys at `places`."""
        taken = copy(self)
        taken._words = self._words[places]
        return taken

    def share(self, question: str) -> Floats:
        """Return a fraction from 0 up to and without 1, evenly spread, one per key."""
        drawn = _mix(self._words + np.uint64(_salt(question))) >> np.uint64(11)
        return drawn.astype(np.float64) * 2.0**-53

    def roll(self, question: str, sides: int) -> Ints:
        """Return a whole number from 0 to `sides` - 1, one per key."""
        return np.asarray(self.share(question) * sides, dtype=np.int64)

    def chance(self, question: str, probability: float) -> Bools:
        """Return true with `probability`, one per key."""
        return np.asarray(self.share(question) < probability)

    def pick(self, question: str, weights: tuple[float, ...]) -> Ints:
        """Return the place of one of `weights`, each as likely as its weight, one per key."""
        steps = np.cumsum(weights) / sum(weights)
        return np.searchsorted(steps[:-1], self.share(question), side="right").astype(np.int64)


@cache
def _salt(question: str) -> int:
    return crc32(question.encode()) * GOLDEN % WORD


def _mix(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(words ^ (words >> np.uint64(31)))
