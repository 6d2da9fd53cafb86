"""Placing a graph in columns: every arrow points right, few of them cross, and boxes stand near what they are joined to.

Sugiyama's way: long arrows get a waypoint in every column between, columns are sorted by the mean place of neighbours,
and heights are the least squares answer that keeps the order (isotonic regression). Nothing is random.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Node = str
Way = tuple[Node, ...]
SWEEPS, SETTLING = 24, 100
WAYPOINT_WEIGHT, HOLD = 8.0, 0.05
"""How stiff a long arrow is, and how strongly everything is held at its place in a column stacked around the middle."""


@dataclass(frozen=True)
class Placed:
    """Where nodes stand: the column of each, the middle of each from above, and the way of each arrow over waypoints."""

    column: Mapping[Node, int]
    middle: Mapping[Node, float]
    ways: Mapping[tuple[Node, Node], Way]


def place(
    columns: Mapping[Node, int], arrows: Iterable[tuple[Node, Node]], height: Callable[[Node], float], gap: float
) -> Placed:
    """Return the places of the nodes of `columns`, whose order decides where nothing else does.

    `height` is asked of nodes and waypoints (names with '>'); `gap` is kept between boxes. Raises ValueError for an
    arrow that does not point to a later column.
    """
    column, ways = dict(columns), {}
    for source, target in arrows:
        if columns[source] >= columns[target]:
            raise ValueError(f"{source} -> {target} does not point to a later column")
        between = {f"{source}>{target}>{rank}": rank for rank in range(columns[source] + 1, columns[target])}
        column |= between
        ways[source, target] = (source, *between, target)
    order = _ordered(column, [pair for way in ways.values() for pair in pairwise(way)])
    return Placed(column, _middles(order, ways, height, gap), ways)


def _ordered(column: Mapping[Node, int], steps: Sequence[tuple[Node, Node]]) -> list[list[Node]]:
    order: list[list[Node]] = [[] for _ in range(max(column.values()) + 1)]
    for node, rank in column.items():
        order[rank].append(node)
    before, after = _neighbours(steps)
    best, fewest = [list(nodes) for nodes in order], _crossings(order, after)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for rank in range(1, len(order)) if forward else range(len(order) - 2, -1, -1):
            beside = order[rank - 1 if forward else rank + 1]
            spot = {node: place for place, node in enumerate(beside)}
            near = before if forward else after
            wanted = {node: _mean([spot[one] for one in near[node]], own) for own, node in enumerate(order[rank])}
            order[rank].sort(key=wanted.__getitem__)
        _untangle(order, before, after)
        crossing = _crossings(order, after)
        if crossing < fewest:
            best, fewest = [list(nodes) for nodes in order], crossing
    return best


def _untangle(
    order: Sequence[list[Node]], before: Mapping[Node, Sequence[Node]], after: Mapping[Node, Sequence[Node]]
) -> None:
    """Swap neighbours of a column for as long as that takes crossings away."""
    for rank, nodes in enumerate(order):
        sides = [
            ({node: spot for spot, node in enumerate(order[other])}, near)
            for other, near in ((rank - 1, before), (rank + 1, after))
            if 0 <= other < len(order)
        ]
        ends = [{node: [spot[one] for one in near.get(node, ())] for node in nodes} for spot, near in sides]
        swapped = True
        while swapped:
            swapped = False
            for upper in range(len(nodes) - 1):
                one, other = nodes[upper], nodes[upper + 1]
                if sum(_over(side[one], side[other]) - _over(side[other], side[one]) for side in ends) > 0:
                    nodes[upper : upper + 2] = [other, one]
                    swapped = True


def _over(upper: Sequence[int], lower: Sequence[int]) -> int:
    return sum(one > other for one in upper for other in lower)


def _neighbours(steps: Sequence[tuple[Node, Node]]) -> tuple[dict[Node, list[Node]], dict[Node, list[Node]]]:
    before, after = defaultdict[Node, list[Node]](list), defaultdict[Node, list[Node]](list)
    for source, target in steps:
        before[target].append(source)
        after[source].append(target)
    return before, after


def _crossings(order: Sequence[Sequence[Node]], after: Mapping[Node, Sequence[Node]]) -> int:
    crossing = 0
    for left, right in pairwise(order):
        spot = {node: place for place, node in enumerate(right)}
        ends = [place for node in left for place in sorted(spot[one] for one in after.get(node, ()))]
        crossing += sum(one > other for place, one in enumerate(ends) for other in ends[place + 1 :])
    return crossing


def _middles(
    order: Sequence[Sequence[Node]], ways: Mapping[tuple[Node, Node], Way], height: Callable[[Node], float], gap: float
) -> dict[Node, float]:
    before, after = _neighbours([pair for way in ways.values() for pair in pairwise(way)])
    middle: dict[Node, float] = {}
    offsets = []
    for nodes in order:
        edge, stacked = 0.0, []
        for node in nodes:
            stacked.append(edge + height(node) / 2)
            edge += height(node) + gap
        offsets.append([spot - edge / 2 for spot in stacked])
        middle |= zip(nodes, offsets[-1], strict=True)
    home = dict(middle)
    for round_ in range(SETTLING):
        ranks = range(len(order)) if round_ % 2 == 0 else range(len(order) - 1, -1, -1)
        for rank in ranks:
            nodes, apart = order[rank], offsets[rank]
            near = [[middle[one] for one in (*before[node], *after[node])] for node in nodes]
            wanted = [(sum(many) + HOLD * home[n]) / (len(many) + HOLD) for n, many in zip(nodes, near, strict=True)]
            weights = [WAYPOINT_WEIGHT if ">" in node else 1.0 for node in nodes]
            free = _isotonic([want - off for want, off in zip(wanted, apart, strict=True)], weights)
            middle |= {node: value + off for node, value, off in zip(nodes, free, apart, strict=True)}
    top = min(value - height(node) / 2 for node, value in middle.items())
    return {node: value - top for node, value in middle.items()}


def _isotonic(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the values nearest to `wanted` that never fall: neighbours that would are pooled at their mean."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(wanted, weights, strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, heavy, many = pools.pop()
            total = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / total, total, many + pool[2])
        pools.append(pool)
    return [mean for mean, _, many in pools for _ in range(many)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
