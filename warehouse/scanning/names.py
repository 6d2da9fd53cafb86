"""Names of persons in a text: sequences of words, known by their hashes only."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np
import polars as pl

from warehouse.scanning.numbers import Numbers, among

MOST_WORDS, SHORTEST, SHORTEST_ALONE = 6, 8, 10
WORDS = r"\p{L}+|[\x00-\x1f;,|\"<>]+"
LETTERS = r"\p{L}+"
STEP = np.uint64(0x9E3779B97F4A7C15)


class Names:
    """Names by the number of their words: sorted hashes, so that nothing is kept that could be read."""

    def __init__(self, by_words: dict[int, Numbers] | None = None) -> None:
        self._by_words = by_words or {}

    def __len__(self) -> int:
        return sum(hashes.size for hashes in self._by_words.values())

    def joined(self, other: Names) -> Names:
        """Return these names and the others."""
        none = np.empty(0, np.uint64)
        sizes = {*self._by_words, *other._by_words}
        return Names({n: np.union1d(self._by_words.get(n, none), other._by_words.get(n, none)) for n in sizes})

    def without(self, found: Numbers) -> Names:
        """Return the names but for those with these hashes."""
        return Names({n: np.setdiff1d(hashes, found) for n, hashes in self._by_words.items()})

    def sampled(self, every: int) -> Names:
        """Return about one name of `every`."""
        return Names({n: hashes[hashes % np.uint64(every) == 0] for n, hashes in self._by_words.items()})

    def within(self, text: str) -> Numbers:
        """Return the hash of every place of a text where one of the names stands, word for word."""
        if not len(self):
            return np.empty(0, np.uint64)
        words = _hashes(pl.Series([text]).str.to_lowercase().str.extract_all(WORDS).explode(empty_as_null=False))
        found = [
            among(_sequences(words, size), hashes) for size, hashes in self._by_words.items() if words.size >= size
        ]
        return np.concatenate(found) if found else words[:0]


def names_of(texts: Iterable[pl.Series]) -> Names:
    """Return the names in series of texts: of two to six words, or of one long word; shorter ones cannot be told from words."""
    known = Names()
    for series in texts:
        words = series.drop_nulls().unique().str.normalize("NFKC").str.to_lowercase().str.extract_all(LETTERS)
        words = words.filter(words.list.join("").str.len_chars() >= SHORTEST)
        by_words = {}
        for size in range(1, MOST_WORDS + 1):
            chosen = words.filter(words.list.len() == size)
            if size == 1:
                chosen = chosen.filter(chosen.list.first().str.len_chars() >= SHORTEST_ALONE)
            hashes = _hashes(chosen.explode(empty_as_null=False))
            by_words[size] = np.unique(_combined(list(hashes.reshape(-1, size).T)))
        known = known.joined(Names(by_words))
    return known


def _hashes(words: pl.Series) -> Numbers:
    return words.cast(pl.String).hash(7, 1, 8, 3).to_numpy()


def _sequences(words: Numbers, size: int) -> Numbers:
    return _combined([words[start : words.size - size + start + 1] for start in range(size)])


def _combined(columns: list[Numbers]) -> Numbers:
    return reduce(lambda so_far, word: so_far * STEP + word, columns)
