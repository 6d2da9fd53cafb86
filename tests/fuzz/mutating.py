"""Changing good bytes into bad ones, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

MOST_CHANGES = 6
PIECES = (
    b"\x00", b"\xff", b"\r", b"\n", b'"', b"'", b",", b";", b"\t", b"|", b"\\", b"=", b"[", b"]", b"{", b"}", b"#", b"%", b"$", b"`", b"..", b"/",
    b"-1", b"0", b"1e400", b"9" * 40, b"nan", b"inf", b"true", b"None", b"2025-02-30", b"0000-00", b"9999-12-31", b"\xe2\x80\xae", b"\x1b[2J",
    "é".encode(), "\U0001f4a9".encode(), "１２３".encode(), "٢٠٢٥".encode(), b"\xed\xa0\x80", b"' OR 1=1 --", b"{{7*7}}", b"%s%n", 
    b"=cmd|' /C calc'!A0", b"<script>", b" " * 200, b"A" * 5_000,
)  # fmt: skip


def mutated(good: Sequence[bytes], random: Random) -> bytes:
    """Return one of the good inputs after a few changes."""
    made = bytearray(random.choice(good))
    for _ in range(random.randint(1, MOST_CHANGES)):
        random.choice(CHANGES)(made, good, random)
    return bytes(made)


def _flip(made: bytearray, _: Sequence[bytes], random: Random) -> None:
    if made:
        made[random.randrange(len(made))] ^= 1 << random.randrange(8)


def _insert(made: bytearray, _: Sequence[bytes], random: Random) -> None:
    at = random.randint(0, len(made))
    made[at:at] = random.choice(PIECES)


def _replace(made: bytearray, _: Sequence[bytes], random: Random) -> None:
    begin, end = _span(made, random)
    made[begin:end] = random.choice(PIECES)


def _drop(made: bytearray, _: Sequence[bytes], random: Random) -> None:
    begin, end = _span(made, random)
    del made[begin:end]


def _repeat(made: bytearray, _: Sequence[bytes], random: Random) -> None:
    begin, end = _span(made, random)
    made[end:end] = made[begin:end] * random.randint(1, 4)


def _cross(made: bytearray, good: Sequence[bytes], random: Random) -> None:
    other = random.choice(good)
    made[random.randint(0, len(made)) :] = other[random.randint(0, len(other)) :]


def _span(made: bytearray, random: Random) -> tuple[int, int]:
    begin = random.randint(0, len(made))
    return begin, min(len(made), begin + random.randint(1, 40))


CHANGES: tuple[Callable[[bytearray, Sequence[bytes], Random], None], ...] = (
    _flip,
    _insert,
    _replace,
    _drop,
    _repeat,
    _cross,
)
