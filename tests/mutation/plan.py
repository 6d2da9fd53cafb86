"""What is kept beside this: which tests judge which module, and why some mutants are noticed by none."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent


def planned() -> dict[str, list[str]]:
    """Return the tests by module, such as transforms.arrears; a test is a file of the project, or a test in one."""
    return {
        f"{package}.{module}": [f"tests/{test}" for test in tests]
        for package, modules in _read("plan.toml").items()
        for module, tests in modules.items()
    }


def reasons() -> dict[tuple[str, str, str], str]:
    """Return why a mutant is noticed by no test: by path of the module, operator and line."""
    listed = _read("survivors.toml").get("survivor", [])
    return {(one["module"], one["operator"], one["source"]): one["reason"] for one in listed}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
