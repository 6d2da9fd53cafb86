"""One module under mutation: its mutants are made by cosmic-ray in a copy of the project and tried one by one."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random

from cosmic_ray.commands import init
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec

SWAPS = {
    "ReplaceBinaryOperator": "Add_Sub Sub_Add Mul_Add Div_Mul FloorDiv_Mul Mod_Mul BitOr_BitAnd BitAnd_BitOr LShift_RShift",
    "ReplaceComparisonOperator": (
        "Eq_NotEq NotEq_Eq Lt_LtE LtE_Lt Gt_GtE GtE_Gt Lt_Gt Gt_Lt LtE_GtE GtE_LtE Is_IsNot IsNot_Is In_NotIn NotIn_In"
    ),
    "ReplaceUnaryOperator": "Delete_Not Delete_Invert Delete_USub USub_UAdd",
}
TRIED = {f"core/{group}_{swap}" for group, swaps in SWAPS.items() for swap in swaps.split()}
SLOW_LIBRARIES = ("great_expectations.expectations.core", "great_expectations.validator.validator", "hypothesis")
RUNNER = Path(__file__).with_name("runner.py")
PYTEST = ["-q", "-x", "-p", "no:cacheprovider"]
Passes = Callable[..., bool]


@dataclass(frozen=True)
class Mutant:
    """A change of one place in a module, and whether a test noticed it."""

    module: str
    operator: str
    line: int
    source: str
    became: str
    survived: bool


def mutations(copy: Path, module: str) -> list[MutationSpec]:
    """Return the mutations of `module` (a path in the project) that are tried, in order of their places."""
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as session, use_db(session.name) as database:
        init([copy / module], database, {})
        found = [mutation for item in database.work_items for mutation in item.mutations]
    annotations = list(_annotations(ast.parse((copy / module).read_text(encoding="utf-8"))))
    kept = [mutation for mutation in found if not _is_left_out(mutation, annotations)]
    return sorted(kept, key=lambda one: (one.start_pos, one.operator_name, one.occurrence))


def sample(found: Sequence[MutationSpec], share: float, seed: str) -> list[MutationSpec]:
    """Return a share of the mutations in their order, the same for the same seed; one at least of any."""
    places = Random(seed).sample(range(len(found)), ceil(share * len(found)))
    return [found[place] for place in sorted(places)]


def try_mutants(
    copy: Path,
    module: str,
    tests: Sequence[str],
    chosen: Sequence[MutationSpec],
    seconds: int,
    libraries: Sequence[str] = SLOW_LIBRARIES,
) -> Iterator[Mutant]:
    """Yield the `chosen` mutations of `module`, each tried against `tests` in the folder `copy`, the first test first.

    A test that takes more than so many CPU seconds has noticed; `libraries` are imported once for all of them. Raises
    RuntimeError when the tests fail on the unchanged module: then nothing could be concluded.
    """
    source = copy / module
    lines = source.read_text(encoding="utf-8").splitlines()
    os.utime(source, (0, 0))  # what is compiled of the unchanged module is told from every mutant by its time
    with _runner(copy, seconds, libraries) as passes:
        commands = [_that_passes(passes, test) for test in tests]
        for mutation in chosen:
            operator = get_operator(mutation.operator_name)(**mutation.operator_args)
            with use_mutation(source, operator, mutation.occurrence) as (_, mutated):
                survived = all(map(passes, commands))
            line = mutation.start_pos[0]
            became = mutated.splitlines()[line - 1].strip()
            yield Mutant(module, mutation.operator_name, line, lines[line - 1].strip(), became, survived)


@contextmanager
def _runner(copy: Path, seconds: int, libraries: Sequence[str]) -> Iterator[Passes]:
    command = [sys.executable, str(RUNNER), *libraries]
    with subprocess.Popen(command, cwd=copy, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        asks, answers = running.stdin, running.stdout
        assert asks is not None
        assert answers is not None

        def passes(arguments: list[str], keep: bool = False) -> bool:
            print(json.dumps({"arguments": arguments, "seconds": seconds, "keep": keep}), file=asks, flush=True)
            return int(answers.readline()) == 0

        yield passes


def _that_passes(passes: Passes, test: str) -> list[str]:
    """Return how to run a test so that it passes: without what all tests share, which is slow to import, if it can."""
    for without in (["--noconftest"], []):
        if passes(command := [*PYTEST, *without, test], keep=True):
            return command
    raise RuntimeError(f"{test} fails without any mutation")


def _is_left_out(mutation: MutationSpec, annotations: list[ast.expr]) -> bool:
    """Whether it is in an annotation, which nothing evaluates, or one of the swaps beyond a few of every operator."""
    swapped = any(mutation.operator_name.startswith(f"core/{group}_") for group in SWAPS)
    return (swapped and mutation.operator_name not in TRIED) or any(
        (place.lineno, place.col_offset) <= mutation.start_pos < (place.end_lineno, place.end_col_offset)
        for place in annotations
    )


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        found = getattr(node, "annotation", None) or getattr(node, "returns", None)
        if isinstance(found, ast.expr):
            yield found
