"""No space, input/output errors, refusals and a read-only disk, at every call that may end with them.

A run that meets one says so by a named error with its cure, or is not harmed by it; readers keep the old version; the
runs that follow meet other errors, and the last of them, undisturbed, makes what one undisturbed run does.
"""

from __future__ import annotations

import errno
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from tests.faults.forks import Ended, Forks
from tests.faults.scenes import PERSONS, Scene
from tests.faults.shim import ERRORS, Orders, refused
from warehouse.home import Home

CHAIN = 6
NAMED = re.compile(r"\b(disk_full|disk_failing|disk_refuses|landing_unwritable)\b: .+ / .+ — .+")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Error:
    """A call, by its number among those that may end so, that ends with an error, as all after it may do."""

    number: int
    at: int
    lasting: bool
    torn: bool


@dataclass
class Refused:
    """How often each error was met, and how the commands ended: by exit code."""

    met: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    chains: int = 0


def refuse_often(forks: Forks, scenes: Sequence[Scene], many: int | None, seed: int, place: Path, say: Say) -> Refused:
    """Return what was met by `many` errors of each scene spread over its calls, or by one error at every call of each kind."""
    done, dice = Refused(), Random(seed)
    for scene in scenes:
        spread = _spread(forks, scene, many, dice, place)
        wanted = len(spread)
        for number in count(1):
            if not spread:
                break
            _chain(forks, scene, scene.home(place / scene.name), spread, dice, done)
            say(f"{scene.name}: {wanted - len(spread)} / {wanted} errors, {number} chains, {forks.cpu:.0f} CPU s")
    return done


def _spread(forks: Forks, scene: Scene, many: int | None, dice: Random, place: Path) -> list[Error]:
    found: list[Error] = []
    for error, calls in ERRORS.items():
        home = scene.home(place / scene.name)
        counted = forks.run(scene.command(home), Orders(home, calls=calls)).calls
        wanted = counted if many is None else max(1, many // len(ERRORS))
        places = (
            range(1, counted + 1)
            if many is None
            else [1 + int(counted * (at + dice.random()) / wanted) for at in range(wanted)]
        )
        found += [Error(error, at, error == errno.EROFS or dice.random() < 0.5, dice.random() < 0.3) for at in places]
    return found


def _chain(forks: Forks, scene: Scene, home: Path, spread: list[Error], dice: Random, done: Refused) -> None:
    done.chains += 1
    for link in range(min(CHAIN, len(spread))):
        early = sorted(spread, key=lambda one: one.at)[: 1 + len(spread) // 2]
        error = dice.choice(early) if link else max(spread, key=lambda one: one.at)
        spread.remove(error)
        orders = refused(home, error.number, error.at, lasting=error.lasting, torn=error.torn)
        ended = scene.disturbed(forks, orders)
        if ended.calls < error.at:
            if link:
                spread.append(error)
            break
        require_told(scene, error, ended, home)
        done.met[errno.errorcode[error.number]] += 1
        done.codes[ended.code] += 1
    scene.require_recovery(forks, home)


def require_told(scene: Scene, error: Error, ended: Ended, home: Path) -> None:
    """Check that a command that met an error named it with its cure, or was not harmed, and told nothing of a person."""
    where = f"{scene.name}, {errno.errorcode[error.number]} at {error}: {ended.code}\n{ended.err}{ended.out}"
    told = ended.err + ended.out + "".join(log.read_text("utf-8") for log in Home(home).runs.glob("*.jsonl"))
    assert "Traceback" not in told, where
    assert not PERSONS.search(told), where
    assert ended.code in (scene.code, 1, 4), where
    assert ended.code == scene.code or NAMED.search(ended.err + ended.out), where
