"""The score of every module: how many of its mutants were tried, noticed and explained."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.mutation.plan import HERE, reasons
from tests.mutation.session import Mutant

WANTED = 0.90
KEPT = HERE / "scores.toml"
HEAD = "# What the last trial of each module found. `python -m tests.mutation MODULE --record` writes its line.\n\n"


@dataclass
class Score:
    """What was found of a module; `asked` of its `mutants` are tried."""

    module: str
    mutants: int = 0
    asked: int = 0
    tried: int = 0
    survivors: list[Mutant] = field(default_factory=list)

    def add(self, mutant: Mutant) -> None:
        """Count a mutant, and tell at once of one that nobody noticed."""
        self.tried += 1
        if mutant.survived:
            self.survivors.append(mutant)
            told = f"{mutant.module}:{mutant.line} {mutant.operator}: {mutant.source} -> {mutant.became}"
            print(f"  {self.tried}/{self.asked} not noticed: {told}", file=sys.stderr, flush=True)

    @property
    def noticed(self) -> int:
        """Return how many mutants a test noticed."""
        return self.tried - len(self.survivors)

    @property
    def explained(self) -> int:
        """Return how many survivors have a reason."""
        known = reasons()
        return sum((one.module, one.operator, one.source) in known for one in self.survivors)

    def __str__(self) -> str:
        sampled = f", a sample of {self.mutants}" if self.tried < self.mutants else ""
        return f"{self.module}: {self.noticed} of {self.tried} mutants noticed{sampled}; {self.explained} explained"


def report(scores: Sequence[Score]) -> int:
    """Print the survivors with their reasons, and the share of each package; return 1 when that is not what is wanted."""
    known = reasons()
    for one in (mutant for score in scores for mutant in score.survivors):
        reason = known.get((one.module, one.operator, one.source), "NO REASON GIVEN")
        told = {"module": one.module, "line": one.line, "operator": one.operator, "source": one.source}
        print(json.dumps(told | {"became": one.became, "reason": reason}))
    for score in scores:
        print(score)
    unexplained = sum(len(score.survivors) - score.explained for score in scores)
    print(f"{unexplained} survivors without a reason")
    shares = [_package(scores, name) for name in _packages(scores)]
    return int(unexplained > 0 or min(shares) < WANTED)


def record(score: Score) -> None:
    """Keep the score of a module with its day, in the place of an older one."""
    kept = tomllib.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    kept[score.module] = {
        "day": datetime.now(UTC).date(),
        "mutants": score.mutants,
        "tried": score.tried,
        "noticed": score.noticed,
        "explained": score.explained,
    }
    lines = [
        f'"{name}" = {{ {", ".join(f"{key} = {one}" for key, one in kept[name].items())} }}' for name in sorted(kept)
    ]
    KEPT.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def _packages(scores: Sequence[Score]) -> list[str]:
    return sorted({score.module.partition(".")[0] for score in scores})


def _package(scores: Sequence[Score], name: str) -> float:
    of_it = [score for score in scores if score.module.startswith(f"{name}.")]
    noticed, tried = sum(one.noticed for one in of_it), sum(one.tried for one in of_it)
    mutants = sum(one.mutants for one in of_it)
    share = noticed / tried if tried else 0.0
    print(f"{name}: {noticed} of {tried} mutants noticed ({share:.1%}), {tried} of {mutants} tried")
    return share
