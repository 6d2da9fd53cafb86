"""One module under mutation: its mutants are made by cosmic-ray in a copy of the project and tried one by one."""

from __future__ import annotations

import ast
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

CONFIG = """[cosmic-ray]
module-path = {module!r}
timeout = {timeout}
excluded-modules = []
test-command = {command!r}

[cosmic-ray.distributor]
name = "local"
"""
SWAPS = {
    "ReplaceBinaryOperator": "Add_Sub Sub_Add Mul_Add Div_Mul FloorDiv_Mul Mod_Mul BitOr_BitAnd BitAnd_BitOr LShift_RShift",
    "ReplaceComparisonOperator": (
        "Eq_NotEq NotEq_Eq Lt_LtE LtE_Lt Gt_GtE GtE_Gt Lt_Gt Gt_Lt LtE_GtE GtE_LtE Is_IsNot IsNot_Is In_NotIn NotIn_In"
    ),
    "ReplaceUnaryOperator": "Delete_Not Delete_Invert Delete_USub USub_UAdd",
}
TRIED = {f"core/{group}_{swap}" for group, swaps in SWAPS.items() for swap in swaps.split()}


@dataclass(frozen=True)
class Mutant:
    """A change of one place in a module, and whether a test noticed it."""

    module: str
    operator: str
    line: int
    source: str
    survived: bool
    diff: str


def try_mutants(copy: Path, module: str, tests: list[str], timeout: int) -> list[Mutant]:
    """Return every mutant of `module` (a path in the project) that was tried against `tests` in the folder `copy`.

    Raises RuntimeError when the tests fail on the unchanged module: then nothing could be concluded.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    if subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode:
        raise RuntimeError(f"{module}: its tests fail without any mutation: {shlex.join(command)}")
    config, session = copy / "mutation.toml", copy / f"{Path(module).stem}.sqlite"
    config.write_text(
        CONFIG.format(module=module, timeout=float(timeout), command=shlex.join(command)), encoding="utf-8"
    )
    for step in ("init", "exec"):
        subprocess.run([sys.executable, "-m", "cosmic_ray.cli", step, config.name, session.name], cwd=copy, check=True)
        if step == "init":
            with use_db(session) as database:
                _skip(database, (copy / module).read_text(encoding="utf-8"))
    with use_db(session) as database:
        return list(_tried(database, module, (copy / module).read_text(encoding="utf-8").splitlines()))


def _skip(database: WorkDB, source: str) -> None:
    """Leave out the mutants of annotations, which nothing evaluates, and all but a few swaps of every operator."""
    annotations = list(_annotations(ast.parse(source)))
    for item in list(database.pending_work_items):
        if any(_is_left_out(mutation, annotations) for mutation in item.mutations):
            database.set_result(item.job_id, WorkResult(WorkerOutcome.SKIPPED))


def _is_left_out(mutation: MutationSpec, annotations: list[ast.expr]) -> bool:
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


def _tried(database: WorkDB, module: str, lines: list[str]) -> Iterator[Mutant]:
    mutations = {item.job_id: item.mutations[0] for item in database.work_items}
    for job, result in database.results:
        if result.worker_outcome is not WorkerOutcome.SKIPPED:
            mutation = mutations[job]
            line = mutation.start_pos[0]
            survived = result.test_outcome is TestOutcome.SURVIVED
            yield Mutant(module, mutation.operator_name, line, lines[line - 1].strip(), survived, result.diff or "")
