"""SIGKILL at calls spread over a whole load, half-way through writes too, and at random moments.

A home that was killed is killed again in the run that would complete it, several times; every such chain ends with one
undisturbed run and a comparison with a home that was never disturbed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from tests.faults.forks import Forks
from tests.faults.scenes import Scene
from tests.faults.shim import Orders, killed

CHAIN = 8
SHARES = (0.3, 0.3, 0.4)
BY_TIME = 0.25
Say = Callable[[str], None]


@dataclass
class Killed:
    """How often, where, and in how many chains commands were killed."""

    kills: int = 0
    chains: int = 0
    by_call: dict[str, int] = field(default_factory=dict)
    by_time: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """Where to kill: at a share of the calls of an undisturbed run, or of its time."""

    share: float
    timed: bool
    torn: bool


def shared(scenes: Sequence[Scene], kills: int) -> list[tuple[Scene, int]]:
    """Return how many of `kills` each scene gets."""
    return [(scene, round(kills * share)) for scene, share in zip(scenes, SHARES, strict=True)]


def kill_often(forks: Forks, scenes: Sequence[tuple[Scene, int]], seed: int, place: Path, say: Say) -> Killed:
    """Return what was done to kill each scene so many times; raises AssertionError where anything was lost."""
    done, dice = Killed(), Random(seed)
    for scene, wanted in scenes:
        spread = [
            Point((at + dice.random()) / wanted, dice.random() < BY_TIME, dice.random() < 0.5) for at in range(wanted)
        ]
        for number in count(1):
            if not spread:
                break
            home = scene.home(place / f"{scene.name} {number}")
            _chain(forks, scene, home, spread, dice, done)
            say(f"{scene.name}: {wanted - len(spread)} / {wanted} kills, {number} chains, {forks.cpu:.0f} CPU s")
    return done


def _chain(forks: Forks, scene: Scene, home: Path, spread: list[Point], dice: Random, done: Killed) -> None:
    """Kill a home at the latest of the points and at others, as long as its command is not through before."""
    done.chains += 1
    for link in range(min(CHAIN, len(spread))):
        point = (
            dice.choice(sorted(spread, key=lambda one: one.share)[: 1 + len(spread) // 2])
            if link
            else max(spread, key=lambda one: one.share)
        )
        spread.remove(point)
        if not _kill(forks, scene, home, point):
            spread.append(Point(point.share * (0.7 if point.timed else 0.95), point.timed, point.torn))
            break
        done.kills += 1
        where = done.by_time if point.timed else done.by_call
        where[scene.name] = where.get(scene.name, 0) + 1
    scene.require_recovery(forks, home)


def _kill(forks: Forks, scene: Scene, home: Path, point: Point) -> bool:
    if point.timed:
        ended = scene.disturbed(forks, Orders(home), kill_after=point.share * scene.seconds)
    else:
        ended = scene.disturbed(forks, killed(home, 1 + int(point.share * scene.calls), torn=point.torn))
    assert ended.was_killed or ended.code == scene.code, (scene.name, point, ended)
    return ended.was_killed
