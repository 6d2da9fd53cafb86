"""Long numbers in a text, however they are written: in groups, with places, with an exponent; and packed in bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]

NIK_DIGITS, KPJ_DIGITS = 16, 11
SOLID = re.compile(rb"[0-9]{11,}")
GROUPED = re.compile(rb"(?<![0-9])(?=(?:[0-9][ ./_'-]?){15}[0-9])[0-9]{1,15}(?:[ ./_'-][0-9]{1,15})+(?![0-9eE])")
THOUSANDS = re.compile(rb"[0-9]{1,3}(?:,[0-9]{3}){3,}")
SCIENTIFIC = re.compile(rb"([0-9])[.,]([0-9]{6,18})[eE]\+?([0-9]{1,2})(?![0-9])")
PIECE = re.compile(rb"[0-9]+")
ALONE = re.compile(rb"(?<![0-9A-Fa-f])(?<![0-9]\.)(?<![\s:;=(\"']0,)[0-9]{16}(?![0-9A-Fa-f])")
GROUPS = re.compile(
    rb"(?<![0-9A-Za-z])(?<![0-9A-Za-z][./_'-])[0-9]{1,15}(?:[ ./_'-][0-9]{1,15}){1,15}(?![./_'-]?[0-9A-Za-z])"
)
FRACTION = re.compile(rb"[0-9]+\.[0-9]+")
LONGEST_RUN = 64
LEAST_NIK = 10 ** (NIK_DIGITS - 1)
LARGEST = 1 << 63


class Written(NamedTuple):
    """The long numbers of a text: those of 16 digits that stand anywhere, and those of 11 that stand by themselves."""

    niks: list[int]
    kpjs: list[int]


def written(text: bytes) -> Written:
    """Return the long numbers in a text."""
    niks, kpjs = list[int](), list[int]()
    for run in SOLID.finditer(text):
        digits = run[0]
        if len(digits) == KPJ_DIGITS:
            kpjs.append(int(digits))
        for start in range(min(len(digits), LONGEST_RUN) - NIK_DIGITS + 1):
            niks.append(int(digits[start : start + NIK_DIGITS]))
    niks += [number for number in grouped(text) if number >= LEAST_NIK]
    return Written(niks, kpjs)


def grouped(text: bytes) -> Iterator[int]:
    """Yield the numbers of 16 digits that are written in groups or with an exponent."""
    for run in GROUPED.finditer(text):
        pieces = PIECE.findall(run[0])
        for first in range(len(pieces)):
            digits = b""
            for piece in pieces[first:]:
                digits += piece
                if len(digits) >= NIK_DIGITS:
                    break
            if len(digits) == NIK_DIGITS and digits != pieces[first]:
                yield int(digits)
    for run in THOUSANDS.finditer(text):
        digits = run[0].replace(b",", b"")
        if len(digits) == NIK_DIGITS:
            yield int(digits)
    yield from scientific(text)


def scientific(text: bytes) -> Iterator[int]:
    """Yield the whole numbers that are written with an exponent."""
    for run in SCIENTIFIC.finditer(text):
        value = Decimal((run[1] + b"." + run[2] + b"e" + run[3]).decode())
        if value < LARGEST and value == value.to_integral_value():
            yield int(value)


def alone(text: bytes) -> list[int]:
    """Return the numbers of 16 digits that stand by themselves: no part of a fraction, a longer number or an identifier."""
    solid = [run[0] for run in ALONE.finditer(text)]
    runs = [run[0] for run in (*GROUPS.finditer(text), *THOUSANDS.finditer(text))]
    groups = [b"".join(PIECE.findall(run)) for run in runs if not FRACTION.fullmatch(run)]
    whole = [int(digits) for digits in [*solid, *groups] if len(digits) == NIK_DIGITS]
    return [*whole, *(number for number in scientific(text) if number >= LEAST_NIK)]


class Packed:
    """Numbers that are looked for in bytes: as integers and floats of eight bytes, `few` ones also of six and seven."""

    def __init__(self, many: Numbers, few: Numbers) -> None:
        self._whole = np.unique(np.concatenate([many, few]))
        self._few = np.unique(few)
        self._floats = self._whole.astype(np.float64).view(np.uint64)

    def within(self, data: bytes) -> Iterator[tuple[str, Numbers]]:
        """Yield the numbers found in `data` by the way they are packed."""
        if not self._whole.size:
            return
        for offset in range(min(8, max(0, len(data) - 7))):
            for order in ("<", ">"):
                seen = np.frombuffer(data, f"{order}u8", (len(data) - offset) // 8, offset).astype(np.uint64)
                if (found := among(seen, self._whole)).size:
                    yield "integers", found
                if (found := among(seen, self._floats)).size:
                    yield "floats", found.view(np.float64).astype(np.uint64)
                if self._few.size:
                    yield from self._shorter(seen, order)

    def _shorter(self, seen: Numbers, order: str) -> Iterator[tuple[str, Numbers]]:
        for size in (6, 7):
            bits = np.uint64(8 * (8 - size))
            cut = seen >> bits if order == ">" else (seen << bits) >> bits
            shorter = among(cut, self._few)
            if (shorter := shorter[shorter < 1 << 8 * size]).size:
                yield f"integers of {size} bytes", shorter


def among(seen: Numbers, wanted: Numbers) -> Numbers:
    """Return those of `seen` that are `wanted`, which is sorted."""
    if not wanted.size:
        return seen[:0]
    near: Numbers = seen[(seen >= wanted[0]) & (seen <= wanted[-1])]
    if not near.size:
        return near
    places = np.searchsorted(wanted, near)
    found: Numbers = near[wanted[np.minimum(places, wanted.size - 1)] == near]
    return found
