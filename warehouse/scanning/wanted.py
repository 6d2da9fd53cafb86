"""What is looked for in a piece of a file: given words, ids and names of people, numbers of the form of a NIK."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from warehouse.scanning.names import Names
from warehouse.scanning.numbers import LARGEST, Numbers, Packed, alone, among, scientific, written
from warehouse.scanning.views import PLAIN, View, compatible, views

WORD, NIK, KPJ, NAME, SHAPE = "word", "nik", "kpj", "name", "nik_shaped"
NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
SHORTEST = 8
KEPT = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
DROPPED = bytes(byte for byte in range(256) if not (byte < 128 and chr(byte).isalnum()))
FEMALE_DAYS = 40
FEW_LOOKS = 1 << 22
"""Letters times words up to which it costs less to look for each word than to make ready to find all at once."""
Key = tuple[str, int]


class Match(NamedTuple):
    """Something that was found in one piece: its kind, how it was written, how often, and which given words it was."""

    kind: str
    encoding: str
    times: int
    words: frozenset[int]


def _none() -> Numbers:
    return np.empty(0, np.uint64)


@dataclass(frozen=True)
class People:
    """The people who are looked for: their NIK and KPJ as sorted numbers, their names as hashes."""

    niks: Numbers = field(default_factory=_none)
    kpjs: Numbers = field(default_factory=_none)
    names: Names = field(default_factory=Names)


class Wanted:
    """Everything that is looked for. `words` are numbered from 1; `shapes` tells whether a text is a region's code."""

    def __init__(
        self,
        words: Sequence[str] = (),
        people: People | None = None,
        is_region: Callable[[str], bool] | None = None,
    ) -> None:
        self.people, self._is_region = people or People(), is_region
        self.words = {fold(word): place for place, word in enumerate(words, 1) if word.strip()}
        if short := [place for word, place in self.words.items() if len(word) < SHORTEST]:
            raise ValueError(f"words too short to be told from chance, by their lines: {short}")
        self._numbers = {
            int(word): place for word, place in self.words.items() if word.isdecimal() and int(word) < LARGEST
        }
        self._packed = Packed(self.people.niks, np.array([*self._numbers], np.uint64))

    def matches(self, data: bytes, *, packed: bool = True, shapes: bool = True) -> Iterator[Match]:
        """Yield what stands in a piece of bytes; what several encodings show is told of the first.

        `packed` looks for packed numbers too, `shapes` for numbers like a NIK: not where cells touch each other.
        """
        seen: set[Key] = set()
        for view in views(data):
            for kind, how, found in self._looks(view, packed=packed, shapes=shapes):
                new = {key: count for key, count in found.items() if key not in seen}
                seen |= set(new)
                if new:
                    words = frozenset(place for _, place in new) if kind == WORD else frozenset[int]()
                    yield Match(kind, how, sum(new.values()), words)

    def in_text(self, text: str) -> bool:
        """Return whether anything stands in a short text, such as a name of a file."""
        return any(self.matches(text.encode("utf-8", "surrogatepass"), packed=False))

    def _looks(self, view: View, *, packed: bool, shapes: bool) -> Iterator[tuple[str, str, Counter[Key]]]:
        how = view.encoding
        yield WORD, how, self._words_in(view.text)
        numbers = written(view.text)
        for kind, wanted, seen in ((NIK, self.people.niks, numbers.niks), (KPJ, self.people.kpjs, numbers.kpjs)):
            if wanted.size and seen:
                yield kind, how, _counted(kind, among(np.array(seen, np.uint64), wanted))
        if self._is_region and shapes:
            yield SHAPE, how, Counter((SHAPE, number) for number in alone(view.text) if self._is_nik(number))
        if len(self.people.names):
            yield NAME, how, _counted(NAME, self.people.names.within(view.text.decode("utf-8", "ignore")))
        if packed and view.raw:
            yield from self._unpacked(view)

    def _unpacked(self, view: View) -> Iterator[tuple[str, str, Counter[Key]]]:
        for how, found in self._packed.within(view.raw):
            told = how if view.encoding == PLAIN else f"{view.encoding}+{how}"
            words = [(WORD, self._numbers[number]) for number in found.tolist() if number in self._numbers]
            yield WORD, told, Counter(words)
            yield NIK, told, _counted(NIK, among(found, self.people.niks))

    def _words_in(self, text: bytes) -> Counter[Key]:
        if not self.words:
            return Counter()
        folded = text.translate(KEPT, DROPPED).decode() if text.isascii() else _fold_bytes(text)
        numbers = [self._numbers[number] for number in scientific(text) if number in self._numbers]
        return Counter((WORD, place) for place in [*(self.words[word] for word in self._said(folded)), *numbers])

    def _said(self, folded: str) -> Iterable[str]:
        """Return the words in a text, each as often as it stands there."""
        words = [*self.words]
        if len(folded) * len(words) <= FEW_LOOKS:
            words = [word for word in words if word in folded]
        return (
            pl.Series([folded]).str.extract_many(words, overlapping=True).explode(empty_as_null=False) if words else ()
        )

    def _is_nik(self, number: int) -> bool:
        assert self._is_region
        digits = f"{number:016d}"
        day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
        try:
            date(2000 + year, month, day - FEMALE_DAYS if day > FEMALE_DAYS else day)
        except ValueError:
            return False
        return digits[12:] != "0000" and self._is_region(f"{digits[:2]}.{digits[2:4]}")


def fold(text: str) -> str:
    """Return a text without case, marks, spaces or forms of letters."""
    return NOT_ALPHANUMERIC.sub("", compatible(text).casefold())


def _fold_bytes(view: bytes) -> str:
    return NOT_ALPHANUMERIC.sub("", view.decode("utf-8", "ignore").casefold())


def _counted(kind: str, found: Numbers) -> Counter[Key]:
    return Counter((kind, number) for number in found.tolist())


def sampled(numbers: Iterable[Numbers], every: int) -> Numbers:
    """Return distinct numbers, sorted; about one of `every`."""
    known = np.unique(np.concatenate([_none(), *numbers]))
    mixed = (known * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(33)
    chosen: Numbers = known[mixed % np.uint64(every) == 0]
    return chosen
