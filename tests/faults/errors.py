"""No space, input/output errors, refusals and a read-only disk, at every call that may end with them.

A run that meets one says so by a named error with its cure, or is not harmed by it; readers keep the old version; the
runs that follow meet other errors, and the last of them, undisturbed, makes what one undisturbed run does.
"""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count, zip_longest
from math import inf
from pathlib import Path
from random import Random

from tests.faults.forks import Ended, Forks
from tests.faults.scenes import PERSONS, Scene
from tests.faults.shim import BAD_PAGE, ERRORS, Call, Orders, refused
from warehouse.home import Home

CHAIN = 6
NAMED = re.compile(r"\b(disk_full|disk_failing|disk_refuses|landing_unwritable|settings_unreadable)\b: .+ / .+ — .+")
UNNAMED = re.compile(
    "Traceback|unforeseen|StepFailed|[a-z]+: [A-Z][A-Za-z]+ at [a-z_]+\\.py:|receive_failed|unreadable_file"
)
UNIQUE = re.compile(r"(?<![a-z])[0-9a-f]{8,64}|\d+|(?<=scratch-)\w+")
"""What tells files of one kind apart: hashes, numbers, the ends of names in scratch."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Error:
    """A call, by its number among those that may end so, that ends with an error of `ERRORS`, as all after it may do."""

    name: str
    at: int
    lasting: bool
    torn: bool


@dataclass
class Refused:
    """How many calls there are of each scene, how often each error was met, how the commands ended, and what was wrong."""

    calls: dict[str, int] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    chains: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return it as text."""
        met = ", ".join(f"{name} {count}" for name, count in self.met.items())
        told = f"{self.met.total()} of {sum(self.calls.values())} calls: {met}; {self.chains} chains; exit codes {dict(self.codes)}"
        return "\n".join([told, *self.wrong, f"{len(self.wrong)} wrong"])


def refuse_often(
    forks: Forks,
    scenes: Sequence[Scene],
    many: int | None,
    seed: int,
    place: Path,
    say: Say,
    minutes: float = inf,
    errors: Sequence[str] = tuple(ERRORS),
) -> Refused:
    """Return what was met by `many` errors of each scene spread over its calls, or by one error at every call of each kind.

    No chain of errors begins after so many minutes of a scene.
    """
    done, dice = Refused(), Random(seed)
    for scene in scenes:
        spread = _spread(forks, scene, errors, dice, place)
        done.calls[scene.name] = len(spread)
        spread = spread[:many]
        wanted, patience = len(spread), time.monotonic() + 60 * minutes
        for number in count(1):
            if not spread or time.monotonic() > patience:
                break
            try:
                _chain(forks, scene, scene.home(place / scene.name), spread, dice, done)
            except AssertionError as wrong:
                done.wrong.append(str(wrong))
                say(f"wrong: {wrong}")
            say(f"{scene.name}: {wanted - len(spread)} / {wanted} errors, {number} chains, {forks.cpu:.0f} CPU s")
    return done


def _spread(forks: Forks, scene: Scene, errors: Sequence[str], dice: Random, place: Path) -> list[Error]:
    """Return each of the errors at every call that may end with it, in turn; first at calls that are unlike each other."""
    home, trail = scene.home(place / scene.name), place / "trail"
    trail.unlink(missing_ok=True)
    forks.run(scene.command(home), Orders(home, calls=tuple(Call), log=trail, trail=True))
    calls = [
        (Call(int(kind)), path)
        for _, kind, path in (line.split(" ", 2) for line in trail.read_text("utf-8").splitlines())
    ]
    found: list[list[Error]] = []
    for name in errors:
        met = [UNIQUE.sub("#", f"{call} {path}") for call, path in calls if call in ERRORS[name][1]]
        found.append(
            [Error(name, at, name == "EROFS" or dice.random() < 0.5, dice.random() < 0.3) for at in _turns(met, dice)]
        )
    return [error for turn in zip_longest(*found) for error in turn if error]


def _turns(calls: Sequence[str], dice: Random) -> list[int]:
    """Return the numbers of calls such that one of each kind of call on each kind of file comes first."""
    alike: dict[str, list[int]] = {}
    for number, what in enumerate(calls, start=1):
        alike.setdefault(what, []).append(number)
    shuffled = [dice.sample(same, len(same)) for same in alike.values()]
    return [at for _, at in sorted((turn + dice.random(), at) for same in shuffled for turn, at in enumerate(same))]


def _chain(forks: Forks, scene: Scene, home: Path, spread: list[Error], dice: Random, done: Refused) -> None:
    done.chains += 1
    for link in range(min(CHAIN, len(spread))):
        early = sorted(spread, key=lambda one: one.at)[: 1 + len(spread) // 2]
        error = dice.choice(early) if link else max(spread, key=lambda one: one.at)
        spread.remove(error)
        orders = refused(home, error.name, error.at, lasting=error.lasting, torn=error.torn)
        ended = scene.disturbed(forks, orders)
        if ended.calls < error.at:
            if link:
                spread.append(error)
            break
        require_told(scene, error, ended, home)
        done.met[error.name] += 1
        done.codes[ended.code] += 1
    scene.require_recovery(forks, home)


def require_told(scene: Scene, error: Error, ended: Ended, home: Path) -> None:
    """Check that a command that met an error named it with its cure, or was not harmed, and told nothing of a person.

    A mapped page that cannot be read may end it as a kill does, without a word.
    """
    where = f"{scene.name}, {error}: {ended.code}\n{ended.err}{ended.out}"
    told = (
        ended.err
        + ended.out
        + "".join(log.read_text("utf-8") for log in Home(home / scene.inside).runs.glob("*.jsonl"))
    )
    assert not UNNAMED.search(told), where
    assert not PERSONS.search(told), where
    if error.name == BAD_PAGE and ended.code == -signal.SIGBUS:
        return
    assert ended.code in (scene.code, 1, 4), where
    assert ended.code == scene.code or NAMED.search(ended.err + ended.out), where
