"""What the tests of the night shift share: a folder of extracts, and a home that was loaded from it in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endtoend import load
from tests.extracts import two_months, write
from tests.test_interrupted import small


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the memberships of two months."""
    return write(tmp_path_factory.mktemp("extracts") / "source", small(two_months()))


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    """Return a home that was loaded in one go."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    assert load(source, home)["exit_code"] == 3
    return home
