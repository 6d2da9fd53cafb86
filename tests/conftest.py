"""What several test files share: one small warehouse, loaded once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.entry import load_folder
from warehouse.synthetic import Plan, write

MONTHS = (date(2025, 2, 1), date(2025, 3, 1))
Loaded = tuple[Path, Path, dict[str, Any]]


@pytest.fixture(scope="session")
def loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return a home with Jambi in February and March 2025, the folder of its extracts, and the result of the load."""
    folder = tmp_path_factory.mktemp("loaded")
    home, extracts = folder / "home", folder / "extracts"
    write(Plan(extracts, MONTHS, workers=2_000))
    return home, extracts, load_folder(str(extracts), str(home))
