"""Feeding a target: what is raised, and what never ends, is a find; a find is kept as a file and tried first from then on."""

from __future__ import annotations

import hashlib
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky

from tests.fuzz.targets import Target

KEPT = Path(__file__).parent / "found"
SECONDS_A_CASE = 60
SHRINKING = (Phase.explicit, Phase.generate, Phase.shrink)
Before = Callable[[str, bytes], None]


class Find(NamedTuple):
    """A target, the input that it does not bear, what happened, and where: finds of one `place` are one find."""

    target: str
    content: bytes
    told: str
    place: str = ""

    def keep(self) -> Path:
        """Return the file that keeps the input, for the tests."""
        path = KEPT / f"{self.target}-{hashlib.sha256(self.content).hexdigest()[:12]}"
        path.write_bytes(self.content)
        return path


class TooLong(BaseException):
    """A case that does not end."""


class Found(AssertionError):
    """What stops Hypothesis at a find."""


def tried(target: Target, content: bytes) -> Find | None:
    """Return what is wrong with how a target takes an input, None when nothing is."""
    before = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, SECONDS_A_CASE)
    try:
        target.take(content)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as broken:
        return Find(target.name, content, f"{type(broken).__name__}: {str(broken)[:300]}", _place(broken))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return None


def hunted(target: Target, number: int, known: set[str], before: Before, examples: int = 0) -> tuple[int, Find | None]:
    """Return how many cases a round tried and the smallest input of a find whose place is not `known`.

    The cases are the same ones for the same `number`; each is told to `before` before it is tried.
    """
    finds: list[Find] = []
    cases = 0

    @settings(
        max_examples=examples or target.examples, database=None, deadline=None, verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck), phases=SHRINKING, report_multiple_bugs=False,
    )  # fmt: skip
    @seed(number)
    @given(target.strategy())
    def case(content: bytes) -> None:
        nonlocal cases
        cases += 1
        before(target.name, content)
        find = tried(target, content)
        if find and find.place not in known and (not finds or find.place == finds[0].place):
            finds.append(find)
            raise Found(find.told)

    with suppress(Found, Flaky):
        case()
    return cases, min(finds, key=lambda find: len(find.content), default=None)


def kept(targets: list[Target]) -> Iterator[tuple[Target, bytes]]:
    """Yield what was found before, with its target."""
    known = {target.name: target for target in targets}
    for path in sorted(KEPT.glob("*-*")):
        yield known[path.name.partition("-")[0]], path.read_bytes()


def _place(broken: BaseException) -> str:
    """Return the kind of an error and the last lines of ours that it passed."""
    frames = traceback.extract_tb(broken.__traceback__)
    ours = [
        frame for frame in frames if not frame.filename.endswith("hunting.py") and "site-packages" not in frame.filename
    ]
    return " < ".join([type(broken).__name__, *(f"{Path(one.filename).name}:{one.lineno}" for one in ours[-2:])])


def _too_long(*_: object) -> None:
    raise TooLong(f"more than {SECONDS_A_CASE} seconds of a processor")
