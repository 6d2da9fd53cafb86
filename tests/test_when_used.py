"""What Great Expectations imports and nobody uses is not imported, and is there for whoever does use it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.endtoend import ROOT


def said_by(code: str) -> str:
    """Return what a new process prints that runs this code."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("used", ["engine", "declared", "prepared", "report"])
def test_neither_charts_nor_distributions_are_imported_with_the_gate(used: str) -> None:
    heavy = "[one for one in sys.modules if one.startswith(('altair.', 'scipy.stats.'))]"
    assert said_by(f"import sys, expectations.{used}; print('great_expectations' in sys.modules, {heavy})") == "True []"


@pytest.mark.parametrize(
    "asked",
    [
        "from scipy import stats; print(round(stats.norm.cdf(0), 1))",
        "import scipy.stats; print(scipy.stats.norm.cdf(0).round(1))",
        "import altair as alt; print(alt.Chart.__name__ and 0.5)",
        "from altair.vegalite import Chart; print(Chart.__name__ and 0.5)",
        "from great_expectations.expectations import core; "
        "print(core.ExpectColumnKLDivergenceToBeLessThan.__name__ and __import__('scipy.stats').stats.norm.cdf(0).round(1))",
    ],
)
def test_whoever_uses_them_has_them(asked: str) -> None:
    assert said_by(f"import expectations.engine; {asked}") == "0.5"


def test_looking_at_what_is_imported_imports_nothing() -> None:
    look = "import inspect, sys; [getattr(one, '__file__', None) for one in list(sys.modules.values())]; inspect.getmodule(inspect)"
    assert said_by(f"import expectations; {look}; print('scipy' in sys.modules)") == "False"
