"""Power cuts during a load: its calls to the disk are recorded, and replayed into states the disk may be found in."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.faults.disk import Disk, State
from tests.faults.forks import Forks
from tests.faults.promises import CURRENT, WAREHOUSE, Promises
from tests.faults.recording import Done, recorded
from tests.faults.scenes import Scene
from tests.faults.shim import Call, Orders
from warehouse.store import query

FACTS = "SELECT count(*), sum(hash(coverage)) FROM {}.fact_coverage AS coverage"
SHARES = (0.2, 0.4, 0.4)
RECOVERED = 0.01
Heard = Callable[[Done], bool]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Recorded:
    """A scene with the calls of one undisturbed run of it, and the home before and after them."""

    scene: Scene
    calls: list[Done]
    before: State
    after: State


@dataclass
class Cut:
    """How many states were looked at, how many distinct databases opened, how many homes completed, and what was broken."""

    states: int = 0
    opened: int = 0
    completed: int = 0
    broken: Counter[str] = field(default_factory=Counter)


def every(done: Done) -> bool:
    """Hear every call: a storage that keeps what it says."""
    return bool(done)


def no_sync(done: Done) -> bool:
    """Hear no sync: a storage that lies, or a program that never asks."""
    return done.call is not Call.SYNC


def record(forks: Forks, scene: Scene, place: Path) -> Recorded:
    """Return the recording of a scene."""
    home = scene.home(place / "home")
    before = taken(home)
    ended = forks.run(scene.command(home), Orders(home, log=place / "log"))
    assert ended.code == scene.code, ended
    return Recorded(scene, recorded(place / "log", home), before, taken(home))


def cut_often(found: Recorded, states: int, dice: Random, heard: Heard = every) -> tuple[Cut, list[State]]:
    """Return what `states` states after power cuts break, and some of them to be completed by the next run."""
    promises, disk = Promises(found.before, found.after, found.calls), Disk(found.before)
    cuts = Counter(_moment(found.calls, dice) for _ in range(states))
    cut, kept, opened = Cut(), list[State](), dict[str, str]()
    for calls in range(len(found.calls) + 1):
        if calls and heard(found.calls[calls - 1]):
            disk.follow(found.calls[calls - 1])
        for _ in range(cuts[calls]):
            state = disk.after_power_loss(dice, journaled=dice.random() < 0.5)
            cut.states += 1
            cut.broken.update({*promises.broken(state, calls), *_unreadable(state, opened)})
            if dice.random() < max(RECOVERED, 1 / states):
                kept.append(state)
    cut.opened = len(opened)
    return cut, kept


def require_completed(forks: Forks, scene: Scene, state: State, place: Path) -> None:
    """Put a home as it was found after a power cut on the disk; the next run makes of it what an undisturbed one does."""
    shutil.rmtree(place, ignore_errors=True)
    put(state, place)
    scene.require_recovery(forks, place)


def shared(scenes: Sequence[Scene], states: int) -> list[tuple[Scene, int]]:
    """Return how many of `states` each scene gets."""
    return [(scene, round(states * share)) for scene, share in zip(scenes, SHARES, strict=True)]


def cut_scenes(forks: Forks, scenes: Sequence[tuple[Scene, int]], seed: int, place: Path, say: Say) -> Cut:
    """Return what power cuts of all scenes broke, which is nothing; raises AssertionError where a next run does not converge."""
    total, dice = Cut(), Random(seed)
    for scene, states in scenes:
        found = record(forks, scene, place / scene.name)
        cut, kept = cut_often(found, states, dice)
        say(f"{scene.name}: {len(found.calls)} calls, {cut.states} states, broken: {dict(cut.broken)}")
        for number, state in enumerate(kept, start=1):
            require_completed(forks, scene, state, place / "found")
            say(f"{scene.name}: {number} / {len(kept)} homes completed by the next run")
        total.states, total.opened = total.states + cut.states, total.opened + cut.opened
        total.completed += len(kept)
        total.broken += cut.broken
    return total


def taken(home: Path) -> State:
    """Return a home as it stands on the disk."""
    return {
        str(path.relative_to(home)): str(path.readlink()) if path.is_symlink() else None if path.is_dir() else path.read_bytes()
        for path in home.rglob("*")
    }  # fmt: skip


def put(state: State, home: Path) -> None:
    """Write a home; files of the published copy and of landing are read-only, and the key is its owner's alone."""
    home.mkdir(parents=True, mode=0o750)
    for path, content in sorted(state.items()):
        place = home / path
        if content is None:
            place.mkdir(exist_ok=True, mode=0o750)
        elif isinstance(content, str):
            place.symlink_to(content)
        else:
            place.write_bytes(content)
            place.chmod(0o600)


def _moment(calls: Sequence[Done], dice: Random) -> int:
    """Return after how many calls the power goes: anywhere, or soon after something was renamed."""
    renames = [number for number, done in enumerate(calls, start=1) if done.call is Call.RENAME]
    if renames and dice.random() < 0.5:
        return min(len(calls), dice.choice(renames) + dice.choice((-1, 0, 0, 1, 1, 2, 3)))
    return dice.randint(0, len(calls))


def _unreadable(state: State, opened: dict[str, str]) -> list[str]:
    """Return which database of a state does not open, or does not answer; each content is opened once."""
    link, found = state.get(CURRENT), list[str]()
    standing = link if isinstance(link, str) else ""
    for path, schema in ((WAREHOUSE, "mart"), (f"published/{standing}/cakupan.duckdb", "mart")):
        content = state.get(path)
        if isinstance(content, bytes):
            name = sha256(content).hexdigest()
            opened[name] = opened.get(name) or _opened(content, FACTS.format(schema))
            if opened[name] != "answers":
                found.append(f"{path.rpartition('/')[2]} does not open: {opened[name]}")
    return found


def _opened(content: bytes, sql: str) -> str:
    with tempfile.NamedTemporaryFile(suffix=".duckdb") as file:
        file.write(content)
        file.flush()
        try:
            query(Path(file.name), sql)
        except Exception as broken:
            return type(broken).__name__
    return "answers"
