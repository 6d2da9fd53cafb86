"""Headers of several lines: one name per column, its parts joined from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

JOIN = " | "


def joined(lines: Sequence[Sequence[str]], *, merged: bool) -> tuple[str, ...]:
    """Return one header per column from the cells of the header's lines, parts joined by ` | `.

    Where nobody knows which cells were `merged`, a blank above a text repeats the cell on its left, if that has a text
    below it too and both stand under the same parents. A part that repeats the one above it is said once.
    """
    texts = [[cell.strip() for cell in line] for line in lines]
    if not merged:
        for depth in range(len(texts) - 1):
            _spread(texts, depth)
    return tuple(JOIN.join(_once([line[place] for line in texts])) for place in range(len(texts[0]) if texts else 0))


def _spread(texts: list[list[str]], depth: int) -> None:
    group = [any(line[place] for line in texts[depth + 1 :]) for place in range(len(texts[0]))]
    for place in range(1, len(group)):
        siblings = all(line[place] == line[place - 1] for line in texts[:depth])
        if not texts[depth][place] and group[place] and group[place - 1] and siblings:
            texts[depth][place] = texts[depth][place - 1]


def _once(parts: Sequence[str]) -> list[str]:
    said = [part for part in parts if part]
    return [part for place, part in enumerate(said) if not place or part != said[place - 1]]
